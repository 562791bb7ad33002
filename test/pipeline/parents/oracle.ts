/**
 * Which parents the wallet tells, found by trying everything between any two nights: own code, on balances and answers
 * alone. It knows neither what was debited nor why. An entry by hand is no explanation, or nothing would be told.
 */
import { chargedRuns, runCharge, runsOn, walletOn, type Parent, type ParentWorld } from './world.ts'

type Outcome = 'children' | 'whole'

interface Way {
  readonly outcome: Outcome | null
  readonly sum: number
}

/** id → how it was charged, of those that are told the same way by every span that tells them. */
export function toldByHand(world: ParentWorld): ReadonlyMap<string, Outcome> {
  const told = new Map<string, Set<Outcome>>()
  for (let to = 2; to <= world.plan.nights + 1; to += 1) {
    for (let from = to - 1; from >= 0; from -= 1) {
      for (const [id, outcome] of toldBetween(world, from, to)) told.set(id, (told.get(id) ?? new Set()).add(outcome))
    }
  }
  const single = [...told].flatMap(([id, outcomes]) => (outcomes.size === 1 ? [[id, [...outcomes][0]] as const] : []))
  return new Map(single.flatMap(([id, outcome]) => (outcome === undefined ? [] : [[id, outcome] as const])))
}

/** wallet − what the books have of runs; refunds are in no books. */
function difference(world: ParentWorld, night: number): number {
  if (night === 0) return walletOn(world, 0) - walletOn(world, 0)
  const runs = world.parents.reduce((sum, parent) => sum + (parent.found <= night ? chargedRuns(parent, night) : 0), 0)
  return walletOn(world, night) - (walletOn(world, 1) - openingApart(world)) + runs
}

function openingApart(world: ParentWorld): number {
  return world.byHand.reduce((sum, { night, amount }) => (night <= 1 ? sum + amount : sum), 0)
}

function toldBetween(world: ParentWorld, from: number, to: number): ReadonlyMap<string, Outcome> {
  const change = difference(world, to) - (from === 0 ? 0 : difference(world, from))
  const known = world.parents.filter(({ found }) => found <= to)
  const choices: readonly (readonly Way[])[] = [
    ...known.map((parent) => waysOf(parent, from, to)),
    ...world.refunds
      .filter(({ canceled }) => canceled <= to)
      .map(({ price }): readonly Way[] => [
        { outcome: null, sum: 0 },
        { outcome: null, sum: price },
      ]),
  ]
  if (!isChanceExcluded(choices)) return new Map()
  const seen = known.map(() => new Set<Outcome>())
  const path: Way[] = []
  const walk = (at: number, left: number): void => {
    const ways = choices[at]
    if (ways === undefined) {
      if (left === 0)
        for (const [nth, { outcome }] of path.slice(0, known.length).entries())
          if (outcome !== null) seen[nth]?.add(outcome)
      return
    }
    for (const way of ways) {
      path.push(way)
      walk(at + 1, left - way.sum)
      path.pop()
    }
  }
  walk(0, change)
  const told = new Map<string, Outcome>()
  for (const [nth, parent] of known.entries()) {
    const [outcome] = seen[nth] ?? []
    if (outcome === undefined || seen[nth]?.size !== 1 || !isInside(parent, from)) continue
    // Of runs that have begun and are not all there the whole cannot be booked yet.
    if (outcome === 'whole' && chargedRuns(parent, to) > 0) continue
    told.set(parent.id, outcome)
  }
  return told
}

/** Whether all of its charge lies in the span for certain. */
function isInside({ isDated, made }: Parent, from: number): boolean {
  return from === 0 || (isDated && made > from)
}

function waysOf(parent: Parent, from: number, to: number): readonly Way[] {
  const { found, isDated, made, price } = parent
  const booked = chargedRuns(parent, to)
  const children = (sum: number): Way => ({ outcome: 'children', sum })
  if (found <= from && from > 0) {
    const since = booked - chargedRuns(parent, from)
    return since === 0 ? [children(0)] : [children(0), { outcome: 'whole', sum: since }]
  }
  if (isInside(parent, from))
    return booked === price ? [children(0)] : [children(0), { outcome: 'whole', sum: booked - price }]
  const ways: Way[] = []
  let before = 0
  for (let nth = 0; nth <= runsOn(parent, to); nth += 1) {
    ways.push(children(before))
    before += runCharge(parent, nth)
  }
  if (booked !== price) ways.push({ outcome: 'whole', sum: booked })
  if (booked !== price && !isDated) ways.push({ outcome: 'whole', sum: booked - price })
  return made > to ? [children(0)] : ways
}

/** (Sums tried) × (the smallest unit, 1) is at most 1 % of their span. */
function isChanceExcluded(choices: readonly (readonly Way[])[]): boolean {
  const free = choices.filter((ways) => ways.length > 1)
  const tried = free.reduce((product, ways) => product * ways.length, 1)
  const least = free.reduce((sum, ways) => sum + Math.min(...ways.map((way) => way.sum)), 0)
  const most = free.reduce((sum, ways) => sum + Math.max(...ways.map((way) => way.sum)), 0)
  return free.length < 2 || tried * 100 <= most - least
}
