/**
 * PayPal's transaction event codes. The group, the two digits after the T, is enough for accounting (its own words); a few
 * codes are told apart inside their group. Source: PayPal's T-code reference.
 */
import type { LineType } from '../../../domain/statements/statement.ts'

export interface CodeMeaning {
  readonly type: LineType
  /** What the group normally does to the balance: moves it, or only tells of something. */
  readonly moves: 'money' | 'held-money' | 'nothing'
}

const money = (type: LineType): CodeMeaning => ({ type, moves: 'money' })
const HELD: CodeMeaning = { type: 'hold', moves: 'held-money' }
const NOTHING: CodeMeaning = { type: 'other', moves: 'nothing' }

const GROUPS: Readonly<Record<string, CodeMeaning>> = {
  T00: money('payment'),
  T01: money('fee'),
  T02: money('conversion'),
  T03: money('transfer'), // from a bank into PayPal
  T04: money('transfer'), // from PayPal to a bank
  T05: money('payment'), // PayPal debit card
  T06: money('transfer'), // to a credit card
  T07: money('transfer'), // from a credit card
  T08: money('bonus'),
  T09: money('bonus'), // incentives, coupons
  T10: money('payment'), // bill pay
  T11: money('refund'), // reversals
  T12: money('adjustment'),
  T13: NOTHING, // authorizations
  T14: money('other'), // dividends
  T15: HELD,
  T16: money('transfer'), // buyer credit
  T17: money('transfer'),
  T18: money('transfer'),
  T19: money('adjustment'),
  T20: money('transfer'), // between PayPal accounts
  T21: HELD, // reserves
  T22: money('transfer'),
  T30: money('payment'),
  T97: NOTHING,
  T98: NOTHING, // shown only
}

const CODES: Readonly<Record<string, CodeMeaning>> = {
  T1105: HELD, // a hold released
  T1108: money('fee'), // a fee given back
  T1109: money('fee'),
  T1110: HELD, // held for a dispute
  T1111: HELD,
  T1201: money('refund'), // chargeback
  T1202: money('refund'),
}

/** Null for a code of no known group. */
export function meaningOf(code: string): CodeMeaning | null {
  const upper = code.trim().toUpperCase()
  return CODES[upper] ?? GROUPS[upper.slice(0, 3)] ?? null
}
