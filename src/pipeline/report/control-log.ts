/** Section G, control log: who changed or decided what since the night before, from every table that keeps a person's word. */
import { sql, type Kysely, type RawBuilder } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import type { Window } from './window.ts'

export interface LogEntry {
  readonly atMs: number
  readonly by: string
  /** One sentence without its person: "approved journal TO-2026-03-18-1". */
  readonly what: string
  readonly why: string
  /** What `tieout trace` is given to see what is behind it; null where there is nothing of the kind. */
  readonly trace: string | null
}

interface Span {
  readonly db: Kysely<Tables>
  readonly book: bigint
  /** The night before had ended by then. */
  readonly afterMs: number
  readonly throughMs: number
}

/** The night's own approvals are in the journals section; here is what people did. */
export async function controlLog(
  db: Kysely<Tables>,
  book: bigint,
  window: Window,
  system: string,
): Promise<readonly LogEntry[]> {
  const span = { db, book, afterMs: window.beforeRun?.finishedAtMs ?? -1, throughMs: window.knownAtMs }
  const entries = [
    ...(await settings(span, window)),
    ...(await approvals(span)),
    ...(await holds(span)),
    ...(await mappings(span)),
    ...(await counters(span)),
    ...(await matches(span)),
    ...(await exceptions(span)),
    ...(await quarantined(span)),
    ...(await imports(span)),
    ...(await takenBack(span)),
  ]
  return entries.filter(({ by }) => by !== system).toSorted((a, b) => a.atMs - b.atMs || (a.what < b.what ? -1 : 1))
}

/** The rows of a table whose instant lies in the span. */
function within({ book, afterMs, throughMs }: Span, table: keyof Tables, instant: string): RawBuilder<boolean> {
  const [own, at] = [sql.ref(`${table}.book`), sql.ref(`${table}.${instant}`)]
  return sql<boolean>`${own} = ${book} and ${at} > ${BigInt(afterMs)} and ${at} <= ${BigInt(throughMs)}`
}

/** Nobody signs the configuration either: what was in force from when on, with the place of its bytes. */
async function settings({ db, book }: Span, { before, known }: Window): Promise<readonly LogEntry[]> {
  const rows = await db
    .selectFrom('log_record')
    .select(['batch', 'item', 'at_ms'])
    .where('book', '=', book)
    .where('batch', '>', BigInt(before.batch))
    .where('batch', '<=', BigInt(known.batch))
    .where('kind', '=', 'settings')
    .execute()
  return rows.map(({ batch, item, at_ms }) => {
    const place = `landing:${batch}.${item}`
    return entry(at_ms, 'tieout', `took the configuration into force as it stood (${place})`, place)
  })
}

async function approvals(span: Span): Promise<readonly LogEntry[]> {
  const rows = await span.db
    .selectFrom('journal')
    .select(['document', 'approved_by', 'approved_at_ms'])
    .where(within(span, 'journal', 'approved_at_ms'))
    .execute()
  return rows.map(({ document, approved_by, approved_at_ms }) =>
    entry(approved_at_ms, approved_by, `approved journal ${document}`, document),
  )
}

async function holds(span: Span): Promise<readonly LogEntry[]> {
  const rows = await span.db
    .selectFrom('journal_hold')
    .leftJoin('journal', (join) =>
      join.onRef('journal.book', '=', 'journal_hold.book').onRef('journal.id', '=', 'journal_hold.journal'),
    )
    .select([
      'journal_hold.day',
      'journal_hold.action',
      'journal_hold.why',
      'journal_hold.by_person',
      'journal_hold.at_ms',
      'journal.document',
    ])
    .where(within(span, 'journal_hold', 'at_ms'))
    .execute()
  return rows.map(({ action, document, day, why, by_person, at_ms }) => {
    const subject = document === null ? `the day ${day ?? ''}` : `journal ${document}`
    return entry(at_ms, by_person, `${action === 'hold' ? 'held' : 'released'} ${subject}`, document, why)
  })
}

/** One line for each decision, however many rows it is about. */
async function quarantined(span: Span): Promise<readonly LogEntry[]> {
  const rows = await span.db
    .selectFrom('quarantine')
    .select(({ fn }) => ['ended', 'ended_batch', 'ended_by', 'ended_why', 'ended_at_ms', fn.countAll<bigint>().as('n')])
    .where(within(span, 'quarantine', 'ended_at_ms'))
    .where('ended_by', 'is not', null)
    .groupBy(['ended', 'ended_batch', 'ended_by', 'ended_why', 'ended_at_ms'])
    .execute()
  return rows.map(({ ended, ended_batch, ended_by, ended_why, ended_at_ms, n }) => {
    const what = `${ended === 'closed' ? 'closed' : 'had read again'} ${n} ${n === 1n ? 'row' : 'rows'} in quarantine`
    return entry(ended_at_ms ?? 0n, ended_by ?? '', what, `landing:${ended_batch ?? 0n}.1`, ended_why ?? '')
  })
}

