/**
 * Proves the sealed journals against the ledger they summarise: the postings of every sealed range give the exact lines,
 * the delivered totals sum to zero and stay within one minor unit of the ledger, and no sealed byte has changed.
 * What does not hold is returned as sentences, so that a report can show all of it.
 */
import { hash } from 'node:crypto'
import { sql, type Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import { canonicalJournal } from '../domain/journal.ts'
import { abs, formatExact, unitsPerMinor, type Units } from '../domain/money.ts'
import type { AccountKey } from '../domain/transaction.ts'
import type { Book } from '../ledger/books.ts'
import { EVERY_DAY } from './drafts.ts'
import { linesOfJournals, listJournals } from './read.ts'
import { carriedRemainders, type CarriedRemainder } from './totals.ts'

const JOURNALS_PER_READ = 200

interface ProvenAccount extends CarriedRemainder {
  /** The sum of the postings in the sealed ranges: what the ledger itself says. */
  readonly ledger: Units
}

export interface JournalProof {
  readonly journals: number
  readonly accounts: readonly ProvenAccount[]
  /** Empty when everything ties. */
  readonly problems: readonly string[]
}

export async function proveJournals(db: Kysely<Tables>, book: Book): Promise<JournalProof> {
  const ledger = await sealedPostings(db, book)
  const sealed = await carriedRemainders(db, book)
  const accounts = sealed.map((total) => ({ ...total, ledger: ledger.get(keyOf(total)) ?? 0n }))
  const hashes = await checkHashes(db, book)
  const known = new Set(sealed.map(keyOf))
  const missing = [...ledger].filter(([key, amount]) => amount !== 0n && !known.has(key))
  return {
    journals: hashes.journals,
    accounts,
    problems: [
      ...accounts.flatMap(accountProblems),
      ...missing.map(
        ([key, amount]) => `${key}: the ledger has ${formatExact(amount)} in sealed ranges, journals have nothing.`,
      ),
      ...currencyProblems(sealed),
      ...hashes.problems,
    ],
  }
}

function keyOf({ currency, account }: { readonly currency: string; readonly account: AccountKey }): string {
  return `${currency} ${account}`
}

/** Σ postings per currency and account over the sealed ranges, from the postings themselves. */
async function sealedPostings(db: Kysely<Tables>, book: Book): Promise<ReadonlyMap<string, Units>> {
  const { rows } = await sql<{ currency: string; account: AccountKey; amount: Units }>`
    select txn.currency, account.key as account, cast(sum(posting.amount) as bigint) as amount
    from txn
    join posting on posting.book = txn.book and posting.seq = txn.seq
    join account on account.book = posting.book and account.id = posting.account
    where txn.book = ${book.id} and exists (
      select 1 from journal
      where journal.book = txn.book and journal.day = txn.effective_date and journal.currency = txn.currency
        and txn.seq between journal.from_seq and journal.to_seq)
    group by txn.currency, account.key`.execute(db)
  return new Map(rows.map((row) => [keyOf(row), row.amount]))
}

function accountProblems({ currency, account, exact, rounded, ledger }: ProvenAccount): readonly string[] {
  const problems: string[] = []
  const name = `${currency} ${account}`
  if (exact !== ledger) {
    problems.push(
      `${name}: journals have ${formatExact(exact)}, the ledger has ${formatExact(ledger)} in sealed ranges.`,
    )
  }
  if (abs(rounded - ledger) >= unitsPerMinor(currency)) {
    problems.push(
      `${name}: delivered ${formatExact(rounded)} is a whole minor unit or more from ${formatExact(ledger)}.`,
    )
  }
  return problems
}

function currencyProblems(sealed: readonly CarriedRemainder[]): readonly string[] {
  const sums = new Map<string, Units>()
  for (const { currency, rounded } of sealed) sums.set(currency, (sums.get(currency) ?? 0n) + rounded)
  return [...sums]
    .filter(([, sum]) => sum !== 0n)
    .map(([currency, sum]) => `${currency}: delivered totals sum to ${formatExact(sum)}, not to zero.`)
}

async function checkHashes(
  db: Kysely<Tables>,
  book: Book,
): Promise<{ readonly journals: number; readonly problems: readonly string[] }> {
  const journals = await listJournals(db, book, EVERY_DAY)
  const problems: string[] = []
  for (let start = 0; start < journals.length; start += JOURNALS_PER_READ) {
    const page = journals.slice(start, start + JOURNALS_PER_READ)
    const lines = await linesOfJournals(db, book, { first: page[0]?.id ?? 0n, last: page.at(-1)?.id ?? 0n })
    for (const journal of page) {
      const digest = hash('sha256', canonicalJournal(book.name, journal, lines.get(journal.id) ?? []))
      if (digest !== journal.hash) problems.push(`${journal.document}: its content no longer matches its hash.`)
    }
  }
  return { journals: journals.length, problems }
}
