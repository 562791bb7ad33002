/**
 * Heads that were noted outside, for `ledger verify`. A chain that somebody cut off or hashed anew holds in itself;
 * against a noted head it does not.
 */
import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import { hashAt, type NotedHead } from '../journals/heads.ts'
import type { Book } from '../ledger/books.ts'
import type { Findings } from '../ledger/verify/finding.ts'

export function verifyExpected(expected: readonly NotedHead[]) {
  return async (db: Kysely<Tables>, book: Book, findings: Findings): Promise<void> => {
    for (const head of expected) {
      const found = await hashAt(db, book, head)
      if (found?.startsWith(head.hash) === true) continue
      const what =
        head.of === 'ledger' ? `Transaction ${head.sequence}` : `Landing batch ${head.batch}, item ${head.item}`
      const is = found === null ? 'is not there' : `has the hash ${found.slice(0, head.hash.length)}`
      const sentence = `${what} ${is}, and ${head.hash} was noted of it: somebody wrote these books anew, or they are not the ones it was noted of.`
      findings.add({ code: 'HEAD_NOT_AS_NOTED', book: book.name, sequence: null, sentence })
    }
  }
}
