/**
 * Who could be the sum of several of the other side: every open line with the items whose windows hold its day, every
 * open item with the lines in its window. Those of one day, or one window, share one search.
 */
import { firstAtLeast } from './assign.ts'
import { isOpen, type Board, type Party } from './board.ts'

export interface Target {
  readonly party: Party
  readonly candidates: Candidates
}

export interface Candidates {
  readonly count: number
  /** By index; empty when there are more than the policy allows. */
  readonly parties: readonly Party[]
}

/** In a fixed order: lines by id, then items by id. Only targets with at least two candidates. */
export function subsetTargets(board: Board): readonly Target[] {
  const lines = board.lines.filter(isOpen)
  const items = board.items.filter(isOpen)
  const most = board.policy.subsetCandidates
  const byDay = itemsByDay(lines, items, most)
  const ofWindow = linesByWindow(lines, most)
  return [
    ...lines.map((party) => ({ party, candidates: byDay.get(party.from) ?? NOBODY })),
    ...items.map((party) => ({ party, candidates: ofWindow(party) })),
  ].filter(({ candidates }) => candidates.count > 1)
}

const NOBODY: Candidates = { count: 0, parties: [] }

/** One walk over the days of the lines, with the items whose windows are open. */
function itemsByDay(lines: readonly Party[], items: readonly Party[], most: number): ReadonlyMap<number, Candidates> {
  const opening = [...items].sort((a, b) => a.from - b.from)
  const closing = [...items].sort((a, b) => a.to - b.to)
  const current = new Set<Party>()
  const byDay = new Map<number, Candidates>()
  let opened = 0
  let closed = 0
  for (const day of [...new Set(lines.map(({ from }) => from))].sort((a, b) => a - b)) {
    for (let item = opening[opened]; item !== undefined && item.from <= day; item = opening[opened]) {
      current.add(item)
      opened += 1
    }
    for (let item = closing[closed]; item !== undefined && item.to < day; item = closing[closed]) {
      current.delete(item)
      closed += 1
    }
    byDay.set(day, { count: current.size, parties: current.size > most ? [] : sorted([...current]) })
  }
  return byDay
}

function linesByWindow(lines: readonly Party[], most: number): (item: Party) => Candidates {
  const byDay = [...lines].sort((a, b) => a.from - b.from)
  const days = byDay.map(({ from }) => from)
  const known = new Map<string, Candidates>()
  return ({ from, to }) => {
    const key = `${from}-${to}`
    const cached = known.get(key)
    if (cached !== undefined) return cached
    const [start, end] = [firstAtLeast(days, from), firstAtLeast(days, to + 1)]
    const candidates = { count: end - start, parties: end - start > most ? [] : sorted(byDay.slice(start, end)) }
    known.set(key, candidates)
    return candidates
  }
}

function sorted(parties: readonly Party[]): readonly Party[] {
  return [...parties].sort((a, b) => a.index - b.index)
}
