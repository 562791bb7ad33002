/**
 * What references join though the amounts come to nothing: several of both sides, or more than was expected. Weaker steps
 * would tear it apart by coincidence, so it goes to a person as it is.
 */
import { isOpen, type Board, type Party } from './board.ts'
import { pairsOf, type Likeness } from './by-reference.ts'
import { hubsOf } from './hubs.ts'
import { joinedByReference } from './stars.ts'
import { COUNT_BOUND, hold } from './verdicts.ts'

export function holdTangles(board: Board): void {
  const byParty = likenessesByLine(board)
  for (const parties of joinedByReference(board)) {
    const pairs = pairsOf([...new Set(parties.flatMap((party) => byParty.get(party) ?? []))])
    if (pairs.length === 0 || !parties.every(isOpen)) continue
    hold(board, {
      step: 'reference',
      parties,
      alternatives: pairs,
      count: pairs.length,
      counted: pairs.length < COUNT_BOUND,
      reason: 'References join them, but the amounts do not come to the same.',
    })
  }
}

/** All of one sign at one reference. A payment and its refund name each other as well: opposite signs say nothing. */
function likenessesByLine(board: Board): ReadonlyMap<Party, readonly Likeness[]> {
  const byLine = new Map<Party, Likeness[]>()
  for (const { reference, lines, items } of hubsOf(board)) {
    for (const isOfSign of [isIn, isOut]) {
      const likeness = { reference, lines: lines.filter(isOfSign), items: items.filter(isOfSign) }
      if (likeness.items.length === 0) continue
      for (const line of likeness.lines) {
        const known = byLine.get(line)
        if (known === undefined) byLine.set(line, [likeness])
        else known.push(likeness)
      }
    }
  }
  return byLine
}

function isIn({ amount }: Party): boolean {
  return amount > 0n
}

function isOut({ amount }: Party): boolean {
  return amount < 0n
}
