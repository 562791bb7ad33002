/**
 * The canonical bytes of a transaction: version, previous hash, then every field, each with its length or a fixed width,
 * so that no two different transactions share bytes. Names, not database ids, so that any engine gives the same chain.
 */
import type { TransactionDraft } from './transaction.ts'

/** First byte of every encoding; a change of layout is a new version. */
const CANONICAL_VERSION = 1
const HASH_BYTES = 32
const HEADER_BYTES = 1 + HASH_BYTES
const MAX_UTF8_PER_UNIT = 3
const TWO_TO_32 = 0x1_0000_0000

/** What the first transaction of a book follows. */
export const GENESIS_HASH = Buffer.alloc(HASH_BYTES)

/** Where and when a transaction stands, beside what it says. */
export interface Place {
  readonly book: string
  readonly sequence: number
  readonly recordedAtMs: number
}

export interface CanonicalWriter {
  /** Bytes of one transaction, valid until the next call: they live in one reused buffer. `previous` is 32 bytes. */
  readonly encode: (previous: Uint8Array, place: Place, transaction: TransactionDraft) => Uint8Array
}

/**
 * Layout after the header (integers are 8 bytes big-endian, texts a 4-byte length and UTF-8): book, sequence, source,
 * object, kind, version, currency, amount, cumulative, effective date, recorded at, rule, memo, evidence batch and item,
 * number of postings, and per posting its account and amount.
 */
export function createCanonicalWriter(): CanonicalWriter {
  let bytes = Buffer.allocUnsafe(4096)
  let view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  let at = 0

  const reserve = (count: number): void => {
    if (at + count <= bytes.length) return
    const larger = Buffer.allocUnsafe((at + count) * 2)
    bytes.copy(larger, 0, 0, at)
    bytes = larger
    view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  }
  const text = (value: string): void => {
    const { length } = value
    reserve(4 + length * MAX_UTF8_PER_UNIT)
    // Nearly all text is short ASCII, for which this loop is several times as fast as a call into the encoder.
    let index = 0
    for (; index < length; index += 1) {
      const unit = value.charCodeAt(index)
      if (unit > 127) break
      bytes[at + 4 + index] = unit
    }
    const written = index === length ? length : bytes.write(value, at + 4)
    view.setUint32(at, written)
    at += 4 + written
  }
  const integer = (value: number): void => {
    reserve(8)
    view.setInt32(at, Math.floor(value / TWO_TO_32))
    view.setUint32(at + 4, value >>> 0)
    at += 8
  }
  const units = (value: bigint): void => {
    reserve(8)
    view.setBigInt64(at, value)
    at += 8
  }

  const encode = (previous: Uint8Array, place: Place, transaction: TransactionDraft): Uint8Array => {
    bytes[0] = CANONICAL_VERSION
    bytes.set(previous, 1)
    at = HEADER_BYTES
    text(place.book)
    integer(place.sequence)
    text(transaction.source)
    text(transaction.object)
    text(transaction.kind)
    integer(transaction.version)
    text(transaction.currency)
    units(transaction.amount)
    units(transaction.cumulative)
    text(transaction.effectiveDate)
    integer(place.recordedAtMs)
    text(transaction.rule)
    text(transaction.memo)
    integer(transaction.evidence.batch)
    integer(transaction.evidence.item)
    integer(transaction.postings.length)
    for (const posting of transaction.postings) {
      text(posting.account)
      units(posting.amount)
    }
    return bytes.subarray(0, at)
  }
  return { encode }
}
