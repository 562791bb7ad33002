/** Imported statement files and their sections: written once when a file is processed, and listed for people. */
import type { Kysely } from 'kysely'
import type { StatementFileTable, StatementSectionTable } from '../../db/statement-tables.ts'
import type { Tables } from '../../db/tables.ts'
import type { Units } from '../../domain/money/money.ts'
import type { StatementFormat } from '../../domain/statements/statement.ts'
import type { Evidence, IsoDate } from '../../domain/transaction.ts'

export interface StatementFile {
  readonly account: bigint
  readonly evidence: Evidence
  readonly name: string
  /** Of the file's bytes, hexadecimal. */
  readonly sha256: string
  readonly format: StatementFormat
  readonly importedAtMs: number
  readonly sections: number
  /** lines = fresh + known + uncounted. */
  readonly lines: number
  readonly fresh: number
  readonly known: number
  readonly uncounted: number
  readonly footing: 'foots' | 'differs' | 'unproven'
  readonly footingDetail: string
}

export async function insertFile(db: Kysely<Tables>, book: bigint, file: StatementFile): Promise<void> {
  await db
    .insertInto('statement_file')
    .values({
      book,
      batch: BigInt(file.evidence.batch),
      item: BigInt(file.evidence.item),
      account: file.account,
      name: file.name,
      sha256: file.sha256,
      format: file.format,
      imported_at_ms: BigInt(file.importedAtMs),
      sections: BigInt(file.sections),
      lines: BigInt(file.lines),
      fresh: BigInt(file.fresh),
      known: BigInt(file.known),
      uncounted: BigInt(file.uncounted),
      footing: file.footing,
      footing_detail: file.footingDetail,
    })
    .execute()
}

export interface FileFilter {
  readonly account?: bigint
  /** The beginning of a hash. */
  readonly sha256?: string
}

/** In the order of import. */
export async function listFiles(
  db: Kysely<Tables>,
  book: bigint,
  { account, sha256 }: FileFilter = {},
): Promise<readonly StatementFile[]> {
  let query = db.selectFrom('statement_file').selectAll().where('book', '=', book)
  if (account !== undefined) query = query.where('account', '=', account)
  // Letters and digits only, so there is nothing in it that a pattern would read.
  if (sha256 !== undefined) query = query.where('sha256', 'like', `${sha256.replaceAll(/[^0-9a-f]/g, '')}%`)
  const rows = await query.orderBy('batch').orderBy('item').execute()
  return rows.map(toFile)
}

/** The file of these bytes in this account; null when it has not been imported. */
export async function fileOfAccount(
  db: Kysely<Tables>,
  book: bigint,
  account: bigint,
  sha256: string,
): Promise<StatementFile | null> {
  const [file] = await listFiles(db, book, { account, sha256 })
  return file ?? null
}

/** What was landed beside the file's bytes: how it was read. */
export async function requestOfFile(
  db: Kysely<Tables>,
  book: bigint,
  { evidence }: Pick<StatementFile, 'evidence'>,
): Promise<unknown> {
  const { request } = await db
    .selectFrom('log_record')
    .select('request')
    .where('book', '=', book)
    .where('batch', '=', BigInt(evidence.batch))
    .where('item', '=', BigInt(evidence.item))
    .executeTakeFirstOrThrow()
  return JSON.parse(request)
}

export interface StatementSectionRow {
  readonly evidence: Evidence
  readonly section: number
  readonly accountNumber: string | null
  readonly currency: string
  readonly opening: Units | null
  readonly closing: Units | null
  readonly first: IsoDate | null
  readonly last: IsoDate | null
  readonly counted: Units
  readonly footing: 'foots' | 'differs' | 'unproven'
  readonly footingDetail: string
}

export interface SectionFilter {
  readonly account?: bigint
  readonly currency?: string
  readonly file?: Evidence
}

export async function listSections(
  db: Kysely<Tables>,
  book: bigint,
  { account, currency, file }: SectionFilter,
): Promise<readonly StatementSectionRow[]> {
  let query = db.selectFrom('statement_section').selectAll().where('book', '=', book)
  if (account !== undefined) query = query.where('account', '=', account)
  if (currency !== undefined) query = query.where('currency', '=', currency)
  if (file !== undefined) query = query.where('batch', '=', BigInt(file.batch)).where('item', '=', BigInt(file.item))
  const rows = await query.orderBy('batch').orderBy('item').orderBy('section').execute()
  return rows.map(toSection)
}

/** True when both sections show a line. */
export async function shareLines(
  db: Kysely<Tables>,
  book: bigint,
  a: Pick<StatementSectionRow, 'evidence' | 'section'>,
  b: Pick<StatementSectionRow, 'evidence' | 'section'>,
): Promise<boolean> {
  const row = await db
    .selectFrom('statement_sighting as one')
    .innerJoin('statement_sighting as other', (join) =>
      join.onRef('other.book', '=', 'one.book').onRef('other.line', '=', 'one.line'),
    )
    .select('one.line')
    .where('one.book', '=', book)
    .where('one.batch', '=', BigInt(a.evidence.batch))
    .where('one.item', '=', BigInt(a.evidence.item))
    .where('one.section', '=', BigInt(a.section))
    .where('other.batch', '=', BigInt(b.evidence.batch))
    .where('other.item', '=', BigInt(b.evidence.item))
    .where('other.section', '=', BigInt(b.section))
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

function toFile(row: StatementFileTable): StatementFile {
  return {
    account: row.account,
    evidence: { batch: Number(row.batch), item: Number(row.item) },
    name: row.name,
    sha256: row.sha256,
    format: row.format,
    importedAtMs: Number(row.imported_at_ms),
    sections: Number(row.sections),
    lines: Number(row.lines),
    fresh: Number(row.fresh),
    known: Number(row.known),
    uncounted: Number(row.uncounted),
    footing: row.footing,
    footingDetail: row.footing_detail,
  }
}

function toSection(row: StatementSectionTable): StatementSectionRow {
  return {
    evidence: { batch: Number(row.batch), item: Number(row.item) },
    section: Number(row.section),
    accountNumber: row.account_number,
    currency: row.currency,
    opening: row.opening,
    closing: row.closing,
    first: row.first_date,
    last: row.last_date,
    counted: row.counted,
    footing: row.footing,
    footingDetail: row.footing_detail,
  }
}
