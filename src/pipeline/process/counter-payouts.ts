/**
 * What a payout, once known, says about readings from before: a fall that was held may be explained by it now, and a
 * fall that was booked as a clawback may have been it, which only a person can tell.
 */
import { payoutsNear, resemblesPayout } from '../../domain/counter-payout.ts'
import { COUNTER_LIMITS } from '../../domain/counter-policy.ts'
import { formatMoney } from '../../domain/money.ts'
import type { TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../evidence/landing.ts'
import { counterMode, unseenPayouts } from '../../evidence/counter-payouts.ts'
import { bookedChanges } from '../../evidence/counter-verdicts.ts'
import { closeExceptions, openObjects } from '../../reconcile/exceptions.ts'
import { raise, type BatchContext, type ContextSource } from './context.ts'
import { judgeHeldAgain, startCounterWork, type CounterWork } from './counter-work.ts'

/** Day totals of the same file are states of the counter too, at the lines before. */
const FIRST_LINE = 1_000_000

export async function judgeAfterPayouts(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
): Promise<readonly TransactionDraft[]> {
  const work = await startCounterWork(context, source, item, { firstLine: FIRST_LINE })
  await judgeHeldAgain(work)
  await questionClawbacks(work)
  return work.drafts
}

async function questionClawbacks({ context, source, item }: CounterWork): Promise<void> {
  const { db, book } = context
  if ((await counterMode(db, book, source.id)) === 'unpaid') return
  const limits = source.counter ?? COUNTER_LIMITS
  const payouts = await unseenPayouts(db, book, source.id)
  for (const { change, day } of await bookedChanges(db, book, source.id)) {
    const payout = change < 0n ? resemblesPayout(-change, payoutsNear(payouts, day, limits), limits, 0n) : null
    if (payout === null) continue
    const detail =
      `the fall of ${formatMoney(-change)} on ${day}, booked as a clawback, is about the payout ${payout.reference} of ${formatMoney(payout.amount)} on ${payout.date}: ` +
      'the counter may show what is unpaid'
    await raise(context, item, {
      source: source.name,
      code: 'COUNTER_UNPAID',
      object: payout.key,
      amount: change,
      currency: source.currency,
      detail,
    })
  }
}

/** Somebody has said what the counter shows: the question is answered. */
export async function closePayoutQuestions({ context, source, item }: CounterWork): Promise<void> {
  const { db, book } = context
  for (const object of await openObjects(db, book, source.name, ['COUNTER_UNPAID'])) {
    if (object !== 'counter') await closeExceptions(db, book, source.name, object, item.fetchedAtMs)
  }
}
