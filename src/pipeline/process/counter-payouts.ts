/**
 * What a payout, once known, says about readings from before: a fall that was held may be explained by it now, and a
 * fall that was booked as a clawback may have been it, which only a person can tell.
 */
import type { CounterFacts } from '../../domain/counters/counter.ts'
import type { DayChange } from '../../domain/counters/counter-lifetime.ts'
import { payoutsNear, resemblesPayout, type KnownPayout } from '../../domain/counters/counter-payout.ts'
import { COUNTER_LIMITS, type CounterLimits } from '../../domain/counters/counter-policy.ts'
import { typicalChange, type PastChange } from '../../domain/counters/counter-spike.ts'
import { daysBetween } from '../../domain/time/dates.ts'
import { formatMoney } from '../../domain/money/money.ts'
import type { Evidence, TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../evidence/landing.ts'
import { counterMode, firstShownUnasked, unseenPayouts } from '../../evidence/counter-payouts.ts'
import { unseenReturns } from '../../evidence/counter-returns.ts'
import {
  bookedChanges,
  bookedFalls,
  firstUnrecordedPayout,
  listVerdicts,
  pastRises,
} from '../../evidence/counter-verdicts.ts'
import { isBefore } from '../../evidence/waiting-rises.ts'
import { closeExceptions, openObjects } from '../../reconcile/exceptions.ts'
import { outlivedAmong } from './counter-facts.ts'
import { raise, type BatchContext, type ContextSource } from './context.ts'
import { finishCounterWork } from './counter-open.ts'
import { firstPerhapsReturned } from './counter-returns.ts'
import { judgeAgainFrom, startCounterWork, type CounterWork } from './counter-work.ts'

/** `from`: a reading that showed what is known no more; null when there is none. */
export async function judgeAfterPayouts(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  from: Evidence | null = null,
): Promise<readonly TransactionDraft[]> {
  const work = await startCounterWork(context, source, item)
  const { db, book } = context
  const unrecorded = earlierOf(from, await firstUnrecordedPayout(db, book, source.id))
  await judgeFromOldest(work, earlierOf(unrecorded, await firstPerhapsReturned(context, source)))
  await finishCounterWork(work)
  await questionClawbacks(work)
  return work.drafts
}

/** What the counter shows has been said: what was held, or booked by what was believed before, is judged by it. */
export async function judgeForMode(work: CounterWork): Promise<void> {
  const { context, source } = work
  const { db, book } = context
  if ((await counterMode(db, book, source.id)) === 'lifetime') {
    return judgeFromOldest(work, await firstShownUnasked(db, book, source.id))
  }
  const limits = source.counter ?? COUNTER_LIMITS
  const payouts = await unseenPayouts(db, book, source.id)
  const rises = await pastRises(db, book, source.id)
  const taken = (await bookedFalls(db, book, source.id)).filter(
    (fall) => perhapsPayout(fall, payouts, { limits, rises }) !== null,
  )
  return judgeFromOldest(work, taken.at(-1)?.place ?? null)
}

/** From the oldest reading that is held, or from an older one. */
async function judgeFromOldest(work: CounterWork, other: Evidence | null): Promise<void> {
  const { context, source } = work
  const held =
    (await listVerdicts(context.db, context.book, { source: source.id, status: 'held' })).at(-1)?.place ?? null
  const oldest = earlierOf(held, other)
  if (oldest !== null) await judgeAgainFrom(work, oldest)
}

export function earlierOf(one: Evidence | null, other: Evidence | null): Evidence | null {
  if (one === null || other === null) return one ?? other
  return isBefore(one, other) ? one : other
}

async function questionClawbacks({ context, source, item }: CounterWork): Promise<void> {
  const { db, book } = context
  if ((await counterMode(db, book, source.id)) === 'unpaid') return
  const limits = source.counter ?? COUNTER_LIMITS
  const payouts = await unseenPayouts(db, book, source.id)
  if ((await outlivedAmong(context, source.id, payouts, limits)) !== null) return
  const rises = await pastRises(db, book, source.id)
  for (const booked of await bookedChanges(db, book, source.id)) {
    const { change, day } = booked
    const payout = change < 0n ? perhapsPayout(booked, payouts, { limits, rises }) : null
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

/** The payout a booked fall may have been, with what is usually earned in its days besides. */
function perhapsPayout(
  { change, day, days }: DayChange,
  payouts: readonly KnownPayout[],
  { limits, rises }: { readonly limits: CounterLimits; readonly rises: readonly PastChange[] },
): KnownPayout | null {
  const covered = Number(days)
  const near = payoutsNear(payouts, { day, days: covered }, limits)
  return resemblesPayout(-change, near, limits, typicalChange(rises, covered))
}

/** A payout, or what came back of one, that an unpaid balance should have shown by now: it was not taken or given, or other changes hid it. */
export async function raiseOverdue(
  { context, source, item }: CounterWork,
  { mode, day, policy }: CounterFacts,
): Promise<void> {
  for (const { key, reference, amount, date } of await unseenReturns(context.db, context.book, source.id)) {
    if (daysBetween(date, day) <= policy.payoutDays) continue
    const detail = `the payout ${reference} came back on ${date}, and its ${formatMoney(amount)} have not shown in the counter again for ${policy.payoutDays} days: ask the network whether it owes them`
    const { currency } = source
    await raise(context, item, { source: source.name, code: 'COUNTER_UNPAID', object: key, amount, currency, detail })
  }
  if (mode !== 'unpaid') return
  for (const { key, reference, amount, date, returnedOn } of await unseenPayouts(context.db, context.book, source.id)) {
    // Refused before it lowered anything: there is nothing to show.
    if (returnedOn !== undefined || daysBetween(date, day) <= policy.payoutDays) continue
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
