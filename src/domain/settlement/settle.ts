/**
 * A match → what its lines post. What settles an item is exactly what the match takes of it, and what moves the account
 * is exactly the line; the difference between the two is a known fee or a person's write-off, or nothing is
 * booked.
 */
import { formatMoney, type Units } from '../money/money.ts'
import { allot, type Allotted, type Portion } from './allot.ts'
import { settleInOtherCurrency } from './settle-currency.ts'
import type { LineTotal, SettleContext, SettledMatch, Settlement } from './settlement.ts'
import { shareTaken } from './taken.ts'
import { ITEM_TEMPLATES } from './templates.ts'
import { added, ownFees } from './totals.ts'

export function settleMatch(match: SettledMatch, context: SettleContext): Settlement {
  const { lines, items } = match
  const currencies = new Set(items.map(({ currency }) => currency))
  const lineCurrencies = new Set(lines.map(({ currency }) => currency))
  const first = items[0]
  if (first === undefined || currencies.size !== 1 || lineCurrencies.size !== 1) {
    const reason = 'a match joins lines of one currency with items of one currency'
    return { kind: 'unsettled', lack: 'currency', reason }
  }
  if (!lineCurrencies.has(first.currency)) return settleInOtherCurrency(match, context)
  const totals = new Map<string, readonly LineTotal[]>()
  for (const allotted of allot(match)) {
    const settled = lineOf(allotted, match)
    if (!settled.ok) return { kind: 'unsettled', lack: 'amount', reason: settled.reason }
    totals.set(allotted.line.id, added(settled.totals))
  }
  return { kind: 'settled', totals }
}

type Settled =
  { readonly ok: true; readonly totals: readonly LineTotal[] } | { readonly ok: false; readonly reason: string }

function lineOf(allotted: Allotted, match: SettledMatch): Settled {
  const { line, covers, difference } = allotted
  const own = covers === line.amount ? [] : ownFees(line)
  const portions = allotted.portions.map((portion) => portionTotal(portion))
  if (difference === 0n) return { ok: true, totals: [...portions, ...own] }
  const between = differenceTotals(allotted, match)
  if (between === null) {
    const reason = `the line ${line.id} and what it pays differ by ${formatMoney(difference)} ${line.currency}, which nothing explains`
    return { ok: false, reason }
  }
  return { ok: true, totals: [...portions, ...between, ...own] }
}

function portionTotal({ item, amount }: Portion): LineTotal {
  const { kind, sign, hasSource } = ITEM_TEMPLATES[item.kind]
  return { kind, source: hasSource ? item.source : '', currency: item.currency, amount: sign * amount }
}

/** Null when nothing that is known explains the difference. */
function differenceTotals(
  { line, portions, difference }: Allotted,
  { items, difference: known }: SettledMatch,
): readonly LineTotal[] | null {
  const largest = portions.toSorted((a, b) => size(b.amount) - size(a.amount))[0]
  if (largest === undefined) return null
  const { item } = largest
  const template = ITEM_TEMPLATES[item.kind]
  const { currency } = line
  const source = template.takenFrom === 'item' && template.hasSource ? item.source : ''
  // What was taken never reached the account, so less of the item did.
  const notReceived = (amount: Units): LineTotal => ({
    kind: template.kind,
    source,
    currency,
    amount: -template.sign * amount,
  })
  switch (known.kind) {
    case 'none':
      return null
    case 'written-off':
      return template.takenFrom === 'item'
        ? [notReceived(difference), { kind: template.writtenOff, source, currency, amount: difference }]
        : [{ kind: 'line-written-off', source: '', currency, amount: difference }]
    case 'fee': {
      const whole = items.reduce((sum, { amount }) => sum + amount, 0n)
      const shares = shareTaken(difference, known.parts, whole, currency)
      if (shares === null) return null
      const totals: LineTotal[] = template.takenFrom === 'item' ? [notReceived(difference)] : []
      for (const { part, amount } of shares) {
        const kind = template.taken[part.kind]
        if (kind === null) return null
        if (amount !== 0n) totals.push({ kind, source, currency, amount })
      }
      return totals
    }
  }
}

function size(units: Units): number {
  return Number(units < 0n ? -units : units)
}
