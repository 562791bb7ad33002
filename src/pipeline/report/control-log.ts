/** Section G, control log: who changed or decided what since the night before, from every table that keeps a person's word. */
import type { Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import type { Window } from './window.ts'

export interface LogEntry {
  readonly atMs: number
  readonly by: string
  /** One sentence without its person: "approved journal TO-2026-03-18-1". */
  readonly what: string
  readonly why: string
}

/** The night's own approvals are in the journals section; here is what people did. */
export async function controlLog(
  db: Kysely<Tables>,
  book: bigint,
  window: Window,
  system: string,
): Promise<readonly LogEntry[]> {
  const after = BigInt(window.beforeRun?.finishedAtMs ?? -1)
  const through = BigInt(window.knownAtMs)
  const entries = [
    ...(await approvals(db, book, after, through)),
    ...(await holds(db, book, after, through)),
    ...(await mappings(db, book, after, through)),
    ...(await counters(db, book, after, through)),
    ...(await matches(db, book, after, through)),
    ...(await exceptions(db, book, after, through)),
    ...(await imports(db, book, after, through)),
  ]
  return entries.filter(({ by }) => by !== system).toSorted((a, b) => a.atMs - b.atMs || (a.what < b.what ? -1 : 1))
}

async function approvals(db: Kysely<Tables>, book: bigint, after: bigint, through: bigint) {
  const rows = await db
    .selectFrom('journal')
    .select(['document', 'approved_by', 'approved_at_ms'])
    .where('book', '=', book)
    .where('approved_at_ms', '>', after)
    .where('approved_at_ms', '<=', through)
    .execute()
  return rows.map((row): LogEntry => entry(row.approved_at_ms, row.approved_by, `approved journal ${row.document}`))
}

async function holds(db: Kysely<Tables>, book: bigint, after: bigint, through: bigint) {
  const rows = await db
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
    .where('journal_hold.book', '=', book)
    .where('journal_hold.at_ms', '>', after)
    .where('journal_hold.at_ms', '<=', through)
    .execute()
  return rows.map(({ action, document, day, why, by_person, at_ms }) => {
    const subject = document === null ? `the day ${day ?? ''}` : `journal ${document}`
    return entry(at_ms, by_person, `${action === 'hold' ? 'held' : 'released'} ${subject}`, why)
  })
}

async function mappings(db: Kysely<Tables>, book: bigint, after: bigint, through: bigint) {
  const rows = await db
    .selectFrom('mapping_version')
    .select(['target', 'version', 'accepted_by', 'accepted_at_ms'])
    .where('book', '=', book)
    .where('accepted_at_ms', '>', after)
    .where('accepted_at_ms', '<=', through)
    .execute()
  return rows.map(({ target, version, accepted_by, accepted_at_ms }) =>
    entry(accepted_at_ms, accepted_by, `accepted version ${version} of the mapping for ${target}`),
  )
}

async function counters(db: Kysely<Tables>, book: bigint, after: bigint, through: bigint) {
  const rows = await db
    .selectFrom('counter_verdict')
    .select(['batch', 'item', 'decided_as', 'decided_by', 'decided_why', 'decided_at_ms'])
    .where('book', '=', book)
    .where('decided_at_ms', '>', after)
    .where('decided_at_ms', '<=', through)
    .execute()
  return rows.flatMap(({ batch, item, decided_as, decided_by, decided_why, decided_at_ms }) =>
    decided_at_ms === null || decided_by === null
      ? []
      : [entry(decided_at_ms, decided_by, `decided reading ${batch}.${item}: ${decided_as ?? ''}`, decided_why ?? '')],
  )
}

/** Nobody signs an import; still a controller wants to see what came in. */
async function imports(db: Kysely<Tables>, book: bigint, after: bigint, through: bigint) {
  const files = await db
    .selectFrom('imported_file')
    .select(['name', 'sha256', 'imported_at_ms'])
    .where('book', '=', book)
    .where('imported_at_ms', '>', after)
    .where('imported_at_ms', '<=', through)
    .execute()
  const statements = await db
    .selectFrom('statement_file')
    .select(['name', 'sha256', 'imported_at_ms', 'footing'])
    .where('book', '=', book)
    .where('imported_at_ms', '>', after)
    .where('imported_at_ms', '<=', through)
    .execute()
  return [
    ...files.map(({ name, sha256, imported_at_ms }) =>
      entry(imported_at_ms, 'tieout', `took in ${name} (SHA-256 ${sha256.slice(0, 12)}…)`),
    ),
    ...statements.map(({ name, sha256, imported_at_ms, footing }) =>
      entry(imported_at_ms, 'tieout', `took in ${name} (SHA-256 ${sha256.slice(0, 12)}…, footing: ${footing})`),
    ),
  ]
}

async function matches(db: Kysely<Tables>, book: bigint, after: bigint, through: bigint) {
  const rows = await db
    .selectFrom('match_decision')
    .select(['decide', 'match', 'batch', 'item', 'decided_by', 'decided_why', 'decided_at_ms'])
    .where('book', '=', book)
    .where('decided_at_ms', '>', after)
    .where('decided_at_ms', '<=', through)
    .execute()
  return rows.map(({ decide, match, batch, item, decided_by, decided_why, decided_at_ms }) => {
    const what =
      match === null ? `asked for landing:${batch}.${item}: ${decide}` : `decided on match ${match}: ${decide}`
    return entry(decided_at_ms, decided_by, what, decided_why)
  })
}

async function exceptions(db: Kysely<Tables>, book: bigint, after: bigint, through: bigint) {
  const rows = await db
    .selectFrom('exception_event')
    .select(['exception', 'event', 'owner', 'resolution', 'by_person', 'why', 'at_ms'])
    .where('book', '=', book)
    .where('by_person', 'is not', null)
    .where('at_ms', '>', after)
    .where('at_ms', '<=', through)
    .orderBy('exception')
    .orderBy('n')
    .execute()
  return rows.map(({ exception, event, owner, resolution, by_person, why, at_ms }) => {
    const how = event === 'resolved' ? ` as ${resolution ?? ''}` : event === 'assigned' ? ` to ${owner ?? ''}` : ''
    return entry(at_ms, by_person ?? '', `${event} E-${exception}${how}`, why ?? '')
  })
}

function entry(atMs: bigint, by: string, what: string, why = ''): LogEntry {
  return { atMs: Number(atMs), by, what, why }
}
