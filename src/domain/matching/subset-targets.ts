/**
 * Who could be the sum of several of the other side: every open line with the items whose windows hold its day, every
 * open item with the lines in its window. Those of one day, or one window, share one search.
 */
import { firstAtLeast } from './assign.ts'
import { isOpen, mayMeet, type Board, type Party } from './board.ts'

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
    ...lines.map((party) => ({ party, candidates: byDay(party) })),
    ...items.map((party) => ({ party, candidates: ofWindow(party) })),
  ].filter(({ candidates }) => candidates.count > 1)
}

const NOBODY: Candidates = { count: 0, parties: [] }

/** One walk over the days of the lines, with the items whose windows are open. */
function itemsByDay(lines: readonly Party[], items: readonly Party[], most: number): (line: Party) => Candidates {
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
  const left = new Set(items.flatMap(({ source }) => source.left ?? []))
  const known = new Map<string, Candidates>()
  return (line) => {
    const candidates = byDay.get(line.from) ?? NOBODY
    const { account } = line.source
    if (account === undefined || !left.has(account)) return candidates
    const key = `${line.from} ${account}`
    const found = known.get(key) ?? meeting(candidates, (item) => mayMeet(line, item))
    known.set(key, found)
    return found
  }
}

/** Those that may meet; too many stay too many. */
function meeting(candidates: Candidates, isOne: (party: Party) => boolean): Candidates {
  const parties = candidates.parties.filter(isOne)
  return parties.length === candidates.parties.length ? candidates : { count: parties.length, parties }
}

function linesByWindow(lines: readonly Party[], most: number): (item: Party) => Candidates {
  const byDay = [...lines].sort((a, b) => a.from - b.from)
  const days = byDay.map(({ from }) => from)
  const known = new Map<string, Candidates>()
  return (item) => {
    const { from, to } = item
    const key = `${from}-${to} ${item.source.left ?? ''}`
    const cached = known.get(key)
    if (cached !== undefined) return cached
    const [start, end] = [firstAtLeast(days, from), firstAtLeast(days, to + 1)]
    const own = item.source.left === undefined ? [] : byDay.slice(start, end).filter((line) => !mayMeet(line, item))
    const found = end - start - own.length
    const parties = found > most ? [] : sorted(byDay.slice(start, end).filter((line) => mayMeet(line, item)))
    const candidates = { count: found, parties }
    known.set(key, candidates)
    return candidates
  }
}

function sorted(parties: readonly Party[]): readonly Party[] {
  return [...parties].sort((a, b) => a.index - b.index)
}
