/**
 * Heads as they are noted outside: where the ledger or the log had come to, and the first digits of its hash there. A
 * journal is sealed with both, its entry takes them into the accounting system, and so they stand where nobody who can
 * write to the database can change them.
 */
import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import { GENESIS_HASH } from '../domain/byte-writer.ts'
import type { Book } from '../ledger/books.ts'
import { chainHead } from '../ledger/digest.ts'
import { logHead, recordAt, type LogHead } from '../log/landing.ts'

/** Of the ledger, by its sequence; of the log, by batch and item. */
export type NotedHead =
  | { readonly of: 'ledger'; readonly sequence: number; readonly hash: string }
  | { readonly of: 'log'; readonly batch: number; readonly item: number; readonly hash: string }

/** Enough that nobody finds another chain with the same ones, and short enough for a memo. */
const NOTED_DIGITS = 16

const NOTED = /^(?:(\d{1,15})|(\d{1,15})\.(\d{1,15})):([0-9a-f]{16,64})$/

/** "11:0709fb7233cd0af5" of the ledger, "12.3:0709fb7233cd0af5" of the log; null for anything else. */
export function parseHead(text: string): NotedHead | null {
  const [, sequence, batch, item, hash = ''] = NOTED.exec(text.toLowerCase()) ?? []
  if (sequence !== undefined) return { of: 'ledger', sequence: Number(sequence), hash }
  return batch === undefined ? null : { of: 'log', batch: Number(batch), item: Number(item), hash }
}

/** "11:0709fb7233cd0af5 12.3:5e6f7a8b1a2b3c4d", the log's left out while it is empty. */
export function notedHeads(chain: { readonly sequence: number; readonly hash: string }, log: LogHead | null): string {
  const heads = [{ place: String(chain.sequence), hash: chain.hash }, ...(log === null ? [] : [log])]
  return heads.map(({ place, hash }) => `${place}:${hash.slice(0, NOTED_DIGITS)}`).join(' ')
}

/** Both as they stand. */
export async function headsNow(db: Kysely<Tables>, book: Book): Promise<string> {
  return notedHeads(await chainHead(db, book), await logHead(db, book.id))
}

/** What is there in full; null where nothing is. */
export async function hashAt(db: Kysely<Tables>, book: Book, head: NotedHead): Promise<string | null> {
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
