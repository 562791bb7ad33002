/**
 * A small reader of hledger files, for tests only. It knows the few lines an export has, adds postings up, and
 * reports every transaction that does not sum to zero and every assertion that does not hold.
 */
import { units } from '../../journals/support.ts'

/** "account currency" to the sum of its postings. */
export type Balances = ReadonlyMap<string, bigint>

export interface ReadLedger {
  readonly balances: Balances
  readonly problems: readonly string[]
}

interface Book {
  readonly balances: Map<string, bigint>
  readonly problems: string[]
  readonly declared: Set<string>
  sums: Map<string, bigint>
  title: string
}

function newLedger(): Book {
  return { balances: new Map(), problems: [], declared: new Set(), sums: new Map(), title: '' }
}

function add(book: Book, account: string, amount: bigint, currency: string): void {
  if (!book.declared.has(account)) book.problems.push(`${account} is not declared`)
  const key = `${account} ${currency}`
  book.balances.set(key, (book.balances.get(key) ?? 0n) + amount)
  book.sums.set(currency, (book.sums.get(currency) ?? 0n) + amount)
}

function assertBalance(book: Book, account: string, amount: bigint, currency: string): void {
  const found = book.balances.get(`${account} ${currency}`) ?? 0n
  if (found !== amount) book.problems.push(`${account} is ${found} ${currency}, not ${amount}`)
}

function startTransaction(book: Book, title: string): void {
  for (const [currency, sum] of book.sums) {
    if (sum !== 0n) book.problems.push(`"${book.title}" is off by ${sum} ${currency}`)
  }
  book.sums = new Map()
  book.title = title
}

export function readHledger(text: string): ReadLedger {
  const book = newLedger()
  for (const line of text.split('\n')) {
    const declaration = /^account (.+)$/.exec(line)
    if (declaration !== null) book.declared.add(declaration[1] ?? '')
    if (/^\d{4}-\d{2}-\d{2} /.test(line)) startTransaction(book, line)
    const posting = /^ {4}(\S.*?) {2}(-?\d+\.\d{8}) ([A-Z]{3})(?: = (-?\d+\.\d{8}) \3)?$/.exec(line)
    if (posting === null) continue
    const [, account = '', amount = '', currency = '', asserted] = posting
    add(book, account, units(amount), currency)
    if (asserted !== undefined) assertBalance(book, account, units(asserted), currency)
  }
  startTransaction(book, '')
  return book
}
