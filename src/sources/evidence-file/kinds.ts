/**
 * What a person may state in an evidence file, because no vendor's API says it: where counting starts, money put into a
 * wallet, and days the nightly reading missed. One table: which sources a kind fits, which amounts, and what it needs.
 */

/** `money`: a bank, card, PayPal or Razorpay account of the book. */
export type SourceKind = 'panel' | 'publisher' | 'advertiser' | 'money'

export const EVIDENCE_KINDS = [
  'opening-balance',
  'opening-counter',
  'top-up',
  'bonus',
  'payout',
  'payout-fee',
  'payout-returned',
  'wallet-refund',
  'wallet-forfeited',
  'account-lost',
  'day-earned',
  'day-spent',
] as const
export type EvidenceKind = (typeof EVIDENCE_KINDS)[number]

export interface EvidenceRule {
  readonly meaning: string
  readonly sources: readonly SourceKind[]
  /** `balance`: below zero for a money account alone, which may be overdrawn. */
  readonly amount: 'any' | 'positive' | 'not-negative' | 'balance'
  /** A payment is known by its reference: without one, the same payment in two files would count twice. */
  readonly needsReference: boolean
}

export const EVIDENCE_RULES: Readonly<Record<EvidenceKind, EvidenceRule>> = {
  'opening-balance': {
    meaning:
      'what the wallet or account held, or the network owed, when the books start; negative for an overdrawn account',
    sources: ['panel', 'publisher', 'advertiser', 'money'],
    amount: 'balance',
    needsReference: false,
  },
  'opening-counter': {
    meaning: 'the lifetime counter when the books start',
    sources: ['publisher', 'advertiser'],
    amount: 'not-negative',
    needsReference: false,
  },
  'top-up': {
    meaning: 'money paid into the wallet',
    sources: ['panel', 'advertiser'],
    amount: 'positive',
    needsReference: true,
  },
  bonus: {
    meaning: 'credit the vendor added for free',
    sources: ['panel', 'advertiser'],
    amount: 'positive',
    needsReference: true,
  },
  payout: {
    meaning: 'what the network took from the earnings to pay out, before its fee',
    sources: ['publisher'],
    amount: 'positive',
    needsReference: true,
  },
  'payout-fee': {
    meaning: 'a fee the network took from the earnings on top of a payout',
    sources: ['publisher'],
    amount: 'positive',
    needsReference: true,
  },
  'payout-returned': {
    meaning: 'a payout that was refused or came back, and is owed again; under the reference of the payout',
    sources: ['publisher'],
    amount: 'positive',
    needsReference: true,
  },
  'wallet-refund': {
    meaning: 'money the vendor paid back out of the wallet',
    sources: ['panel', 'advertiser'],
    amount: 'positive',
    needsReference: true,
  },
  'wallet-forfeited': {
    meaning: 'what a closed or blocked wallet held and is lost',
    sources: ['panel', 'advertiser'],
    amount: 'positive',
    needsReference: true,
  },
  'account-lost': {
    meaning: 'earnings the network will not pay, because it closed the account',
    sources: ['publisher'],
    amount: 'positive',
    needsReference: true,
  },
  'day-earned': {
    meaning: "what one day earned, from the network's own page; negative for a day of clawbacks",
    sources: ['publisher'],
    amount: 'any',
    needsReference: false,
  },
  'day-spent': {
    meaning: "what one day spent, from the network's own page; negative for a day of credits",
    sources: ['advertiser'],
    amount: 'any',
    needsReference: false,
  },
}

export function isEvidenceKind(text: string): text is EvidenceKind {
  return Object.hasOwn(EVIDENCE_RULES, text)
}
