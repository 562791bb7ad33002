/**
 * Whether the lines of a section add up: each in itself (gross less fee and tax), and one after the other by the balances
 * the file prints. The first thing wrong is told with its line; without balances nothing is proven.
 */
import { formatMoney, type Units } from '../money/money.ts'
import { dayNumberOf } from '../time/dates.ts'
import { followBalances, type BalanceRow, type FollowedBalances } from './running-balance.ts'
import type { Footing, StatementLine, StatementSection } from './statement.ts'

export interface FootedLines extends Pick<StatementSection, 'opening' | 'closing' | 'footing'> {
  readonly followed: FollowedBalances | null
}

/** What `StatementLine.line` counts, for messages. */
export type LineNoun = 'Line' | 'Entry'

export interface FootingOptions {
  /** Which way the file runs, for sections that do not tell by themselves. */
  readonly isFileNewestFirst: boolean
  readonly noun: LineNoun
}

const DAY_MS = 86_400_000
const USUAL: FootingOptions = { isFileNewestFirst: false, noun: 'Line' }

/** Opening and closing are what the balances prove, dated by the first and last line that moved money. */
export function footByBalances(lines: readonly StatementLine[], options: FootingOptions = USUAL): FootedLines {
  const counted = lines.filter(({ uncounted }) => uncounted === null)
  const followed = followedLines(counted, options.isFileNewestFirst)
  const unequal = unequalLine(counted, options.noun)
  if (followed === null) return { opening: null, closing: null, followed, footing: unequal ?? { kind: 'unproven' } }
  const dates = counted.map(({ date }) => date).sort()
  return {
    opening: { amount: followed.opening, date: dates[0] ?? null },
    closing: { amount: followed.closing, date: dates.at(-1) ?? null },
    followed,
    footing: unequal ?? brokenBalance(followed, options.noun) ?? { kind: followed.compared > 0 ? 'foots' : 'unproven' },
  }
}

/**
 * By the times the file prints. Balances are not always made in that order within a day, so a day's lines may also stand in
 * any order, if that leaves nothing open: a figure that is wrong leaves something in every order.
 */
function followedLines(counted: readonly StatementLine[], isFileNewestFirst: boolean): FollowedBalances | null {
  const rowsBy = (momentOf: (line: StatementLine) => number): BalanceRow[] =>
    counted.map((each) => ({ line: each.line, amount: each.amount, balance: each.balance, moment: momentOf(each) }))
  const dayOf = ({ date }: StatementLine): number => dayNumberOf(date) * DAY_MS
  const followed = followBalances(
    rowsBy((each) => each.atMs ?? dayOf(each)),
    isFileNewestFirst,
  )
  if (followed === null || followed.breaks.length === 0) return followed
  const byDay = followBalances(rowsBy(dayOf), isFileNewestFirst)
  return byDay?.breaks.length === 0 ? byDay : followed
}

/** The first line whose own figures contradict each other. */
export function unequalLine(lines: readonly StatementLine[], noun: LineNoun): Footing | null {
  for (const { line, amount, gross, fee, tax } of lines) {
    if (gross === null) continue
    const expected = gross - (fee ?? 0n) - (tax ?? 0n)
    if (expected === amount) continue
    const taken = [gross, fee, tax].filter((part): part is Units => part !== null).map((part) => formatMoney(part))
    const reason = `${noun} ${line}: its amount is ${formatMoney(amount)}, but ${taken.join(' less ')} is ${formatMoney(expected)}.`
    return { kind: 'differs', difference: amount - expected, line, reason }
  }
  return null
}

function brokenBalance({ breaks }: FollowedBalances, noun: LineNoun): Footing | null {
  const [first] = breaks
  if (first === undefined) return null
  const { line, printed, expected } = first
  const more = breaks.length > 1 ? ` ${breaks.length - 1} more do not follow either.` : ''
  return {
    kind: 'differs',
    difference: printed - expected,
    line,
    reason: `${noun} ${line}: its balance is ${formatMoney(printed)}, but the balance before it and its amount come to ${formatMoney(expected)}.${more}`,
  }
}
