/**
 * A person's decision about lines and items → the match it makes, or why it does not fit. The command asks before it lands
 * the decision and the handler asks again, so what is checked is what is done.
 */
import type { How } from '../../domain/matching/how.ts'
import { hasLeft } from '../../domain/matching/open-sides.ts'
import { formatMoney, type Units } from '../../domain/money/money.ts'
import { type Leg, type NewMatch, type StoredMatch } from '../../evidence/matches.ts'
import { matchesById } from '../../evidence/read-matches.ts'
import { planFee } from './fee-of-payout.ts'
import { differenceOf } from './match-difference.ts'
import { itemsById, linesById, type MatchReader, type PoolItem, type PoolLine } from './match-pool.ts'
import type { MatchDecision, Residual } from './match-request.ts'
import { planPayout, type PayoutOfLine } from './payout-of-line.ts'
import { settleContext } from './settle-context.ts'
import { legKey, postsOfLegs, type Sides } from './settle-matches.ts'
import { planTopUp, type TopUpOfLine } from './top-up-of-line.ts'

export type Plan =
  | { readonly kind: 'refused'; readonly reason: string }
  | {
      readonly kind: 'make'
      readonly match: Omit<NewMatch, 'human'>
      readonly sides: Sides
      /** Booked first: the match settles it. */
      readonly payout?: PayoutOfLine
      readonly topUp?: TopUpOfLine
      /** Undone first: the match takes its place. */
      readonly replaces?: StoredMatch
    }
  | { readonly kind: 'confirm'; readonly match: StoredMatch; readonly sides: Sides }
  | { readonly kind: 'undo' | 'reject'; readonly match: StoredMatch; readonly sides: Sides }

export async function planDecision(context: MatchReader, decision: MatchDecision): Promise<Plan> {
  switch (decision.decide) {
    case 'match': {
      const sides = await readSides(context, decision.lines, decision.items)
      return typeof sides === 'string' ? refused(sides) : planMatch(context, sides, decision.residual)
    }
    case 'ignore': {
      const sides = await readSides(context, [decision.line], [])
      return typeof sides === 'string' ? refused(sides) : ofLine(context, sides, 'ignored', { kind: 'nothing' })
    }
    case 'settle': {
      const sides = await readSides(context, [decision.line], [])
      if (typeof sides === 'string') return refused(sides)
      const step = decision.meaning === 'written-off' ? 'written-off' : 'decision'
      return ofLine(context, sides, step, { kind: 'alone', meaning: decision.meaning })
    }
    case 'payout': {
      const sides = await readSides(context, [decision.line], [])
      return typeof sides === 'string' ? refused(sides) : ofPayout(context, sides, decision)
    }
    case 'top-up': {
      const sides = await readSides(context, [decision.line], [])
      return typeof sides === 'string' ? refused(sides) : ofTopUp(context, sides, decision)
    }
    case 'fee': {
      const sides = await readSides(context, [], [decision.item])
      return typeof sides === 'string' ? refused(sides) : ofFee(context, sides)
    }
    case 'write-off': {
      const sides = await readSides(context, [], [decision.item])
      if (typeof sides === 'string') return refused(sides)
      const legs = [...sides.items.values()].map(({ id, open }) => ({
        side: 'item' as const,
        ref: id,
        amount: open.amount,
        posts: null,
      }))
      const how: How = { kind: 'item-written-off', day: decision.day }
      return settled(context, sides, {
        ...MADE,
        step: 'written-off',
        residual: -total(legs),
        how,
        reason: 'A person gave up what is left of it.',
        legs,
      })
    }
    case 'unmatch':
    case 'confirm':
    case 'reject':
      return ofMatch(context, decision)
  }
}

const MADE = { status: 'active', confidence: 100, feeRule: null } as const

function refused(reason: string): Plan {
  return { kind: 'refused', reason }
}

/** An active match with all it holds. */
export async function planUndo(
  context: MatchReader,
  match: StoredMatch,
): Promise<{ readonly match: StoredMatch; readonly sides: Sides }> {
  return { match, sides: await sidesOf(context, match) }
}

async function sidesOf(context: MatchReader, { legs }: StoredMatch): Promise<Sides> {
  const of = (side: 'line' | 'item'): bigint[] => legs.filter((leg) => leg.side === side).map(({ ref }) => ref)
  return byId(await linesById(context, of('line')), await itemsById(context, of('item')))
}

