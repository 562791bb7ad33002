/**
 * Lines and items of one amount where some may not meet: what left an account does not arrive on it. Those that may meet
 * are told apart first; where all of a part may, the windows decide as ever.
 */
import { assignByWindow, type Assignment, type Pair, type Unclear } from './assign.ts'
import { compareParties, inWindow, mayMeet, type Party } from './board.ts'
import { groups } from './groups.ts'

const EXAMPLES = 5

export function assignApart(lines: readonly Party[], items: readonly Party[]): Assignment {
  if (allMayMeet(lines, items)) return assignByWindow(lines, items)
  const joined = groups()
  for (const [line, item] of fitting(lines, items)) joined.join(line, item)
  const pairs: Pair[] = []
  const unclear: Unclear[] = []
  for (const parties of joined.sets()) {
    const partLines = parties.filter(({ side }) => side === 'line')
    const partItems = parties.filter(({ side }) => side === 'item')
    const found = allMayMeet(partLines, partItems)
      ? assignByWindow(partLines, partItems)
      : byElimination(partLines, partItems)
    pairs.push(...found.pairs)
    unclear.push(...found.unclear)
  }
  return { pairs, unclear }
}

function allMayMeet(lines: readonly Party[], items: readonly Party[]): boolean {
  const left = new Set(items.flatMap(({ source }) => source.left ?? []))
  return left.size === 0 || !lines.some(({ source }) => source.account !== undefined && left.has(source.account))
}

function fitting(lines: readonly Party[], items: readonly Party[]): readonly Pair[] {
  return lines.flatMap((line) =>
    items.filter((item) => inWindow(line, item) && mayMeet(line, item)).map((item) => [line, item] as const),
  )
}

/** Whoever has one partner only takes it. Unless that leaves nobody over, all of it is unclear. */
function byElimination(lines: readonly Party[], items: readonly Party[]): Assignment {
  const all = fitting(lines, items)
  const partners = new Map<Party, Set<Party>>([...lines, ...items].map((party) => [party, new Set()]))
  for (const [line, item] of all) {
    partners.get(line)?.add(item)
    partners.get(item)?.add(line)
  }
  const pairs: Pair[] = []
  const single = [...partners].filter(([, theirs]) => theirs.size === 1).map(([party]) => party)
  for (const party of single) {
    const [other] = partners.get(party) ?? []
    if (other === undefined) continue
    pairs.push(party.side === 'line' ? [party, other] : [other, party])
    for (const taken of [party, other]) {
      for (const near of partners.get(taken) ?? []) {
        const theirs = partners.get(near)
        theirs?.delete(taken)
        if (theirs?.size === 1) single.push(near)
      }
      partners.set(taken, new Set())
    }
  }
  if (pairs.length === lines.length && pairs.length === items.length) return { pairs, unclear: [] }
  const sorted = { lines: [...lines].sort(compareParties), items: [...items].sort(compareParties) }
  return { pairs: [], unclear: [{ ...sorted, pairs: all.length, examples: all.slice(0, EXAMPLES) }] }
}
