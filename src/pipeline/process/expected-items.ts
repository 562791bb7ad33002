/**
 * What a night expects of money, before anything is matched: payouts that became due, what was posted since, and in the
 * end what is late. The steps of a 'reconcile' landing around the matching itself.
 */
import type { IsoDate, TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../log/landing.ts'
import { bookAllowances } from './allowance.ts'
import { unwindBonuses } from './bonus-use.ts'
import type { BatchContext } from './context.ts'
import { expectDiffering } from './expect-again.ts'
import { refreshOpenItems } from './open-items.ts'
import { payoutsDue } from './payouts-due.ts'
import { payoutsReturned } from './returned-payouts.ts'
import { takeUpReturned } from './returned-before.ts'
import { bookSettlementsOfRows } from './rows-settlements.ts'

/** Drafts and open items, before matching. `day` is the night's day. */
export async function bookExpected(
  context: BatchContext,
  item: Landed,
  day: IsoDate,
): Promise<readonly TransactionDraft[]> {
  const due = await payoutsDue(context, item, day)
  await refreshOpenItems(context, item)
  await expectDiffering(context, item)
  await takeUpReturned(context, item)
  const left = await bookSettlementsOfRows(context, item)
  const returned = await payoutsReturned(context, item)
  const allowed = await bookAllowances(context, item, day)
  return [...due, ...left, ...returned, ...allowed, ...(await unwindBonuses(context, item, day))]
}
