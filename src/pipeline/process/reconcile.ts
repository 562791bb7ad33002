/**
 * A night's reconciliation, from what is landed alone: lines that tell what a counter shows, payouts that are due, what
 * statements are expected to show, then statement lines against it, and what is owed back in the end. The second run of a
 * night finds nothing left to do.
 */
import * as z from 'zod'
import { InvariantError } from '../../domain/errors.ts'
import { isIsoDate, isoDateInZone } from '../../domain/time/dates.ts'
import type { TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../evidence/landing.ts'
import { applyMatching } from './apply-matching.ts'
import type { BatchContext } from './context.ts'
import { takeDecidingLines, takeReturned, tellUndecided } from './counter-reconcile.ts'
import { bookExpected } from './expected-items.ts'
import { restateOwedBack } from './negative-receivable.ts'
import { parseBody } from './requests.ts'
import { raiseOverdueItems } from './payouts-overdue.ts'

export const reconcileSchema = z.strictObject({
  day: z.string().refine(isIsoDate),
  reason: z.string(),
})
export type ReconcileRequest = z.infer<typeof reconcileSchema>

export async function processReconcile(context: BatchContext, item: Landed): Promise<readonly TransactionDraft[]> {
  const { day } = parseBody(reconcileSchema, item)
  if (day >= isoDateInZone(item.fetchedAtMs, context.settings.book.timeZone)) throw notEnded(item, day)
  const taken = await takeDecidingLines(context, item)
  const due = await bookExpected(context, item, day)
  const settled = await applyMatching(context, item, day)
  await raiseOverdueItems(context, item, day)
  const returned = await takeReturned(context, item, taken.judged)
  const told = await tellUndecided(context, item, returned.judged)
  const posting = [...taken.drafts, ...due, ...settled, ...returned.drafts, ...told]
  return [...posting, ...(await restateOwedBack(context, item, day, posting))]
}

/** Refused before it was landed. */
function notEnded({ batch }: Landed, day: string): InvariantError {
  return new InvariantError(
    'DAY_NOT_ENDED',
    `Landing batch ${batch} reconciles ${day}, a day that had not ended when it was landed.`,
    'Check the clock of the machine that landed it.',
  )
}
