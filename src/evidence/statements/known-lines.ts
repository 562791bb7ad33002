/**
 * What the database knows of the lines a section shows: those with the same identity, those of the same days that files of
 * other formats or earlier readings worded, and what every file shows of the days that the section cuts.
 */
import type { Kysely } from 'kysely'
import { readInChunks } from '../../db/chunks.ts'
import type { StatementSectionTable } from '../../db/statement-tables.ts'
import type { Tables } from '../../db/tables.ts'
import { partOf, type DayRange } from '../../domain/statements/coverage.ts'
import { linesOfDay, type DayLine, type DayLines, type DaySegment } from '../../domain/statements/day-overlap.ts'
import { isById } from '../../domain/statements/identity.ts'
import type { KnownLine, PlacingFacts } from '../../domain/statements/place-lines.ts'
import type { StatementFormat } from '../../domain/statements/statement.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import { otherReadings } from './readings.ts'

export interface Showing {
  readonly book: bigint
  readonly account: bigint
  readonly currency: string
  readonly format: StatementFormat
  readonly reading: number
  readonly range: DayRange | null
  readonly identities: readonly string[]
  /** Its own part of each day it cuts: its first and its last. */
  readonly ownCutDays: ReadonlyMap<IsoDate, DaySegment>
}

export interface KnownFacts extends PlacingFacts {
  /** The highest that is given out, by identity: of lines that were taken back some may be missing below it. */
  readonly occurrences: ReadonlyMap<string, number>
}

export async function knownOf(db: Kysely<Tables>, showing: Showing): Promise<KnownFacts> {
  const { range, identities } = showing
  if (range === null)
    return { ...(await withIdentity(db, showing, identities)), cutDays: new Map(), elsewhere: new Map() }
  const sections = await sectionsOver(db, showing, range)
  const cutDays = await cutDaysOf(db, showing, sections)
  const ofDays = [...cutDays.values()].flatMap(({ counts }) => [...counts.keys()])
  return {
    ...(await withIdentity(db, showing, [...new Set([...identities, ...ofDays])])),
    cutDays,
    elsewhere: await elsewhereOf(db, showing, range, sections),
  }
}

async function withIdentity(
  db: Kysely<Tables>,
  { book, account, currency }: Showing,
  identities: readonly string[],
): Promise<Pick<KnownFacts, 'known' | 'occurrences'>> {
  const rows = await readInChunks(identities, (some) =>
    db
      .selectFrom('statement_line')
      .select(['id', 'identity', 'amount', 'balance', 'occurrence'])
      .where('book', '=', book)
      .where('account', '=', account)
      .where('currency', '=', currency)
      .where('identity', 'in', [...some])
      .orderBy('occurrence')
      .execute(),
  )
  const known = new Map<string, KnownLine[]>()
  const occurrences = new Map<string, number>()
  for (const { id, occurrence, ...row } of rows) {
    const line = { ...row, id: Number(id) }
    occurrences.set(row.identity, Number(occurrence))
    const same = known.get(row.identity)
    if (same === undefined) known.set(row.identity, [line])
    else same.push(line)
  }
  return { known, occurrences }
}

async function sectionsOver(
  db: Kysely<Tables>,
  { book, account, currency }: Showing,
  { first, last }: DayRange,
): Promise<readonly StatementSectionTable[]> {
  return db
    .selectFrom('statement_section')
    .selectAll()
    .where('book', '=', book)
    .where('account', '=', account)
    .where('currency', '=', currency)
    .where('first_date', '<=', last)
    .where('last_date', '>=', first)
    .orderBy('batch')
    .orderBy('item')
    .orderBy('section')
    .execute()
}

async function cutDaysOf(
  db: Kysely<Tables>,
  showing: Showing,
  sections: readonly StatementSectionTable[],
): Promise<ReadonlyMap<IsoDate, DayLines>> {
  const days = new Map<IsoDate, DayLines>()
  for (const [day, own] of showing.ownCutDays) {
    const parts = sections.map((section) => ({ section, part: partIn(section, day) }))
    if (parts.some(({ part }) => part === 'whole')) continue
    const segments: DaySegment[] = []
    for (const { section, part } of parts) {
      if (part === null) continue
      const isProven = section.footing !== 'differs'
      const lines = await shownOn(db, section, day)
      segments.push({
        part,
        lines: section.newest_first === 1n ? lines.toReversed() : lines,
        opening: isProven && part !== 'head' ? section.opening : null,
        closing: isProven && part !== 'tail' ? section.closing : null,
      })
    }
    if (segments.length > 0) days.set(day, linesOfDay([...segments, own]))
  }
  return days
}

