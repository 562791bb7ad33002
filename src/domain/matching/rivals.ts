/**
 * Lines that no rule speaks of and that pay exactly what a match would take: then a person chooses. Choices that share a
 * line or an item are one choice, so that every line ends in one place.
 */
import type { Ambiguity, Match, Matching } from './match.ts'
import { isSpokenFor, mayMeet, type OpenItem, type OpenLine } from './open-sides.ts'

interface Rival {
  readonly line: OpenLine
  readonly item: OpenItem
}

/**
 * A weak match must not take an item that a line without a rule pays exactly, nor an exact one where something beside the
 * amount speaks for that line. Both are then for a person.
 */
export function withoutExactPartners<Played extends Pick<Matching, 'matches' | 'ambiguities'>>(
  played: Played,
  items: readonly OpenItem[],
  others: readonly OpenLine[],
): Played {
  const byAmount = Map.groupBy(others, (line) => `${line.currency} ${line.amount}`)
  const itemById = new Map(items.map((item) => [item.id, item]))
  const takenItems = new Set(played.matches.flatMap((match) => itemIds(match)))
  const free = Map.groupBy(
    items.filter(({ id }) => !takenItems.has(id)),
    ({ currency, amount }) => `${currency} ${amount}`,
  )
  const matches: Match[] = []
  const ambiguities: Ambiguity[] = [...played.ambiguities]
  for (const match of played.matches) {
    const isWeak = match.step === 'fee' || match.step === 'subset' || match.step === 'tolerance'
    const taken = itemIds(match).flatMap((id) => itemById.get(id) ?? [])
    const all = isWeak || match.step === 'exact' ? taken.flatMap((item) => rivalsOf(item, byAmount)) : []
    // As good as an exact match is only what would be confirmed itself, and has no item of its own.
    const rivals = isWeak ? all : all.filter(({ line, item }) => isSpokenFor(line, item) && !hasOwn(line, free))
    if (rivals.length === 0) matches.push(match)
    else ambiguities.push(rivalry(match, rivals))
  }
  return { ...played, matches, ambiguities: joined(ambiguities) }
}

function rivalsOf(item: OpenItem, byAmount: ReadonlyMap<string, readonly OpenLine[]>): readonly Rival[] {
  return (byAmount.get(`${item.currency} ${item.amount}`) ?? [])
    .filter((line) => isInTime(line, item))
    .map((line) => ({ line, item }))
}

function hasOwn(line: OpenLine, free: ReadonlyMap<string, readonly OpenItem[]>): boolean {
  return (free.get(`${line.currency} ${line.amount}`) ?? []).some((item) => isInTime(line, item))
}

function isInTime(line: OpenLine, item: OpenItem): boolean {
  return mayMeet(line, item) && item.date <= line.date && line.date <= item.lastDate
}

function itemIds({ legs }: Match): readonly string[] {
  return legs.filter(({ side }) => side === 'item').map(({ id }) => id)
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
    reason:
      match.step === 'exact'
        ? 'A line that a rule speaks of fits exactly, and so does another.'
        : 'A line that a rule speaks of fits with a difference, and another fits exactly.',
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
