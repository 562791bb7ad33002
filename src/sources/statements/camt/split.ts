/**
 * A CAMT file with every entry cut out, so that one entry at a time is parsed and not a hundred thousand at once. Marks
 * with as many line ends as the entry stand in their places, so that lines keep their numbers.
 */

export interface CutEntry {
  /** Its XML. */
  readonly text: string
  /** In the file, from 1. */
  readonly line: number
}

export interface SplitFile {
  readonly rest: string
  readonly entries: readonly CutEntry[]
}

const MARK = 'entry '
/** Entries have no attributes and do not lie inside each other. */
const OPENING = /<((?:[\w.-]+:)?Ntry)\s*>/g

/** Null for a file with comments or literal text, where what looks like an entry need not be one. */
export function splitEntries(text: string): SplitFile | null {
  if (text.includes('<!--') || text.includes('<![CDATA[')) return null
  const entries: CutEntry[] = []
  const rest: string[] = []
  let at = 0
  let line = 1
  for (let found = OPENING.exec(text); found !== null; found = OPENING.exec(text)) {
    const closing = `</${found[1] ?? ''}>`
    const end = text.indexOf(closing, found.index)
    if (end < 0) break
    const before = text.slice(at, found.index)
    at = end + closing.length
    const entry = text.slice(found.index, at)
    line += lineEnds(before)
    rest.push(before, `<Ntry>${MARK}${entries.length}${'\n'.repeat(lineEnds(entry))}</Ntry>`)
    entries.push({ text: entry, line })
    line += lineEnds(entry)
    OPENING.lastIndex = at
  }
  OPENING.lastIndex = 0
  rest.push(text.slice(at))
  return { rest: rest.join(''), entries }
}

/** The place of the entry in the list when the value is a mark. */
export function markedPlace(value: unknown): number | null {
  return typeof value === 'string' && value.startsWith(MARK) ? Number(value.slice(MARK.length)) : null
}

function lineEnds(text: string): number {
  let count = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1
  return count
}
