/**
 * Which night a report speaks of and what was known then: the run that closed the night, the places in ledger and landing
 * it reached, and those the night before had reached. What lies between the two is the night's movement, imports of the
 * day included, so that nothing falls between two reports.
 */
import type { Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import { InputError } from '../../domain/errors.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import { batchKnownAt } from '../../evidence/known-at.ts'
import type { Book } from '../../ledger/books.ts'
import { sequenceKnownAt } from '../../ledger/sequences.ts'
import type { Known } from '../../reconcile/roll-forward.ts'

export interface NightRun {
  readonly id: number
  readonly night: IsoDate
  /** Of a sync of one source alone; null for the night of all of them. */
  readonly source: string | null
  readonly startedAtMs: number
  readonly finishedAtMs: number
}

export interface Window {
  readonly run: NightRun
  /** What the report may know: the run's end, or the instant that was asked for. */
  readonly knownAtMs: number
  readonly known: Known
  /** Where the night before ended; nothing for the first night. */
  readonly before: Known
  readonly beforeRun: NightRun | null
  /** True when no night has ended after it. */
  readonly isNewest: boolean
}

export interface WindowRequest {
  /** The newest night when left out. */
  readonly night: IsoDate | null
  /** What was known at this instant; at the end of the night's last run when left out. */
  readonly knownAtMs: number | null
}

/** Throws InputError when no such night has come to its end by then. */
export async function findWindow(db: Kysely<Tables>, book: Book, request: WindowRequest): Promise<Window> {
  const runs = await finishedNights(db, book)
  const { night, knownAtMs } = request
  const until = knownAtMs ?? Number.MAX_SAFE_INTEGER
  const run = lastOf(runs, (each) => each.finishedAtMs <= until && (night === null || each.night === night))
  if (run === undefined) throw noNight(book, request, runs)
  const beforeRun = lastOf(runs, (each) => each.night < run.night && each.finishedAtMs <= run.finishedAtMs) ?? null
  const at = knownAtMs ?? run.finishedAtMs
  const known = await placeAt(db, book, at)
  return {
    run,
    knownAtMs: at,
    known,
    before: beforeRun === null ? { sequence: 0, batch: 0 } : await placeAt(db, book, beforeRun.finishedAtMs),
    beforeRun,
    isNewest: runs.at(-1) === run,
  }
}

async function placeAt(db: Kysely<Tables>, book: Book, atMs: number): Promise<Known> {
  return { sequence: await sequenceKnownAt(db, book, atMs), batch: await batchKnownAt(db, book.id, atMs) }
}

/** Every sync that came to its end, in the order in which they did. */
async function finishedNights(db: Kysely<Tables>, book: Book): Promise<readonly NightRun[]> {
  const rows = await db
    .selectFrom('run')
    .select(['id', 'arguments', 'started_at_ms', 'finished_at_ms'])
    .where('book', '=', book.id)
    .where('kind', '=', 'sync')
    .where('status', '=', 'finished')
    .orderBy('finished_at_ms')
    .orderBy('id')
    .execute()
  return rows.flatMap(({ id, arguments: text, started_at_ms, finished_at_ms }) => {
    // Written by startRun alone: an object of texts.
    const { night, source = null } = JSON.parse(text) as { readonly night?: string; readonly source?: string }
    if (night === undefined || finished_at_ms === null) return []
    return [{ id: Number(id), night, source, startedAtMs: Number(started_at_ms), finishedAtMs: Number(finished_at_ms) }]
  })
}

function lastOf(runs: readonly NightRun[], fits: (run: NightRun) => boolean): NightRun | undefined {
  return runs.findLast(fits)
}

function noNight(book: Book, { night, knownAtMs }: WindowRequest, runs: readonly NightRun[]): InputError {
  const by = knownAtMs === null ? '' : ` by ${new Date(knownAtMs).toISOString()}`
  if (night === null) {
    const message = `Book "${book.name}" has no finished night${by}.`
    const [first] = runs
    const hint =
      first === undefined
        ? 'Run tieout sync; tieout runs shows what has run.'
        : `Its first night, ${first.night}, was known at ${new Date(first.finishedAtMs).toISOString()}: name that time or a later one.`
    return new InputError('NIGHT_UNKNOWN', message, hint)
  }
  const nights = [...new Set(runs.map((run) => run.night))].sort()
  const known = nights.length === 0 ? 'none yet' : `${nights[0] ?? ''} to ${nights.at(-1) ?? ''}`
  const message = `Book "${book.name}" has no finished night ${night}${by}.`
  return new InputError('NIGHT_UNKNOWN', message, `Its nights are ${known}; tieout runs lists them.`)
}
