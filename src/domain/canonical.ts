/**
 * The canonical bytes of a transaction: version, previous hash, then every field. Names, not database ids, so that any
 * engine gives the same chain.
 */
import { createByteWriter } from './byte-writer.ts'
import type { TransactionDraft } from './transaction.ts'

/** First byte of every encoding; a change of layout is a new version. */
const CANONICAL_VERSION = 1

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
  const { begin, text, integer, units, bytes } = createByteWriter()
  const encode = (previous: Uint8Array, place: Place, transaction: TransactionDraft): Uint8Array => {
    begin(CANONICAL_VERSION, previous)
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
    return bytes()
  }
  return { encode }
}
