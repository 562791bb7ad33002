/**
 * The canonical bytes of a transaction: version, previous hash, then every field, each with its length or a fixed width,
 * so that no two different transactions share bytes. Names, not database ids, so that any engine gives the same chain.
 */
import type { PostedTransaction } from './transaction.ts'

/** First byte of every encoding; a change of layout is a new version. */
const CANONICAL_VERSION = 1
export const GENESIS_HASH = Buffer.alloc(32)

export type ChainedFields = Omit<PostedTransaction, 'hash'>

export interface CanonicalWriter {
  /** Bytes of one transaction, valid until the next call: they live in one reused buffer. */
  readonly encode: (previous: Uint8Array, transaction: ChainedFields) => Buffer
}

export function createCanonicalWriter(): CanonicalWriter {
  let buffer = Buffer.allocUnsafe(4096)
  const names = new Map<string, Buffer>()
  let at = 0

  const room = (bytes: number): void => {
    if (at + bytes <= buffer.length) return
    const larger = Buffer.allocUnsafe((at + bytes) * 2)
    buffer.copy(larger, 0, 0, at)
    buffer = larger
  }
  const text = (value: string): void => {
    room(4 + value.length * 3)
    const length = buffer.write(value, at + 4)
    buffer.writeUInt32BE(length, at)
    at += 4 + length
  }
  // Names recur in every transaction of a book; encoding them once is most of the speed of the chain.
  const name = (value: string): void => {
    let bytes = names.get(value)
    if (bytes === undefined) {
      if (names.size > 10_000) names.clear()
      names.set(value, (bytes = Buffer.from(value)))
    }
    room(4 + bytes.length)
    buffer.writeUInt32BE(bytes.length, at)
    buffer.set(bytes, at + 4)
    at += 4 + bytes.length
  }
  const integer = (value: number): void => {
    room(8)
    buffer.writeInt32BE(Math.floor(value / 0x1_0000_0000), at)
    buffer.writeUInt32BE(value >>> 0, at + 4)
    at += 8
  }
  const units = (value: bigint): void => {
    room(8)
    buffer.writeBigInt64BE(value, at)
    at += 8
  }

  return {
    encode: (previous, transaction) => {
      at = 0
      room(33)
      buffer[0] = CANONICAL_VERSION
      buffer.set(previous, 1)
      at = 33
      name(transaction.book)
      integer(transaction.sequence)
      name(transaction.source)
      text(transaction.object)
      name(transaction.kind)
      integer(transaction.version)
      name(transaction.currency)
      units(transaction.amount)
      units(transaction.cumulative)
      name(transaction.effectiveDate)
      integer(transaction.recordedAtMs)
      name(transaction.rule)
      text(transaction.memo)
      integer(transaction.evidence.batch)
      integer(transaction.evidence.item)
      integer(transaction.postings.length)
      for (const posting of transaction.postings) {
        name(posting.account)
        units(posting.amount)
      }
      return buffer.subarray(0, at)
    },
  }
}
