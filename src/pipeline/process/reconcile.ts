/**
 * A night's reconciliation, from what is landed alone: payouts that are due, what statements are expected to show, and
 * then statement lines against it. The second run of a night finds nothing left to do.
 */
import * as z from 'zod'
import { isIsoDate } from '../../domain/time/dates.ts'
import type { TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../evidence/landing.ts'
import { applyMatching } from './apply-matching.ts'
import type { BatchContext } from './context.ts'
import { bookExpected } from './expected-items.ts'
import { raiseOverdueItems } from './payouts-overdue.ts'

export const reconcileSchema = z.strictObject({
  day: z.string().refine(isIsoDate),
  reason: z.string(),
})
export type ReconcileRequest = z.infer<typeof reconcileSchema>

export async function processReconcile(context: BatchContext, item: Landed): Promise<readonly TransactionDraft[]> {
  const { day } = reconcileSchema.parse(JSON.parse(item.body.toString('utf8')))
  const due = await bookExpected(context, item, day)
  const settled = await applyMatching(context, item, day)
  await raiseOverdueItems(context, item, day)
  return [...due, ...settled]
}
