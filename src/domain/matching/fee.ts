/**
 * Step "fee": the line is the item less what a processor is known to take, and neither has another partner of that kind.
 * The fee leaves the account in either direction: 100.00 received arrive as 97.20, 100.00 paid cost 102.80.
 */
import { floorDivide } from '../money/money.ts'
import { WHOLE_SHARE } from '../settlement/taken.ts'
import { amountIndex, spansWithin, type AmountIndex, type Span } from './amount-index.ts'
import { isOpen, type Board, type Party } from './board.ts'
import type { FeeRule } from './match.ts'
import { uniquePairs } from './unique-pairs.ts'
import { hold, settle } from './verdicts.ts'

export function matchFee(board: Board): void {
  const rules = board.feeRules.filter(({ share, flat }) => share !== 0n || flat !== 0n)
  if (rules.length === 0) return
  const index = amountIndex(board.lines.filter(isOpen))
  const { pairs, unclear } = uniquePairs(index, board.items.filter(isOpen), (item) =>
    rules.flatMap((rule) => spansOfRule(index, item, rule)),
  )
  for (const [line, item] of pairs) {
    const [rule, ...others] = feeRulesOf(board, line, item)
    if (rule === undefined) continue
    const reason = `The line is the item less the fee "${rule.name}", and nothing else fits.`
    settle(board, { step: 'fee', lines: [line], items: [item], sure: others.length === 0, feeRule: rule.name, reason })
  }
  for (const doubt of unclear) {
    hold(board, {
      step: 'fee',
      parties: [...doubt.lines, ...doubt.items],
      alternatives: doubt.examples.map(([line, item]) => ({ lines: [line], items: [item] })),
      count: doubt.pairs,
      counted: true,
      reason: 'Several pairs differ by a known fee.',
    })
  }
}

/**
 * The rules by which this line can be this item, whatever the dates; in the order of the policy. Those of other accounts and
 * payers, of which a partition may hold several, only where none of its own is: they do not make it one of two.
 */
export function feeRulesOf({ feeRules }: Board, line: Party, item: Party): readonly FeeRule[] {
  if (line.amount === item.amount || line.amount > 0n !== item.amount > 0n) return []
  const fitting = feeRules.filter((rule) => {
    const { low, high } = arriving(item.amount, rule)
    return low <= line.amount && line.amount <= high
  })
  const own = fitting.filter((rule) => isOwn(rule, line, item))
  return own.length > 0 ? own : fitting
}

function isOwn({ account, sources }: FeeRule, line: Party, item: Party): boolean {
  const { account: lineAccount } = line.source
  const { source } = item.source
  if (account !== undefined && lineAccount !== undefined && account !== lineAccount) return false
  return sources === undefined || source === undefined || sources.includes(source)
}

function spansOfRule(index: AmountIndex, item: Party, rule: FeeRule): readonly Span[] {
  const { low, high } = arriving(item.amount, rule)
  // A fee that eats the whole amount, or turns its sign, is no match.
  const [least, most] = item.amount > 0n ? [low < 1n ? 1n : low, high] : [low, high > -1n ? -1n : high]
  return least > most ? [] : spansWithin(index, least, most, item)
}

/** The amounts within half a minor unit, for each rounding, of the exact net, both included. */
function arriving(
  amount: bigint,
  { share, flat, minorUnit, roundings = 1n }: FeeRule,
): { readonly low: bigint; readonly high: bigint } {
  const magnitude = amount < 0n ? -amount : amount
  const exact = amount * WHOLE_SHARE - magnitude * share - flat * WHOLE_SHARE
  const half = (roundings * minorUnit * WHOLE_SHARE) / 2n
  return { low: -floorDivide(-(exact - half), WHOLE_SHARE), high: floorDivide(exact + half, WHOLE_SHARE) }
}
