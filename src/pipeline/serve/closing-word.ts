/**
 * Whether a night came to its end, by what its run itself wrote last. How a process ended says little: one that crashed
 * can end with the code of one that found something, and one that was killed may have been done.
 */
import type { Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import { listSteps } from '../runs.ts'

export interface ClosedNight {
  readonly run: number
  /** Sources that were read to the end. */
  readonly read: readonly string[]
  /** Sources that could not be read to the end. */
  readonly unread: readonly string[]
}

/** Runs of one source alone lie between those of whole nights. */
const RUNS_LOOKED_AT = 50

/** Both included, in UTC milliseconds. */
export interface Span {
  readonly fromMs: number
  /** What was closed under a clock that was ahead is not the night that is asked about. */
  readonly throughMs: number
}

/** The newest run of the whole night that was closed in the span; null when none was. */
export async function closedNight(
  db: Kysely<Tables>,
  book: bigint,
  { fromMs, throughMs }: Span,
): Promise<ClosedNight | null> {
  const closed = await db
    .selectFrom('run')
    .select(['id', 'arguments'])
    .where('book', '=', book)
    .where('kind', '=', 'sync')
    .where('status', '=', 'finished')
    .where('finished_at_ms', '>=', BigInt(fromMs))
    .where('finished_at_ms', '<=', BigInt(throughMs))
    .orderBy('id', 'desc')
    .limit(RUNS_LOOKED_AT)
    .execute()
  // A run of one source alone is not the night that was due.
  const whole = closed.find((run) => !Object.hasOwn(JSON.parse(run.arguments) as object, 'source'))
  if (whole === undefined) return null
  const run = Number(whole.id)
  const steps = await listSteps(db, { book, id: run, kind: 'sync', resumed: false })
  const sources = steps.flatMap(({ step, status }) => {
    const [, source] = /^(?:poll|stats):(.+)$/.exec(step) ?? []
    return source === undefined ? [] : [{ source, isRead: status === 'finished' }]
  })
  const named = (isRead: boolean): readonly string[] =>
    sources.filter((each) => each.isRead === isRead).map(({ source }) => source)
  return { run, read: named(true), unread: named(false) }
}
