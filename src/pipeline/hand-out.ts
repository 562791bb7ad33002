/**
 * Which days' files a night has to write. Sealing is the database's and writing the file system's, so a run notes the
 * last journal before it seals and settles the note after its last file: what a killed run sealed, the next one writes.
 */
import { sql } from 'kysely'
import type { IsoDate } from '../domain/transaction.ts'
import { underLease, type RunContext } from './run-context.ts'
import { advanceStep, loadStep } from './runs.ts'

/** The step whose position is the note. It counts no rows, so no report shows it. */
export const HAND_OUT_STEP = 'hand-out'

/** Who approved what a night sealed by itself; what a person approves is handed out by `tieout export`. */
export const APPROVED_BY_NIGHT = 'tieout (auto)'

/** To be called before anything is sealed. The note of a run that never finished its files goes into this run's. */
export async function noteLastJournal({ database, book, run, lease }: RunContext): Promise<void> {
  await underLease({ database, lease }, async (trx) => {
    const { rows } = await sql<{ last: bigint }>`
      select id as last from (
        select coalesce(max(id), 0) as id from journal where book = ${book.id}
        union all
        select cast(position as bigint) from run_step
        where book = ${book.id} and step = ${HAND_OUT_STEP} and status = 'running'
      ) as noted
      order by id limit 1`.execute(trx)
    await advanceStep(trx, run, HAND_OUT_STEP, { position: String(rows[0]?.last ?? 0n), status: 'running' })
  })
}

/** Dates in the targets of all journals that nights have sealed since this run's note, in order. */
export async function datesToWrite({ database: { kysely }, book, run }: RunContext): Promise<readonly IsoDate[]> {
  const note = await loadStep(kysely, run, HAND_OUT_STEP)
  if (note === null) return []
  const rows = await kysely
    .selectFrom('journal')
    .select('document_date')
    .distinct()
    .where('book', '=', book.id)
    .where('id', '>', BigInt(note.position))
    .where('approved_by', '=', APPROVED_BY_NIGHT)
    .orderBy('document_date')
    .execute()
  return rows.map((row) => row.document_date)
}

/** To be called after the last file: settles this run's note, and those it took in. */
export async function settleNotes({ database, book, lease }: RunContext): Promise<void> {
  await underLease({ database, lease }, async (trx) => {
    await trx
      .updateTable('run_step')
      .set({ status: 'finished' })
      .where('book', '=', book.id)
      .where('step', '=', HAND_OUT_STEP)
      .where('status', '=', 'running')
      .execute()
  })
}
