/** What a person may decide about matches, as it is landed. */
import * as z from 'zod'
import { parseMoney } from '../../domain/money/money.ts'
import { ALONE_MEANINGS } from '../../domain/settlement/settlement.ts'
import { isIsoDate } from '../../domain/time/dates.ts'
import { firstIssue } from '../../sources/issues.ts'

const number = z.int().min(1)
const person = {
  by: z.string().min(1),
  why: z.string().min(1),
}
const amount = z.string().refine((text) => parseMoney(text).ok)

/** A word, or a ledger account by its code. */
const meaning = z.union([z.enum(ALONE_MEANINGS), z.templateLiteral(['account:', z.string().regex(/^\d{4}$/)])])

/** What becomes of the difference between lines and items. */
export const RESIDUALS = ['open', 'fee', 'withholding', 'written-off'] as const
export type Residual = (typeof RESIDUALS)[number]

export const matchDecisionSchema = z.discriminatedUnion('decide', [
  z.strictObject({
    decide: z.literal('match'),
    lines: z.array(number).min(1),
    items: z.array(number).min(1),
    residual: z.enum(RESIDUALS),
    ...person,
  }),
  z.strictObject({ decide: z.literal('unmatch'), match: number, ...person }),
  z.strictObject({ decide: z.literal('confirm'), match: number, ...person }),
  z.strictObject({ decide: z.literal('reject'), match: number, ...person }),
  z.strictObject({ decide: z.literal('ignore'), line: number, ...person }),
  z.strictObject({ decide: z.literal('settle'), line: number, meaning, ...person }),
  z.strictObject({
    decide: z.literal('payout'),
    line: number,
    of: z.string(),
    /** What the network paid out, before what was taken on the way; null: what the line says. */
    gross: amount.nullable(),
    ...person,
  }),
  z.strictObject({
    decide: z.literal('top-up'),
    line: number,
    of: z.string(),
    /** What came into the wallet; null: the line, less the fee that is known. */
    gross: amount.nullable(),
    ...person,
  }),
  /** What is missing of a payout. */
  z.strictObject({ decide: z.literal('fee'), item: number, ...person }),
  z.strictObject({ decide: z.literal('write-off'), item: number, day: z.string().refine(isIsoDate), ...person }),
])
export type MatchDecision = z.infer<typeof matchDecisionSchema>

/** Why it is no decision, naming where; null when it is one. */
export function whyNoDecision(said: unknown): string | null {
  const { error } = matchDecisionSchema.safeParse(said)
  return error === undefined ? null : firstIssue(error)
}
