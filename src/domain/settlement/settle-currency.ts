/**
 * A payout received in another currency than it was owed in, and a processor's own conversions. Both go through the
 * conversion account, which is zero once valued in the book's currency: what was received at its day's rate, what was
 * owed at the rate of the day the books took it up. The rest is the realised exchange difference.
 */
import { grossOf } from './allot.ts'
import { worthInBook } from './convert.ts'
import type {
  LineTotal,
  SettleContext,
  SettledItem,
  SettledLine,
  SettledMatch,
  Settlement,
  TakenPart,
} from './settlement.ts'
import { takenOf } from './taken.ts'
import { ITEM_TEMPLATES } from './templates.ts'
import { added, ownFees } from './totals.ts'

export function settleInOtherCurrency({ lines, items, difference }: SettledMatch, context: SettleContext): Settlement {
  const [line, ...others] = lines
  if (line === undefined || others.length > 0 || items.some(({ kind }) => kind !== 'payout')) {
    const reason = 'only one line may settle items of another currency, and only payouts'
    return { kind: 'unsettled', code: 'CURRENCY_MISMATCH', reason }
  }
  const parts = difference.kind === 'fee' ? difference.parts : []
  const received = grossOf(line)
  const totals: LineTotal[] = [
    { kind: 'conversion-in', source: '', currency: line.currency, amount: received },
    ...ownFees(line),
  ]
  const worth = worthInBook(context, received, line.currency, line.date)
  if (!worth.ok) return missing(worth.reason)
  let lost = -worth.units
  for (const item of items) {
    const taken = takenTotals(item, parts)
    const settled = item.amount - taken.reduce((sum, { amount }) => sum + amount, 0n)
    const { source, currency } = item
    totals.push({ kind: 'conversion-settled', source, currency, amount: settled }, ...taken)
    const carried = worthInBook(context, settled, currency, item.date)
    if (!carried.ok) return missing(carried.reason)
    lost += carried.units
  }
  totals.push({ kind: 'fx-difference', source: '', currency: context.bookCurrency, amount: lost })
  return { kind: 'settled', totals: new Map([[line.id, added(totals)]]) }
}

/** What is known to be taken before the money is exchanged, in the item's own currency. */
function takenTotals(item: SettledItem, parts: readonly TakenPart[]): readonly LineTotal[] {
  return parts.flatMap((part) => {
    const kind = ITEM_TEMPLATES[item.kind].taken[part.kind]
    const { source, currency } = item
    return kind === null ? [] : [{ kind, source, currency, amount: takenOf(part, item.amount, currency) }]
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
    const exchanged: LineTotal =
      gross > 0n
        ? { kind: 'conversion-in', source: '', currency, amount: gross }
        : { kind: 'conversion-out', source: '', currency, amount: -gross }
    totals.set(line.id, [exchanged, ...ownFees(line)])
  }
  const bearer = lines.findLast(({ amount }) => amount > 0n)
  if (bearer === undefined || lines.every(({ amount }) => amount > 0n)) {
    return { kind: 'unsettled', code: 'AMOUNT_DIFF', reason: 'a conversion has a line out and a line in' }
  }
  const difference: LineTotal = { kind: 'fx-difference', source: '', currency: context.bookCurrency, amount: lost }
  totals.get(bearer.id)?.push(difference)
  return { kind: 'settled', totals: new Map([...totals].map(([id, each]) => [id, added(each)])) }
}

function missing(reason: string): Settlement {
  return { kind: 'unsettled', code: 'RATE_MISSING', reason }
}
