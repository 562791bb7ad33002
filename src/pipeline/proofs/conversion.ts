/**
 * The conversion account: what the ledger holds in each currency against what the matches in force post, and each match
 * valued in the book's currency, where nothing is left as long as the rates it was booked at still stand.
 */
import { sql } from 'kysely'
import {
  conversionEntries,
  valuedConversion,
  type ConvertedItem,
  type ConvertedLine,
} from '../../domain/proofs/conversion.ts'
import { postsOf } from '../../domain/matching/how.ts'
import type { Units } from '../../domain/money/money.ts'
import { findRate } from '../../domain/money/rates.ts'
import { takenUpOn } from '../../domain/payouts/window.ts'
import type { SettleContext } from '../../domain/settlement/settlement.ts'
import { ratesInForce } from '../../evidence/rates.ts'
import { balances } from '../../ledger/balances.ts'
import type { ProofScope } from './scope.ts'

export interface ConversionProof {
  readonly account: string
  readonly currencies: readonly {
    readonly currency: string
    readonly ledger: Units
    readonly matches: Units
    /** ledger − matches: not zero is a mistake in the books. */
    readonly difference: Units
  }[]
  /** Matches with something left once valued at the rates in force now: a rate of their days was changed since. */
  readonly revalued: readonly { readonly match: number; readonly left: Units }[]
  /** Matches nobody can value again, for want of a rate. */
  readonly unvalued: number
}

/** Null in a book that has never converted anything. */
export async function proveConversion(scope: ProofScope): Promise<ConversionProof | null> {
  const account = scope.rules.money.get('conversion-out')?.debit
  if (account === undefined) return null
  const ledger = await balances(scope.db, { id: scope.book, name: '' }, { account })
  const matches = await conversionsOf(scope)
  if (ledger.length === 0 && matches.size === 0) return null
  const sums = new Map<string, Units>()
  for (const { lines } of matches.values()) {
    for (const { currency, amount } of lines.flatMap(conversionEntries)) {
      sums.set(currency, (sums.get(currency) ?? 0n) + amount)
    }
  }
  const currencies = [...new Set([...sums.keys(), ...ledger.map(({ currency }) => currency)])].sort()
  return {
    account,
    currencies: currencies.map((currency) => {
      const held = ledger.find((row) => row.currency === currency)?.balance ?? 0n
      const posted = sums.get(currency) ?? 0n
      return { currency, ledger: held, matches: posted, difference: held - posted }
    }),
    ...(await valued(scope, matches)),
  }
}

interface Conversion {
  readonly lines: ConvertedLine[]
  readonly items: ConvertedItem[]
}

async function conversionsOf({ db, book }: ProofScope): Promise<ReadonlyMap<number, Conversion>> {
  const found = new Map<number, Conversion>()
  const converting = db
    .selectFrom('match_leg as c')
    .innerJoin('match_group as g', (join) => join.onRef('g.book', '=', 'c.book').onRef('g.id', '=', 'c.match'))
    .select('c.match')
    .where('c.book', '=', book)
    .where('g.status', '=', 'active')
    .where('c.side', '=', 'line')
    .where('c.posts', 'like', '%conversion-%')
  const lines = await db
    .selectFrom('match_leg as l')
    .innerJoin('statement_line as s', (join) => join.onRef('s.book', '=', 'l.book').onRef('s.id', '=', 'l.ref'))
    .select(['l.match', 'l.posts', 's.currency', 's.date'])
    .where('l.book', '=', book)
    .where(sql<boolean>`l.side = 'line'`)
    .where('l.match', 'in', converting)
    .orderBy('l.match')
    .orderBy('l.ref')
    .execute()
  for (const { match, posts, currency, date } of lines) {
    const conversion = found.get(Number(match)) ?? { lines: [], items: [] }
    conversion.lines.push({ currency, date, posts: posts === null ? new Map() : postsOf(posts) })
    found.set(Number(match), conversion)
  }
  const items = await db
    .selectFrom('match_leg as l')
    .innerJoin('open_item as i', (join) => join.onRef('i.book', '=', 'l.book').onRef('i.id', '=', 'l.ref'))
    .select(['l.match', 'l.amount', 'i.currency', 'i.date', 'i.kind'])
    .where('l.book', '=', book)
    .where(sql<boolean>`l.side = 'item'`)
    .where('l.match', 'in', converting)
    .orderBy('l.match')
    .orderBy('l.ref')
    .execute()
  for (const { match, amount, currency, date, kind } of items) {
    found.get(Number(match))?.items.push({ amount, currency, date: takenUpOn(kind, date) })
  }
  return found
}

async function valued(
  { db, book, bookCurrency, ratesMaxAgeDays }: ProofScope,
  matches: ReadonlyMap<number, Conversion>,
): Promise<Pick<ConversionProof, 'revalued' | 'unvalued'>> {
  const table = await ratesInForce(db, book, ratesMaxAgeDays)
  const context: SettleContext = { bookCurrency, rate: (from, to, day) => findRate(table, from, to, day) }
  const values = [...matches].map(([match, { lines, items }]) => ({
    match,
    left: valuedConversion(lines, items, context),
  }))
  return {
    revalued: values.flatMap(({ match, left }) => (left === null || left === 0n ? [] : [{ match, left }])),
    unvalued: values.filter(({ left }) => left === null).length,
  }
}
