/**
 * Step "tolerance": nearly the same amount, within the window, and neither has another partner of that kind. It comes
 * last and is only ever proposed: whatever has a better explanation, even an ambiguous one, is already off the board.
 */
import { abs } from '../money/money.ts'
import { amountIndex, spansWithin } from './amount-index.ts'
import { isOpen, type Board } from './board.ts'
import type { MatchPolicy } from './match.ts'
import { uniquePairs } from './unique-pairs.ts'
import { hold, settle } from './verdicts.ts'

export function matchTolerance(board: Board): void {
  const index = amountIndex(board.lines.filter(isOpen))
  const { pairs, unclear } = uniquePairs(index, board.items.filter(isOpen), (item) => {
    const allowed = toleranceOf(item.amount, board.policy)
    return allowed === 0n ? [] : spansWithin(index, item.amount - allowed, item.amount + allowed, item)
  })
  for (const [line, item] of pairs) {
    const reason = 'Nearly the same amount, within tolerance, and nothing else fits.'
    settle(board, { step: 'tolerance', lines: [line], items: [item], sure: false, reason })
  }
  for (const doubt of unclear) {
    hold(board, {
      step: 'tolerance',
      parties: [...doubt.lines, ...doubt.items],
      alternatives: doubt.examples.map(([line, item]) => ({ lines: [line], items: [item] })),
      count: doubt.pairs,
      counted: true,
      reason: 'Several are nearly of this amount.',
    })
  }
}

/** Less than the amount itself, so a sign never turns. */
function toleranceOf(amount: bigint, { toleranceUnits, toleranceBasisPoints }: MatchPolicy): bigint {
  const share = (abs(amount) * BigInt(toleranceBasisPoints)) / 10_000n
  const allowed = share < toleranceUnits ? share : toleranceUnits
  return allowed < abs(amount) ? allowed : abs(amount) - 1n
}
