/**
 * Which automatic matches newer evidence may put in doubt: those that share a reference with it, have the same amount in
 * its window, or rest on a fee or a sum in its window. A person's match is never among them.
 */
import type { Kysely } from 'kysely'
import { readInChunks } from '../db/chunks.ts'
import type { Tables } from '../db/tables.ts'
import type { Side } from '../domain/matching/match.ts'
import type { Units } from '../domain/money/money.ts'
import type { IsoDate } from '../domain/transaction.ts'

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

const ENGINE_STEPS = ['reference', 'group', 'exact', 'fee', 'subset', 'tolerance'] as const

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
      if (meets(row.amount, row.date, row.date)) found.add(row.match)
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
    .where('g.status', '=', 'active')
    .where('g.origin', '=', 'automatic')
    .where('g.step', 'in', ['fee', 'subset'])
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

function matchedLines(db: Kysely<Tables>, book: bigint, currency: string, amounts: readonly Units[]) {
  return db
    .selectFrom('statement_line as s')
    .innerJoin('match_leg as l', (join) => join.onRef('l.book', '=', 's.book').onRef('l.ref', '=', 's.id'))
    .innerJoin('match_group as g', (join) => join.onRef('g.book', '=', 'l.book').onRef('g.id', '=', 'l.match'))
    .select(['l.match', 's.amount', 's.date'])
    .where('s.book', '=', book)
    .where('s.currency', '=', currency)
    .where('s.disposition', '=', 'matched')
    .where('s.amount', 'in', [...amounts])
    .where('l.side', '=', 'line')
    .where('g.status', '=', 'active')
    .where('g.origin', '=', 'automatic')
    .where('g.step', 'in', [...ENGINE_STEPS])
    .execute()
}

function settledItems(db: Kysely<Tables>, book: bigint, currency: string, amounts: readonly Units[]) {
  return db
    .selectFrom('open_item as o')
    .innerJoin('match_leg as l', (join) => join.onRef('l.book', '=', 'o.book').onRef('l.ref', '=', 'o.id'))
    .innerJoin('match_group as g', (join) => join.onRef('g.book', '=', 'l.book').onRef('g.id', '=', 'l.match'))
    .select(['l.match', 'o.amount', 'o.date', 'o.last_date'])
    .where('o.book', '=', book)
    .where('o.currency', '=', currency)
    .where('o.status', '=', 'settled')
    .where('o.amount', 'in', [...amounts])
    .where('l.side', '=', 'item')
    .where('g.status', '=', 'active')
    .where('g.origin', '=', 'automatic')
    .where('g.step', 'in', [...ENGINE_STEPS])
    .execute()
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