async function ofMatch(
  context: MatchReader,
  { decide, match: number }: Extract<MatchDecision, { match: number }>,
): Promise<Plan> {
  const [match] = await matchesById(context.db, context.book, [BigInt(number)])
  if (match === undefined) return refused(`there is no match ${number}`)
  const wanted = decide === 'unmatch' ? 'active' : 'proposed'
  if (match.status !== wanted) return refused(`match ${number} is ${match.status}, not ${wanted}`)
  const sides = await sidesOf(context, match)
  if (decide !== 'confirm') return { kind: decide === 'unmatch' ? 'undo' : 'reject', match, sides }
  for (const { side, ref, amount } of match.legs) {
    const open = (side === 'line' ? sides.lines : sides.items).get(String(ref))?.open.amount ?? 0n
    if (!fits(amount, open)) return refused(`${side} ${ref} has been matched otherwise since`)
  }
  const posts = postsOfLegs(match, sides, await settleContext(context))
  if (!posts.ok && posts.lack !== 'rate') return refused(posts.reason)
  return { kind: 'confirm', match, sides }
}

/** In the order they are named; a sentence when one of them does not exist or has nothing left. */
async function readSides(
  context: MatchReader,
  lineIds: readonly number[],
  itemIds: readonly number[],
): Promise<Sides | string> {
  const lines = await linesById(context, lineIds.map(BigInt))
  const items = await itemsById(context, itemIds.map(BigInt))
  const sides = byId(asNamed(lineIds, lines), asNamed(itemIds, items))
  for (const id of lineIds) {
    const line = sides.lines.get(String(id))
    if (line === undefined) return `there is no line ${id} on the accounts of this book`
    if (line.isUncounted) return `line ${id} moved no money: there is nothing to match`
    if (line.open.amount === 0n) return `line ${id} is settled already: tieout reconcile list --matches shows by what`
  }
  for (const id of itemIds) {
    const item = sides.items.get(String(id))
    if (item === undefined) return `there is no open item ${id}`
    if (item.open.amount === 0n) return `item ${id} is settled already: tieout reconcile list --matches shows by what`
  }
  if (new Set(lineIds).size < lineIds.length || new Set(itemIds).size < itemIds.length)
    return 'one of them is named twice'
  return sides
}

function asNamed<T extends { readonly id: bigint }>(ids: readonly number[], found: readonly T[]): readonly T[] {
  const held = new Map(found.map((each) => [each.id, each]))
  return ids.flatMap((id) => held.get(BigInt(id)) ?? [])
}

function byId(lines: readonly PoolLine[], items: readonly PoolItem[]): Sides {
  return {
    lines: new Map(lines.map((line) => [String(line.id), line])),
    items: new Map(items.map((item) => [String(item.id), item])),
  }
}

async function ofLine(
  context: MatchReader,
  sides: Sides,
  step: 'ignored' | 'written-off' | 'decision',
  how: How,
): Promise<Plan> {
  const legs = [...sides.lines.values()].map(({ id, open }) => ({
    side: 'line' as const,
    ref: id,
    amount: open.amount,
    posts: null,
  }))
  const reason =
    how.kind === 'alone' ? `A person said that it is ${how.meaning}.` : 'A person said that it is not for these books.'
  return settled(context, sides, { ...MADE, step, residual: 0n, how, reason, legs })
}

async function ofPayout(
  context: MatchReader,
  { lines }: Sides,
  decision: Extract<MatchDecision, { decide: 'payout' }>,
): Promise<Plan> {
  const [line] = lines.values()
  const planned = line === undefined ? 'there is no line' : await planPayout(context, line, decision)
  if (typeof planned === 'string') return refused(planned)
  const plan = await settled(context, planned.sides, planned.match)
  return plan.kind === 'make' ? { ...plan, payout: planned.payout } : plan
}

async function ofTopUp(
  context: MatchReader,
  { lines }: Sides,
  decision: Extract<MatchDecision, { decide: 'top-up' }>,
): Promise<Plan> {
  const [line] = lines.values()
  const planned = line === undefined ? 'there is no line' : await planTopUp(context, line, decision)
  if (typeof planned === 'string') return refused(planned)
  const plan = await settled(context, planned.sides, planned.match)
  return plan.kind === 'make' ? { ...plan, topUp: planned.topUp } : plan
}

async function ofFee(context: MatchReader, { items }: Sides): Promise<Plan> {
  const [item] = items.values()
  const planned = item === undefined ? 'there is no item' : await planFee(context, item)
  if (typeof planned === 'string') return refused(planned)
  const plan = await settled(context, planned.sides, planned.match)
  return plan.kind === 'make' ? { ...plan, replaces: planned.replaces } : plan
}

