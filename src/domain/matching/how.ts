/**
 * What a match means for the books, kept with it: what the difference between its lines and items is, or what a line
 * without an item is. Fees are kept as they were when they matched, whatever the settings say later.
 */
import type { AloneMeaning, SettledMatch, TakenPart } from '../settlement/settlement.ts'
import type { Units } from '../money/money.ts'

export type How =
  | { readonly kind: 'match'; readonly difference: SettledMatch['difference'] }
  | { readonly kind: 'alone'; readonly meaning: AloneMeaning }
  | { readonly kind: 'conversion' }
  /** Nothing is posted: a line that is not the book's, or that a person ignores. */
  | { readonly kind: 'nothing' }
  /** What is left of an item is given up; the day it counts on. */
  | { readonly kind: 'item-written-off'; readonly day: string }

/** Transaction kind of the ledger → cumulative amount, never negative. */
export type Posts = ReadonlyMap<string, Units>

export function howText(how: How): string {
  if (how.kind !== 'match' || how.difference.kind !== 'fee') return JSON.stringify(how)
  const parts = how.difference.parts.map((part) => ({ ...part, flat: String(part.flat) }))
  const stored: TextOfFee = { kind: 'fee-text', parts }
  return JSON.stringify(stored)
}

export function howOf(text: string): How {
  // Written by howText alone, which turned the amounts of fee parts into text.
  const how = JSON.parse(text) as How | TextOfFee
  if (how.kind !== 'fee-text') return how
  const parts: readonly TakenPart[] = how.parts.map((part) => ({ ...part, flat: BigInt(part.flat) }))
  return { kind: 'match', difference: { kind: 'fee', parts } }
}

interface TextOfFee {
  readonly kind: 'fee-text'
  readonly parts: readonly (Omit<TakenPart, 'flat'> & { readonly flat: string })[]
}

export function postsText(posts: Posts): string {
  return JSON.stringify(Object.fromEntries([...posts].map(([kind, amount]) => [kind, String(amount)])))
}

export function postsOf(text: string): Posts {
  // Written by postsText alone.
  const parsed = JSON.parse(text) as Readonly<Record<string, string>>
  return new Map(Object.entries(parsed).map(([kind, amount]) => [kind, BigInt(amount)]))
}
