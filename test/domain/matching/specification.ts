/**
 * What matching must answer, said as plainly as possible and found by trying everything: all assignments, all pairs, all
 * subsets. It shares no code with the engine. For sides without references.
 */
import type { Matchable, MatchPolicy } from '../../../src/domain/matching/match.ts'

export interface Verdict {
  /** "exact confirmed L1 I1", sorted. */
  readonly matches: readonly string[]
  /** "subset L1 I1 I2: 2", sorted. */
  readonly ambiguities: readonly string[]
}

type Pair = readonly [Matchable, Matchable]
type Fits = (line: Matchable, item: Matchable) => boolean

interface Sum {
  readonly whole: Matchable
  readonly parts: readonly Matchable[]
}

export function specified(lines: readonly Matchable[], items: readonly Matchable[], policy: MatchPolicy): Verdict {
  const open = new Set([...lines, ...items])
  const matches: string[] = []
  const ambiguities: string[] = []
  const match = (step: string, parties: readonly Matchable[], confirmed: boolean): void => {
    matches.push(`${step} ${confirmed ? 'confirmed' : 'proposed'} ${names(parties)}`)
    for (const party of parties) open.delete(party)
  }
  const doubt = (step: string, parties: readonly Matchable[], count: number): void => {
    ambiguities.push(`${step} ${names(parties)}: ${count}`)
    for (const party of parties) open.delete(party)
  }
  const still = (side: readonly Matchable[]): readonly Matchable[] => side.filter((one) => open.has(one))

  const equal = edges(lines, items, (line, item) => line.amount === item.amount)
  for (const part of components(equal)) {
    const complete = assignments(part.lines, part.items, equal)
    const [first] = complete
    if (part.lines.length !== part.items.length || first === undefined) {
      doubt('exact', [...part.lines, ...part.items], within(equal, part.lines, part.items))
      continue
    }
    const sure = first.filter((pair) => complete.every((one) => one.some((other) => samePair(pair, other))))
    for (const pair of sure) match('exact', pair, true)
    const possible = complete.flat().filter((pair) => !sure.some((one) => samePair(one, pair)))
    for (const loop of components(possible)) {
      doubt('exact', [...loop.lines, ...loop.items], within(equal, loop.lines, loop.items))
    }
  }
  const rules = policy.feeRules.get('bank') ?? []
  unique(
    'fee',
    edges(still(lines), still(items), (line, item) => rules.some((rule) => isNet(line, item, rule))),
    match,
    doubt,
  )

  const [openLines, openItems] = [still(lines), still(items)]
  const sums = [
    ...openLines.flatMap((whole) =>
      sumsOf(
        whole,
        openItems.filter((item) => inWindow(whole, item)),
      ),
    ),
    ...openItems.flatMap((whole) =>
      sumsOf(
        whole,
        openLines.filter((line) => inWindow(line, whole)),
      ),
    ),
  ]
  for (const group of overlapping(sums)) {
    const [only] = group
    const parties = [...new Set(group.flatMap(({ whole, parts }) => [whole, ...parts]))]
    if (group.length > 1 || only === undefined) doubt('subset', parties, group.length)
    else match('subset', parties, corroborated(only, openLines, openItems))
  }
  unique(
    'tolerance',
    edges(still(lines), still(items), (line, item) => isNear(line, item, policy)),
    match,
    doubt,
    false,
  )
  return { matches: matches.sort(), ambiguities: ambiguities.sort() }
}

function inWindow(line: Matchable, item: Matchable): boolean {
  return item.date <= line.date && line.date <= item.lastDate
}

function edges(lines: readonly Matchable[], items: readonly Matchable[], fits: Fits): readonly Pair[] {
  return lines.flatMap((line) =>
    items.filter((item) => inWindow(line, item) && fits(line, item)).map((item) => [line, item] as const),
  )
}

/** Pairs in which neither has another; the others by component. */
function unique(
  step: string,
  pairs: readonly Pair[],
  match: (step: string, parties: readonly Matchable[], confirmed: boolean) => void,
  doubt: (step: string, parties: readonly Matchable[], count: number) => void,
  confirmed = true,
): void {
  for (const { lines, items } of components(pairs)) {
    const count = within(pairs, lines, items)
    if (count === 1) match(step, [...lines, ...items], confirmed)
    else doubt(step, [...lines, ...items], count)
  }
}