function partIn(
  { first_date: first, last_date: last }: StatementSectionTable,
  day: IsoDate,
): ReturnType<typeof partOf> {
  return first === null || last === null ? null : partOf({ first, last }, day)
}

/** What counts, in the order of the file. A line that was kept stands where another is seen already. */
async function shownOn(
  db: Kysely<Tables>,
  { book, batch, item, section }: StatementSectionTable,
  day: IsoDate,
): Promise<readonly DayLine[]> {
  return db
    .selectFrom('statement_sighting as seen')
    .innerJoin('statement_line as line', (join) =>
      join.onRef('line.book', '=', 'seen.book').onRef('line.id', '=', 'seen.line'),
    )
    .select(['line.identity', 'line.amount', 'line.balance'])
    .where('seen.book', '=', book)
    .where('seen.batch', '=', batch)
    .where('seen.item', '=', item)
    .where('seen.section', '=', section)
    .where('line.date', '=', day)
    .where('line.uncounted', 'is', null)
    .where((eb) =>
      eb.not(
        eb.and([
          eb('line.kept_batch', 'is not', null),
          eb('line.batch', '=', eb.ref('seen.batch')),
          eb('line.item', '=', eb.ref('seen.item')),
        ]),
      ),
    )
    .orderBy('seen.position')
    .orderBy('line.id')
    .execute()
}

/** A line is worded as the first file that shows it words it, whoever shows it since. */
async function elsewhereOf(
  db: Kysely<Tables>,
  { book, account, currency, format, reading }: Showing,
  range: DayRange,
  sections: readonly StatementSectionTable[],
): Promise<ReadonlyMap<IsoDate, readonly KnownLine[]>> {
  const batches = sections.map(({ batch }) => batch)
  const otherwise = await otherReadings(db, book, batches, reading)
  const others = sections.filter((section) => section.format !== format || otherwise.has(section.batch))
  if (others.length === 0) return new Map()
  const first = others.reduce((day, each) => min(day, each.first_date ?? day), range.last)
  const last = others.reduce((day, each) => max(day, each.last_date ?? day), range.first)
  const places = new Set(others.map(placeOf))
  const rows = await db
    .selectFrom('statement_line')
    .select(['id', 'identity', 'amount', 'balance', 'date', 'batch', 'item', 'section', 'kept_batch'])
    .where('book', '=', book)
    .where('account', '=', account)
    .where('currency', '=', currency)
    .where('uncounted', 'is', null)
    .where('date', '>=', max(first, range.first))
    .where('date', '<=', min(last, range.last))
    .orderBy('id')
    .execute()
  // An id needs no words: a reading that words lines otherwise gives them the same ids.
  const same = new Set(sections.filter((section) => section.format === format).map(placeOf))
  const isKnownById = (row: (typeof rows)[number]): boolean => isById(row.identity) && same.has(placeOf(row))
  // A line that was kept has the words of the one it stands beside, not of its own file.
  const own = rows.filter((row) => row.kept_batch === null && places.has(placeOf(row)) && !isKnownById(row))
  const worded = new Set(own.map(({ identity }) => identity))
  const byDay = new Map<IsoDate, KnownLine[]>()
  for (const row of rows) {
    const { date, identity, amount, balance } = row
    if (!worded.has(identity)) continue
    const line = { id: Number(row.id), identity, amount, balance }
    const sameDay = byDay.get(date)
    if (sameDay === undefined) byDay.set(date, [line])
    else sameDay.push(line)
  }
  return byDay
}

function placeOf({ batch, item, section }: Pick<StatementSectionTable, 'batch' | 'item' | 'section'>): string {
  return `${batch}.${item}.${section}`
}

function min(a: IsoDate, b: IsoDate): IsoDate {
  return a < b ? a : b
}

function max(a: IsoDate, b: IsoDate): IsoDate {
  return a > b ? a : b
}
