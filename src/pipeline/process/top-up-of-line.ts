/**
 * A line that a person calls a top-up of a panel's or an ad account's wallet: booked as T1 books a line that a rule calls
 * one, as "top-up:line-12", and settled by the line at once. Taking the match back takes the top-up back too.
 */
import { formatMoney, unitsOf, type Units } from '../../domain/money/money.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import type { NewMatch } from '../../evidence/matches.ts'
import { findItem, nextItem, openItems } from '../../evidence/open-items.ts'
import { sourceOf, type ContextSource } from './context.ts'
import { reached } from './line-as-top-up.ts'
import { differenceOf, type Difference } from './match-difference.ts'
import type { MatchReader, PoolItem, PoolLine } from './match-pool.ts'
import type { MatchDecision } from './match-request.ts'
import { TOP_UP_OF_LINE } from './open-items.ts'
import type { Sides } from './settle-matches.ts'

export interface TopUpOfLine {
  readonly source: string
  readonly line: PoolLine
  /** What came into the wallet; positive. */
  readonly amount: Units
}

export interface PlannedTopUp {
  readonly match: Omit<NewMatch, 'human'>
  readonly sides: Sides
  readonly topUp: TopUpOfLine
}

type Said = Pick<Extract<MatchDecision, { decide: 'top-up' }>, 'of' | 'gross'>

/** A sentence when the line cannot be such a top-up. Writes nothing: the item it names comes with `bookTopUp`. */
export async function planTopUp(context: MatchReader, line: PoolLine, said: Said): Promise<PlannedTopUp | string> {
  const source = sourceOf(context, said.of)
  if (source === null || source.kind === 'publisher')
    return `this book has no panel or ad account "${said.of}" to top up`
  const amount = amountOf(line, source, said.gross)
  if (typeof amount === 'string') return amount
  const { db, book } = context
  const { id, open, settled } = line
  const object = `${TOP_UP_OF_LINE}${id}`
  const known = await knownItem(context, source, object, amount)
  if (known !== null) return known
  const before = await findItem(db, book, source.name, object)
  const itemId = before?.id ?? (await nextItem(db, book))
  const item = itemOf(source, { id: itemId, object, amount, date: settled.date })
  const isForeign = settled.currency !== source.currency
  return {
    match: {
      status: 'active',
      step: 'decision',
      confidence: 100,
      residual: isForeign ? 0n : open.amount + amount,
      feeRule: null,
      how: { kind: 'match', difference: isForeign ? { kind: 'none' } : takenBetween(line, amount) },
      reason: 'A person said that it is a top-up.',
      legs: [
        { side: 'line', ref: id, amount: open.amount, posts: null },
        { side: 'item', ref: itemId, amount: -amount, posts: null },
      ],
    },
    sides: { lines: new Map([[String(id), line]]), items: new Map([[String(itemId), item]]) },
    topUp: { source: source.name, line, amount },
  }
}

/** What came into the wallet: as said, or the line less the one fee that is known; a sentence where it is none of these. */
function amountOf(line: PoolLine, source: ContextSource, stated: string | null): Units | string {
  const { open, settled, account, id } = line
  if (open.amount > 0n) return 'money that arrives is no top-up'
  if (open.isPartly) return `a part of line ${id} is matched already: unmatch that first`
  const isForeign = settled.currency !== source.currency
  if (stated === null) {
    if (isForeign)
      return `the line is in ${settled.currency}; say with --gross how much ${source.currency} came into ${source.name}`
    const names = account.fees.map(({ name }) => name).join(', ')
    return (
      reached(line) ??
      `which fee of ${account.name} is in it (${names}) is not known; say with --gross what came into ${source.name}`
    )
  }
  const amount = unitsOf(stated)
  if (amount <= 0n) return 'a top-up is more than nothing'
  if (!isForeign && amount > -open.amount)
    return `the line takes ${formatMoney(-open.amount)} in all, less than a top-up of ${formatMoney(amount)}`
  return amount
}

/** A fee that the line states itself is no part of what is missing, unless more came into the wallet than it leaves. */
function takenBetween(line: PoolLine, amount: Units): Difference {
  const { open } = line
  if (amount === -open.amount || amount === -open.gross) return { kind: 'none' }
  const beyondFee = -amount - open.gross
  return differenceOf('fee', [line], beyondFee >= 0n ? beyondFee : -amount - open.amount)
}

/** What is expected already must not be booked a second time. */
async function knownItem(
  { db, book }: MatchReader,
  { name, currency }: ContextSource,
  object: string,
  amount: Units,
): Promise<string | null> {
  const item = (await openItems(db, book)).find(
    (each) =>
      each.kind === 'top-up' &&
      each.source === name &&
      (each.object === object || each.amount - each.matched === -amount),
  )
  if (item === undefined) return null
  return `${item.object} of ${formatMoney(amount)} ${currency} is expected already: tieout reconcile match LINE --item ${item.id}`
}

function itemOf(
  { name, currency }: ContextSource,
  { id, object, amount, date }: { id: bigint; object: string; amount: Units; date: IsoDate },
): PoolItem {
  const both = { id: String(id), kind: 'top-up', source: name, amount: -amount, currency, date } as const
  return {
    id,
    object,
    place: null,
    settled: both,
    open: { ...both, account: '', lastDate: date, references: [], words: [] },
  }
}
