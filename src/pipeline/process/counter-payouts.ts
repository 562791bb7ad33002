/**
 * What a payout, once known, says about readings from before: a fall that was held may be explained by it now, and a
 * fall that was booked as a clawback may have been it, which only a person can tell.
 */
import type { CounterFacts } from '../../domain/counters/counter.ts'
import { payoutsNear, resemblesPayout } from '../../domain/counters/counter-payout.ts'
import { COUNTER_LIMITS } from '../../domain/counters/counter-policy.ts'
import { daysBetween } from '../../domain/time/dates.ts'
import { formatMoney } from '../../domain/money/money.ts'
import type { TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../evidence/landing.ts'
import { counterMode, unseenPayouts } from '../../evidence/counter-payouts.ts'
import { bookedChanges } from '../../evidence/counter-verdicts.ts'
import { closeExceptions, openObjects } from '../../reconcile/exceptions.ts'
import { outlivedAmong } from './counter-facts.ts'
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
  if ((await outlivedAmong(context, source.id, payouts, limits)) !== null) return
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

/** A payout that an unpaid balance should have shown by now: it was not taken, or its fall was hidden by other earnings. */
export async function raiseOverdue(
  { context, source, item }: CounterWork,
  { mode, day, policy }: CounterFacts,
): Promise<void> {
  if (mode !== 'unpaid') return
  for (const { key, reference, amount, date } of await unseenPayouts(context.db, context.book, source.id)) {
    if (daysBetween(date, day) <= policy.payoutDays) continue
    const detail = `the payout ${reference} of ${formatMoney(amount)} on ${date} has not shown in the unpaid balance for ${policy.payoutDays} days: ask the network whether it was taken`
    const { currency } = source
    await raise(context, item, { source: source.name, code: 'COUNTER_UNPAID', object: key, amount, currency, detail })
  }
}

/** Somebody has said what the counter shows: the question is answered. */
export async function closePayoutQuestions({ context, source, item }: CounterWork): Promise<void> {
  const { db, book } = context
  const evidence = { batch: item.batch, item: item.item }
  for (const object of await openObjects(db, book, source.name, ['COUNTER_UNPAID'])) {
    if (object !== 'counter') await closeExceptions(db, book, source.name, object, item.fetchedAtMs, { evidence })
  }
}
