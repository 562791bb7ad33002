/**
 * Writes a parsed statement file: the file, its sections, lines nobody has seen before, and where every line was seen. The
 * same landed file gives the same rows, as nothing but the database and the file is asked.
 */
import type { Insertable, Kysely } from 'kysely'
import type { StatementLineTable, StatementSightingTable } from '../../db/statement-tables.ts'
import type { Tables } from '../../db/tables.ts'
import type {
  ParsedStatement,
  StatementFormat,
  StatementLine,
  StatementSection,
} from '../../domain/statements/statement.ts'
import type { Units } from '../../domain/money/money.ts'
import type { Evidence, IsoDate } from '../../domain/transaction.ts'
import {
  lineIdentity,
  placeOnce,
  rangeOf,
  type DayRange,
  type Placed,
  type ShownLine,
} from '../../statements/rules/s4-once.ts'
import { knownOf } from './known-lines.ts'

export interface StatementOf {
  readonly book: bigint
  readonly account: bigint
  readonly evidence: Evidence
}

export interface SavedSection {
  /** From 1. */
  readonly number: number
  readonly section: StatementSection
  readonly range: DayRange | null
  /** Beside each line of the section: whether it was known, and its id. */
  readonly lines: readonly SavedLine[]
  /** Known lines that lines of the section were taken for, which may be lines of their own. */
  readonly doubtful: readonly DoubtfulLine[]
}

export interface DoubtfulLine {
  readonly id: number
  readonly date: IsoDate
  readonly amount: Units
}

export interface SavedLine {
  readonly id: number
  readonly line: StatementLine
  readonly isKnown: boolean
  readonly certain: boolean
}

const ROWS_PER_INSERT = 400

export async function saveSections(
  db: Kysely<Tables>,
  of: StatementOf,
  { format, sections }: ParsedStatement,
): Promise<readonly SavedSection[]> {
  const saved: SavedSection[] = []
  // One after the other: the sections of a file may overlap like files do.
  for (const [at, section] of sections.entries()) saved.push(await saveSection(db, of, format, section, at + 1))
  return saved
}

async function saveSection(
  db: Kysely<Tables>,
  of: StatementOf,
  format: StatementFormat,
  given: StatementSection,
  number: number,
): Promise<SavedSection> {
  const section = { ...given, lines: given.lines.map(withoutZeroes) }
  const range = rangeOf(section)
  const incoming = section.lines.map((line): ShownLine => {
    const { date, amount, uncounted } = line
    return { identity: lineIdentity(format, line), date, amount, counts: uncounted === null }
  })
  const identities = [...new Set(incoming.map(({ identity }) => identity))]
  const facts = await knownOf(db, { ...of, format, section, range, identities })
  const placed = placeOnce(incoming, facts)
  await insertSection(db, of, { format, section, number, range })
  const lines = await insertLines(db, { of, number, section }, incoming, placed, new Map(facts.occurrences))
  const asked = lines.filter(({ certain }) => !certain)
  const doubtful = asked.map(({ id, line: { date, amount } }) => ({ id, date, amount }))
  return { number, section, range, lines, doubtful }
}

/** A line of nothing moved no money, whatever its file calls it. */
function withoutZeroes(line: StatementLine): StatementLine {
  return line.amount === 0n && line.uncounted === null ? { ...line, uncounted: 'information' } : line
}

async function insertSection(
  db: Kysely<Tables>,
  { book, account, evidence }: StatementOf,
  {
    format,
    section,
    number,
    range,
  }: Pick<SavedSection, 'section' | 'number' | 'range'> & { readonly format: StatementFormat },
): Promise<void> {
  const counted = section.lines.filter(({ uncounted }) => uncounted === null)
  const { opening, closing, footing } = section
  await db
    .insertInto('statement_section')
    .values({
      book,
      batch: BigInt(evidence.batch),
      item: BigInt(evidence.item),
      section: BigInt(number),
      account,
      format,
      account_number: section.accountNumber,
      currency: section.currency,
      opening: opening?.amount ?? null,
      opening_date: opening?.date ?? null,
      closing: closing?.amount ?? null,
      closing_date: closing?.date ?? null,
      first_date: range?.first ?? null,
      last_date: range?.last ?? null,
      counted: counted.reduce((sum, { amount }) => sum + amount, 0n),
      footing: footing.kind,
      footing_detail: footing.kind === 'differs' ? footing.reason : '',
    })
    .execute()
}

interface Place {
  readonly of: StatementOf
  readonly number: number
  readonly section: StatementSection
}

async function insertLines(
  db: Kysely<Tables>,
  place: Place,
  incoming: readonly ShownLine[],
  placed: readonly Placed[],
  occurrences: Map<string, number>,
): Promise<readonly SavedLine[]> {
  const { of, number, section } = place
  const saved: SavedLine[] = []
  let id = await lastLineId(db, of.book)
  // Some at a time, so that no second copy of a long file stands beside it.
  for (let from = 0; from < section.lines.length; from += ROWS_PER_INSERT) {
    const fresh: Insertable<StatementLineTable>[] = []
    const seen: Insertable<StatementSightingTable>[] = []
    for (const [offset, line] of section.lines.slice(from, from + ROWS_PER_INSERT).entries()) {
      const identity = incoming[from + offset]?.identity ?? ''
      const { known, certain } = placed[from + offset] ?? { known: null, certain: true }
      const own = known ?? (id += 1)
      if (known === null) {
        const occurrence = (occurrences.get(identity) ?? 0) + 1
        occurrences.set(identity, occurrence)
        fresh.push({ ...lineRow(place, line), id: BigInt(own), identity, occurrence: BigInt(occurrence) })
      }
      seen.push({
        book: of.book,
        line: BigInt(own),
        batch: BigInt(of.evidence.batch),
        item: BigInt(of.evidence.item),
        section: BigInt(number),
        position: BigInt(line.line),
        certain: certain ? 1n : 0n,
      })
      saved.push({ id: own, line, isKnown: known !== null, certain })
    }
    if (fresh.length > 0) await db.insertInto('statement_line').values(fresh).execute()
    await db.insertInto('statement_sighting').values(seen).execute()
  }
  return saved
}

export type NewRow = Omit<Insertable<StatementLineTable>, 'id' | 'identity' | 'occurrence'>

export function lineRow({ of, number, section }: Place, line: StatementLine): NewRow {
  return {
    book: of.book,
    account: of.account,
    currency: section.currency,
    batch: BigInt(of.evidence.batch),
    item: BigInt(of.evidence.item),
    section: BigInt(number),
    position: BigInt(line.line),
    external_id: line.externalId,
    date: line.date,
    at_ms: line.atMs === null ? null : BigInt(line.atMs),
    amount: line.amount,
    gross: line.gross,
    fee: line.fee,
    tax: line.tax,
    balance: line.balance,
    type: line.type,
    raw_type: line.rawType,
    uncounted: line.uncounted,
    refs: JSON.stringify(line.references),
    group_id: line.group,
    counterparty: line.counterparty,
    description: line.description,
    kept_batch: null,
    kept_item: null,
    kept_by: null,
    kept_why: null,
    matched: 0n,
    disposition: 'open',
  }
}

async function lastLineId(db: Kysely<Tables>, book: bigint): Promise<number> {
  const row = await db
    .selectFrom('statement_line')
    .select('id')
    .where('book', '=', book)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row === undefined ? 0 : Number(row.id)
}
