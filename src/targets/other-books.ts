/**
 * The entries of other tieout books in a company, by the id each carries. A database that was lost and made anew has
 * another id for the same book: its own entries of before look like a stranger's, and only a person knows which they are.
 */
import { formatMoney, type Units } from '../domain/money/money.ts'
import type { IsoDate } from '../domain/transaction.ts'
import { markOf } from './book-mark.ts'
import { isThere } from './compare-entries.ts'
import type { RemoteEntry } from './entry.ts'

export interface OtherBook {
  readonly lastingId: string
  readonly entries: number
  /** What they debit, by currency. */
  readonly debits: readonly { readonly currency: string; readonly amount: Units }[]
  readonly first: IsoDate
  readonly last: IsoDate
}

/** Of what is listed, the entries that carry an id beside the `known` ones and count in the company's books; by id. */
export function otherBooks(listed: readonly RemoteEntry[], known: ReadonlySet<string>): readonly OtherBook[] {
  const byId = Map.groupBy(listed.filter(isThere), (entry) => markOf(entry) ?? '')
  return [...byId]
    .filter(([id]) => id !== '' && !known.has(id))
    .map(([lastingId, entries]) => otherBook(lastingId, entries))
    .toSorted((one, other) => (one.lastingId < other.lastingId ? -1 : 1))
}

function otherBook(lastingId: string, entries: readonly RemoteEntry[]): OtherBook {
  const dates = entries.map(({ date }) => date).toSorted()
  return {
    lastingId,
    entries: entries.length,
    debits: debitsOf(entries),
    first: dates[0] ?? '',
    last: dates.at(-1) ?? '',
  }
}

/** What entries debit, by currency. */
export function debitsOf(entries: readonly Pick<RemoteEntry, 'currency' | 'lines'>[]): OtherBook['debits'] {
  const sums = new Map<string, Units>()
  for (const { currency, lines } of entries) {
    const debits = lines.reduce((sum, { amount }) => (amount > 0n ? sum + amount : sum), 0n)
    sums.set(currency, (sums.get(currency) ?? 0n) + debits)
  }
  return [...sums].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([currency, amount]) => ({ currency, amount }))
}

/** "6.75 USD and 1.00 EUR" */
export function debitsText(debits: OtherBook['debits']): string {
  return debits.map(({ currency, amount }) => `${formatMoney(amount)} ${currency}`.trim()).join(' and ')
}

/** "3, 6.75 USD, of 2026-11-01 to 2026-11-03 (book 3F9A01BC)" */
export function otherBookText({ lastingId, entries, debits, first, last }: OtherBook): string {
  return `${entries}, ${debitsText(debits)}, of ${first === last ? first : `${first} to ${last}`} (book ${lastingId})`
}

/** What stands there of books nobody has spoken of, and for each the two commands, one of which is to be run. */
export function undecidedText(others: readonly OtherBook[], target: string): string {
  const ids = others.map(({ lastingId }) => {
    const say = (verb: string): string => `tieout targets ${verb} ${lastingId} --target ${target} --why WHY`
    return `If ${lastingId} is this book, from a database that was lost or made anew: ${say('take-over')}; if it is another book: ${say('another-book')}.`
  })
  return (
    `The company holds entries of tieout books that this database does not know: ${others.map(otherBookText).join('; ')}. ` +
    `Nothing is sent before somebody says whose they are. ${ids.join(' ')}`
  )
}
