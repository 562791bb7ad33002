/**
 * Exports a book as files. The CSV formats carry approved journals, to the cent, for an import; hledger
 * carries the exact ledger, so that another engine can check our books. Same database, same bytes: an export can be
 * repeated. A range with nothing in it writes no file and says so.
 */
import { hash } from 'node:crypto'
import { resolve } from 'node:path'
import type { Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import { unmappedAccounts, type Chart, type QuickbooksMapping, type XeroMapping } from '../../domain/accounts.ts'
import { isIsoDate } from '../../domain/time/dates.ts'
import { ConfigError, InputError } from '../../domain/errors.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import type { Book } from '../../ledger/books.ts'
import type { DateStyle } from './csv-text.ts'
import { generalCsv } from './csv/payload.ts'
import type { JournalDocument, LeftOut, Rendered, RenderedFile } from '../document.ts'
import { accountsOf, type LedgerExtract } from './ledger-extract.ts'
import { writeFileSet, type NamedFile, type WrittenSet } from './write-files.ts'
import { findRepeats, rememberFiles, type ExportedFile, type HandOut } from './handed-out.ts'
import { hledgerJournal } from './hledger/payload.ts'
import { quickbooksCsv } from './quickbooks-csv/payload.ts'
import { readDocuments } from './read-documents.ts'
import { readExtract } from './read-extract.ts'
import { xeroCsv } from './xero-csv/payload.ts'

export interface TargetMappings {
  readonly chart: Chart
  readonly quickbooks: QuickbooksMapping
  readonly xero: XeroMapping
}

interface RenderOptions {
  readonly mappings: TargetMappings
  readonly dateStyle: DateStyle | undefined
}

type RenderJournals = (documents: readonly JournalDocument[], options: RenderOptions) => Rendered
type RenderLedger = (extract: LedgerExtract, chart: Chart) => RenderedFile

/** CSV formats render journals; hledger renders the ledger. */
const JOURNAL_FORMATS = {
  'quickbooks-csv': (documents, { mappings: { quickbooks, chart }, dateStyle = 'mdy' }) =>
    quickbooksCsv(documents, { mapping: quickbooks, chart, dateStyle }),
  'xero-csv': (documents, { mappings: { xero, chart }, dateStyle = 'd-mmm-y' }) =>
    xeroCsv(documents, { mapping: xero, chart, dateStyle }),
  csv: (documents, { mappings: { chart }, dateStyle = 'ymd' }) => generalCsv(documents, { chart, dateStyle }),
} satisfies Readonly<Record<string, RenderJournals>>

const LEDGER_FORMATS = {
  hledger: { render: hledgerJournal, extension: 'journal' },
} satisfies Readonly<Record<string, { readonly render: RenderLedger; readonly extension: string }>>

type JournalFormat = keyof typeof JOURNAL_FORMATS
type LedgerFormat = keyof typeof LEDGER_FORMATS
export type ExportFormat = JournalFormat | LedgerFormat

export const EXPORT_FORMATS: readonly ExportFormat[] = ['quickbooks-csv', 'xero-csv', 'csv', 'hledger']

/** Formats that carry journals; the others carry the ledger, whoever approved what. */
export const JOURNAL_EXPORTS: readonly ExportFormat[] = EXPORT_FORMATS.filter((format) => !isLedgerFormat(format))

export interface ExportRequest {
  readonly format: ExportFormat
  /** Both ends inside. CSV formats go by document date, hledger by effective date. */
  readonly from: IsoDate
  readonly to: IsoDate
  /** Made when it does not exist. */
  readonly outDir: string
  readonly mappings: TargetMappings
  /** How the importing side writes dates; each format has its own default. */
  readonly dateStyle?: DateStyle
  /** Also show journals nobody has approved, marked as a preview in file name, number and text. */
  readonly includeDrafts?: boolean
  readonly handOut: HandOut
}

export type ExportResult =
  | ({
      readonly status: 'written'
      /** Journals the format could not take, each with its reason. */
      readonly leftOut: readonly LeftOut[]
      /** Drafts in the range that are not in the files. */
      readonly draftsWaiting: number
      /** Journals that were in a file of the same name, which is replaced. */
      readonly notes: readonly string[]
    } & WrittenSet)
  /** Nothing was written: these journals were handed out before; a line for each target and file. `message` has the first few of them. */
  | {
      readonly status: 'repeated'
      readonly message: string
      readonly repeats: readonly string[]
      readonly leftOut: readonly LeftOut[]
    }
  | { readonly status: 'empty'; readonly message: string; readonly leftOut: readonly LeftOut[] }

export async function exportJournals(db: Kysely<Tables>, book: Book, request: ExportRequest): Promise<ExportResult> {
  const { format, from, to } = request
  if (!isIsoDate(from) || !isIsoDate(to) || from > to || from < '1900-01-01' || to > '2999-12-31') {
    const message = `${from} to ${to} is not a range of dates.`
    throw new InputError('EXPORT_RANGE', message, 'Give two dates as YYYY-MM-DD, the first not after the second.')
  }
  return isLedgerFormat(format) ? exportLedger(db, book, request, format) : exportDocuments(db, book, request, format)
}

async function exportDocuments(
  db: Kysely<Tables>,
  book: Book,
  request: ExportRequest,
  format: JournalFormat,
): Promise<ExportResult> {
  const { from, to, mappings, dateStyle, includeDrafts = false, handOut } = request
  const { approved, drafts, draftsWaiting } = await readDocuments(db, book, { from, to }, { includeDrafts })
  const documents = [...approved, ...drafts]
  const { files, leftOut } = renderJournals(format)(documents, { mappings, dateStyle })
  if (files.length === 0) {
    const message = nothingToWrite({ book: book.name, from, to, format }, documents.length, draftsWaiting)
    return { status: 'empty', message, leftOut }
  }
  const preview = drafts.length > 0
  const stem = `${fileStem(book.name, request)}${preview ? '-PREVIEW' : ''}`
  const named = files.map((file, index) => {
    const part = files.length === 1 ? '' : `-${index + 1}of${files.length}`
    return { ...file, name: `${stem}${part}.csv` }
  })
  const rendered = preview ? [] : named.map((file) => exportedFile(format, request.outDir, file))
  const { elsewhere, inPlace } = await findRepeats(db, book, rendered, handOut.targets)
  if (elsewhere.length > 0 && !handOut.again) {
    return { status: 'repeated', message: repeatedMessage(elsewhere, format), repeats: elsewhere, leftOut }
  }
  const written = await write(book, request, stem, named, { leftOut, preview })
  await rememberFiles(db, book, rendered, handOut)
  return { ...written, draftsWaiting, notes: [...elsewhere, ...inPlace] }
}

async function exportLedger(
  db: Kysely<Tables>,
  book: Book,
  request: ExportRequest,
  format: LedgerFormat,
): Promise<ExportResult> {
  const { from, to, mappings } = request
  const extract = await readExtract(db, book, { from, to })
  if (extract.closing.length === 0) {
    const message = `Book "${book.name}" has no postings up to ${to}: nothing was written.`
    return { status: 'empty', message, leftOut: [] }
  }
  const unknown = unmappedAccounts(mappings.chart, accountsOf(extract))
  if (unknown.length > 0) {
    const message = `The ledger uses accounts that ${mappings.chart.file} does not have: ${unknown.join(', ')}.`
    throw new ConfigError('CHART_INCOMPLETE', message, 'Add them to that file and export again.')
  }
  const { render, extension } = LEDGER_FORMATS[format]
  const stem = fileStem(book.name, request)
  const file = { ...render(extract, mappings.chart), name: `${stem}.${extension}` }
  const written = await write(book, request, stem, [file], { leftOut: [], preview: false })
  await rememberFiles(db, book, [exportedFile(format, request.outDir, file)], request.handOut)
  return { ...written, draftsWaiting: 0, notes: [] }
}

function exportedFile(format: string, outDir: string, file: NamedFile): ExportedFile {
  const sha256 = hash('sha256', file.text, 'hex')
  return { format, path: resolve(outDir, file.name), sha256, documents: file.documents }
}

const SHOWN_REPEATS = 5

function repeatedMessage(repeats: readonly string[], format: string): string {
  const more = repeats.length > SHOWN_REPEATS ? [`And ${repeats.length - SHOWN_REPEATS} files more.`] : []
  const lead = `Nothing was written as ${format}, because it would be handed out twice.`
  return [lead, ...repeats.slice(0, SHOWN_REPEATS), ...more].join(' ')
}

async function write(
  book: Book,
  { format, from, to, outDir }: ExportRequest,
  stem: string,
  files: readonly NamedFile[],
  { leftOut, preview }: { readonly leftOut: readonly LeftOut[]; readonly preview: boolean },
): Promise<WrittenSet & { readonly status: 'written'; readonly leftOut: readonly LeftOut[] }> {
  const header = { book: book.name, format, from, to, preview }
  return { status: 'written', leftOut, ...(await writeFileSet(outDir, stem, header, files, leftOut)) }
}

function renderJournals(format: JournalFormat): RenderJournals {
  return JOURNAL_FORMATS[format]
}

function isLedgerFormat(format: ExportFormat): format is LedgerFormat {
  return Object.hasOwn(LEDGER_FORMATS, format)
}

function fileStem(bookName: string, { format, from, to }: ExportRequest): string {
  const book = bookName
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
  return `${book === '' ? 'book' : book}-${format}-${from}-to-${to}`
}

function nothingToWrite(
  {
    book,
    from,
    to,
    format,
  }: { readonly book: string; readonly from: string; readonly to: string; readonly format: string },
  documents: number,
  draftsWaiting: number,
): string {
  if (documents > 0) {
    const none = documents === 1 ? 'The 1 journal' : `None of the ${documents} journals`
    const dated = `of book "${book}" dated ${from} to ${to}`
    return `${none} ${dated} ${documents === 1 ? 'cannot' : 'can'} be written as ${format}: see the reasons.`
  }
  const waiting =
    draftsWaiting === 0
      ? 'There are no drafts either.'
      : draftsWaiting === 1
        ? '1 draft waits: approve it, or ask for a preview with drafts.'
        : `${draftsWaiting} drafts wait: approve them, or ask for a preview with drafts.`
  return `Book "${book}" has no approved journals dated ${from} to ${to}: nothing was written. ${waiting}`
}
