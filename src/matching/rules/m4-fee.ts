/**
 * M4: the same but for the fee that the account states, or what the payer withholds. The fee leaves the account in either
 * direction: 100.00 received arrive as 97.20, 100.00 paid cost 102.80. Where two fees fit, nobody guesses which it was.
 */
import { feesOf } from '../../domain/matching/policy.ts'
import type { FeeRule } from '../../domain/matching/match.ts'
import type { OpenItem, OpenLine } from '../../domain/matching/open-sides.ts'
import { floorDivide, type Units } from '../../domain/money/money.ts'
import { WHOLE_SHARE } from '../../domain/settlement/taken.ts'
import { canMeet, inTimeOf, isTied, openLines, take, type Board } from './board.ts'

export function matchFees(board: Board): void {
  for (const line of openLines(board)) {
    // A line that states its own fee needs no rule.
    if (line.amount !== line.gross || line.isPartly) continue
    const fitting = rulesOf(board, line).flatMap((rule) =>
      inTimeOf(board, line, expected(line.amount, rule))
        .filter((item) => isTied(board, line, item) && canMeet(board, line, item) && fits(board, line, item, rule))
        .map((item) => ({ item, rule })),
    )
    const [first] = fitting
    if (first === undefined || new Set(fitting.map(({ rule }) => rule.name)).size > 1) continue
    const { item, rule } = first
    const reason = `The same counterparty, and the difference is the fee "${rule.name}".`
    take(board, { step: 'fee', status: 'confirmed', lines: [line], items: [item], feeRule: rule.name, reason })
  }
}

/** Of the line's account, for every payer whose items are open. */
function rulesOf({ settings, sources }: Board, line: OpenLine): readonly FeeRule[] {
  return feesOf(settings, [line.account], sources).filter(({ share, flat }) => share !== 0n || flat !== 0n)
}

/** What a payer withholds is no fee of another's. */
function fits({ settings }: Board, line: OpenLine, item: OpenItem, rule: FeeRule): boolean {
  const own = feesOf(settings, [line.account], [item.source])
  const { low, high } = arriving(item.amount, rule)
  return own.some(({ name }) => name === rule.name) && low <= line.amount && line.amount <= high
}

/** Whole minor units that the fee may have made the line of, a few too many: `fits` tells. */
function expected(amount: Units, { share, flat, minorUnit }: FeeRule): readonly Units[] {
  const sign = amount < 0n ? -1n : 1n
  const left = WHOLE_SHARE - sign * share
  if (left <= 0n) return []
  const middle = floorDivide((sign * amount + sign * flat) * WHOLE_SHARE, left * minorUnit)
  return [-2n, -1n, 0n, 1n, 2n].map((off) => sign * (middle + off) * minorUnit)
}

/** The amounts within half a minor unit, for each rounding, of the exact net, both included. */
function arriving(
  amount: Units,
  { share, flat, minorUnit, roundings = 1n }: FeeRule,
): { readonly low: Units; readonly high: Units } {
  const magnitude = amount < 0n ? -amount : amount
  const exact = amount * WHOLE_SHARE - magnitude * share - flat * WHOLE_SHARE
  const half = (roundings * minorUnit * WHOLE_SHARE) / 2n
  return { low: -floorDivide(-(exact - half), WHOLE_SHARE), high: floorDivide(exact + half, WHOLE_SHARE) }
}
