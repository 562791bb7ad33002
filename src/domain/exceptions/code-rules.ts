/**
 * How each exception code is handled, as a table: whose it is unless the configuration says otherwise, how many business days there are to settle it, what counts as the same fact, and how a person may resolve it.
 */
import type { ResolutionName } from './resolutions.ts'

export const SEVERITIES = ['info', 'review', 'escalate'] as const
export type Severity = (typeof SEVERITIES)[number]

export type OwnerRole = 'payables' | 'receivables' | 'treasury' | 'controller' | 'operations'

export interface CodeRule {
  readonly owner: OwnerRole
  /** Business days until it should be settled. */
  readonly days: number
  /** What must change for a resolved one to open again; without an amount it is always the detail. */
  readonly facts: 'amount' | 'detail'
  readonly resolutions: readonly ResolutionName[]
  /** Where it is decided instead, or as well: a command. */
  readonly command: string | null
}

function rule(owner: OwnerRole, days: number, changes: Partial<Omit<CodeRule, 'owner' | 'days'>> = {}): CodeRule {
  const defaults = { facts: 'amount', resolutions: [], command: null } as const
  return { owner, days, ...defaults, ...changes }
}

const WALLET: readonly ResolutionName[] = ['write-off', 'adjustment', 'top-up', 'bonus']
const ANSWERS: readonly ResolutionName[] = [
  'payout',
  'payout-returned',
  'clawback',
  'reset',
  'other-account',
  'right',
  'wrong',
]
const DELIVERY = 'tieout deliver --retry DOCUMENT'
const RECONCILE = 'tieout reconcile list'
const ROWS = {
  facts: 'detail',
  resolutions: ['acknowledge'],
  command: 'tieout quarantine retry ROW, or quarantine close ROW',
} as const

