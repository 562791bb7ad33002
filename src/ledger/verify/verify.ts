/**
 * Proves the books from nothing but their rows: chain, sequence, balances, versions, the daily projection, and the
 * database's own guards. Streams, so a ledger of any size fits; reports everything it finds and changes nothing.
 */
import type { Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import { listBooks, type Book } from '../books.ts'
import { verifyChain } from './chain.ts'
import { collectFindings, type Finding, type Findings } from './finding.ts'
import { verifyGuards } from './guards.ts'
import { verifySets } from './set-checks.ts'
import { verifyStorage } from './storage.ts'

/** More to verify about one book, from other folders: it adds what it finds. */
export type ExtraCheck = (db: Kysely<Tables>, book: Book, findings: Findings) => Promise<void>

export interface Verification {
  readonly books: number
  readonly transactions: number
  /** Empty when everything holds. */
  readonly findings: readonly Finding[]
}

/** One book, or all of them when `book` is null. */
export async function verifyLedger(
  db: Kysely<Tables>,
  book: Book | null,
  extraChecks: readonly ExtraCheck[] = [],
): Promise<Verification> {
  const findings = collectFindings()
  const books = book === null ? await listBooks(db) : [book]
  await verifyGuards(db, findings)
  await verifyStorage(db, findings)
  let transactions = 0
  for (const each of books) {
    transactions += await verifyChain(db, each, findings)
    await verifySets(db, each, findings)
    for (const check of extraChecks) await check(db, each, findings)
  }
  return { books: books.length, transactions, findings: findings.list() }
}
