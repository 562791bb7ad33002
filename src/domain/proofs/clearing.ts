/**
 * Accounts through which money only passes: each must come to what is still open of it, item by item. The table says
 * which items stand on which account, by the posting rule that empties it.
 */
import { findPostingRule, SOURCE_PLACEHOLDER, type MoneyKind, type PostingRules } from '../posting-rules.ts'
import type { ItemKind } from '../settlement/settlement.ts'

export interface ClearingRule {
  /** The money kind whose rule names the account, and on which side. */
  readonly kind: MoneyKind
  readonly side: 'debit' | 'credit'
  readonly items: readonly ItemKind[]
}

export const CLEARING_RULES: readonly ClearingRule[] = [
  { kind: 'payout-received', side: 'credit', items: ['payout', 'payout-return'] },
  { kind: 'top-up-paid', side: 'debit', items: ['top-up', 'wallet-refund'] },
  { kind: 'transfer-out', side: 'debit', items: ['transfer', 'settlement'] },
]

/** The ledger's keys of all accounts money only passes through, the conversion account among them. */
export function passingAccounts(rules: PostingRules, sources: readonly string[]): ReadonlySet<string> {
  const templates = CLEARING_RULES.map(({ kind, side }) => rules.money.get(kind)?.[side])
  const refundsDue = findPostingRule(rules, { sourceKind: 'panel', kind: 'refund' })?.debit
  return keysOf([...templates, rules.money.get('conversion-out')?.debit, refundsDue], sources)
}

/** The ledger's keys of the accounts on which a person lets statement lines wait. */
export function suspenseAccounts(rules: PostingRules, sources: readonly string[]): ReadonlySet<string> {
  return keysOf([rules.money.get('suspense')?.debit], sources)
}

function keysOf(templates: readonly (string | undefined)[], sources: readonly string[]): ReadonlySet<string> {
  return new Set(
    templates.flatMap((template) => {
      if (template === undefined) return []
      return template.includes(SOURCE_PLACEHOLDER)
        ? sources.map((source) => template.replaceAll(SOURCE_PLACEHOLDER, source))
        : [template]
    }),
  )
}
