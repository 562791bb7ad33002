/**
 * Which automatic matches newer evidence may put in doubt: those that share a reference with it, have the same amount in
 * its window, or rest on a fee or a sum in its window. A person's match is never among them.
 */
import { sql, type Kysely } from 'kysely'
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
    const byAmount = new Map<Units, Rival[]>()
    for (const rival of some) {
      for (const amount of new Set(rival.amounts)) byAmount.set(amount, [...(byAmount.get(amount) ?? []), rival])
    }
    const amounts = [...byAmount.keys()]
    const meets = (amount: Units, from: IsoDate, to: IsoDate): boolean =>
      byAmount.get(amount)?.some((rival) => rival.from <= to && from <= rival.to) ?? false
    for (const row of await readInChunks(amounts, (few) => matchedLines(db, book, currency, few))) {
      if (meets(row.amount, row.date, row.last_date)) found.add(row.match)
    }
    for (const row of await readInChunks(amounts, (few) => settledItems(db, book, currency, few))) {
      if (meets(row.amount, row.date, row.last_date)) found.add(row.match)
    }
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
    .execute()
  const days = [...Map.groupBy(rivals, ({ currency, from, to }) => `${currency} ${from} ${to}`).values()].flatMap(
    ([rival]) => rival ?? [],
  )
  const inDoubt = rows.filter((row) =>
    days.some(({ currency, from, to }) => currency === row.currency && from <= row.last_date && row.date <= to),
  )
  return new Set(inDoubt.map(({ match }) => match))
}

/** Found by amount first and by match then, as a planner without statistics would begin with all matches there are. */
async function matchedLines(db: Kysely<Tables>, book: bigint, currency: string, amounts: readonly Units[]) {
  const lines = await db
    .selectFrom('statement_line')
    .select(['id', 'amount', 'date', 'date as last_date'])
    .where('book', '=', book)
    .where('currency', '=', currency)
    // Written out, or SQLite could not tell that the index of matched lines answers it.
    .where('disposition', '=', sql.lit('matched'))
    .where('amount', 'in', [...amounts])
    .execute()
  return ofAutomatic(db, book, 'line', lines)
}

async function settledItems(db: Kysely<Tables>, book: bigint, currency: string, amounts: readonly Units[]) {
  const items = await db
    .selectFrom('open_item')
    .select(['id', 'amount', 'date', 'last_date'])
    .where('book', '=', book)
    .where('currency', '=', currency)
    .where('status', '=', sql.lit('settled'))
    .where('amount', 'in', [...amounts])
    .execute()
  return ofAutomatic(db, book, 'item', items)
}

interface Dated {
  readonly id: bigint
  readonly amount: Units
  readonly date: IsoDate
  readonly last_date: IsoDate
}

async function ofAutomatic(db: Kysely<Tables>, book: bigint, side: Side, found: readonly Dated[]) {
  const byId = new Map(found.map((each) => [each.id, each]))
  const legs = await activeLegs(db, book, side, [...byId.keys()])
  return legs.flatMap(({ match, ref, origin, step }) => {
    const of = byId.get(ref)
    return of !== undefined && origin === 'automatic' && isOfEngine(step) ? [{ ...of, match }] : []
  })
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
