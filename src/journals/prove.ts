/**
 * Proves the sealed journals against the ledger they summarise: the postings of every sealed range give the exact lines,
 * the rounded totals sum to zero and stay within one minor unit of the ledger, reversals leave exactly what is in force,
 * and no sealed byte has changed. What does not hold is returned as sentences, so that a report can show all of it.
 */
import { hash } from 'node:crypto'
import { sql, type Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import { canonicalJournal } from '../domain/journals/journal.ts'
import { abs, formatExact, unitsPerMinor, type Units } from '../domain/money/money.ts'
import type { AccountKey } from '../domain/transaction.ts'
import type { Book } from '../ledger/books.ts'
import { EVERY_DAY } from './drafts.ts'
import { IS_IN_FORCE, SEALS_ITS_OWN_RANGE } from './links.ts'
import { linesOfJournals, listJournals } from './read.ts'
import { carriedRemainders, sealedRemainders, type CarriedRemainder } from './totals.ts'

const JOURNALS_PER_READ = 200

interface ProvenAccount extends CarriedRemainder {
  /** The sum of the postings in the sealed ranges in force: what the ledger itself says of what is delivered. */
  readonly ledger: Units
}

export interface JournalProof {
  readonly journals: number
  readonly accounts: readonly ProvenAccount[]
  /** Empty when everything ties. */
  readonly problems: readonly string[]
}

/** Σ postings of an account over the sealed ranges, and over those of them that are in force. */
interface SealedPostings {
  readonly sealed: Units
  readonly inForce: Units
}

const NOTHING: SealedPostings = { sealed: 0n, inForce: 0n }

export async function proveJournals(db: Kysely<Tables>, book: Book): Promise<JournalProof> {
  const ledger = await sealedPostings(db, book)
  const sealed = await sealedRemainders(db, book)
  const delivered = await carriedRemainders(db, book)
  const hashes = await checkHashes(db, book)
  const known = new Map(sealed.map((total) => [keyOf(total), total.exact]))
  const missing = [...ledger].filter(([key, amount]) => amount.sealed !== 0n && !known.has(key))
  const postingsOf = (total: CarriedRemainder): SealedPostings => ledger.get(keyOf(total)) ?? NOTHING
  return {
    journals: hashes.journals,
    accounts: delivered.map((total) => ({ ...total, ledger: postingsOf(total).inForce })),
    problems: [
      ...sealed.flatMap((total) => accountProblems(total, postingsOf(total).sealed)),
      ...delivered.flatMap((total) => deliveredProblems(total, postingsOf(total), known.get(keyOf(total)))),
      ...missing.map(
        ([key, amount]) =>
          `${key}: the ledger has ${formatExact(amount.sealed)} in sealed ranges, journals have nothing.`,
      ),
      ...currencyProblems(delivered),
      ...hashes.problems,
    ],
  }
}

function keyOf({ currency, account }: { readonly currency: string; readonly account: AccountKey }): string {
  return `${currency} ${account}`
}

/** From the postings themselves. A range is counted once, by the journal that sealed it first. */
async function sealedPostings(db: Kysely<Tables>, book: Book): Promise<ReadonlyMap<string, SealedPostings>> {
  const { rows } = await sql<{ currency: string; account: AccountKey } & SealedPostings>`
    select txn.currency, account.key as account, cast(sum(posting.amount) as bigint) as sealed,
      cast(sum(case when part.in_force then posting.amount else 0 end) as bigint) as "inForce"
    from (select book, day, currency, from_seq, to_seq, ${IS_IN_FORCE} as in_force
      from journal where book = ${book.id} and ${SEALS_ITS_OWN_RANGE}) as part
    join txn on txn.book = part.book and txn.effective_date = part.day and txn.currency = part.currency
      and txn.seq between part.from_seq and part.to_seq
    join posting on posting.book = txn.book and posting.seq = txn.seq
    join account on account.book = posting.book and account.id = posting.account
    group by txn.currency, account.key`.execute(db)
  return new Map(rows.map((row) => [keyOf(row), { sealed: row.sealed, inForce: row.inForce }]))
}

function accountProblems(total: CarriedRemainder, ledger: Units): readonly string[] {
  const { currency, exact, rounded } = total
  const problems: string[] = []
  const name = keyOf(total)
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

/** Said only where something was taken back: elsewhere the sealed totals are the delivered ones, and have spoken. */
function deliveredProblems(
  total: CarriedRemainder,
  { sealed, inForce }: SealedPostings,
  sealedExact: Units | undefined,
): readonly string[] {
  if (total.exact === inForce || (sealed === inForce && total.exact === sealedExact)) return []
  return [
    `${keyOf(total)}: journals less reversals leave ${formatExact(total.exact)}, the ledger has ${formatExact(inForce)} in ranges in force.`,
  ]
}

function currencyProblems(delivered: readonly CarriedRemainder[]): readonly string[] {
  const sums = new Map<string, Units>()
  for (const { currency, rounded } of delivered) sums.set(currency, (sums.get(currency) ?? 0n) + rounded)
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
    const lines = await linesOfJournals(
      db,
      book,
      page.map(({ id }) => id),
    )
    for (const journal of page) {
      const digest = hash('sha256', canonicalJournal(book.name, journal, lines.get(journal.id) ?? []))
      if (digest !== journal.hash) problems.push(`${journal.document}: its content no longer matches its hash.`)
    }
  }
  return { journals: journals.length, problems }
}
