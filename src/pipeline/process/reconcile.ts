/**
 * A night's reconciliation, from what is landed alone: lines that tell what a counter shows, payouts that are due, what
 * statements are expected to show, then statement lines against it, and what is owed back in the end. The second run of a
 * night finds nothing left to do.
 */
import * as z from 'zod'
import { InvariantError } from '../../domain/errors.ts'
import { isIsoDate, isoDateInZone } from '../../domain/time/dates.ts'
import type { TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../log/landing.ts'
import { applyMatching } from './apply-matching.ts'
import type { BatchContext } from './context.ts'
import { bookTopUpLines } from './line-as-top-up.ts'
import { bookAccruedLines } from './payouts-accrued.ts'
import { notePayoutLines, unpaidPublishers } from './counter-lines.ts'
import { workOutCounter } from './counter.ts'
import { bookExpected } from './expected-items.ts'
import { restateOwedBack } from './negative-receivable.ts'
import { parseBody } from './requests.ts'
import { raiseOverdueItems } from './overdue-items.ts'

export const reconcileSchema = z.strictObject({
  day: z.string().refine(isIsoDate),
  reason: z.string(),
})
export type ReconcileRequest = z.infer<typeof reconcileSchema>

export async function processReconcile(context: BatchContext, item: Landed): Promise<readonly TransactionDraft[]> {
  const { day } = parseBody(reconcileSchema, item)
  if (day >= isoDateInZone(item.fetchedAtMs, context.settings.book.timeZone)) throw notEnded(item, day)
  const shown: TransactionDraft[] = []
  const noted = await notePayoutLines(context)
  for (const source of noted) shown.push(...(await workOutCounter(context, source, item)))
  const due = await bookExpected(context, item, day)
  // What lines took back by now is owed again, and may be part of a rise.
  for (const source of unpaidPublishers(context))
    if (!noted.some(({ id }) => id === source.id)) shown.push(...(await workOutCounter(context, source, item)))
  const topUps = await bookTopUpLines(context, item)
  const accrued = await bookAccruedLines(context, item, day)
  const settled = await applyMatching(context, item, day)
  await raiseOverdueItems(context, item, day)
  const posting = [...shown, ...due, ...topUps, ...accrued, ...settled]
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