export const CODE_RULES: Readonly<Record<string, CodeRule>> = {
  // Panels and their wallets.
  CHARGE_UNKNOWN: rule('payables', 5, { facts: 'detail', resolutions: ['acknowledge'] }),
  CLAIMS_HELD: rule('payables', 2, { resolutions: ['release'] }),
  ORDERS_DIFFER: rule('payables', 3, {
    facts: 'detail',
    resolutions: ['acknowledge'],
    command: 'tieout reconcile proofs',
  }),
  MISSING_AT_VENDOR: rule('operations', 3, { resolutions: ['acknowledge'] }),
  ORDERS_UNCLEAR: rule('payables', 5, { facts: 'detail', resolutions: ['acknowledge'] }),
  REFUND_MISSING: rule('payables', 3, { resolutions: ['denied'] }),
  TOP_UP_MISSING: rule('payables', 3, { resolutions: ['acknowledge'] }),
  WALLET_DIFFERS: rule('payables', 2, { resolutions: WALLET }),
  POSTING_UNCERTAIN: rule('operations', 1, {
    command: 'tieout panel unknown resolve, or tieout payelancer campaigns resolve',
  }),
  // Ad networks' counters.
  CONVERSIONS_DIFFER: rule('receivables', 5, { resolutions: ['accept'] }),
  COUNTER_HELD: rule('receivables', 2, { facts: 'detail', resolutions: ANSWERS }),
  // Payouts, top-ups and statements.
  AMOUNT_DIFF: rule('payables', 3, { command: 'tieout reconcile unmatch MATCH' }),
  CLEARING_DIFFERS: rule('treasury', 2, { command: 'tieout ledger register ACCOUNT' }),
  DUPLICATE: rule('treasury', 3, { resolutions: ['keep', 'not-a-duplicate'] }),
  EVIDENCE_REFUSED: rule('treasury', 3, { facts: 'detail', resolutions: ['acknowledge'] }),
  ITEM_OVERDUE: rule('treasury', 2, { command: RECONCILE }),
  NOT_PROCESSED: rule('operations', 1, {
    facts: 'detail',
    resolutions: ['acknowledge'],
    command: 'tieout reconcile run',
  }),
  PAYOUT_BELOW_MINIMUM: rule('receivables', 3, { resolutions: ['accept'] }),
  PAYOUT_DIFFERS: rule('receivables', 3, { command: RECONCILE }),
  PAYOUT_OVERDUE: rule('receivables', 2, { command: RECONCILE }),
  PAYOUT_RETURNED: rule('receivables', 2, { resolutions: ['acknowledge'] }),
  PROOF_OF_CASH: rule('treasury', 3, {
    resolutions: ['acknowledge'],
    command: 'tieout reconcile proofs --month MONTH',
  }),
  STATEMENT_DOES_NOT_FOOT: rule('treasury', 2, { resolutions: ['accept'], command: 'tieout statements show' }),
  STATEMENT_GAP: rule('treasury', 3, { resolutions: ['accept'], command: 'tieout statements list' }),
  TOP_UP_BELOW_MINIMUM: rule('payables', 3, { resolutions: ['accept'] }),
  UNMATCHED_LINE: rule('treasury', 3, { command: RECONCILE }),
  // Currencies and sources.
  BAD_PAYLOAD: rule('operations', 1, { facts: 'detail', resolutions: ['acknowledge'] }),
  CURRENCY_MISMATCH: rule('operations', 2, { facts: 'detail' }),
  RATE_MISSING: rule('controller', 1, { facts: 'detail' }),
  STALE_SOURCE: rule('operations', 1, { facts: 'detail' }),
  // Journals and accounting systems.
  DELIVERY_REFUSED: rule('controller', 1, { command: DELIVERY }),
  DELIVERY_UNCERTAIN: rule('controller', 1, { command: 'tieout deliver' }),
  PERIOD_LOCKED: rule('controller', 2),
  PERMISSION: rule('controller', 1, { facts: 'detail', resolutions: ['acknowledge'] }),
  TARGET_DELETED: rule('controller', 1, { facts: 'detail', command: `${DELIVERY} --target NAME` }),
  TARGET_DOWN: rule('operations', 1, { facts: 'detail', command: 'tieout connections' }),
  TARGET_DUPLICATE: rule('controller', 1, { facts: 'detail', resolutions: ['dismiss'] }),
  TARGET_EDITED: rule('controller', 1, { facts: 'detail', command: `${DELIVERY} --target NAME` }),
  UNMAPPED: rule('controller', 1, { facts: 'detail', command: 'tieout mappings check' }),
}

/** Where a code is said of another kind of object as well: by the code and what the object begins with. */
const OBJECT_RULES: Readonly<Record<string, CodeRule>> = {
  // The fact is a habit of the panel; the amount grows on with it.
  'WALLET_DIFFERS rounding': rule('payables', 5, { facts: 'detail', resolutions: ['acknowledge'] }),
  'COUNTER_HELD counter-mode': rule('receivables', 5, { facts: 'detail' }),
  'COUNTER_HELD counter-day': rule('receivables', 5, { resolutions: ['accept'] }),
  'COUNTER_HELD payout': rule('receivables', 5, { facts: 'detail', resolutions: [...ANSWERS, 'dismiss'] }),
  'CURRENCY_MISMATCH order': rule('operations', 2, { facts: 'detail', command: 'tieout doctor' }),
  // To accept it would leave the line's money out of the books, with nothing that says so.
  'BAD_PAYLOAD quarantine': rule('operations', 1, { ...ROWS }),
  'EVIDENCE_REFUSED quarantine': rule('treasury', 3, { ...ROWS }),
}

const UNRULED = rule('controller', 3, { resolutions: ['acknowledge'] })

/** A code that the table does not have, from a newer program, is the controller's. */
export function ruleOf(code: string, object = ''): CodeRule {
  return OBJECT_RULES[`${code} ${object.split(':', 1)[0]}`] ?? CODE_RULES[code] ?? UNRULED
}
