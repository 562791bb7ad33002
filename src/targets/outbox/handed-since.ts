/**
 * What a person wrote to a file with `export --again` while it waited here: the file takes it to the same books, so it is
 * not sent as well, unless a person says after that file that it was never imported. A journal of which some part is
 * there already is sent to its end all the same: half of it would be wrong in any case.
 */
import { readInChunks } from '../../db/chunks.ts'
import { ofRow } from './joins.ts'
import type { Move } from './move.ts'
import type { RowHead } from './row.ts'
import { outboxOf, type Work } from './work.ts'

/** Why a payload is as it is that was queued although a file holds it, because a person said so. */
export const DESPITE_FILE = 'as approved; the file that holds it was not imported'

/** Of these rows, by document, those that a file has taken since the last word on them, with the sentence that says so. */
export async function handedSince(work: Work, rows: readonly RowHead[]): Promise<ReadonlyMap<string, string>> {
  if (work.again) return new Map()
  const journals = [...new Set(rows.map(({ journal }) => journal))]
  const files = await work.handedOut(work.kysely, journals)
  if (files.size === 0) return new Map()
  const begun = await begunJournals(work, [...files.keys()])
  const words = await lastWords(
    work,
    rows.map(({ document }) => document),
  )
  return new Map(
    rows.flatMap(({ journal, document }) => {
      const file = files.get(journal)
      if (file === undefined || begun.has(journal) || file.atMs <= (words.get(document) ?? -1)) return []
      return [[document, file.sentence] as const]
    }),
  )
}

/** It is not in the target, and does not go there. */
export function handedMove({ name }: Pick<Work, 'name'>, { document }: RowHead, sentence: string): Move {
  const message =
    `${sentence} So it is not sent as well. If that file was imported, nothing is missing; ` +
    `if it was not: tieout deliver --retry ${document} --target ${name}.`
  return { to: 'refused', message, freshKey: true }
}

/** Of these journals, those of which some part is in the target. */
async function begunJournals(work: Work, journals: readonly bigint[]): Promise<ReadonlySet<bigint>> {
  const { book, target } = outboxOf(work)
  const rows = await readInChunks(journals, (some) =>
    work.kysely
      .selectFrom('outbox')
      .select('journal')
      .distinct()
      .where('book', '=', book)
      .where('target', '=', target)
      .where('journal', 'in', some)
      .where('state', 'in', ['delivered', 'verified'])
      .execute(),
  )
  return new Set(rows.map(({ journal }) => journal))
}

/** When a person last said of these documents that they go out in spite of a file, by the book's clock. */
async function lastWords(work: Work, documents: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const { book, target } = outboxOf(work)
  const said = await readInChunks(documents, (some) =>
    work.kysely
      .selectFrom('outbox as row')
      .innerJoin('outbox_attempt as line', (join) => join.on(ofRow('line')))
      .where('row.book', '=', book)
      .where('row.target', '=', target)
      .where('row.document', 'in', some)
      .where('line.by_person', 'is not', null)
      .select(['row.document', 'line.at_ms as at'])
      .orderBy('line.n')
      .execute(),
  )
  const queued = await readInChunks(documents, (some) =>
    work.kysely
      .selectFrom('outbox as row')
      .innerJoin('outbox_payload as payload', (join) => join.on(ofRow('payload')))
      .where('row.book', '=', book)
      .where('row.target', '=', target)
      .where('row.document', 'in', some)
      .where('payload.reason', '=', DESPITE_FILE)
      .select(['row.document', 'payload.made_at_ms as at'])
      .execute(),
  )
  return new Map([...queued, ...said].map(({ document, at }) => [document, Number(at)]))
}
