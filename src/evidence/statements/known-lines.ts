/** What the database knows of the lines and days a section shows. */
import type { Kysely } from 'kysely'
import { readInChunks } from '../../db/chunks.ts'
import type { StatementSectionTable } from '../../db/statement-tables.ts'
import type { Tables } from '../../db/tables.ts'
import type { StatementFormat, StatementSection } from '../../domain/statements/statement.ts'
import type { KnownLine, OnceFacts, DayRange } from '../../statements/rules/s4-once.ts'

export interface Showing {
  readonly book: bigint
  readonly account: bigint
  readonly format: StatementFormat
  readonly section: StatementSection
  readonly range: DayRange | null
  readonly identities: readonly string[]
}

export interface KnownFacts extends OnceFacts {
  /** The highest that is given out, by identity: of lines that were taken back some may be missing below it. */
  readonly occurrences: ReadonlyMap<string, number>
}

export async function knownOf(db: Kysely<Tables>, showing: Showing): Promise<KnownFacts> {
  const { format, range } = showing
  const sections = range === null ? [] : await sectionsOver(db, showing, range)
  const formats = new Map(sections.map((each) => [placeOf(each), each.format]))
  const rows = [...(await withIdentity(db, showing)), ...(range === null ? [] : await ofDays(db, showing, range))]
  const known = new Map<number, KnownLine>()
  const occurrences = new Map<string, number>()
  for (const row of rows) {
    const { identity, date, amount } = row
    occurrences.set(identity, Math.max(occurrences.get(identity) ?? 0, Number(row.occurrence)))
    known.set(Number(row.id), {
      id: Number(row.id),
      identity,
      date,
      amount,
      counts: row.uncounted === null,
      sameFormat: (formats.get(placeOf(row)) ?? format) === format,
      kept: row.kept_batch !== null,
    })
  }
  const others = sections.filter((each) => each.format !== format)
  return {
    known: [...known.values()],
    occurrences,
    adjoining: range === null ? [] : await adjoiningLines(db, showing, range, sections),
    isWhole: (day) =>
      (range !== null && range.first < day && day < range.last) ||
      others.some(({ first_date, last_date }) => (first_date ?? day) < day && day < (last_date ?? day)),
  }
}

function linesOf(db: Kysely<Tables>, { book, account, section }: Showing) {
  return db
    .selectFrom('statement_line')
    .select(['id', 'identity', 'occurrence', 'date', 'amount', 'uncounted', 'batch', 'item', 'section', 'kept_batch'])
    .where('book', '=', book)
    .where('account', '=', account)
    .where('currency', '=', section.currency)
}

function withIdentity(db: Kysely<Tables>, showing: Showing) {
  return readInChunks(showing.identities, (some) =>
    linesOf(db, showing)
      .where('identity', 'in', [...some])
      .orderBy('occurrence')
      .execute(),
  )
}

function ofDays(db: Kysely<Tables>, showing: Showing, { first, last }: DayRange) {
  return linesOf(db, showing)
    .where('date', '>=', first)
    .where('date', '<=', last)
    .where('uncounted', 'is', null)
    .orderBy('id')
    .execute()
}

async function sectionsOver(
  db: Kysely<Tables>,
  { book, account, section }: Showing,
  { first, last }: DayRange,
): Promise<readonly StatementSectionTable[]> {
  return db
    .selectFrom('statement_section')
    .selectAll()
    .where('book', '=', book)
    .where('account', '=', account)
    .where('currency', '=', section.currency)
    .where('first_date', '<=', last)
    .where('last_date', '>=', first)
    .orderBy('batch')
    .orderBy('item')
    .orderBy('section')
    .execute()
}

/** A file that does not add up proves nothing by its balances. */
async function adjoiningLines(
  db: Kysely<Tables>,
  { section: { opening, closing, footing } }: Showing,
  { first, last }: DayRange,
  sections: readonly StatementSectionTable[],
): Promise<readonly ReadonlySet<number>[]> {
  const found: ReadonlySet<number>[] = []
  if (footing.kind === 'differs') return found
  for (const other of sections) {
    if (other.footing === 'differs') continue
    // Of a file of that one day alone nobody knows on which side of the other it lies.
    if (first === last || other.first_date === other.last_date) continue
    const isBefore = other.last_date === first && opening !== null && other.closing === opening.amount
    const isAfter = other.first_date === last && closing !== null && other.opening === closing.amount
    if (isBefore) found.push(await shownOn(db, other, first))
    if (isAfter) found.push(await shownOn(db, other, last))
  }
  return found
}

async function shownOn(
  db: Kysely<Tables>,
  { book, batch, item, section }: StatementSectionTable,
  day: string,
): Promise<ReadonlySet<number>> {
  const rows = await db
    .selectFrom('statement_sighting as seen')
    .innerJoin('statement_line as line', (join) =>
      join.onRef('line.book', '=', 'seen.book').onRef('line.id', '=', 'seen.line'),
    )
    .select('line.id')
    .where('seen.book', '=', book)
    .where('seen.batch', '=', batch)
    .where('seen.item', '=', item)
    .where('seen.section', '=', section)
    .where('line.date', '=', day)
    .execute()
  return new Set(rows.map(({ id }) => Number(id)))
}

function placeOf({ batch, item, section }: Pick<StatementSectionTable, 'batch' | 'item' | 'section'>): string {
  return `${batch}.${item}.${section}`
}
