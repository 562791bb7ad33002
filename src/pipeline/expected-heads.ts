/**
 * Heads that were noted outside: where the ledger or the log had come to, and the first digits of its hash there. A chain
 * that somebody cut off or hashed anew holds in itself; against a noted head it does not.
 */
import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import { GENESIS_HASH } from '../domain/byte-writer.ts'
import { recordAt } from '../log/landing.ts'
import type { Book } from '../ledger/books.ts'
import type { Findings } from '../ledger/verify/finding.ts'

/** Of the ledger, by its sequence; of the log, by batch and item. */
export type ExpectedHead =
  | { readonly of: 'ledger'; readonly sequence: number; readonly hash: string }
  | { readonly of: 'log'; readonly batch: number; readonly item: number; readonly hash: string }

const NOTED = /^(?:(\d{1,15})|(\d{1,15})\.(\d{1,15})):([0-9a-f]{16,64})$/

/** "11:0709fb7233cd0af5" of the ledger, "12.3:0709fb7233cd0af5" of the log; null for anything else. */
export function parseExpectedHead(text: string): ExpectedHead | null {
  const [, sequence, batch, item, hash = ''] = NOTED.exec(text.toLowerCase()) ?? []
  if (sequence !== undefined) return { of: 'ledger', sequence: Number(sequence), hash }
  return batch === undefined ? null : { of: 'log', batch: Number(batch), item: Number(item), hash }
}

/** As it is noted. `place` is a sequence of the ledger or a place of the log. */
export function notedHead(place: string, hash: string): string {
  return `${place}:${hash}`
}

export function verifyExpected(expected: readonly ExpectedHead[]) {
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

/** Null where nothing is. */
export async function hashAt(db: Kysely<Tables>, book: Book, head: ExpectedHead): Promise<string | null> {
  if (head.of === 'log') return (await recordAt(db, book.id, head))?.hash.toString('hex') ?? null
  if (head.sequence === 0) return GENESIS_HASH.toString('hex')
  const row = await db
    .selectFrom('txn')
    .select('hash')
    .where('book', '=', book.id)
    .where('seq', '=', BigInt(head.sequence))
    .executeTakeFirst()
  return row?.hash.toString('hex') ?? null
}
