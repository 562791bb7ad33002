/**
 * Which automatic matches newer evidence may put in doubt: those that share a reference with it, have the same amount in
 * its window, or rest on a fee or a sum in its window. A person's match is never among them.
 */
import { sql, type Kysely, type RawBuilder } from 'kysely'
import { readInChunks } from '../db/chunks.ts'
import type { GroupStep } from '../db/match-tables.ts'
import type { Tables } from '../db/tables.ts'
import { MATCH_STEPS, type Side } from '../domain/matching/match.ts'
import type { Units } from '../domain/money/money.ts'
import type { IsoDate } from '../domain/transaction.ts'
import { activeLegs } from './read-matches.ts'

/** Something open, as far as a rival needs to be known. */
export interface Rival {
  readonly side: Side
  readonly currency: string
  /** Net and gross, for lines that state a fee. */
  readonly amounts: readonly Units[]
  readonly from: IsoDate
  readonly to: IsoDate
  readonly references: readonly string[]
}

/** Matches of the same references. */
export async function sharingReferences(
  db: Kysely<Tables>,
  book: bigint,
  rivals: readonly Rival[],
): Promise<ReadonlySet<bigint>> {
  const references = [...new Set(rivals.flatMap((rival) => rival.references))]
  const rows = await readInChunks(references, (some) =>
    db
      .selectFrom('match_reference as r')
      .innerJoin('match_group as g', (join) => join.onRef('g.book', '=', 'r.book').onRef('g.id', '=', 'r.match'))
      .select('r.match')
      .where('r.book', '=', book)
      .where('r.reference', 'in', [...some])
      .where('g.status', '=', 'active')
      .where('g.origin', '=', 'automatic')
      .execute(),
  )
  return new Set(rows.map(({ match }) => match))
}

/** Matches whose lines, or items, have just a rival's amount and could have met it. */
export async function sharingAmounts(
  db: Kysely<Tables>,
  book: bigint,
  rivals: readonly Rival[],
): Promise<ReadonlySet<bigint>> {
  const found = new Set<bigint>()
  for (const [currency, some] of Map.groupBy(rivals, (rival) => rival.currency)) {
    const windows = some.flatMap(({ amounts, from, to }) =>
      [...new Set(amounts)].map((amount): Window => ({ amount, from, to })),
    )
    const distinct = [...new Map(windows.map((each) => [`${each.amount} ${each.from} ${each.to}`, each])).values()]
    for (const match of await ofAutomatic(db, book, 'line', await matchedLines(db, book, currency, distinct)))
      found.add(match)
    for (const match of await ofAutomatic(db, book, 'item', await settledItems(db, book, currency, distinct)))
      found.add(match)
  }
  return found
}

/** Matches by a fee or a sum, which anything in their window may change. */
export async function looseMatches(
  db: Kysely<Tables>,
  book: bigint,
  rivals: readonly Rival[],
): Promise<ReadonlySet<bigint>> {
  if (rivals.length === 0) return new Set()
  const rows = await db
    .selectFrom('match_group as g')
    .innerJoin('match_leg as l', (join) => join.onRef('l.book', '=', 'g.book').onRef('l.match', '=', 'g.id'))
    .innerJoin('open_item as o', (join) => join.onRef('o.book', '=', 'l.book').onRef('o.id', '=', 'l.ref'))
    .select(['g.id as match', 'o.currency', 'o.date', 'o.last_date'])
    .where('g.book', '=', book)
    .where('g.status', '=', sql.lit('active'))
    .where('g.origin', '=', sql.lit('automatic'))
    .where('g.step', 'in', sql<never>`('fee', 'subset')`)
    .where('l.side', '=', 'item')
    .where(
      'o.last_date',
      '>=',
      rivals.reduce((least, { from }) => (from < least ? from : least), '9999-12-31'),
    )
    .where(
      'o.date',
      '<=',
      rivals.reduce((most, { to }) => (to > most ? to : most), ''),
    )
    .execute()
  const days = [...Map.groupBy(rivals, ({ currency, from, to }) => `${currency} ${from} ${to}`).values()].flatMap(
    ([rival]) => rival ?? [],
  )
  const inDoubt = rows.filter((row) =>
    days.some(({ currency, from, to }) => currency === row.currency && from <= row.last_date && row.date <= to),
  )
  return new Set(inDoubt.map(({ match }) => match))
}

/** An amount and the days on which a rival of it could be met. */
interface Window {
  readonly amount: Units
  readonly from: IsoDate
  readonly to: IsoDate
}

/** Rows of a window each, so that one statement asks for many; three values a row are far below any limit. */
const WINDOWS_PER_QUERY = 200

/**
 * Found by amount and day first and by match then: a planner without statistics would begin with all matches there are,
 * and the same amount may have come every day for years.
 */
async function matchedLines(
  db: Kysely<Tables>,
  book: bigint,
  currency: string,
  windows: readonly Window[],
): Promise<readonly bigint[]> {
  return inWindows(
    windows,
    (rows) =>
      // The disposition is written out, or SQLite could not tell that the index of matched lines answers it.
      sql<Found>`${rows} select l.id from w cross join statement_line as l
        where l.book = ${book} and l.currency = ${currency} and l.disposition = 'matched' and l.amount = w.amount
          and l.date >= w.first and l.date <= w.last`,
    db,
  )
}

async function settledItems(
  db: Kysely<Tables>,
  book: bigint,
  currency: string,
  windows: readonly Window[],
): Promise<readonly bigint[]> {
  return inWindows(
    windows,
    (rows) =>
      sql<Found>`${rows} select i.id from w cross join open_item as i
        where i.book = ${book} and i.currency = ${currency} and i.status = 'settled' and i.amount = w.amount
          and i.last_date >= w.first and i.date <= w.last`,
    db,
  )
}

interface Found {
  readonly id: bigint
}

async function inWindows(
  windows: readonly Window[],
  query: (rows: RawBuilder<unknown>) => RawBuilder<Found>,
  db: Kysely<Tables>,
): Promise<readonly bigint[]> {
  const found: bigint[] = []
  for (let at = 0; at < windows.length; at += WINDOWS_PER_QUERY) {
    const rows = windows
      .slice(at, at + WINDOWS_PER_QUERY)
      .map(({ amount, from, to }) => sql`(cast(${amount} as bigint), cast(${from} as text), cast(${to} as text))`)
    const result = await query(sql`with w(amount, first, last) as (values ${sql.join(rows)})`).execute(db)
    for (const { id } of result.rows) found.push(id)
  }
  return [...new Set(found)]
}

async function ofAutomatic(
  db: Kysely<Tables>,
  book: bigint,
  side: Side,
  found: readonly bigint[],
): Promise<readonly bigint[]> {
  const legs = await activeLegs(db, book, side, found)
  return legs.flatMap(({ match, origin, step }) => (origin === 'automatic' && isOfEngine(step) ? [match] : []))
}

function isOfEngine(step: GroupStep): boolean {
  return MATCH_STEPS.some((each) => each === step)
}

/** Lets newer evidence of the same references find these matches. */
export async function saveReferences(
  db: Kysely<Tables>,
  book: bigint,
  named: readonly { readonly match: bigint; readonly references: readonly string[] }[],
): Promise<void> {
  const rows = named.flatMap(({ match, references }) =>
    [...new Set(references)].map((reference) => ({ book, reference, match })),
  )
  for (let at = 0; at < rows.length; at += 500) {
    await db
      .insertInto('match_reference')
      .values(rows.slice(at, at + 500))
      .execute()
  }
}
