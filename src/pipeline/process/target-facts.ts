/**
 * What a delivery learnt about a target, landed with the target's own words: which exceptions stand and which are
 * settled. It books nothing; a replay opens and closes the same exceptions without asking anybody.
 */
import * as z from 'zod'
import { EXCEPTION_CODES } from '../../domain/exceptions/codes.ts'
import type { TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../log/landing.ts'
import { judge } from '../engine/items.ts'
import type { BatchContext } from './context.ts'

const code = z.enum(EXCEPTION_CODES)

export const targetFactsSchema = z.strictObject({
  object: z.string().min(1),
  raise: z.array(
    z.strictObject({
      code,
      /** Units as text; null when it is not known. */
      amount: z
        .string()
        .regex(/^-?\d+$/)
        .nullable(),
      currency: z.string().nullable(),
      detail: z.string(),
    }),
  ),
  close: z.array(code),
})
export type TargetFacts = z.infer<typeof targetFactsSchema>

export async function processTargetFacts(context: BatchContext, item: Landed): Promise<readonly TransactionDraft[]> {
  const facts = targetFactsSchema.parse(item.request)
  const { object } = facts
  const standing = facts.raise.map(({ amount, ...said }) => ({
    ...said,
    object,
    amount: amount === null ? null : BigInt(amount),
  }))
  const codes = [...new Set([...facts.close, ...standing.map((each) => each.code)])]
  await judge(context, item, item.source, { codes, about: [object], standing })
  return []
}
