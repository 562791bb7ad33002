/**
 * Want − have. A rule says what one kind of one object is to come to in all; the difference to what the ledger holds is
 * one more transaction, and no difference is none. The rules of the postings stand in mappings/posting-rules.yaml.
 */
import type { Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import type { Units } from '../../domain/money/money.ts'
import {
  findPostingRule,
  moneyPostings,
  postingsFor,
  type MoneyKind,
  type PostingRules,
} from '../../domain/posting-rules.ts'
import type { RuleNumber } from '../../domain/rule-book.ts'
import type { Evidence, IsoDate, Posting, TransactionDraft } from '../../domain/transaction.ts'
import { positions, type Position } from '../../ledger/positions.ts'
import type { ContextSource } from '../process/context.ts'

export interface Books {
  readonly db: Kysely<Tables>
  readonly book: bigint
  readonly rules: PostingRules
}

export interface Wanted {
  readonly object: string
  readonly kind: string
  /** What it comes to in all; or that, by what it comes to already. */
  readonly total: Units | ((booked: Units) => Units)
  /** The day the difference counts on. */
  readonly date: IsoDate
  readonly rule: RuleNumber
  readonly memo?: string
  readonly evidence: Evidence
}

export interface Want extends Wanted {
  readonly source: { readonly id: bigint; readonly name: string }
  readonly currency: string
  /** What the ledger holds, where the caller keeps it; it is asked otherwise. */
  readonly have?: Position
  /** The entry that a difference makes. */
  readonly postings: (difference: Units) => readonly Posting[]
}

/** Of a vendor, by the posting rule of its kind. `entry` names another rule than the kind's own. */
export function vendorWant(
  { rules }: Pick<Books, 'rules'>,
  source: ContextSource,
  wanted: Wanted & Pick<Want, 'have'>,
  entry = wanted.kind,
): Want {
  const { id, name, kind: sourceKind, currency } = source
  const postings = (amount: Units): readonly Posting[] =>
    postingsFor(rules, { sourceKind, kind: entry, source: name, amount })
  return { ...wanted, source: { id, name }, currency, postings }
}

export interface MoneyEntry {
  readonly kind: MoneyKind
  /** The ledger's key of the money account, such as "1050:paypal"; '' where the rule names none. */
  readonly account: string
  /** The vendor it is about; ''. */
  readonly source: string
  /** −1 where the entry is the opposite of the kind's. */
  readonly sign: 1n | -1n
}

/** Of a bank, card, PayPal or Razorpay account. */
export function moneyWant(
  { rules }: Pick<Books, 'rules'>,
  of: Pick<Want, 'source' | 'currency'>,
  wanted: Wanted,
  { sign, ...entry }: MoneyEntry,
): Want {
  return { ...wanted, ...of, postings: (amount) => moneyPostings(rules, { ...entry, amount: sign * amount }) }
}

/** The transactions that bring the ledger to what is wanted, in the order of the wants; a later one of the same kind and object goes on from the one before. */
export async function draftsOf(
  books: Pick<Books, 'db' | 'book'>,
  wants: readonly Want[],
): Promise<readonly TransactionDraft[]> {
  const booked = await heldBy(books, wants)
  const drafts: TransactionDraft[] = []
  for (const want of wants) {
    const key = keyOf(want)
    const { version, cumulative: before } = booked.get(key) ?? want.have ?? NOTHING
    const cumulative = typeof want.total === 'function' ? want.total(before) : want.total
    const amount = cumulative - before
    if (amount === 0n) continue
    const { source, object, kind, currency, date, rule, memo = '', evidence } = want
    const now = { version: version + 1, cumulative }
    booked.set(key, now)
    const postings = want.postings(amount)
    drafts.push({
      source: source.name,
      object,
      kind,
      ...now,
      currency,
      amount,
      effectiveDate: date,
      rule,
      memo,
      evidence,
      postings,
    })
  }
  return drafts
}

/** Of one vendor. What its posting rules do not know is left out: a file of rules may do without a kind. */
export async function bring(
  books: Books,
  source: ContextSource,
  wanted: readonly Wanted[],
): Promise<readonly TransactionDraft[]> {
  const known = wanted.filter(
    ({ kind }) => findPostingRule(books.rules, { sourceKind: source.kind, kind }) !== undefined,
  )
  return draftsOf(
    books,
    known.map((each) => vendorWant(books, source, each)),
  )
}

const NOTHING: Position = { version: 0, cumulative: 0n }

async function heldBy(
  { db, book }: Pick<Books, 'db' | 'book'>,
  wants: readonly Want[],
): Promise<Map<string, Position>> {
  const held = new Map<string, Position>()
  const asked = wants.filter(({ have }) => have === undefined)
  for (const [id, own] of Map.groupBy(asked, ({ source }) => source.id)) {
    const objects = [...new Set(own.map(({ object }) => object))]
    for (const [object, kinds] of await positions(db, book, id, objects))
      for (const [kind, position] of kinds) held.set(keyOf({ source: { id }, object, kind }), position)
  }
  return held
}

function keyOf({
  source,
  object,
  kind,
}: {
  readonly source: { readonly id: bigint }
  readonly object: string
  readonly kind: string
}): string {
  return JSON.stringify([String(source.id), object, kind])
}
