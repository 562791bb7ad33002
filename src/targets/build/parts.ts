/**
 * Splits an entry with too many lines into parts that each balance, without a clearing account: debits are paired with
 * credits in their order, and where a part is full the line that is not used up is cut in two. The same lines always give
 * the same parts.
 */
import { abs, type Units } from '../../domain/money/money.ts'

interface Amount {
  /** Never zero. */
  readonly amount: Units
}

interface Piece {
  readonly index: number
  left: Units
}

/** `lines` sum to zero; `limit` is at least 2. Every part has at most `limit` lines, in their order, and sums to zero. */
export function splitIntoParts<L extends Amount>(lines: readonly L[], limit: number): readonly (readonly L[])[] {
  if (lines.length <= limit) return lines.length === 0 ? [] : [lines]
  const side = (isOfSide: (amount: Units) => boolean): Piece[] =>
    lines.flatMap(({ amount }, index) => (isOfSide(amount) ? [{ index, left: abs(amount) }] : []))
  const debits = side((amount) => amount > 0n)
  const credits = side((amount) => amount < 0n)
  const parts: Map<number, Units>[] = []
  let part = new Map<number, Units>()
  for (let d = 0, c = 0; ;) {
    const [debit, credit] = [debits[d], credits[c]]
    if (debit === undefined || credit === undefined) break
    const added = [debit, credit].filter(({ index }) => !part.has(index)).length
    if (part.size + added > limit) {
      parts.push(part)
      part = new Map()
    }
    const moved = debit.left < credit.left ? debit.left : credit.left
    part.set(debit.index, (part.get(debit.index) ?? 0n) + moved)
    part.set(credit.index, (part.get(credit.index) ?? 0n) - moved)
    debit.left -= moved
    credit.left -= moved
    if (debit.left === 0n) d += 1
    if (credit.left === 0n) c += 1
  }
  if (part.size > 0) parts.push(part)
  return parts.map((amounts) =>
    lines.flatMap((line, index) => {
      const amount = amounts.get(index)
      return amount === undefined ? [] : [{ ...line, amount }]
    }),
  )
}

const MOST_CHARACTERS = 21

/** "DOC.1", "DOC.2" …; without hyphens when they do not fit, and null when nothing does. One part is the document itself. */
export function partDocuments(document: string, count: number): readonly string[] | null {
  if (count <= 1) return document.length <= MOST_CHARACTERS ? [document] : null
  const name = [document, document.replaceAll('-', '')].find((each) => `${each}.${count}`.length <= MOST_CHARACTERS)
  return name === undefined ? null : Array.from({ length: count }, (_, index) => `${name}.${index + 1}`)
}