function components(pairs: readonly Pair[]): readonly { lines: readonly Matchable[]; items: readonly Matchable[] }[] {
  const found: { lines: Set<Matchable>; items: Set<Matchable> }[] = []
  for (const [line, item] of pairs) {
    const touching = found.filter(({ lines, items }) => lines.has(line) || items.has(item))
    const joined = { lines: new Set([line]), items: new Set([item]) }
    for (const one of touching) {
      for (const other of one.lines) joined.lines.add(other)
      for (const other of one.items) joined.items.add(other)
      found.splice(found.indexOf(one), 1)
    }
    found.push(joined)
  }
  return found.map(({ lines, items }) => ({ lines: [...lines], items: [...items] }))
}

/** Every way to give each line an item of its own with no item left over. */
function assignments(
  [line, ...others]: readonly Matchable[],
  items: readonly Matchable[],
  pairs: readonly Pair[],
): readonly (readonly Pair[])[] {
  if (line === undefined) return items.length === 0 ? [[]] : []
  return items
    .filter((item) => pairs.some((pair) => samePair(pair, [line, item])))
    .flatMap((item) => {
      const left = items.filter((one) => one !== item)
      return assignments(others, left, pairs).map((rest) => [[line, item] as const, ...rest])
    })
}

function samePair([line, item]: Pair, [otherLine, otherItem]: Pair): boolean {
  return line === otherLine && item === otherItem
}

function within(pairs: readonly Pair[], lines: readonly Matchable[], items: readonly Matchable[]): number {
  return pairs.filter(([line, item]) => lines.includes(line) && items.includes(item)).length
}

/** Within half a minor unit of the net, both ends included; all in parts of 10⁸. */
function isNet(
  line: Matchable,
  item: Matchable,
  rule: { readonly share: bigint; readonly flat: bigint; readonly minorUnit: bigint },
): boolean {
  const size = item.amount < 0n ? -item.amount : item.amount
  const off = line.amount * 100_000_000n - (item.amount * 100_000_000n - size * rule.share - rule.flat * 100_000_000n)
  const sameSign = line.amount > 0n === item.amount > 0n
  return sameSign && (off < 0n ? -off : off) * 2n <= rule.minorUnit * 100_000_000n
}

function isNear(line: Matchable, item: Matchable, policy: MatchPolicy): boolean {
  const size = item.amount < 0n ? -item.amount : item.amount
  const off = line.amount > item.amount ? line.amount - item.amount : item.amount - line.amount
  return off <= policy.toleranceUnits && off * 10_000n <= size * BigInt(policy.toleranceBasisPoints) && off < size
}

function sumsOf(whole: Matchable, candidates: readonly Matchable[]): readonly Sum[] {
  return Array.from({ length: 2 ** candidates.length }, (_, mask) =>
    candidates.filter((_one, position) => (mask & (2 ** position)) !== 0),
  )
    .filter((parts) => parts.length > 1 && parts.reduce((sum, { amount }) => sum + amount, 0n) === whole.amount)
    .map((parts) => ({ whole, parts }))
}

/** Sums that share nothing with any sum of another group. */
function overlapping(sums: readonly Sum[]): readonly (readonly Sum[])[] {
  const found: Sum[][] = []
  for (const sum of sums) {
    const parties = new Set([sum.whole, ...sum.parts])
    const touching = found.filter((group) => group.some((one) => [one.whole, ...one.parts].some((p) => parties.has(p))))
    for (const group of touching) found.splice(found.indexOf(group), 1)
    found.push([...touching.flat(), sum])
  }
  return found
}

/** One day, or nobody left over: no words are given here. Both are needed to confirm. */
function corroborated({ whole, parts }: Sum, lines: readonly Matchable[], items: readonly Matchable[]): boolean {
  const others = lines.includes(whole)
    ? items.filter((item) => inWindow(whole, item))
    : lines.filter((line) => inWindow(line, whole))
  return new Set(parts.map(({ date }) => date)).size === 1 && parts.length === others.length
}

function names(parties: readonly Matchable[]): string {
  return parties
    .map(({ id }) => id)
    .sort()
    .join(' ')
}
