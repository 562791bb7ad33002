/**
 * M3: the same amount and counterparty, oldest first: whichever of several equal ones is paired, the postings are the same.
 * P2: a line of the network that is short of what was due settles that much of the oldest, and the rest stays due.
 */
import type { OpenItem, OpenLine } from '../../domain/matching/open-sides.ts'
import { amountsOf, canMeet, inTime, inTimeOf, isTied, openLines, take, type Board } from './board.ts'

export function matchCounterparty(board: Board): void {
  for (const line of byRuleFirst(board)) {
    const item = inTimeOf(board, line, amountsOf(line)).find(
      (each) => isTied(board, line, each) && canMeet(board, line, each),
    )
    if (item === undefined) continue
    const reason = 'The same amount and counterparty.'
    take(board, { step: 'exact', status: 'confirmed', lines: [line], items: [item], reason })
  }
}

export function matchShortPayouts(board: Board): void {
  for (const line of openLines(board)) {
    if (board.classOf(line).kind !== 'of' || line.isPartly || line.amount < 0n) continue
    const item = inTime(board, line).find((each) => isShortOf(line, each) && canMeet(board, line, each))
    if (item === undefined) continue
    const reason = 'The line is a part of what was due; the rest stays due.'
    take(board, { step: 'part', status: 'confirmed', lines: [line], items: [item], part: line.gross, reason })
  }
}

/** Before the fee that the line states itself, which is no part of what is missing. */
function isShortOf({ gross }: OpenLine, { kind, amount: due }: OpenItem): boolean {
  return kind === 'payout' && gross > 0n && gross < due
}

/** What a rule speaks of goes before what only names its counterparty. */
function byRuleFirst(board: Board): readonly OpenLine[] {
  const { classOf } = board
  const lines = openLines(board)
  const isRuled = (line: OpenLine): boolean => classOf(line).kind === 'of'
  return [...lines.filter(isRuled), ...lines.filter((line) => !isRuled(line))]
}
