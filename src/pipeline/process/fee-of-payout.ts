/**
 * What is missing of a payout that came short is a fee: the match of its last line is replaced by one that settles the
 * whole payout, with the rest as the fee. So the fee is taken back with that line.
 */
import { type NewMatch, type StoredMatch } from '../../evidence/matches.ts'
import { activeLegs, matchesById } from '../../evidence/read-matches.ts'
import { differenceOf } from './match-difference.ts'
import { itemsById, linesById, type MatchReader, type PoolItem } from './match-pool.ts'
import type { Sides } from './settle-matches.ts'

export interface PlannedFee {
  readonly match: Omit<NewMatch, 'human'>
  readonly sides: Sides
  readonly replaces: StoredMatch
}

/** A sentence when nothing can have been taken of it on the way. `short` is open with what is missing. */
export async function planFee(context: MatchReader, short: PoolItem): Promise<PlannedFee | string> {
  const { open } = short
  if (open.kind !== 'payout') return `item ${open.id} is no payout`
  const replaces = await lastPaying(context, short.id)
  if (replaces === null)
    return `no line has brought a part of item ${open.id}: match LINE --item ${open.id} --difference fee`
  const { id, how, legs } = replaces
  const refs = (side: 'line' | 'item'): bigint[] => legs.filter((leg) => leg.side === side).map(({ ref }) => ref)
  const lines = await linesById(context, refs('line'))
  const items = await itemsById(context, refs('item'))
  const isPlain = how.kind === 'match' && how.difference.kind === 'none'
  const isOther = ({ open: { source } }: PoolItem): boolean => source !== open.source
  const isForeign = lines.some(({ settled }) => settled.currency !== open.currency)
  if (!isPlain || isForeign || items.some(isOther) || lines.length < refs('line').length)
    return `match ${id} is more than a part of it: unmatch ${id}, then match its lines with --difference fee`
  const whole = legs.map((leg) => ({
    ...leg,
    posts: null,
    amount: leg.side === 'item' && leg.ref === short.id ? leg.amount + open.amount : leg.amount,
  }))
  return {
    match: {
      status: 'active',
      step: 'decision',
      confidence: 100,
      residual: replaces.residual - open.amount,
      feeRule: null,
      how: { kind: 'match', difference: differenceOf('fee', lines, open.amount) },
      reason: 'A person said that what is missing is a fee.',
      legs: whole,
    },
    sides: {
      lines: new Map(lines.map((line) => [String(line.id), line])),
      items: new Map(items.map((item) => [String(item.id), openAgain(item, whole)])),
    },
    replaces,
  }
}

/** The newest match by which a line has brought a part of it. */
async function lastPaying({ db, book }: MatchReader, item: bigint): Promise<StoredMatch | null> {
  const numbers = (await activeLegs(db, book, 'item', [item])).map(({ match }) => match)
  const paying = (await matchesById(db, book, numbers)).filter(({ legs }) => legs.some(({ side }) => side === 'line'))
  return paying.toSorted((a, b) => Number(b.id - a.id))[0] ?? null
}

/** As it is once the match that is replaced is taken back. */
function openAgain(item: PoolItem, legs: PlannedFee['match']['legs']): PoolItem {
  const amount = legs.find(({ side, ref }) => side === 'item' && ref === item.id)?.amount ?? 0n
  return { ...item, open: { ...item.open, amount } }
}
