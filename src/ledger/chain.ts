/** Gives a sorted batch its sequence numbers and chained hashes. One buffer holds all hashes; nothing else is copied. */
import { hash } from 'node:crypto'
import { createCanonicalWriter } from '../domain/canonical.ts'
import type { TransactionDraft } from '../domain/transaction.ts'
import type { Book } from './books.ts'

const HASH_BYTES = 32

/** A batch ready to be written: drafts in order, the first at `firstSequence`, with the hash of each. */
export interface ChainedBatch {
  readonly book: Book
  readonly firstSequence: number
  readonly recordedAtMs: number
  readonly drafts: readonly TransactionDraft[]
  readonly hashes: readonly Buffer[]
  readonly sources: ReadonlyMap<string, bigint>
  readonly accounts: ReadonlyMap<string, bigint>
}

const writer = createCanonicalWriter()

export function chainHashes(
  book: Book,
  drafts: readonly TransactionDraft[],
  after: { readonly sequence: number; readonly hash: Buffer },
  recordedAtMs: number,
): readonly Buffer[] {
  const memory = Buffer.allocUnsafeSlow(drafts.length * HASH_BYTES)
  const hashes: Buffer[] = []
  const place = { book: book.name, sequence: after.sequence, recordedAtMs }
  let previous = after.hash
  for (const [index, draft] of drafts.entries()) {
    place.sequence += 1
    // As text, since a Buffer from the hash costs more than the hash.
    memory.write(hash('sha256', writer.encode(previous, place, draft), 'binary'), index * HASH_BYTES, 'latin1')
    previous = memory.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES)
    hashes.push(previous)
  }
  return hashes
}
