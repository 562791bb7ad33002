/** Rises of a counter that wait for a person, and whether later readings were booked on top of one of them. */
import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import { isRiseCode, type WaitingRise } from '../domain/counters/counter-waiting.ts'
import type { Evidence } from '../domain/transaction.ts'
import { listVerdicts, type JudgedReading } from './counter-verdicts.ts'

const SETTLED = ['baseline', 'unchanged', 'booked', 'accepted'] as const

/** Undecided rises before a place, the oldest first. */
export async function waitingRises(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  before: Evidence | null,
): Promise<readonly WaitingRise[]> {
  const held = await listVerdicts(db, book, { source, status: 'held' })
  return held.toReversed().flatMap((each) => {
    const rise = riseOf(each)
    return rise !== null && (before === null || isBefore(rise.place, before)) ? [rise] : []
  })
}

/** The newest rejected rise before a place that no reading has been booked after; null when there is none. */
export async function rejectedRise(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  before: Evidence | null,
): Promise<WaitingRise | null> {
  for (const each of await listVerdicts(db, book, { source, status: 'rejected' })) {
    if (before !== null && !isBefore(each.place, before)) continue
    if (await isCovered(db, book, source, each.place)) return null
    const rise = riseOf(each)
    if (rise !== null) return rise
  }
  return null
}

/**
 * The newest reading before a place that a person has said moved the counter by more than was earned: a reset, another
 * account. What waited before it is not shown by the readings after it, and not taken back by them either.
 */
export async function lastJump(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  before: Evidence,
): Promise<Evidence | null> {
  const accepted = await listVerdicts(db, book, { source, status: 'accepted' })
  return accepted.find(({ jump, place }) => jump !== 0n && isBefore(place, before))?.place ?? null
}

/** True when a later reading has been taken as in order: what it was compared with held this one. */
export async function isCovered(db: Kysely<Tables>, book: bigint, source: bigint, place: Evidence): Promise<boolean> {
  const later = await db
    .selectFrom('counter_verdict')
    .select('batch')
    .where('book', '=', book)
    .where('source', '=', source)
    .where('status', 'in', SETTLED)
    .where((eb) => eb(eb.refTuple('batch', 'item'), '>', eb.tuple(BigInt(place.batch), BigInt(place.item))))
    .limit(1)
    .executeTakeFirst()
  return later !== undefined
}

export function riseOf({ code, change, place, reading, role }: JudgedReading): WaitingRise | null {
  return role === null && isRiseCode(code) && change > 0n ? { place, code, amount: change, reading } : null
}

export function isBefore(one: Evidence, other: Evidence): boolean {
  return one.batch < other.batch || (one.batch === other.batch && one.item < other.item)
}
