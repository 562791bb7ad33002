/**
 * Which line and item have only each other, where an item's candidates are a few runs of sorted lines. Candidates are
 * counted by run, never listed, so a dense day costs no more than a quiet one.
 */
import type { AmountIndex, Span } from './amount-index.ts'
import type { Assignment, Pair, Unclear } from './assign.ts'
import { mayMeet, type Party } from './board.ts'
import { groups } from './groups.ts'

const EXAMPLES = 5

interface Candidacy {
  readonly item: Party
  readonly spans: readonly Span[]
  readonly lines: number
}

/** Pairs are those with one candidate on either side; everything joined to several candidates is unclear. */
export function uniquePairs(
  index: AmountIndex,
  items: readonly Party[],
  spansOf: (item: Party) => readonly Span[],
): Assignment {
  const candidacies = items.map((item) => candidacyOf(index, item, spansOf(item))).filter(({ lines }) => lines > 0)
  const itemsOfLine = countPerLine(index, candidacies)
  const pairs: Pair[] = []
  const contested = candidacies.filter(({ item, spans, lines }) => {
    const line = index.lines[spans[0]?.start ?? 0]
    if (lines !== 1 || line === undefined || itemsOfLine[spans[0]?.start ?? 0] !== 1) return true
    pairs.push([line, item])
    return false
  })
  return { pairs, unclear: unclearOf(index, contested) }
}

function candidacyOf(index: AmountIndex, item: Party, found: readonly Span[]): Candidacy {
  const spans = meeting(index, item, merge(found))
  return { item, spans, lines: spans.reduce((sum, { start, end }) => sum + end - start, 0) }
}

/** Two rules may lead to the same line; it is one candidate. */
function merge(found: readonly Span[]): readonly Span[] {
  if (found.length < 2) return found
  const spans: Span[] = []
  for (const span of [...found].sort((a, b) => a.start - b.start)) {
    const last = spans[spans.length - 1]
    if (last !== undefined && span.start <= last.end) {
      spans[spans.length - 1] = { start: last.start, end: Math.max(last.end, span.end) }
    } else spans.push(span)
  }
  return spans
}

/** Without the lines of the account the item has left. */
function meeting({ lines }: AmountIndex, item: Party, spans: readonly Span[]): readonly Span[] {
  if (item.source.left === undefined) return spans
  return spans.flatMap(({ start, end }) => {
    const runs: Span[] = []
    let from = start
    for (let position = start; position < end; position += 1) {
      const line = lines[position]
      if (line === undefined || mayMeet(line, item)) continue
      if (from < position) runs.push({ start: from, end: position })
      from = position + 1
    }
    return from < end ? [...runs, { start: from, end }] : runs
  })
}

function countPerLine({ lines }: AmountIndex, candidacies: readonly Candidacy[]): Int32Array {
  const counts = new Int32Array(lines.length + 1)
  for (const { spans } of candidacies) {
    for (const { start, end } of spans) {
      counts[start] = (counts[start] ?? 0) + 1
      counts[end] = (counts[end] ?? 0) - 1
    }
  }
  for (let position = 1; position < counts.length; position += 1) {
    counts[position] = (counts[position] ?? 0) + (counts[position - 1] ?? 0)
  }
  return counts
}

function unclearOf(index: AmountIndex, contested: readonly Candidacy[]): readonly Unclear[] {
  const joined = groups()
  // Lines of one run are joined once, however many items reach it.
  const joinedUpTo = new Map<number, number>()
  const byItem = new Map<Party, Candidacy>()
  for (const candidacy of [...contested].sort((a, b) => (a.spans[0]?.start ?? 0) - (b.spans[0]?.start ?? 0))) {
    byItem.set(candidacy.item, candidacy)
    for (const span of candidacy.spans) joinRun(index, joined.join, joinedUpTo, candidacy.item, span)
  }
  return joined.sets().map((parties) => {
    const lines = parties.filter(({ side }) => side === 'line')
    const items = parties.filter(({ side }) => side === 'item')
    const ofItems = items.flatMap((item) => byItem.get(item) ?? [])
    return {
      lines,
      items,
      pairs: ofItems.reduce((sum, candidacy) => sum + candidacy.lines, 0),
      examples: examplesOf(index, ofItems),
    }
  })
}

function joinRun(
  { lines }: AmountIndex,
  join: (a: Party, b: Party) => void,
  joinedUpTo: Map<number, number>,
  item: Party,
  { start, end }: Span,
): void {
  const first = lines[start]
  if (first === undefined) return
  join(first, item)
  let position = start
  const trail: number[] = []
  while (position < end - 1) {
    const known = joinedUpTo.get(position)
    trail.push(position)
    if (known === undefined) {
      const [line, next] = [lines[position], lines[position + 1]]
      if (line !== undefined && next !== undefined) join(line, next)
      position += 1
    } else position = known
  }
  for (const passed of trail) joinedUpTo.set(passed, Math.max(joinedUpTo.get(passed) ?? 0, Math.min(position, end - 1)))
}

function examplesOf({ lines }: AmountIndex, candidacies: readonly Candidacy[]): readonly Pair[] {
  const examples: Pair[] = []
  for (const { item, spans } of candidacies) {
    for (const { start, end } of spans) {
      for (let position = start; position < end && examples.length < EXAMPLES; position += 1) {
        const line = lines[position]
        if (line !== undefined) examples.push([line, item])
      }
    }
  }
  return examples
}
