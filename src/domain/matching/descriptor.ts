/**
 * What a statement line is, before any amount is compared: the first rule of its account whose text it contains says so,
 * else its own type. Lines that need no other side settle by themselves; the others say which items they may meet.
 */
import type { Units } from '../money/money.ts'
import type { AloneMeaning, ItemKind } from '../settlement/settlement.ts'
import type { LineType } from '../statements/statement.ts'

export interface DescriptorRule {
  readonly contains: string
  /** payout, top-up, transfer, processor-fee, bank-charge, income, not-ours, or the code of a ledger account. */
  readonly means: string
  /** A vendor for payouts and top-ups, a money account for transfers; null otherwise. */
  readonly of: string | null
  /** Of a top-up: the fee of the account that is in its lines, or "none"; else the only fee there is. */
  readonly fee?: string | undefined
}

export interface DescribedLine {
  readonly amount: Units
  readonly type: LineType
  readonly counterparty: string
  readonly description: string
}

export type LineClass =
  /** Complete in itself. */
  | { readonly kind: 'alone'; readonly meaning: AloneMeaning; readonly why: string }
  | { readonly kind: 'not-ours'; readonly why: string }
  /** One side of an exchange within the account. */
  | { readonly kind: 'conversion' }
  /** May only meet items of this class. */
  | { readonly kind: 'of'; readonly itemClass: string }
  | { readonly kind: 'unknown' }

export interface DescribingAccount {
  readonly type: 'bank' | 'card' | 'paypal' | 'razorpay'
  readonly rules: readonly DescriptorRule[]
}

export function classifyLine(line: DescribedLine, account: DescribingAccount): LineClass {
  const rule = ruleOfLine(line, account)
  return rule === null ? byType(line, account.type) : byRule(line, rule)
}

/** The rule that speaks of a line: the first whose text it contains, whatever it says. */
export function ruleOfLine(
  { description, counterparty }: Pick<DescribedLine, 'description' | 'counterparty'>,
  { rules }: Pick<DescribingAccount, 'rules'>,
): DescriptorRule | null {
  const text = plainText(`${description} ${counterparty}`)
  return rules.find(({ contains }) => text.includes(plainText(contains))) ?? null
}

function byRule({ amount }: DescribedLine, { contains, means, of }: DescriptorRule): LineClass {
  const why = `the rule for "${contains}" says ${means}`
  switch (means) {
    case 'not-ours':
      return { kind: 'not-ours', why }
    case 'processor-fee':
    case 'bank-charge':
    case 'income':
      return { kind: 'alone', meaning: means, why }
    case 'transfer':
      // What leaves is on its way from now on; what arrives must have left somewhere.
      return amount < 0n ? { kind: 'alone', meaning: 'transfer-out', why } : { kind: 'of', itemClass: `transfer:${of}` }
    case 'payout':
    case 'top-up':
      return { kind: 'of', itemClass: `${means}:${of}` }
    default:
      return { kind: 'alone', meaning: `account:${means}`, why: `the rule for "${contains}" books it to ${means}` }
  }
}

function byType({ amount, type }: DescribedLine, account: DescribingAccount['type']): LineClass {
  const why = `the statement calls it a ${type}`
  if (type === 'fee') return { kind: 'alone', meaning: isOfBank(account) ? 'bank-charge' : 'processor-fee', why }
  if (type === 'tax') return { kind: 'alone', meaning: 'fee-tax', why }
  if (type === 'conversion') return { kind: 'conversion' }
  // A processor's withdrawal goes to an account of one's own; a bank's transfer may go to anybody.
  const leaves = (type === 'transfer' || type === 'settlement') && amount < 0n && !isOfBank(account)
  return leaves ? { kind: 'alone', meaning: 'transfer-out', why } : { kind: 'unknown' }
}

/** What a bank keeps, a card too, charges as banks do; a processor takes its fees off what passes through. */
export function isOfBank(type: DescribingAccount['type']): boolean {
  return type === 'bank' || type === 'card'
}

const ITEM_CLASS: Readonly<Record<ItemKind, string>> = {
  payout: 'payout',
  'payout-return': 'payout',
  'top-up': 'top-up',
  'wallet-refund': 'top-up',
  transfer: 'transfer',
  settlement: 'transfer',
}

/** "payout:adnet": what a rule must say for a line to meet the item. */
export function itemClassOf({ kind, source }: { readonly kind: ItemKind; readonly source: string }): string {
  return `${ITEM_CLASS[kind]}:${source}`
}

/** Lower-case words of at least three letters or digits. */
export function wordsOf(text: string): readonly string[] {
  return [...new Set(plainText(text).match(/[\p{L}\p{N}]{3,}/gu) ?? [])]
}

/** Banks pad and capitalise the same text differently from one download to the next. */
function plainText(text: string): string {
  return text.normalize('NFKC').replaceAll(/\s+/g, ' ').trim().toLowerCase()
}
