/**
 * Lines that no rule speaks of and that pay exactly what a match would take: then a person chooses. Choices that share a
 * line or an item are one choice, so that every line ends in one place.
 */
import type { Ambiguity, Match, Matching } from './match.ts'
import { mayMeet, type OpenItem, type OpenLine } from './open-sides.ts'

interface Rival {
  readonly line: OpenLine
  readonly item: OpenItem
}

/** A weak match must not take an item that a line without a rule pays exactly. Both are then for a person. */
export function withoutExactPartners<Played extends Pick<Matching, 'matches' | 'ambiguities'>>(
  played: Played,
  items: readonly OpenItem[],
  others: readonly OpenLine[],
): Played {
  const byAmount = Map.groupBy(others, (line) => `${line.currency} ${line.amount}`)
  const itemById = new Map(items.map((item) => [item.id, item]))
  const matches: Match[] = []
  const ambiguities: Ambiguity[] = [...played.ambiguities]
  for (const match of played.matches) {
    const isWeak = match.step === 'fee' || match.step === 'subset' || match.step === 'tolerance'
    const taken = match.legs.filter(({ side }) => side === 'item').flatMap(({ id }) => itemById.get(id) ?? [])
    const rivals = isWeak ? taken.flatMap((item) => rivalsOf(item, byAmount)) : []
    if (rivals.length === 0) matches.push(match)
    else ambiguities.push(rivalry(match, rivals))
  }
  return { ...played, matches, ambiguities: joined(ambiguities) }
}

function rivalsOf(item: OpenItem, byAmount: ReadonlyMap<string, readonly OpenLine[]>): readonly Rival[] {
  return (byAmount.get(`${item.currency} ${item.amount}`) ?? [])
    .filter((line) => mayMeet(line, item) && item.date <= line.date && line.date <= item.lastDate)
    .map((line) => ({ line, item }))
}

function rivalry(match: Match, rivals: readonly Rival[]): Ambiguity {
  const of = (side: 'line' | 'item'): string[] => match.legs.filter((leg) => leg.side === side).map(({ id }) => id)
  return {
    step: match.step,
    lines: [...new Set([...of('line'), ...rivals.map(({ line }) => line.id)])].sort(),
    items: of('item').sort(),
    alternatives: [
      { lines: of('line'), items: of('item') },
      ...rivals.map(({ line, item }) => ({ lines: [line.id], items: [item.id] })),
    ].slice(0, SHOWN),
    count: rivals.length + 1,
    counted: true,
    reason: 'A line that a rule speaks of fits with a difference, and another fits exactly.',
  }
}

/** Alternatives kept for people. */
const SHOWN = 5

/** In the order of their first: one choice takes in every later one that shares a line or an item with it. */
function joined(ambiguities: readonly Ambiguity[]): readonly Ambiguity[] {
  const held: Ambiguity[] = []
  for (const each of ambiguities) {
    const touching = held.filter((other) => shareAnything(other, each))
    const [first] = touching
    if (first === undefined) {
      held.push(each)
      continue
    }
    held[held.indexOf(first)] = [...touching.slice(1), each].reduce(together, first)
    for (const other of touching.slice(1)) held.splice(held.indexOf(other), 1)
  }
  return held
}

function shareAnything(a: Ambiguity, b: Ambiguity): boolean {
  return a.lines.some((id) => b.lines.includes(id)) || a.items.some((id) => b.items.includes(id))
}

function together(a: Ambiguity, b: Ambiguity): Ambiguity {
  return {
    ...a,
    lines: [...new Set([...a.lines, ...b.lines])].sort(),
    items: [...new Set([...a.items, ...b.items])].sort(),
    alternatives: [...a.alternatives, ...b.alternatives].slice(0, SHOWN),
    count: a.count + b.count,
    counted: a.counted && b.counted,
  }
}
