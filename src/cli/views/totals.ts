/** Control totals as JSON: rows as whole numbers, money as decimals with eight places like every other amount. */
import type { ControlTotals, OutcomeTotals } from '../../domain/wallets/control-totals.ts'
import { formatExact } from '../../domain/money/money.ts'

export function totalsView({ rows, money }: ControlTotals) {
  return {
    rows,
    money: Object.fromEntries(Object.entries(money).map(([currency, sums]) => [currency, sumsView(sums)])),
  }
}

function sumsView(sums: OutcomeTotals) {
  return {
    in: formatExact(sums.in),
    posted: formatExact(sums.posted),
    unchanged: formatExact(sums.unchanged),
    quarantined: formatExact(sums.quarantined),
    excepted: formatExact(sums.excepted),
  }
}
