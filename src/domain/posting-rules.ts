/**
 * Which accounts each kind of transaction debits and credits. The rules are a table kept in mappings/posting-rules.yaml,
 * by kind of source and recognition; this turns one rule and an amount into two postings. A negative amount is the same
 * event undone, so its sides swap.
 */
import { ConfigError, InvariantError } from './errors.ts'
import type { Units } from './money/money.ts'
import type { Posting } from './transaction.ts'

export type SourceKind = 'panel' | 'publisher' | 'advertiser'

/** When an expense is recognised: `order`, when the vendor charges it. */
export type Recognition = 'order'

/** Account templates: "1310:{source}" or "3900". */
export interface PostingRule {
  readonly debit: string
  readonly credit: string
}

export interface SourceRules {
  /** Rules that hold whatever the recognition. */
  readonly always: ReadonlyMap<string, PostingRule>
  readonly byRecognition: Readonly<Record<Recognition, ReadonlyMap<string, PostingRule>>>
}

export interface PostingRules {
  /** The file they were read from, for messages. */
  readonly file: string
  readonly bySourceKind: Readonly<Record<SourceKind, SourceRules>>
  /** What lines of bank, card, PayPal and Razorpay statements post, by what a line is. Empty when a book has no such account. */
  readonly money: ReadonlyMap<string, PostingRule>
}

export interface PostingRequest {
  readonly sourceKind: SourceKind
  /** The transaction's kind: "charge", "earn", "top-up". */
  readonly kind: string
  /** The source's id, which becomes the wallet in the account key. */
  readonly source: string
  /** The signed change, never zero. */
  readonly amount: Units
  readonly recognition?: Recognition
}

export const SOURCE_PLACEHOLDER = '{source}'
/** In money rules: the ledger's key of the bank, card, PayPal or Razorpay account, such as "1050:paypal". */
export const ACCOUNT_PLACEHOLDER = '{account}'

/** The rule for a kind, or undefined when the source has none. */
export function findPostingRule(
  rules: PostingRules,
  { sourceKind, kind, recognition = 'order' }: Pick<PostingRequest, 'sourceKind' | 'kind' | 'recognition'>,
): PostingRule | undefined {
  const ofSource = rules.bySourceKind[sourceKind]
  return ofSource.byRecognition[recognition].get(kind) ?? ofSource.always.get(kind)
}

/** Two postings, debit first, summing to zero. A kind without a rule is a ConfigError that names the file. */
export function postingsFor(rules: PostingRules, request: PostingRequest): readonly [Posting, Posting] {
  const { amount, kind, source, sourceKind } = request
  if (amount === 0n) throw new InvariantError('POSTING_OF_ZERO', `A ${kind} of zero on ${source} has nothing to post.`)
  const rule = findPostingRule(rules, request)
  if (rule === undefined) {
    const message = `There is no posting rule for the ${sourceKind} kind "${kind}".`
    throw new ConfigError('POSTING_RULE_MISSING', message, `Add it to ${rules.file}.`)
  }
  const [debit, credit] = amount > 0n ? [rule.debit, rule.credit] : [rule.credit, rule.debit]
  const magnitude = amount > 0n ? amount : -amount
  return [
    { account: debit.replaceAll(SOURCE_PLACEHOLDER, source), amount: magnitude },
    { account: credit.replaceAll(SOURCE_PLACEHOLDER, source), amount: -magnitude },
  ]
}

/**
 * What is posted only by a person's decision about a wallet's difference, by rare rows of evidence files, or in books with
 * money accounts. Their accounts need no place in an accounting system before something is posted to them, so that
 * nobody's deliveries wait for accounts they never use.
 */
export const DECIDED_KINDS: ReadonlySet<string> = new Set([
  'refund-denied',
  'refund-rounded',
  'rounding',
  'unlisted',
  'written-up',
  'written-off',
  'manual-credit',
  'manual-debit',
  'wallet-refund',
  'wallet-forfeited',
  'bonus-used',
  'payout-returned',
  'account-lost',
  'clawback-owed',
  'allowance',
])

/** What a statement line, settled with what it is about, may post. */
export const MONEY_KINDS = [
  'opening-money',
  'payout-received',
  'payout-fee',
  'wire-fee',
  'withholding',
  'payout-returned',
  'top-up-paid',
  'top-up-surcharge',
  'top-up-returned',
  'transfer-out',
  'transfer-in',
  'processor-fee',
  'fee-tax',
  'bank-charge',
  'income',
  'conversion-out',
  'conversion-in',
  'conversion-settled',
  'conversion-paid',
  'conversion-moved',
  'fx-difference',
  'rounding',
  'written-off',
  'clearing-written-off',
  'transfer-written-off',
  'line-written-off',
  'suspense',
  'other-account',
] as const
export type MoneyKind = (typeof MONEY_KINDS)[number]

export interface MoneyPostingRequest {
  readonly kind: MoneyKind
  /** The ledger's key of the money account: "1050:paypal". */
  readonly account: string
  /** The vendor it is about, or '' when there is none. */
  readonly source: string
  /** The signed change, never zero. */
  readonly amount: Units
}

/** Two postings of a statement line, debit first, summing to zero. A kind without a rule is a ConfigError that names the file. */
export function moneyPostings(rules: PostingRules, request: MoneyPostingRequest): readonly [Posting, Posting] {
  const { kind, account, source, amount } = request
  if (amount === 0n) throw new InvariantError('POSTING_OF_ZERO', `A ${kind} of zero on ${account} has nothing to post.`)
  const rule = rules.money.get(kind)
  if (rule === undefined) {
    const message = `There is no posting rule for the money kind "${kind}".`
    throw new ConfigError('POSTING_RULE_MISSING', message, `Add it to ${rules.file}.`)
  }
  const key = (template: string): string =>
    template.replaceAll(ACCOUNT_PLACEHOLDER, account).replaceAll(SOURCE_PLACEHOLDER, source)
  const [debit, credit] = amount > 0n ? [rule.debit, rule.credit] : [rule.credit, rule.debit]
  const magnitude = amount > 0n ? amount : -amount
  return [
    { account: key(debit), amount: magnitude },
    { account: key(credit), amount: -magnitude },
  ]
}
