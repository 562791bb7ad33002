/** The log in `ledger verify`: its chain holds, and every body is byte for byte what was landed. */
import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import { verifyLanding } from '../log/landing.ts'
import type { Book } from '../ledger/books.ts'
import type { Findings } from '../ledger/verify/finding.ts'

export async function verifyLog(db: Kysely<Tables>, book: Book, findings: Findings): Promise<void> {
  for await (const { code, sentence } of verifyLanding(db, book.id)) {
    findings.add({ code, book: book.name, sequence: null, sentence })
  }
}
