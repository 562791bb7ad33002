/** Which rows are to be taken up next, without their payloads: those are read of the few that are chosen. */
import { sql } from 'kysely'
import { toHead, type RowHead } from './row.ts'
import { outboxOf, type Work } from './work.ts'

export interface DueQuery {
  readonly state: 'unknown' | 'queued'
  /** Journals that are not to be sent now. */
  readonly held: readonly bigint[]
  readonly most: number
}

/**
 * In the order of sealing. A queued journal that takes another back waits until that one is in the target, by itself or by
 * a file: their order is kept, so that no day is turned over alone. What is unknown is looked up all the same.
 */
export async function dueHeads(work: Work, { state, held, most }: DueQuery): Promise<readonly RowHead[]> {
  const { book, target } = outboxOf(work)
  let query = work.kysely
    .selectFrom('outbox as row')
    .selectAll('row')
    .where('row.book', '=', book)
    .where('row.target', '=', target)
    .where('row.state', '=', state)
  if (state === 'queued') {
    const byFile = await takenBackFromFiles(work)
    query = query.where((where) => where.or([SUBJECT_IS_THERE, where('row.journal', 'in', [...byFile, NO_JOURNAL])]))
  }
  if (held.length > 0) query = query.where('row.journal', 'not in', [...held])
  const rows = await query.orderBy('row.journal').orderBy('row.part').limit(most).execute()
  return rows.map(toHead)
}

/** An empty list is no SQL. */
const NO_JOURNAL = 0n

/** Queued journals that take back what a file took there while it waited here: those were refused because of the file. */
async function takenBackFromFiles(work: Work): Promise<readonly bigint[]> {
  const { book, target } = outboxOf(work)
  const rows = await work.kysely
    .selectFrom('outbox as row')
    .innerJoin('journal_link as link', (join) =>
      join.onRef('link.book', '=', 'row.book').onRef('link.journal', '=', 'row.journal'),
    )
    .innerJoin('outbox as subject', (join) =>
      join
        .onRef('subject.book', '=', 'link.book')
        .onRef('subject.journal', '=', 'link.subject')
        .onRef('subject.target', '=', 'row.target'),
    )
    .select(['row.journal', 'link.subject'])
    .distinct()
    .where('row.book', '=', book)
    .where('row.target', '=', target)
    .where('row.state', '=', 'queued')
    .where('link.kind', '=', 'reversal')
    .where('subject.state', '=', 'refused')
    .execute()
  if (rows.length === 0) return []
  const files = await work.handedOut(
    work.kysely,
    rows.map(({ subject }) => subject),
  )
  return rows.filter(({ subject }) => files.has(subject)).map(({ journal }) => journal)
}

const SUBJECT_IS_THERE = sql<boolean>`not exists (
  select 1 from journal_link as link
  join outbox as subject on subject.book = link.book and subject.journal = link.subject
  where link.book = "row".book and link.journal = "row".journal and link.kind = 'reversal'
    and subject.target = "row".target and subject.state not in ('delivered', 'verified'))`
