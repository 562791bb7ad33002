/** Everything the rules of a counter may look at for one reading, gathered from the database. */
import type { Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import {
  decideCounter,
  grown,
  type CounterDecision,
  type CounterFacts,
  type CounterReading,
} from '../../domain/counters/counter.ts'
import { outlivedPayout } from '../../domain/counters/counter-lifetime.ts'
import { payoutsNear, type KnownPayout } from '../../domain/counters/counter-payout.ts'
import { counterPolicy, type CounterPolicy } from '../../domain/counters/counter-policy.ts'
import { typicalChange } from '../../domain/counters/counter-spike.ts'
import { holdBehind, stillShown, sumOf, type WaitingRise } from '../../domain/counters/counter-waiting.ts'
import { addDays, daysBetween, previousDate } from '../../domain/time/dates.ts'
import { dateOfChange, spanOfChange } from '../../domain/time/effective-date.ts'
import { unitsOf } from '../../domain/money/money.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import { counterMode, unseenPayouts } from '../../evidence/counter-payouts.ts'
import { bookedChanges, pastRises, type JudgedReading } from '../../evidence/counter-verdicts.ts'
import { lastCounter, type CounterState } from '../../evidence/readings.ts'
import { isCovered, rejectedRise, riseOf, waitingRises } from '../../evidence/waiting-rises.ts'
import type { ContextSource } from './context.ts'

export interface GatheredFacts extends CounterFacts {
  /** The whole days the change may belong to when more than one ended; null otherwise. */
  readonly span: { readonly from: IsoDate; readonly to: IsoDate } | null
  readonly impressionsChange: bigint | null
  readonly clicksChange: bigint | null
  /** The newest accepted state, which leaves out what waits. */
  readonly last: CounterState | null
  /** Undecided rises this reading still shows, and those it no longer shows; the oldest first. */
  readonly waiting: readonly WaitingRise[]
  readonly gone: readonly WaitingRise[]
  /** A rise this one may contain: see `holdBehind`. */
  readonly behind: (WaitingRise & { readonly isRejected: boolean }) | null
  /** True when later readings were booked on top of this one while it was held. */
  readonly covered: boolean
}

interface Book {
  readonly db: Kysely<Tables>
  readonly book: bigint
}

/** What the facts come to. */
export function judge(facts: GatheredFacts): CounterDecision {
  return holdBehind(decideCounter(facts), facts.behind)
}

/** `held` when the reading has been judged before. */
export async function gatherFacts(
  { db, book }: Book,
  source: ContextSource,
  next: CounterReading,
  held: JudgedReading | null = null,
): Promise<GatheredFacts> {
  const last = await lastCounter(db, book, source.id)
  if (held !== null && riseOf(held) !== null && (await isCovered(db, book, source.id, held.place)))
    return coveredFacts({ db, book }, source, held, last)
  const rises = await waitingRises(db, book, source.id, held?.place ?? null)
  const mode = await counterMode(db, book, source.id)
  // Payouts may hide in an unpaid balance's rise, so nothing can be told from the difference of two of its readings.
  const waiting = mode === 'unpaid' || last === null ? [] : stillShown(next.amount, last.accounted, rises)
  const gone = mode === 'unpaid' ? [] : rises.slice(waiting.length)
  const newest = rises.at(-1)
  const rejected = waiting.length > 0 ? null : await rejectedRise(db, book, source.id, held?.place ?? null)
  const behind =
    mode === 'unpaid' && newest !== undefined
      ? { ...newest, isRejected: false }
      : rejected === null
        ? null
        : { ...rejected, isRejected: true }
  const previous = newerOf(last?.reading ?? null, waiting.at(-1)?.reading ?? null)
  const previousMs = previous?.atMs ?? null
  const day = dateOfChange(previousMs, next.atMs, source.timeZone)
  const span = previousMs === null ? null : spanOfChange(previousMs, next.atMs, source.timeZone)
  const policy = counterPolicy(source.counter ?? null, reviewAbove(source))
  return {
    previous,
    accounted: (last?.accounted ?? 0n) + sumOf(waiting),
    next,
    day,
    span,
    fromFile: last?.origin === 'opening' || last?.origin === 'day-total',
    days: span === null ? 1 : daysBetween(previousDate(span.from), span.to),
    history: await pastRises(db, book, source.id),
    mode,
    ...(await payoutFacts({ db, book }, source.id, day, policy)),
    policy,
    impressionsChange: grown(previous?.impressions ?? null, next.impressions),
    clicksChange: grown(previous?.clicks ?? null, next.clicks),
    last,
    waiting,
    gone,
    behind,
    covered: false,
  }
}

async function payoutFacts(
  { db, book }: Book,
  source: bigint,
  day: IsoDate,
  policy: CounterPolicy,
): Promise<Pick<CounterFacts, 'payouts' | 'outlived'>> {
  const known = await unseenPayouts(db, book, source)
  return {
    payouts: payoutsNear(known, day, policy),
    outlived: await outlivedAmong({ db, book }, source, known, policy),
  }
}

/** A payout of those known that readings have shown not to lower the counter. */
export async function outlivedAmong(
  { db, book }: Book,
  source: bigint,
  known: readonly KnownPayout[],
  policy: Pick<CounterPolicy, 'payoutDays' | 'payoutFeePercent'>,
): Promise<KnownPayout | null> {
  if (known.length === 0) return null
  const usual = typicalChange(await pastRises(db, book, source), 1)
  return outlivedPayout(known, await bookedChanges(db, book, source), usual, policy)
}

/** Of a rise others were booked on top of: what was found out about it when it was read still stands. */
async function coveredFacts(
  { db, book }: Book,
  source: ContextSource,
  { reading: next, place, change, day, days, impressionsChange, clicksChange }: JudgedReading,
  last: CounterState | null,
): Promise<GatheredFacts> {
  const before = await lastCounter(db, book, source.id, place)
  const policy = counterPolicy(source.counter ?? null, reviewAbove(source))
  return {
    previous: before?.reading ?? null,
    accounted: next.amount - change,
    next,
    day,
    fromFile: false,
    span: days > 1 ? { from: addDays(day, 1 - days), to: day } : null,
    days,
    history: await pastRises(db, book, source.id),
    mode: await counterMode(db, book, source.id),
    ...(await payoutFacts({ db, book }, source.id, day, policy)),
    policy,
    impressionsChange,
    clicksChange,
    last,
    waiting: [],
    gone: [],
    behind: null,
    covered: true,
  }
}

/** The state to compare the next reading with once this one is accepted: what waits stays out of it. */
export function acceptedState({
  covered,
  last,
  next,
  accounted,
  waiting,
}: GatheredFacts): Omit<CounterState, 'origin'> {
  if (covered && last !== null) {
    return { reading: last.reading, accounted: last.accounted + next.amount - accounted }
  }
  return { reading: next, accounted: next.amount - sumOf(waiting) }
}

function newerOf(one: CounterReading | null, other: CounterReading | null): CounterReading | null {
  if (one === null || other === null) return one ?? other
  return other.atMs > one.atMs ? other : one
}

function reviewAbove(source: ContextSource): bigint | null {
  return source.reviewAbove === null ? null : unitsOf(source.reviewAbove)
}
