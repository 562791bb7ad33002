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
import { dialectOf } from '../../db/dialect.ts'
import { ratesInForce } from '../../evidence/rates.ts'
import { balances } from '../../ledger/balances.ts'
import { fewMatches, legsInForce } from './match-legs.ts'
import type { ProofScope } from './scope.ts'

export interface ConversionSums {
  readonly account: string
  readonly currencies: readonly {
    readonly currency: string
    readonly ledger: Units
    readonly matches: Units
    /** ledger − matches: not zero is a mistake in the books. */
    readonly difference: Units
  }[]
}

export interface ConversionProof extends ConversionSums {
  /** Matches with something left once valued at the rates in force now: a rate of their days was changed since. */
  readonly revalued: readonly { readonly match: number; readonly left: Units }[]
  /** Matches nobody can value again, for want of a rate. */
  readonly unvalued: number
}

/** Null in a book that has never converted anything. */
export async function proveConversion(scope: ProofScope): Promise<ConversionProof | null> {
  const sums = await proveConversionSums(scope)
  return sums === null ? null : { ...sums, ...(await valued(scope, await conversionsOf(scope))) }
}

/** Without valuing each match again, which reads them all. */
export async function proveConversionSums(scope: ProofScope): Promise<ConversionSums | null> {
  const account = scope.rules.money.get('conversion-out')?.debit
  if (account === undefined) return null
  const ledger = await balances(scope.db, { id: scope.book, name: '' }, { account })
  const sums = await conversionSums(scope)
  if (ledger.length === 0 && sums.size === 0) return null
  const currencies = [...new Set([...sums.keys(), ...ledger.map(({ currency }) => currency)])].sort()
  return {
    account,
    currencies: currencies.map((currency) => {
      const held = ledger.find((row) => row.currency === currency)?.balance ?? 0n
      const posted = sums.get(currency) ?? 0n
      return { currency, ledger: held, matches: posted, difference: held - posted }
    }),
  }
}

interface Conversion {
  readonly lines: ConvertedLine[]
  readonly items: ConvertedItem[]
}

/** What the matches that convert post on the account, by currency: added up where it is kept. */
async function conversionSums(scope: ProofScope): Promise<ReadonlyMap<string, Units>> {
  const { kind, amount, each } = postedTotals(scope)
  const rows = await legsInForce(scope)
    .innerJoin(each, (join) => join.onTrue())
    .select(['s.currency', kind.as('kind'), amount.as('amount')])
    .where('l.side', '=', sql.lit('line'))
    .where('l.match', 'in', converting(scope))
    .groupBy(['s.currency', kind])
    .execute()
  const sums = new Map<string, Units>()
  for (const { currency, kind: name, amount: sum } of rows) {
    const line = { currency: currency ?? '', posts: new Map([[name, sum]]) }
    for (const entry of conversionEntries(line)) {
      sums.set(entry.currency, (sums.get(entry.currency) ?? 0n) + entry.amount)
    }
  }
  return sums
}

/** A leg's postings as rows, which each engine says in its own words. */
function postedTotals({ db }: ProofScope) {
  const rows = dialectOf(db) === 'sqlite' ? sql<Posted>`json_each(l.posts)` : sql<Posted>`json_each_text(l.posts::json)`
  return {
    each: rows.as<'each'>('each'),
    kind: sql.ref<string>('each.key'),
    amount: sql<bigint>`cast(sum(cast(each.value as bigint)) as bigint)`,
  }
}

interface Posted {
  readonly key: string
  readonly value: string
}

/** By the index that holds just these. */
function converting(scope: ProofScope) {
  const isConverting =
    dialectOf(scope.db) === 'sqlite'
      ? sql<boolean>`l.side = 'line' and instr(l.posts, 'conversion-') > 0`
      : sql<boolean>`l.side = 'line' and strpos(l.posts, 'conversion-') > 0`
  return fewMatches(scope, 'match_leg_converting', isConverting)
}

async function conversionsOf(scope: ProofScope): Promise<ReadonlyMap<number, Conversion>> {
  const found = new Map<number, Conversion>()
  const legs = await legsInForce(scope)
    .select(['l.match', 'l.side', 'l.posts', 'l.amount'])
    .select(['s.currency as line_currency', 's.date as line_date', 'i.currency', 'i.date', 'i.kind'])
    .where('l.match', 'in', converting(scope))
    .orderBy('l.match')
    .orderBy('l.ref')
    .execute()
  for (const { match, posts, amount, line_currency, line_date, currency, date, kind } of legs) {
    const conversion = found.get(Number(match)) ?? { lines: [], items: [] }
    found.set(Number(match), conversion)
    if (line_currency !== null && line_date !== null) {
      const posted = posts === null ? new Map<string, Units>() : postsOf(posts)
      conversion.lines.push({ currency: line_currency, date: line_date, posts: posted })
    } else if (currency !== null && date !== null && kind !== null) {
      conversion.items.push({ amount, currency, date: takenUpOn(kind, date) })
    }
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
