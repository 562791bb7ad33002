/**
 * Step "exact": the same amount, the line within the item's window, and no choice left when everybody of that amount is
 * looked at together. Where a reference of the pair points elsewhere, a person decides.
 */
import { assignApart } from './assign-apart.ts'
import type { Pair } from './assign.ts'
import { isOpen, type Board, type Party } from './board.ts'
import { groups } from './groups.ts'
import { byAmount } from './hubs.ts'
import type { Star } from './stars.ts'
import { hold, settle, type Alternative } from './verdicts.ts'

export function matchExact(board: Board, stars: ReadonlyMap<Party, Star>): void {
  const itemsByAmount = byAmount(board.items.filter(isOpen))
  const contested: Pair[] = []
  for (const [amount, lines] of byAmount(board.lines.filter(isOpen))) {
    const items = itemsByAmount.get(amount)
    if (items === undefined) continue
    const { pairs, unclear } = assignApart(lines, items)
    for (const doubt of unclear) {
      hold(board, {
        step: 'exact',
        parties: [...doubt.lines, ...doubt.items],
        alternatives: doubt.examples.map(([line, item]) => ({ lines: [line], items: [item] })),
        count: doubt.pairs,
        counted: true,
        reason: 'Several have this amount, and the dates leave a choice.',
      })
    }
    for (const pair of pairs) {
      const [line, item] = pair
      if (stars.has(line) || stars.has(item)) contested.push(pair)
      else
        settle(board, {
          step: 'exact',
          lines: [line],
          items: [item],
          sure: true,
          reason: 'The only ones of this amount that fit by date.',
        })
    }
  }
  holdContested(board, contested, stars)
}

/** The amounts say one thing, a reference says another. */
function holdContested(board: Board, contested: readonly Pair[], stars: ReadonlyMap<Party, Star>): void {
  const joined = groups()
  const pairOf = new Map<Party, Pair>()
  for (const pair of contested) {
    joined.join(pair[0], pair[1])
    pairOf.set(pair[0], pair)
    for (const party of pair) {
      const star = stars.get(party)
      for (const ray of star?.rays ?? []) if (star !== undefined) joined.join(star.centre, ray)
    }
  }
  for (const parties of joined.sets()) {
    const pairs = parties.flatMap((party) => {
      const pair = pairOf.get(party)
      return pair === undefined ? [] : [{ lines: [pair[0]], items: [pair[1]] }]
    })
    const named = [...new Set(parties.flatMap((party) => stars.get(party) ?? []))].map(({ centre, rays }) =>
      centre.side === 'line' ? { lines: [centre], items: rays } : { lines: rays, items: [centre] },
    )
    const alternatives = eachOnce([...pairs, ...named])
    hold(board, {
      step: 'exact',
      parties,
      alternatives,
      count: alternatives.length,
      counted: true,
      reason: 'The amounts and dates say one thing, a reference says another.',
    })
  }
}

/** A pair may be what is named as well. */
function eachOnce(alternatives: readonly Alternative[]): readonly Alternative[] {
  const keyOf = ({ lines, items }: Alternative): string =>
    [lines, items].map((side) => side.map(({ index }) => index).join(' ')).join('-')
  return [...new Map(alternatives.map((each) => [keyOf(each), each])).values()]
}
