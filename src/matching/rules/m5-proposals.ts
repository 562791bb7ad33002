/**
 * M5: what only a person can say, proposed: the same amount without a counterparty, and up to three items of one vendor
 * whose sum is the line, where there is only one such sum.
 */
import type { OpenItem, OpenLine } from '../../domain/matching/open-sides.ts'
import { amountsOf, canMeet, inTime, inTimeOf, openLines, take, type Board } from './board.ts'

/** With more in the days of a line, a sum by chance is likely. */
const MOST_SUMMED = 40

export function proposeAmounts(board: Board): void {
  for (const line of openLines(board)) {
    const item = inTimeOf(board, line, amountsOf(line)).find((each) => canMeet(board, line, each))
    if (item === undefined) continue
    const reason = 'The same amount; nothing else speaks for it. A rule of the account would.'
    take(board, { step: 'exact', status: 'proposed', lines: [line], items: [item], reason })
  }
}

export function proposeSums(board: Board): void {
  for (const line of openLines(board)) {
    const near = inTime(board, line).filter((item) => canMeet(board, line, item))
    const sums = [...Map.groupBy(near, ({ kind, source }) => `${kind} ${source}`).values()].flatMap((items) =>
      sumsOf(line, items),
    )
    const [only, ...others] = sums
    if (only === undefined || others.length > 0) continue
    const reason = `${only.length} items come to the line, and no other sum of two or three does.`
    take(board, { step: 'subset', status: 'proposed', lines: [line], items: only, reason })
  }
}

function sumsOf(line: OpenLine, items: readonly OpenItem[]): readonly (readonly OpenItem[])[] {
  if (items.length > MOST_SUMMED) return []
  const amounts = amountsOf(line)
  const found: (readonly OpenItem[])[] = []
  for (const [at, one] of items.entries())
    for (const [next, other] of items.entries()) {
      if (next <= at) continue
      if (amounts.includes(one.amount + other.amount)) found.push([one, other])
      for (const third of items.slice(next + 1))
        if (amounts.includes(one.amount + other.amount + third.amount)) found.push([one, other, third])
    }
  return found
}
