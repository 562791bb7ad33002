/** Entries as JSON text and back, and the key under which a payload is sent. Amounts are texts, because JSON's numbers are floats. */
import { hash } from 'node:crypto'
import type { EntryLine, TargetEntry } from '../entry.ts'

interface StoredEntry extends Omit<TargetEntry, 'lines'> {
  readonly lines: readonly (Omit<EntryLine, 'amount'> & { readonly amount: string })[]
}

export function entryText({ document, date, currency, exchangeRate, memo, lines }: TargetEntry): string {
  const stored: StoredEntry = {
    document,
    date,
    currency,
    exchangeRate,
    memo,
    lines: lines.map(({ account, amount, description, dimensions, entity }) => ({
      account,
      amount: String(amount),
      description,
      dimensions,
      entity,
    })),
  }
  return JSON.stringify(stored)
}

/** Reads what `entryText` wrote: nothing else ever writes that column. */
export function parseEntry(text: string): TargetEntry {
  const stored = JSON.parse(text) as StoredEntry
  return { ...stored, lines: stored.lines.map((line) => ({ ...line, amount: BigInt(line.amount) })) }
}

export interface KeyParts {
  readonly book: string
  readonly target: string
  readonly document: string
  readonly revision: number
  readonly generation: number
  /** Hex, of the bytes that are sent. */
  readonly bodySha256: string
}

/**
 * "tieout-" and 28 hex digits: 35 characters of what both vendors take for an idempotency key. The content is part of it,
 * because a vendor answers a key it knows with what it answered before: in books restored from a backup the same number
 * and the same try may stand for another entry.
 */
export function requestKey({ book, target, document, revision, generation, bodySha256 }: KeyParts): string {
  const text = JSON.stringify([book, target, document, revision, generation, bodySha256])
  return `tieout-${hash('sha256', text, 'hex').slice(0, 28)}`
}
