/** Where a statement line was seen: every file that shows it, and the bytes it stands in. */
import type { Kysely } from 'kysely'
import { readInChunks } from '../../db/chunks.ts'
import type { Tables } from '../../db/tables.ts'
import type { StatementFormat } from '../../domain/statements/statement.ts'
import type { Units } from '../../domain/money/money.ts'
import type { Evidence, IsoDate } from '../../domain/transaction.ts'
import type { DayShown } from '../../statements/rules/s4-once.ts'

export interface Sighting {
  readonly evidence: Evidence
  readonly section: number
  /** The line of a text file, else the number of the entry. */
  readonly position: number
  /** False when nothing proves that it is this line. */
  readonly certain: boolean
  readonly file: string
  readonly sha256: string
  readonly format: StatementFormat
  readonly importedAtMs: number
}

/** In the order of import. */
export async function sightingsOf(db: Kysely<Tables>, book: bigint, line: number): Promise<readonly Sighting[]> {
  const rows = await db
    .selectFrom('statement_sighting as seen')
    .innerJoin('statement_file as file', (join) =>
      join
        .onRef('file.book', '=', 'seen.book')
        .onRef('file.batch', '=', 'seen.batch')
        .onRef('file.item', '=', 'seen.item'),
    )
    .selectAll('seen')
    .select(['file.name', 'file.sha256', 'file.format', 'file.imported_at_ms'])
    .where('seen.book', '=', book)
    .where('seen.line', '=', BigInt(line))
    .orderBy('seen.batch')
    .orderBy('seen.item')
    .orderBy('seen.section')
    .orderBy('seen.position')
    .execute()
  return rows.map((row) => ({
    evidence: { batch: Number(row.batch), item: Number(row.item) },
    section: Number(row.section),
    position: Number(row.position),
    certain: row.certain === 1n,
    file: row.name,
    sha256: row.sha256,
    format: row.format,
    importedAtMs: Number(row.imported_at_ms),
  }))
}

export interface LoneLine {
  readonly id: number
  readonly date: IsoDate
  readonly amount: Units
}

/** Lines that count, are not ignored, and are shown by this file alone. */
export async function onlyIn(
  db: Kysely<Tables>,
  book: bigint,
  { batch, item }: Evidence,
  { currency, first, last }: { readonly currency: string; readonly first: IsoDate; readonly last: IsoDate },
): Promise<readonly LoneLine[]> {
  const rows = await db
    .selectFrom('statement_line as line')
    .innerJoin('statement_sighting as own', (join) =>
      join.onRef('own.book', '=', 'line.book').onRef('own.line', '=', 'line.id'),
    )
    .select(['line.id', 'line.date', 'line.amount'])
    .distinct()
    .where('own.book', '=', book)
    .where('own.batch', '=', BigInt(batch))
    .where('own.item', '=', BigInt(item))
    .where('line.currency', '=', currency)
    .where('line.date', '>=', first)
    .where('line.date', '<=', last)
    .where('line.uncounted', 'is', null)
    .where('line.disposition', '!=', 'ignored')
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('statement_sighting as other')
            .select('other.line')
            .whereRef('other.book', '=', 'line.book')
            .whereRef('other.line', '=', 'line.id')
            .where((or) => or.or([or('other.batch', '!=', BigInt(batch)), or('other.item', '!=', BigInt(item))])),
        ),
      ),
    )
    .orderBy('line.id')
    .execute()
  return rows.map(({ id, ...line }) => ({ ...line, id: Number(id) }))
}

export interface DayOf {
  readonly account: bigint
  readonly currency: string
  readonly date: IsoDate
}

/** What each section of a file shows of a day: lines that count and are not ignored, with their amounts. */
export async function dayShown(
  db: Kysely<Tables>,
  book: bigint,
  { account, currency, date }: DayOf,
): Promise<{ readonly files: readonly DayShown[]; readonly amounts: ReadonlyMap<number, Units> }> {
  const sections = await db
    .selectFrom('statement_section')
    .select(['batch', 'item', 'section', 'first_date', 'last_date'])
    .where('book', '=', book)
    .where('account', '=', account)
    .where('currency', '=', currency)
    .where('first_date', '<=', date)
    .where('last_date', '>=', date)
    .execute()
  // Most days are in one file alone.
  if (sections.length < 2) return { files: [], amounts: new Map() }
  const lines = await db
    .selectFrom('statement_line')
    .select(['id', 'amount'])
    .where('book', '=', book)
    .where('account', '=', account)
    .where('currency', '=', currency)
    .where('date', '=', date)
    .where('uncounted', 'is', null)
    .where('disposition', '!=', 'ignored')
    .execute()
  const amounts = new Map(lines.map(({ id, amount }) => [Number(id), amount]))
  const seen = await readInChunks(
    lines.map(({ id }) => id),
    (some) =>
      db
        .selectFrom('statement_sighting')
        .select(['line', 'batch', 'item', 'section'])
        .where('book', '=', book)
        .where('line', 'in', [...some])
        .execute(),
  )
  const shown = Map.groupBy(seen, placeOf)
  const files = sections.map((section): DayShown => {
    const { first_date: first, last_date: last } = section
    const ids = (shown.get(placeOf(section)) ?? []).map(({ line }) => Number(line))
    return { isWhole: (first ?? date) < date && date < (last ?? date), lines: new Set(ids) }
  })
  return { files, amounts }
}

function placeOf(row: { readonly batch: bigint; readonly item: bigint; readonly section: bigint }): string {
  return `${row.batch}.${row.item}.${row.section}`
}

/** Days on which files show lines that count. */
export async function daysWithLines(
  db: Kysely<Tables>,
  book: bigint,
  of: Pick<DayOf, 'account' | 'currency'> & { readonly first: IsoDate; readonly last: IsoDate },
): Promise<readonly IsoDate[]> {
  const rows = await db
    .selectFrom('statement_line')
    .select('date')
    .distinct()
    .where('book', '=', book)
    .where('account', '=', of.account)
    .where('currency', '=', of.currency)
    .where('date', '>=', of.first)
    .where('date', '<=', of.last)
    .where('uncounted', 'is', null)
    .orderBy('date')
    .execute()
  return rows.map(({ date }) => date)
}