async function planMatch(context: MatchReader, sides: Sides, residual: Residual): Promise<Plan> {
  const lines = [...sides.lines.values()]
  const items = [...sides.items.values()]
  const lineTotal = lines.reduce((sum, { open }) => sum + open.amount, 0n)
  const grossTotal = lines.reduce((sum, { open }) => sum + open.gross, 0n)
  const itemTotal = items.reduce((sum, { open }) => sum + open.amount, 0n)
  const legs = [
    ...lines.map(({ id, open }) => ({ side: 'line' as const, ref: id, amount: open.amount, posts: null })),
    ...items.map(({ id, open }) => ({ side: 'item' as const, ref: id, amount: open.amount, posts: null })),
  ]
  if (legs.some(({ amount }) => amount > 0n !== itemTotal > 0n))
    return refused('money in and money out do not settle each other')
  const own = items.find(({ open }) => hasLeft(open) && lines.some(({ account }) => account.name === open.source))
  if (own !== undefined)
    return refused(
      `item ${own.settled.id} has left ${own.open.source}: no line of that account is its arrival; if it came back, unmatch the line it left by and settle both lines as suspense`,
    )
  if (new Set(items.map(({ open }) => open.kind)).size > 1)
    return refused('items of different kinds are matched one by one')
  const isForeign = lines.some(({ open }) => items.some((item) => item.open.currency !== open.currency))
  if (isForeign && (residual === 'fee' || residual === 'withholding'))
    return refused('between two currencies the difference is an exchange difference, or written-off')
  const agrees = isForeign ? residual === 'open' : lineTotal === itemTotal || grossTotal === itemTotal
  const made = { ...MADE, step: 'decision' as const, reason: 'A person matched them.' }
  // Two currencies have no difference of their own.
  const whole = { ...made, residual: isForeign ? 0n : lineTotal - itemTotal, legs }
  if (agrees) return settled(context, sides, { ...whole, how: { kind: 'match', difference: { kind: 'none' } } })
  if (residual !== 'open') {
    // What a line says was taken off it is no part of what the person names, unless the gross is more than was expected.
    const missing = itemTotal - grossTotal >= 0n ? itemTotal - grossTotal : itemTotal - lineTotal
    const difference = differenceOf(residual, lines, missing)
    return settled(context, sides, { ...whole, how: { kind: 'match', difference } })
  }
  const ofSide = (side: 'line' | 'item'): readonly Leg[] => legs.filter((leg) => leg.side === side)
  const how = { kind: 'match' as const, difference: { kind: 'none' as const } }
  if (grossTotal !== lineTotal) {
    // The fee of a line belongs to the whole of it: it pays with its gross, or not in part.
    if (size(grossTotal) > size(itemTotal))
      return refused(
        `the lines pay ${formatMoney(grossTotal)} with the fee they state, more than the items are: name all items they pay, or say what the difference is`,
      )
    const paid = [...ofSide('line'), ...upTo(ofSide('item'), grossTotal)]
    return settled(context, sides, { ...made, residual: lineTotal - grossTotal, how, legs: paid })
  }
  const lesser = size(lineTotal) < size(itemTotal) ? lineTotal : itemTotal
  const partly = [...upTo(ofSide('line'), lesser), ...upTo(ofSide('item'), lesser)]
  return settled(context, sides, { ...made, residual: 0n, how, legs: partly })
}

/** The legs in order, as far as an amount reaches; those it does not reach are left out. */
function upTo<L extends { readonly amount: Units }>(legs: readonly L[], amount: Units): readonly L[] {
  let left = amount
  return legs.flatMap((leg) => {
    const taken = size(leg.amount) <= size(left) ? leg.amount : left
    left -= taken
    return taken === 0n ? [] : [{ ...leg, amount: taken }]
  })
}

/** The plan, unless what it would post does not add up. A missing rate keeps the match and posts later. */
async function settled(context: MatchReader, sides: Sides, match: Omit<NewMatch, 'human'>): Promise<Plan> {
  const posts = postsOfLegs(match, sides, await settleContext(context))
  if (!posts.ok && posts.lack !== 'rate') return refused(posts.reason)
  const legs = match.legs.map((leg) => ({ ...leg, posts: posts.ok ? (posts.posts.get(legKey(leg)) ?? null) : null }))
  return { kind: 'make', match: { ...match, legs }, sides }
}

function fits(amount: Units, open: Units): boolean {
  return amount > 0n ? open >= amount : open <= amount
}

function total(legs: readonly { readonly amount: Units }[]): Units {
  return legs.reduce((sum, { amount }) => sum + amount, 0n)
}

function size(units: Units): Units {
  return units < 0n ? -units : units
}
