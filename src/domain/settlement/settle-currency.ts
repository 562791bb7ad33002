/**
 * What is paid in another currency than it is expected in, and a processor's own conversions. Both go through the
 * conversion account, which is zero once valued in the book's currency: what was received at its day's rate, what was
 * owed at the rate of the day the books took it up. The rest is the realised exchange difference.
 */
import { grossOf } from './allot.ts'
import { worthInBook } from './convert.ts'
import { abs, divideHalfEven, formatMoney, unitsPerMinor, type Units } from '../money/money.ts'
import type {
  LineTotal,
  SettleContext,
  SettledItem,
  SettledLine,
  SettledMatch,
  Settlement,
  TakenPart,
} from './settlement.ts'
import { takenInTurn } from './taken.ts'
import { ITEM_TEMPLATES } from './templates.ts'
import { added, ownFees } from './totals.ts'

/**
 * Lines share the items in the proportion of what they move, to the minor unit; the last takes the rest, and what is known
 * to be taken on the way. Each line is valued at the rate of its own day.
 */
export function settleInOtherCurrency({ lines, items, difference }: SettledMatch, context: SettleContext): Settlement {
  const moved = lines.reduce((sum, line) => sum + grossOf(line), 0n)
  const expected = items.reduce((sum, { amount }) => sum + amount, 0n)
  if (moved === 0n || moved > 0n !== expected > 0n) {
    const reason = 'money in and money out do not settle each other'
    return { kind: 'unsettled', lack: 'currency', reason }
  }
  const parts = difference.kind === 'fee' ? difference.parts : []
  const left = items.map((item) => {
    const taken = takenTotals(item, parts)
    const whole = item.amount - taken.reduce((sum, { amount }) => sum + amount, 0n)
    return { item, taken, whole, open: whole }
  })
  const totals = new Map<string, readonly LineTotal[]>()
  let worth = 0n
  let lost = 0n
  for (const line of lines) {
    const isLast = line === lines.at(-1)
    const shares = left.map((each) => {
      const amount = isLast ? each.open : shareOf(each.whole, each.item.currency, grossOf(line), moved)
      each.open -= amount
      return { item: each.item, amount }
    })
    const settled = convertedLine(line, shares, context)
    if (!settled.ok) return missing(settled.reason)
    worth += settled.worth
    lost += settled.lost
    totals.set(line.id, added([...settled.totals, ...(isLast ? left.flatMap(({ taken }) => taken) : [])]))
  }
  const isSaid = difference.kind === 'written-off'
  const isRounding = abs(lost) <= ROUNDING_MINOR * unitsPerMinor(context.bookCurrency)
  const most = context.mostApartBasisPoints ?? MOST_APART
  if (!isSaid && !isRounding && abs(lost) * 10_000n > abs(worth) * BigInt(most)) {
    const [got, owed] = [worth, worth + lost].map((units) => `${formatMoney(units)} ${context.bookCurrency}`)
    const reason = `the lines are worth ${got} and the items ${owed}, more than ${most / 100} % apart: no exchange rate explains it; if it is right all the same, match them with --difference written-off`
    return { kind: 'unsettled', lack: 'amount', reason }
  }
  return { kind: 'settled', totals }
}

/** A processor's margin and some weeks of a rate come to less. */
const MOST_APART = 500
const ROUNDING_MINOR = 5n

type Converted =
  | {
      readonly ok: true
      readonly totals: readonly LineTotal[]
      /** In the book's currency: what arrived, and how much less that is than what it pays. */
      readonly worth: Units
      readonly lost: Units
    }
  /** The missing rate. */
  | { readonly ok: false; readonly reason: string }

function convertedLine(
  line: SettledLine,
  shares: readonly { readonly item: SettledItem; readonly amount: Units }[],
  context: SettleContext,
): Converted {
  const { currency, date } = line
  const gross = grossOf(line)
  const worth = worthInBook(context, gross, currency, date)
  if (!worth.ok) return worth
  const totals = [exchanged(line), ...ownFees(line)]
  let lost = -worth.units
  for (const { item, amount } of shares) {
    const { converted, hasSource } = ITEM_TEMPLATES[item.kind]
    totals.push({ kind: converted, source: hasSource ? item.source : '', currency: item.currency, amount })
    const carried = worthInBook(context, amount, item.currency, item.date)
    if (!carried.ok) return carried
    lost += carried.units
  }
  return {
    ok: true,
    totals: [...totals, { kind: 'fx-difference', source: '', currency: context.bookCurrency, amount: lost }],
    worth: worth.units,
    lost,
  }
}

function shareOf(whole: Units, currency: string, part: Units, of: Units): Units {
  const minor = unitsPerMinor(currency)
  return divideHalfEven(whole * part, of * minor) * minor
}

/** The line's side of the conversion account. */
function exchanged(line: SettledLine): LineTotal {
  const gross = grossOf(line)
  const { currency } = line
  return gross > 0n
    ? { kind: 'conversion-in', source: '', currency, amount: gross }
    : { kind: 'conversion-out', source: '', currency, amount: -gross }
}

/** What is known to be taken before the money is exchanged, in the item's own currency. */
function takenTotals(item: SettledItem, parts: readonly TakenPart[]): readonly LineTotal[] {
  const { source, currency } = item
  const template = ITEM_TEMPLATES[item.kind]
  return takenInTurn(parts, item.amount, currency).flatMap(({ part, amount }) => {
    const kind = template.takenFrom === 'item' ? template.taken[part.kind] : null
    return kind === null ? [] : [{ kind, source, currency, amount }]
  })
}

/** A processor's exchange between its own balances: two or more lines, out in one currency and in in another. */
export function settleConversion(lines: readonly SettledLine[], context: SettleContext): Settlement {
  const totals = new Map<string, LineTotal[]>()
  let lost = 0n
  for (const line of lines) {
    const gross = grossOf(line)
    const { currency, date } = line
    const worth = worthInBook(context, gross, currency, date)
    if (!worth.ok) return missing(worth.reason)
    lost -= worth.units
    totals.set(line.id, [exchanged(line), ...ownFees(line)])
  }
  const bearer = lines.findLast(({ amount }) => amount > 0n)
  if (bearer === undefined || lines.every(({ amount }) => amount > 0n)) {
    return { kind: 'unsettled', lack: 'amount', reason: 'a conversion has a line out and a line in' }
  }
  const difference: LineTotal = { kind: 'fx-difference', source: '', currency: context.bookCurrency, amount: lost }
  totals.get(bearer.id)?.push(difference)
  return { kind: 'settled', totals: new Map([...totals].map(([id, each]) => [id, added(each)])) }
}

function missing(reason: string): Settlement {
  return { kind: 'unsettled', lack: 'rate', reason }
}
