/** Gives a sorted batch its sequence numbers and chained hashes. One buffer holds all hashes; nothing else is copied. */
import { hash } from 'node:crypto'
import { createCanonicalWriter } from '../domain/canonical.ts'
import type { TransactionDraft } from '../domain/transaction.ts'
import type { Book } from './books.ts'

export const HASH_BYTES = 32

/** A batch ready to be written: drafts in order, the first at `firstSequence`, with their hashes one after the other. */
export interface ChainedBatch {
  readonly book: Book
  readonly firstSequence: number
  readonly recordedAtMs: number
  readonly drafts: readonly TransactionDraft[]
  readonly hashes: Buffer
  readonly sources: ReadonlyMap<string, bigint>
  readonly accounts: ReadonlyMap<string, bigint>
}

const writer = createCanonicalWriter()

export function chainHashes(
  book: Book,
  drafts: readonly TransactionDraft[],
  after: { readonly sequence: number; readonly hash: Buffer },
  recordedAtMs: number,
): Buffer {
  const hashes = Buffer.allocUnsafeSlow(drafts.length * HASH_BYTES)
  const place = { book: book.name, sequence: after.sequence, recordedAtMs }
  let previous: Uint8Array = after.hash
  let at = 0
  for (const draft of drafts) {
    place.sequence += 1
    // As text, since a Buffer from the hash costs more than the hash.
    hashes.write(hash('sha256', writer.encode(previous, place, draft), 'binary'), at, 'latin1')
    previous = hashes.subarray(at, at + HASH_BYTES)
    at += HASH_BYTES
  }
  return hashes
}
