/**
 * M2: the line and the item name the same, and the amounts agree. References are compared without blanks, in any case; one
 * of four characters is enough where the amounts agree. Several lines or items of one longer reference go together when
 * both sides come to the same sum.
 */
import type { OpenItem, OpenLine } from '../../domain/matching/open-sides.ts'
import { amountsOf, canMeet, openItems, openLines, take, type Board } from './board.ts'

const SHORTEST = 4
/** Short ids repeat from month to month: a sum of what they name proves nothing. */
const SHORTEST_OF_SUM = 6
/** Parts of the text that together may be one reference: "INV 2026 0412". */
const WORDS_TOGETHER = 3

export function matchReferences(board: Board): void {
  const items = indexOf(board.items, ({ references }) => references.map(plain))
  if (items.size === 0) return
  const named = new Map(board.lines.map((line) => [line.id, namesOf(line, items)]))
  for (const line of board.lines) {
    const names = named.get(line.id) ?? []
    if (names.length === 0) continue
    const item = names
      .flatMap((name) => items.get(name) ?? [])
      .find((each) => isOpen(board, each) && amountsOf(line).includes(each.amount) && canMeet(board, line, each))
    if (item === undefined) continue
    const reason = 'Both name the same reference, and the amounts are equal.'
    take(board, { step: 'reference', status: 'confirmed', lines: [line], items: [item], reason })
  }
  matchSums(board, named)
}

function matchSums(board: Board, named: ReadonlyMap<string, readonly string[]>): void {
  const lines = indexOf(openLines(board), ({ id }) => named.get(id) ?? [])
  const items = indexOf(openItems(board), ({ references }) => references.map(plain))
  for (const [reference, some] of [...lines].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    if (reference.length < SHORTEST_OF_SUM) continue
    const theirs = (items.get(reference) ?? []).filter((item) => isOpen(board, item))
    const ours = some.filter(({ id }) => !board.taken.has(`line ${id}`))
    if (ours.length === 0 || theirs.length === 0) continue
    if (!ours.every((line) => theirs.every((item) => canMeet(board, line, item)))) continue
    const due = theirs.reduce((sum, { amount }) => sum + amount, 0n)
    const moved = ours.reduce((sum, { amount }) => sum + amount, 0n)
    const gross = ours.reduce((sum, line) => sum + line.gross, 0n)
    if (due !== moved && due !== gross) continue
    const reason = `All that names "${reference}" comes to the same sum on both sides.`
    take(board, { step: 'group', status: 'confirmed', lines: ours, items: theirs, reason })
  }
}

function isOpen({ taken }: Board, { id }: OpenItem): boolean {
  return !taken.has(`item ${id}`)
}

/** Blanks and punctuation aside, in one case. */
function plain(reference: string): string {
  return reference
    .normalize('NFKC')
    .toUpperCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '')
}

/** Its own references, and those of items that its text names. */
function namesOf(line: OpenLine, known: ReadonlyMap<string, unknown>): readonly string[] {
  const words =
    `${line.description} ${line.counterparty}`
      .normalize('NFKC')
      .toUpperCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  const names = new Set(line.references.map(plain))
  for (let at = 0; at < words.length; at += 1)
    for (let count = 1; count <= WORDS_TOGETHER; count += 1) {
      const name = words.slice(at, at + count).join('')
      // A word without a digit is a word: references of the text are ids.
      if (/\d/.test(name) && known.has(name)) names.add(name)
    }
  return [...names].filter((name) => known.has(name))
}

function indexOf<Side extends OpenLine | OpenItem>(
  sides: readonly Side[],
  namesOfSide: (side: Side) => readonly string[],
): ReadonlyMap<string, readonly Side[]> {
  const found = new Map<string, Side[]>()
  for (const side of sides)
    for (const name of new Set(namesOfSide(side))) {
      if (name.length < SHORTEST) continue
      const same = found.get(name)
      if (same === undefined) found.set(name, [side])
      else same.push(side)
    }
  return found
}