async function mappings(span: Span): Promise<readonly LogEntry[]> {
  const rows = await span.db
    .selectFrom('mapping_version')
    .select(['target', 'version', 'accepted_by', 'accepted_at_ms'])
    .where(within(span, 'mapping_version', 'accepted_at_ms'))
    .execute()
  return rows.map(({ target, version, accepted_by, accepted_at_ms }) =>
    entry(accepted_at_ms, accepted_by, `accepted version ${version} of the mapping for ${target}`, null),
  )
}

async function counters(span: Span): Promise<readonly LogEntry[]> {
  const rows = await span.db
    .selectFrom('counter_answer')
    .select(['reading', 'word', 'said_by', 'why', 'said_at_ms'])
    .where(within(span, 'counter_answer', 'said_at_ms'))
    .execute()
  return rows.map(({ reading, word, said_by, why, said_at_ms }) =>
    entry(said_at_ms, said_by, `answered reading ${reading}: ${word}`, `landing:${reading}`, why),
  )
}

async function matches(span: Span): Promise<readonly LogEntry[]> {
  const rows = await span.db
    .selectFrom('match_decision')
    .select(['decide', 'match', 'batch', 'item', 'decided_by', 'decided_why', 'decided_at_ms'])
    .where(within(span, 'match_decision', 'decided_at_ms'))
    .execute()
  return rows.map(({ decide, match, batch, item, decided_by, decided_why, decided_at_ms }) => {
    const place = `landing:${batch}.${item}`
    const what = match === null ? `asked for ${place}: ${decide}` : `decided on match ${match}: ${decide}`
    return entry(decided_at_ms, decided_by, what, match === null ? place : `match:${match}`, decided_why)
  })
}

async function exceptions(span: Span): Promise<readonly LogEntry[]> {
  const rows = await span.db
    .selectFrom('exception_event')
    .select(['exception', 'event', 'owner', 'resolution', 'by_person', 'why', 'at_ms'])
    .where(within(span, 'exception_event', 'at_ms'))
    .where('by_person', 'is not', null)
    .orderBy('exception')
    .orderBy('n')
    .execute()
  return rows.map(({ exception, event, owner, resolution, by_person, why, at_ms }) => {
    const how = event === 'resolved' ? ` as ${resolution ?? ''}` : event === 'assigned' ? ` to ${owner ?? ''}` : ''
    return entry(at_ms, by_person ?? '', `${event} E-${exception}${how}`, `E-${exception}`, why ?? '')
  })
}

/** A statement file that went back is signed like any decision. */
async function takenBack(span: Span): Promise<readonly LogEntry[]> {
  const rows = await span.db
    .selectFrom('statement_undo')
    .select(['name', 'sha256', 'undone_by', 'undone_why', 'undone_at_ms', 'undone_batch', 'undone_item'])
    .where(within(span, 'statement_undo', 'undone_at_ms'))
    .execute()
  return rows.map((row) => {
    const what = `took back ${row.name} (SHA-256 ${row.sha256.slice(0, 12)}…)`
    return entry(
      row.undone_at_ms,
      row.undone_by,
      what,
      `landing:${row.undone_batch}.${row.undone_item}`,
      row.undone_why,
    )
  })
}

/** Nobody signs an import; still a controller wants to see what came in. */
async function imports(span: Span): Promise<readonly LogEntry[]> {
  const files = await span.db
    .selectFrom('imported_file')
    .select(['name', 'sha256', 'imported_at_ms'])
    .where(within(span, 'imported_file', 'imported_at_ms'))
    .execute()
  const statements = await span.db
    .selectFrom('statement_file')
    .select(['name', 'sha256', 'imported_at_ms', 'footing', 'batch', 'item'])
    .where(within(span, 'statement_file', 'imported_at_ms'))
    .execute()
  const undone = await span.db
    .selectFrom('statement_undo')
    .select(['name', 'sha256', 'imported_at_ms', 'footing', 'batch', 'item'])
    .where(within(span, 'statement_undo', 'imported_at_ms'))
    .execute()
  return [
    ...files.map(({ name, sha256, imported_at_ms: at }) =>
      entry(at, 'tieout', `took in ${name} (SHA-256 ${sha256.slice(0, 12)}…)`, null),
    ),
    ...[...statements, ...undone].map(({ name, sha256, imported_at_ms: at, footing, batch, item }) => {
      const what = `took in ${name} (SHA-256 ${sha256.slice(0, 12)}…; ${FOOTING[footing]})`
      return entry(at, 'tieout', what, `landing:${batch}.${item}`)
    }),
  ]
}

const FOOTING = {
  foots: 'it ties',
  differs: 'it does NOT tie',
  unproven: 'it has no balances to tie to',
} as const

function entry(atMs: bigint, by: string, what: string, trace: string | null, why = ''): LogEntry {
  return { atMs: Number(atMs), by, what, why, trace }
}
