/**
 * Whether the lines of a section add up: each in itself (gross less fee and tax), and one after the other by the balances
 * the file prints. The first thing wrong is told with its line; without balances nothing is proven.
 */
import { formatMoney, type Units } from '../money/money.ts'
import { dayNumberOf } from '../time/dates.ts'
import { followBalances, type FollowedBalances } from './running-balance.ts'
import type { Footing, StatementLine, StatementSection } from './statement.ts'

export interface FootedLines extends Pick<StatementSection, 'opening' | 'closing' | 'footing'> {
  readonly followed: FollowedBalances | null
}

const DAY_MS = 86_400_000

/** Opening and closing are what the balances prove, dated by the first and last line that moved money. */
export function footByBalances(lines: readonly StatementLine[], isFileNewestFirst = false): FootedLines {
  const counted = lines.filter(({ uncounted }) => uncounted === null)
  const followed = followBalances(
    counted.map(({ line, amount, balance, atMs, date }) => ({
      line,
      amount,
      balance,
      moment: atMs ?? dayNumberOf(date) * DAY_MS,
    })),
    isFileNewestFirst,
  )
  const unequal = unequalLine(counted)
  if (followed === null) return { opening: null, closing: null, followed, footing: unequal ?? { kind: 'unproven' } }
  const dates = counted.map(({ date }) => date).sort()
  return {
    opening: { amount: followed.opening, date: dates[0] ?? null },
    closing: { amount: followed.closing, date: dates.at(-1) ?? null },
    followed,
    footing: unequal ?? brokenBalance(followed) ?? { kind: followed.compared > 0 ? 'foots' : 'unproven' },
  }
}

/** The first line whose own figures contradict each other. */
export function unequalLine(lines: readonly StatementLine[]): Footing | null {
  for (const { line, amount, gross, fee, tax } of lines) {
    if (gross === null) continue
    const expected = gross - (fee ?? 0n) - (tax ?? 0n)
    if (expected === amount) continue
    const taken = [gross, fee, tax].filter((part): part is Units => part !== null).map((part) => formatMoney(part))
    const reason = `Line ${line}: its amount is ${formatMoney(amount)}, but ${taken.join(' less ')} is ${formatMoney(expected)}.`
    return { kind: 'differs', difference: amount - expected, line, reason }
  }
  return null
}

function brokenBalance({ breaks }: FollowedBalances): Footing | null {
  const [first] = breaks
  if (first === undefined) return null
  const { line, printed, expected } = first
  const more = breaks.length > 1 ? ` ${breaks.length - 1} more do not follow either.` : ''
  return {
    kind: 'differs',
    difference: printed - expected,
    line,
    reason: `Line ${line}: its balance is ${formatMoney(printed)}, but the balance before it and its amount come to ${formatMoney(expected)}.${more}`,
  }
}
