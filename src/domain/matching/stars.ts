/**
 * A star is one line and the items it names, or one item and the lines that name it, when they do not come to the same:
 * a payout in parts, or less a fee. The rays are taken whole and the centre up to their sum; its rest stays open.
 */
import { feeRulesOf } from './fee.ts'
import { total, type Board, type Party } from './board.ts'
import { count } from './by-balance.ts'
import { groups } from './groups.ts'
import { hubsOf } from './hubs.ts'
import { settle } from './verdicts.ts'

export interface Star {
  readonly centre: Party
  /** Of the other side, all of the centre's sign, and together no more than it. */
  readonly rays: readonly Party[]
}

/**
 * Stars among what is open, by party. Every reference that reaches one of their parties stays inside the star, so nobody
 * is in two.
 */
export function starsOf(board: Board): ReadonlyMap<Party, Star> {
  const stars = new Map<Party, Star>()
  for (const parties of joinedByReference(board)) {
    const star = starOf(parties)
    if (star !== null) for (const party of parties) stars.set(party, star)
  }
  return stars
}

/** What open references join, directly or by way of others. */
export function joinedByReference(board: Board): readonly (readonly Party[])[] {
  const joined = groups()
  for (const { lines, items } of hubsOf(board)) {
    const [first] = lines
    for (const party of [...lines, ...items]) joined.join(first ?? party, party)
  }
  return joined.sets()
}

function starOf(parties: readonly Party[]): Star | null {
  const lines = parties.filter(({ side }) => side === 'line')
  const items = parties.filter(({ side }) => side === 'item')
  if (lines.length > 1 && items.length > 1) return null
  const lesserLine = size(total(lines)) < size(total(items))
  const rays = lines.length > 1 || (items.length === 1 && lesserLine) ? lines : items
  const [centre] = rays === lines ? items : lines
  if (centre === undefined) return null
  const sign = centre.amount > 0n
  if (rays.some(({ amount }) => amount > 0n !== sign) || size(total(rays)) > size(centre.amount)) return null
  return { centre, rays }
}

/** Stars of what the exact step has left. */
export function matchStars(board: Board): void {
  for (const star of new Set(starsOf(board).values())) settleStar(board, star)
}

function settleStar(board: Board, { centre, rays }: Star): void {
  const [lines, items] = centre.side === 'line' ? [[centre], rays] : [rays, [centre]]
  const [line, item] = [lines[0], items[0]]
  const sum = total(rays)
  const legs = { lines, items } as const
  if (sum === centre.amount) {
    const reason = `${count(rays, centre.side === 'line' ? 'item' : 'line')} and ${centre.side} "${centre.id}" name each other and come to the same sum.`
    settle(board, { step: 'group', ...legs, sure: true, reason })
    return
  }
  const rules = rays.length === 1 && line !== undefined && item !== undefined ? feeRulesOf(board, line, item) : []
  const [rule] = rules
  if (rule !== undefined) {
    const reason = `Both name the same reference, and the difference is the fee "${rule.name}".`
    settle(board, { step: 'reference', ...legs, sure: rules.length === 1, feeRule: rule.name, reason })
    return
  }
  const reason = `They name the same reference, but only a part of ${centre.side} "${centre.id}" is there: the rest stays open.`
  settle(board, { step: 'reference', ...legs, sure: false, reason, part: { of: centre, amount: sum } })
}

function size(amount: bigint): bigint {
  return amount < 0n ? -amount : amount
}
