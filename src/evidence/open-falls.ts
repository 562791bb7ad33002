/** Falls of a counter that nobody has decided, and everything since the oldest of them. */
import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import type { CounterHeldCode } from '../domain/counters/counter-policy.ts'
import { FALL_CODES, type OpenFall, type OpenFalls } from '../domain/counters/counter-undecided.ts'
import type { Evidence } from '../domain/transaction.ts'
import { listVerdicts, type JudgedReading } from './counter-verdicts.ts'
import { isBefore } from './waiting-rises.ts'

/** Undecided falls before a place, or all; null when there are none. */
export async function openFalls(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  before: Evidence | null,
): Promise<OpenFalls | null> {
  const rows = (await sinceOldestFall(db, book, source)).filter(
    ({ place }) => before === null || isBefore(place, before),
  )
  const [first, ...more] = rows.filter(isOpenFall).map(fallOf)
  const tip = rows.findLast(isShown)
  if (first === undefined || tip === undefined) return null
  const kind = tip.status !== 'held' ? 'booked' : tip.role === 'waiting' ? 'waiting' : 'fall'
  return { falls: [first, ...more], tip: { kind, reading: tip.reading } }
}

/** Every reading from the oldest undecided fall on, in the order they were landed; none when nothing is undecided. */
export async function sinceOldestFall(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
): Promise<readonly JudgedReading[]> {
  const oldest = (await listVerdicts(db, book, { source, status: 'held', role: 'fall' })).at(-1)
  if (oldest === undefined) return []
  return (await listVerdicts(db, book, { source, from: oldest.place })).toReversed()
}

export function isOpenFall({ status, role }: JudgedReading): boolean {
  return status === 'held' && role === 'fall'
}

/** What it shows stands: it is not wrong, and not held for its clock or as a rise that may go again. */
function isShown({ status, role }: JudgedReading): boolean {
  return status !== 'rejected' && status !== 'superseded' && (status !== 'held' || role !== null)
}

function fallOf({ place, code, level, reading, day, reason, change }: JudgedReading): OpenFall {
  const known: readonly CounterHeldCode[] = FALL_CODES
  const held = known.find((each) => each === code) ?? 'COUNTER_DECREASE'
  return { place, code: held, level: level ?? reading.amount - change, reading, day, reason }
}
