/**
 * The weekly proof of a book, `ledger verify --rebuild`: after the night of a Sunday, and after every further night until
 * it holds. Decided from the book's row of the schedule, which is claimed by writing it only where it is still as it was
 * seen. The proof changes nothing, so one whose process died is simply made again after the next night.
 */
import type { Kysely, Selectable } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import { lastDueMs, lastSundayDueMs, type NightSchedule } from '../../domain/time/schedule.ts'
import type { NightOutcome } from './ticks.ts'

export interface LastProof {
  /** UTC milliseconds. */
  readonly startedAtMs: number
  /** As of a night; '' while the first runs. While it is made again, the one before still counts. */
  readonly outcome: NightOutcome['kind'] | ''
  readonly detail: string
}

/** Null before the first. */
export async function lastProof(db: Kysely<Tables>, book: bigint): Promise<LastProof | null> {
  const row = await scheduleOf(db, book)
  return row === null ? null : proofOf(row)
}

type Schedule = Selectable<Tables['schedule']>

/** Null for a book that nobody keeps nights of. */
async function scheduleOf(db: Kysely<Tables>, book: bigint): Promise<Schedule | null> {
  return (await db.selectFrom('schedule').selectAll().where('book', '=', book).executeTakeFirst()) ?? null
}

function proofOf({ proof_started_ms, proof_outcome, proof_detail }: Schedule): LastProof | null {
  if (proof_started_ms === null) return null
  // Written below alone.
  const outcome = proof_outcome as LastProof['outcome']
  return { startedAtMs: Number(proof_started_ms), outcome, detail: proof_detail }
}

export interface ProofParts {
  readonly db: Kysely<Tables>
  /** UTC milliseconds. */
  readonly nowMs: () => number
  readonly runProof: () => Promise<NightOutcome>
}

/** Null when none is due, or another process was faster in taking it. */
export async function proveWhenDue(
  { db, nowMs, runProof }: ProofParts,
  book: { readonly id: bigint; readonly schedule: NightSchedule },
): Promise<NightOutcome | null> {
  const startedAtMs = nowMs()
  const seen = await scheduleOf(db, book.id)
  if (seen === null) return null
  const last = proofOf(seen)
  if (!isProofDue(book.schedule, Number(seen.known_since_ms), startedAtMs, last)) return null
  const started = BigInt(startedAtMs)
  const before = last === null || last.outcome === 'done' ? { proof_outcome: '', proof_detail: '' } : {}
  if (!(await write(db, seen, { ...before, proof_started_ms: started }))) return null
  const ended = await runProof()
  // Whoever serves next makes a stopped one from the start.
  const { proof_started_ms, proof_outcome, proof_detail } = seen
  const after =
    ended.kind === 'stopped'
      ? { proof_started_ms, proof_outcome, proof_detail }
      : { proof_outcome: ended.kind, proof_detail: ended.detail }
  await write(db, { ...seen, proof_started_ms: started }, after)
  return ended
}

/** Only where the row is still as it was seen. */
async function write(db: Kysely<Tables>, seen: Schedule, changes: Partial<Schedule>): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('schedule')
    .set(changes)
    .where('book', '=', seen.book)
    .where('proof_started_ms', seen.proof_started_ms === null ? 'is' : '=', seen.proof_started_ms)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

function isProofDue(schedule: NightSchedule, knownSinceMs: number, nowMs: number, last: LastProof | null): boolean {
  // One that was made under a clock far ahead must not stand for all that are due before it.
  const sinceMs = last !== null && last.startedAtMs <= nowMs ? last.startedAtMs : knownSinceMs
  const isToRepeat = last !== null && last.outcome !== 'done'
  return sinceMs < (isToRepeat ? lastDueMs(schedule, nowMs) : lastSundayDueMs(schedule, nowMs))
}
