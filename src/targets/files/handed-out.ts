/**
 * Which journals were handed out, as which file, or delivered by API, so that nobody imports one twice unnoticed. A file
 * for QuickBooks and a delivery to a QuickBooks target go into the same books.
 */
import { sql, type Kysely } from 'kysely'
import { z } from 'zod'
import type { TargetConfig, TargetType } from '../../config/target-model.ts'
import { readInChunks } from '../../db/chunks.ts'
import { dialectOf } from '../../db/dialect.ts'
import type { Tables } from '../../db/tables.ts'
import type { Book } from '../../ledger/books.ts'
import { carryOut, type Act } from '../../log/acts.ts'
import type { HandedOut } from '../outbox/work.ts'
import { deliveredLines, inPlaceLines, writtenLines, type Delivered, type Written } from './repeat-lines.ts'

/** Formats that an accounting system imports; the others are for reading, and may go out as often as anybody likes. */
const SYSTEM_OF: Readonly<Record<string, TargetType>> = {
  'quickbooks-csv': 'quickbooks',
  'xero-csv': 'xero',
}

export interface HandOut {
  readonly by: string
  readonly atMs: number
  /** Hands out also what was handed out before. */
  readonly again: boolean
  /** The book's targets: what is delivered to them needs no file, nor what was delivered to targets it had before. */
  readonly targets: readonly Pick<TargetConfig, 'name' | 'type'>[]
}

export interface ExportedFile {
  readonly format: string
  /** Absolute. */
  readonly path: string
  /** Lower-case hex. */
  readonly sha256: string
  readonly documents: readonly string[]
}

export interface Repeats {
  /** Journals that would go out a second time, a sentence for each target and file; deliveries come first. */
  readonly elsewhere: readonly string[]
  /** Journals that are in the file of this name already, which is replaced: for a note. */
  readonly inPlace: readonly string[]
}

export async function findRepeats(
  db: Kysely<Tables>,
  book: Book,
  files: readonly ExportedFile[],
  targets: HandOut['targets'],
): Promise<Repeats> {
  const delivered: Delivered[] = []
  const elsewhere: Written[] = []
  const inPlace: Written[] = []
  for (const file of files) {
    const system = SYSTEM_OF[file.format]
    if (system === undefined || file.documents.length === 0) continue
    const rows = await readInChunks(file.documents, (some) =>
      exportsFor(db, book, system).where('journal.document', 'in', some).execute(),
    )
    const before = rows.map(toExported)
    delivered.push(...(await deliveries(db, book, { documents: file.documents, system, targets })))
    // The very same file once more is what a night does that is run again; what is delivered since is no part of that.
    if (before.some(({ path, sha256 }) => path === file.path && sha256 === file.sha256)) continue
    for (const each of before) {
      if (each.path === file.path) inPlace.push(each)
      else elsewhere.push(each)
    }
  }
  return { elsewhere: [...deliveredLines(delivered), ...writtenLines(elsewhere)], inPlace: inPlaceLines(inPlace) }
}

/** Which of the journals that it is asked about files for this system hold, each with the newest of its files. */
export function handedOutTo(book: Book, system: TargetType): HandedOut {
  return async (db, journals) => {
    const rows = await readInChunks(journals, (some) =>
      exportsFor(db, book, system).where('part.journal', 'in', some).execute(),
    )
    const files = rows.map(toExported)
    return new Map(files.map((each) => [each.journal, { sentence: handedOutSentence(each), atMs: each.atMs }]))
  }
}

function handedOutSentence({ document, path, by, atMs }: Exported): string {
  const when = new Date(atMs).toISOString().slice(0, 16).replace('T', ' ')
  return `${document} was written to ${path} by ${by} at ${when} UTC, for an import into the same books.`
}

interface Exported {
  readonly journal: bigint
  readonly document: string
  readonly path: string
  readonly sha256: string
  readonly by: string
  readonly atMs: number
}

