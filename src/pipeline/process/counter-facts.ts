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
import { payoutsNear, type DaysCovered, type KnownPayout } from '../../domain/counters/counter-payout.ts'
import { counterPolicy, type CounterPolicy } from '../../domain/counters/counter-policy.ts'
import { typicalChange } from '../../domain/counters/counter-spike.ts'
import type { OpenFalls } from '../../domain/counters/counter-undecided.ts'
import { holdBehind, stillShown, sumOf, type WaitingRise } from '../../domain/counters/counter-waiting.ts'
import { daysBetween, previousDate } from '../../domain/time/dates.ts'
import { dateOfChange, spanOfChange } from '../../domain/time/effective-date.ts'
import { unitsOf, type Units } from '../../domain/money/money.ts'
import type { Evidence, IsoDate } from '../../domain/transaction.ts'
import { counterMode, unseenPayouts } from '../../evidence/counter-payouts.ts'
import { unseenReturns } from '../../evidence/counter-returns.ts'
import { bookedChanges, pastRises } from '../../evidence/counter-verdicts.ts'
import { openFalls } from '../../evidence/open-falls.ts'
import { lastCounter, type CounterState } from '../../evidence/readings.ts'
import { isBefore, lastJump, rejectedRise, waitingRises } from '../../evidence/waiting-rises.ts'
import type { ContextSource } from './context.ts'

export interface GatheredFacts extends CounterFacts {
  /** The whole days the change may belong to when more than one ended; null otherwise. */
  readonly span: { readonly from: IsoDate; readonly to: IsoDate } | null
  readonly impressionsChange: bigint | null
  readonly clicksChange: bigint | null
  /** Undecided rises this reading still shows, and those it no longer shows; the oldest first. */
  readonly waiting: readonly WaitingRise[]
  readonly gone: readonly WaitingRise[]
  /** A rise this one may contain: see `holdBehind`. */
  readonly behind: (WaitingRise & { readonly isRejected: boolean }) | null
  /** The newest undecided fall, or jump by a decision: rises from before wait for a person, whatever comes after. */
  readonly after: Evidence | null
  /** Falls before it that nobody has decided; null when there are none. */
  readonly open: OpenFalls | null
}

interface Book {
  readonly db: Kysely<Tables>
  readonly book: bigint
}

/** What the facts come to by the usual rules, undecided falls aside. */
export function judge(facts: GatheredFacts): CounterDecision {
  return holdBehind(decideCounter(facts), facts.behind)
}

/**
 * About the reading landed at `place`. Readings after it must not have been judged yet, or be forgotten: a rule looks
 * back only.
 */
export async function gatherFacts(
  { db, book }: Book,
  source: ContextSource,
  next: CounterReading,
  place: Evidence,
): Promise<GatheredFacts> {
  const open = await openFalls(db, book, source.id, place)
  const last = await lastShown({ db, book }, source, open)
  const { waiting, gone, behind, mode, after } = await risesBefore({ db, book }, source, { next, place, open, last })
  const previous = newerOf(last?.reading ?? null, waiting.at(-1)?.reading ?? null)
  const previousMs = previous?.atMs ?? null
  const day = dateOfChange(previousMs, next.atMs, source.timeZone)
  const span = previousMs === null ? null : spanOfChange(previousMs, next.atMs, source.timeZone)
  const policy = counterPolicy(source.counter ?? null, reviewAbove(source))
  const days = span === null ? 1 : daysBetween(previousDate(span.from), span.to)
  // Settings from before there were limits looked at the last day only.
  const near = { day, days: source.counter === undefined ? 1 : days }
  return {
    previous,
    accounted: (last?.accounted ?? 0n) + sumOf(waiting),
    next,
    day,
    span,
    fromFile: last?.origin === 'opening' || last?.origin === 'day-total',
    days,
    history: await pastRises(db, book, source.id),
    mode,
    ...(await payoutFacts({ db, book }, source.id, near, policy)),
    policy,
    impressionsChange: grown(previous?.impressions ?? null, next.impressions),
    clicksChange: grown(previous?.clicks ?? null, next.clicks),
    waiting,
    gone,
    behind,
    after,
    open,
  }
}

/** What the next reading is compared with: the last accepted state, or what is shown since a fall nobody has decided. */
async function lastShown(
  { db, book }: Book,
  source: ContextSource,
  open: OpenFalls | null,
): Promise<CounterState | null> {
  if (open === null || open.tip.kind === 'booked') return lastCounter(db, book, source.id)
  const { reading } = open.tip
  return { reading, accounted: reading.amount, origin: 'api' }
}

interface Shown {
  readonly next: CounterReading
  readonly place: Evidence
  readonly open: OpenFalls | null
  readonly last: CounterState | null
}

/** Rises before a fall wait as they did; only those since are part of what the next readings show. */
async function risesBefore(
  { db, book }: Book,
  source: ContextSource,
  { next, place, open, last }: Shown,
): Promise<Pick<GatheredFacts, 'waiting' | 'gone' | 'behind' | 'mode' | 'after'>> {
  const mode = await counterMode(db, book, source.id)
  const after = laterOf(open?.falls.at(-1)?.place ?? null, await lastJump(db, book, source.id, place))
  const isSince = (rise: WaitingRise): boolean => after === null || isBefore(after, rise.place)
  const isShown = open === null || open.tip.kind === 'booked'
  const rises = isShown ? (await waitingRises(db, book, source.id, place)).filter(isSince) : []
  // Payouts may hide in an unpaid balance's rise, so nothing can be told from the difference of two of its readings.
  const waiting = mode === 'unpaid' || last === null ? [] : stillShown(next.amount, last.accounted, rises)
  const gone = mode === 'unpaid' ? [] : rises.slice(waiting.length)
  const newest = rises.at(-1)
  const found = waiting.length > 0 || !isShown ? null : await rejectedRise(db, book, source.id, place)
  const rejected = found !== null && isSince(found) ? found : null
  const behind =
    mode === 'unpaid' && newest !== undefined
      ? { ...newest, isRejected: false }
      : rejected === null
        ? null
        : { ...rejected, isRejected: true }
  return { waiting, gone, behind, mode, after }
}

async function payoutFacts(
  { db, book }: Book,
  source: bigint,
  near: DaysCovered,
  policy: CounterPolicy,
): Promise<Pick<CounterFacts, 'payouts' | 'returns' | 'outlived'>> {
  const known = await unseenPayouts(db, book, source)
  return {
    payouts: payoutsNear(known, near, policy),
    returns: payoutsNear(await unseenReturns(db, book, source), near, policy),
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

/** What the next reading must show for nothing to be booked, once this one is accepted: what waits stays out of it. */
export function accountedAfter({ next, waiting }: GatheredFacts): Units {
  return next.amount - sumOf(waiting)
}

function laterOf(one: Evidence | null, other: Evidence | null): Evidence | null {
  if (one === null || other === null) return one ?? other
  return isBefore(one, other) ? other : one
}

function newerOf(one: CounterReading | null, other: CounterReading | null): CounterReading | null {
  if (one === null || other === null) return one ?? other
  return other.atMs > one.atMs ? other : one
}

function reviewAbove(source: ContextSource): bigint | null {
  return source.reviewAbove === null ? null : unitsOf(source.reviewAbove)
}
