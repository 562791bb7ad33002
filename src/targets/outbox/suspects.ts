/**
 * Which rows a listing of the target may say something about. They are looked for by what is listed, so that a night in
 * which nothing changed reads nothing, however much was ever delivered.
 */
import { readInChunks } from '../../db/chunks.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import { isOfAnother } from '../book-mark.ts'
import type { RemoteEntry } from '../entry.ts'
import { documentsOf, type EntryIndex } from './check.ts'
import { selectEntries, toEntryRow, type EntryRow } from './row.ts'
import { outboxOf, type Work } from './work.ts'

/** Of these entries, the ids of those that were delivered from here, by whichever book: none of them is a copy. */
export async function knownEntries(work: Work, remotes: readonly RemoteEntry[]): Promise<ReadonlySet<string>> {
  const { book, target } = outboxOf(work)
  const ids = idsOf(remotes)
  const rows = await readInChunks(ids, (some) =>
    work.kysely
      .selectFrom('outbox')
      .select('remote_id')
      .where('book', '=', book)
      .where('target', '=', target)
      .where('remote_id', 'in', some)
      .execute(),
  )
  return new Set([...rows.flatMap(({ remote_id: id }) => id ?? []), ...(await siblingEntries(work, remotes)).keys()])
}

/** Of these entries, those that other books of this database delivered into the same company: the book's name by the entry's id. */
export async function siblingEntries(
  work: Work,
  remotes: readonly RemoteEntry[],
): Promise<ReadonlyMap<string, string>> {
  const { book, target } = outboxOf(work)
  const rows = await readInChunks(idsOf(remotes), (some) =>
    work.kysely
      .selectFrom('connection as mine')
      .innerJoin('connection as theirs', (join) =>
        join.onRef('theirs.type', '=', 'mine.type').onRef('theirs.company_id', '=', 'mine.company_id'),
      )
      .innerJoin('outbox', (join) =>
        join.onRef('outbox.book', '=', 'theirs.book').onRef('outbox.target', '=', 'theirs.target'),
      )
      .innerJoin('book', 'book.id', 'theirs.book')
      .select(['outbox.remote_id', 'book.name'])
      .where('mine.book', '=', book)
      .where('mine.target', '=', target)
      .where('theirs.book', '<>', book)
      .where('outbox.remote_id', 'in', some)
      .execute(),
  )
  return new Map(rows.flatMap(({ remote_id: id, name }) => (id === null ? [] : [[id, name]])))
}

function idsOf(remotes: readonly RemoteEntry[]): readonly string[] {
  return [...new Set(remotes.map(({ remoteId }) => remoteId))]
}

/** Delivered rows dated on this day or later, as they were sent. */
export async function deliveredSince(work: Work, from: IsoDate): Promise<readonly EntryRow[]> {
  const since = delivered(work).where((eb) =>
    eb.or([eb('journal.document_date', '>=', from), eb('row.revision', '>', 1n)]),
  )
  const rows = await since.orderBy('row.journal').orderBy('row.part').execute()
  return rows.map(toEntryRow).filter(({ entry }) => entry.date >= from)
}

/** Delivered rows that the listed entries are about, or look like a copy of. */
export async function suspectedRows(
  work: Work,
  listed: readonly RemoteEntry[],
  entries: EntryIndex,
): Promise<readonly EntryRow[]> {
  const known = await knownEntries(work, listed)
  const isStranger = (remote: RemoteEntry): boolean =>
    !known.has(remote.remoteId) && !isOfAnother(remote, work.lastingId)
  const strangers = listed.filter(isStranger)
  const unique = (texts: readonly string[]): readonly string[] => [...new Set(texts)]
  const dates = unique(strangers.map(({ date }) => date))
  const found = [
    ...(await readInChunks([...known], (some) => delivered(work).where('row.remote_id', 'in', some).execute())),
    ...(await readInChunks(unique(listed.flatMap(documentsOf)), (some) =>
      delivered(work).where('row.document', 'in', some).execute(),
    )),
    ...(await readInChunks(dates, (some) => delivered(work).where('journal.document_date', 'in', some).execute())),
    // A payload that was built anew may have another date than its journal.
    ...(dates.length === 0 ? [] : await delivered(work).where('row.revision', '>', 1n).execute()),
  ]
  const rows = new Map(found.map((row) => [row.document, row]))
  const isSuspected = (row: EntryRow): boolean =>
    entries.about(row).length > 0 || entries.suspects(row).some(isStranger)
  return [...rows.values()].map(toEntryRow).filter(isSuspected).toSorted(inOrderOfSealing)
}

function delivered(work: Work) {
  return selectEntries(work.kysely, outboxOf(work))
    .innerJoin('journal', (join) => join.onRef('journal.book', '=', 'row.book').onRef('journal.id', '=', 'row.journal'))
    .where('row.remote_id', 'is not', null)
}

function inOrderOfSealing(a: EntryRow, b: EntryRow): number {
  if (a.journal !== b.journal) return a.journal < b.journal ? -1 : 1
  return a.part - b.part
}
