/**
 * The table the cascade plays on: what can meet at all (one partition, one currency), sorted so that the order of the
 * input is forgotten, and who is still open. The steps change nothing but the state of a party and the lists here.
 */
import { InvariantError } from '../errors.ts'
import type { Units } from '../money/money.ts'
import { daysBetween } from '../time/dates.ts'
import type { IsoDate } from '../transaction.ts'
import type { Ambiguity, FeeRule, Match, Matchable, MatchPolicy, Side, Unsearched } from './match.ts'

/** A line or an item on the board. */
export interface Party {
  readonly side: Side
  /** Position among its side of the board, by id. */
  readonly index: number
  readonly id: string
  readonly amount: Units
  /** Day numbers, both included. */
  readonly from: number
  readonly to: number
  readonly source: Matchable
  /** An ambiguous party has a partner somewhere, so weaker steps must not have it either. */
  state: 'open' | 'matched' | 'ambiguous'
}

export interface Board {
  readonly lines: readonly Party[]
  readonly items: readonly Party[]
  readonly feeRules: readonly FeeRule[]
  readonly policy: MatchPolicy
  readonly matches: Match[]
  readonly ambiguities: Ambiguity[]
  readonly unsearched: Unsearched[]
}

/** One board for each partition and currency that has anything, in a fixed order. */
export function layOut(
  lines: readonly Matchable[],
  items: readonly Matchable[],
  policy: MatchPolicy,
): readonly Board[] {
  const dayOf = dayNumbers()
  const pools = new Map<string, { readonly lines: Matchable[]; readonly items: Matchable[] }>()
  for (const [side, all] of [
    ['lines', lines],
    ['items', items],
  ] as const) {
    for (const one of all) {
      const key = JSON.stringify([one.partition, one.currency])
      const pool = pools.get(key) ?? { lines: [], items: [] }
      pool[side].push(one)
      pools.set(key, pool)
    }
  }
  refuseRepeats('line', lines)
  refuseRepeats('item', items)
  return [...pools]
    .sort(([a], [b]) => compareText(a, b))
    .map(([, pool]) => ({
      lines: seat('line', pool.lines, dayOf),
      items: seat('item', pool.items, dayOf),
      feeRules: policy.feeRules.get((pool.lines[0] ?? pool.items[0])?.partition ?? '') ?? [],
      policy,
      matches: [],
      ambiguities: [],
      unsearched: [],
    }))
}

export function isOpen(party: Party): boolean {
  return party.state === 'open'
}

/** True when the line's day lies in the item's window. */
export function inWindow(line: Party, item: Party): boolean {
  return item.from <= line.from && line.from <= item.to
}

/** What left an account does not arrive on it. */
export function mayMeet(line: Party, item: Party): boolean {
  return item.source.left === undefined || item.source.left !== line.source.account
}

export function total(parties: readonly Party[]): Units {
  return parties.reduce((sum, { amount }) => sum + amount, 0n)
}

export function compareText(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

/** Lines before items, then by id: a fixed order within one board. */
export function compareParties(a: Party, b: Party): number {
  if (a.side !== b.side) return a.side === 'line' ? -1 : 1
  return a.index - b.index
}

function seat(side: Side, all: readonly Matchable[], dayOf: (date: IsoDate) => number): readonly Party[] {
  return [...all]
    .sort((a, b) => compareText(a.id, b.id))
    .map((source, index) => {
      const { id, amount } = source
      const from = dayOf(source.date)
      const to = side === 'line' ? from : dayOf(source.lastDate)
      if (amount === 0n) throw unfit(side, id, 'has no amount left to match')
      if (to < from) throw unfit(side, id, `ends on ${source.lastDate}, before it begins on ${source.date}`)
      return { side, index, id, amount, from, to, source, state: 'open' }
    })
}

function refuseRepeats(side: Side, all: readonly Matchable[]): void {
  const seen = new Set<string>()
  for (const { id } of all) {
    if (seen.has(id)) throw unfit(side, id, 'was handed over twice')
    seen.add(id)
  }
}

function unfit(side: Side, id: string, why: string): InvariantError {
  const hint = 'Nothing was matched. This is a mistake in tieout, not in your data: please report it.'
  return new InvariantError('match_input', `Matching cannot use ${side} "${id}": it ${why}.`, hint)
}

function dayNumbers(): (date: IsoDate) => number {
  const known = new Map<IsoDate, number>()
  return (date) => {
    let day = known.get(date)
    if (day === undefined) {
      day = daysBetween('1970-01-01', date)
      known.set(date, day)
    }
    return day
  }
}
