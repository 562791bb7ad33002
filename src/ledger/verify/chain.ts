/** Walks a book in sequence: no gaps, every hash recomputed, every transaction balanced, times that never fall, one head. */
import { hash } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import { GENESIS_HASH } from '../../domain/byte-writer.ts'
import { createCanonicalWriter } from '../../domain/canonical.ts'
import { isIsoDate } from '../../domain/time/dates.ts'
import { abs, formatExact } from '../../domain/money/money.ts'
import type { Book } from '../books.ts'
import type { FindingCode, Findings } from './finding.ts'
import { readTransactions, type StoredTransaction } from './read-pages.ts'

/** Returns how many transactions it read. */
export async function verifyChain(db: Kysely<Tables>, book: Book, findings: Findings): Promise<number> {
  const head = await db.selectFrom('head').selectAll().where('book', '=', book.id).executeTakeFirst()
  const headSequence = head === undefined ? 0 : Number(head.seq)
  const add = (code: FindingCode, sequence: number, sentence: string): void =>
    findings.add({ code, book: book.name, sequence, sentence })
  const checkHash = hashChecker(add)
  let expected = 1
  let recordedAtMs = 0
  let lastHash: Buffer = GENESIS_HASH
  let count = 0
  for await (const page of readTransactions(db, book)) {
    for (const transaction of page) {
      const { sequence } = transaction
      count += 1
      if (sequence > headSequence) {
        add('BEYOND_HEAD', sequence, `Transaction ${sequence} lies beyond the head of the book (${headSequence}).`)
        continue
      }
      if (sequence !== expected) {
        add('SEQUENCE_GAP', expected, `${missing(expected, sequence - 1)} before sequence ${sequence}.`)
      }
      checkHash(transaction, sequence === expected)
      checkContent(transaction, add)
      if (transaction.recordedAtMs < recordedAtMs) {
        add('RECORDED_TIME_FELL', sequence, `Transaction ${sequence} was recorded before the one in front of it.`)
      }
      expected = sequence + 1
      recordedAtMs = transaction.recordedAtMs
      lastHash = transaction.hashBytes
    }
  }
  if (head === undefined) add('HEAD_MISMATCH', 0, 'The book has no head.')
  else if (expected <= headSequence) add('SEQUENCE_GAP', expected, `${missing(expected, headSequence)} up to the head.`)
  else if (!head.hash.equals(lastHash)) {
    add('HEAD_MISMATCH', headSequence, 'The head does not carry the hash of the last transaction.')
  } else if (Number(head.recorded_at_ms) !== recordedAtMs) {
    add('HEAD_MISMATCH', headSequence, 'The head does not carry the time of the last transaction.')
  }
  return count
}

type Add = (code: FindingCode, sequence: number, sentence: string) => void

function missing(first: number, last: number): string {
  return first === last ? `Transaction ${first} is missing` : `Transactions ${first} to ${last} are missing`
}

/**
 * One damaged row is one finding. After a mismatch the next row may follow from the stored hash (its fields were damaged)
 * or from the computed one (the hash itself was), so both are tried. After a gap only the stored one can be.
 */
function hashChecker(add: Add): (transaction: StoredTransaction, follows: boolean) => void {
  const writer = createCanonicalWriter()
  let previous: readonly Buffer[] = [GENESIS_HASH]
  return (transaction, follows) => {
    const { sequence, hashBytes } = transaction
    const computed = previous.map((before) => hash('sha256', writer.encode(before, transaction, transaction), 'buffer'))
    if (!follows) {
      // What came before is gone, so there is nothing to compare with; the gap itself is the finding.
      previous = [hashBytes]
      return
    }
    if (computed.some((candidate) => candidate.equals(hashBytes))) {
      previous = [hashBytes]
      return
    }
    add(
      'HASH_MISMATCH',
      sequence,
      `Transaction ${sequence} (${transaction.object} ${transaction.kind}) is not what was posted.`,
    )
    previous = [hashBytes, ...computed]
  }
}

function checkContent(transaction: StoredTransaction, add: Add): void {
  const { sequence, postings, amount } = transaction
  const sum = postings.reduce((total, posting) => total + posting.amount, 0n)
  const debits = postings.reduce((total, posting) => (posting.amount > 0n ? total + posting.amount : total), 0n)
  if (postings.length < 2) {
    add('TOO_FEW_POSTINGS', sequence, `Transaction ${sequence} has ${postings.length} postings.`)
  }
  if (sum !== 0n) add('UNBALANCED', sequence, `Transaction ${sequence} is off by ${formatExact(sum)}.`)
  else if (debits !== abs(amount)) {
    add(
      'AMOUNT_DIFFERS',
      sequence,
      `Transaction ${sequence} says ${formatExact(amount)} and posts ${formatExact(debits)}.`,
    )
  }
  if (!isIsoDate(transaction.effectiveDate)) {
    add('DATE_INVALID', sequence, `Transaction ${sequence} is dated "${String(transaction.effectiveDate)}".`)
  }
}