/** What files for this system hold, in the order in which they were written. */
function exportsFor(db: Kysely<Tables>, book: Book, system: TargetType) {
  const formats = Object.keys(SYSTEM_OF).filter((format) => SYSTEM_OF[format] === system)
  return db
    .selectFrom('export_journal as part')
    .innerJoin('export_file as file', (join) =>
      join.onRef('file.book', '=', 'part.book').onRef('file.n', '=', 'part.file'),
    )
    .innerJoin('journal', (join) =>
      join.onRef('journal.book', '=', 'part.book').onRef('journal.id', '=', 'part.journal'),
    )
    .where('part.book', '=', book.id)
    .where('file.format', 'in', formats)
    .select(['journal.id', 'journal.document', 'file.path', 'file.sha256', 'file.by_person', 'file.at_ms'])
    .orderBy('part.journal')
    .orderBy('file.n')
}

type ExportRow = Awaited<ReturnType<ReturnType<typeof exportsFor>['execute']>>[number]

function toExported({ id: journal, document, path, sha256, by_person: by, at_ms: atMs }: ExportRow): Exported {
  return { journal, document, path, sha256: sha256.toString('hex'), by, atMs: Number(atMs) }
}

interface Wanted {
  readonly documents: readonly string[]
  readonly system: TargetType
  readonly targets: HandOut['targets']
}

/**
 * Also what only waits: it will be delivered. A target that was renamed, or is no longer configured, has had its journals
 * all the same: its connection still says which system that was.
 */
async function deliveries(
  db: Kysely<Tables>,
  book: Book,
  { documents, system, targets }: Wanted,
): Promise<readonly Delivered[]> {
  const connected = await db
    .selectFrom('connection')
    .select('target')
    .where('book', '=', book.id)
    .where('type', '=', system)
    .execute()
  const configured = targets.filter(({ type }) => type === system).map(({ name }) => name)
  const names = new Set([...configured, ...connected.map(({ target }) => target)])
  if (names.size === 0) return []
  return readInChunks(documents, (some) =>
    db
      .selectFrom('outbox')
      .innerJoin('journal', (join) =>
        join.onRef('journal.book', '=', 'outbox.book').onRef('journal.id', '=', 'outbox.journal'),
      )
      .where('outbox.book', '=', book.id)
      .where('outbox.target', 'in', [...names])
      .where('journal.document', 'in', some)
      .select(['journal.document', 'outbox.target', 'outbox.state'])
      .orderBy('journal.id')
      .orderBy('outbox.part')
      .execute(),
  )
}

/** To be called after the files are written. What is known already, to the byte, is not written again. */
export async function rememberFiles(
  db: Kysely<Tables>,
  book: Book,
  files: readonly ExportedFile[],
  { by, atMs }: Pick<HandOut, 'by' | 'atMs'>,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    if (dialectOf(trx) === 'postgres') await sql`select seq from head where book = ${book.id} for update`.execute(trx)
    for (const { format, path, sha256, documents } of files) {
      const digest = Buffer.from(sha256, 'hex')
      const ofBook = trx.selectFrom('export_file').where('book', '=', book.id)
      const same = ofBook.where('path', '=', path).where('sha256', '=', digest).where('format', '=', format)
      if ((await same.select('n').executeTakeFirst()) !== undefined) continue
      const last = await ofBook.select((eb) => eb.fn.max('n').as('max')).executeTakeFirst()
      const n = String((last?.max ?? 0n) + 1n)
      await carryOut(trx, book.id, handOutAct, { n, format, path, sha256, by, documents: [...documents] }, atMs)
    }
  })
}

const handOutSchema = z.object({
  n: z.string(),
  format: z.string(),
  path: z.string(),
  sha256: z.string(),
  by: z.string(),
  documents: z.array(z.string()),
})

/** A file was written, with these journals in it. */
export const handOutAct: Act<z.infer<typeof handOutSchema>> = {
  kind: 'hand-out',
  schema: handOutSchema,
  apply: async (trx, book, { n, format, path, sha256, by, documents }, atMs) => {
    await trx
      .insertInto('export_file')
      .values({
        book,
        n: BigInt(n),
        format,
        path,
        sha256: Buffer.from(sha256, 'hex'),
        by_person: by,
        at_ms: BigInt(atMs),
      })
      .execute()
    for (const document of documents) {
      await sql`insert into export_journal (book, journal, file)
        select book, id, ${BigInt(n)} from journal where book = ${book} and document = ${document}`.execute(trx)
    }
  },
}
