/**
 * Holds every settlement against its rows. A row's own figures come first; what has no settlement, or no rows, in the file
 * proves nothing.
 */
import { unequalLine } from '../../../domain/statements/line-footing.ts'
import { formatMoney, type Units } from '../../../domain/money/money.ts'
import type { Footing, StatementLine } from '../../../domain/statements/statement.ts'

export function footSettlements(lines: readonly StatementLine[]): Footing {
  const counted = lines.filter(({ uncounted }) => uncounted === null)
  const unequal = unequalLine(counted)
  if (unequal !== null) return unequal
  const rows = new Map<string, Units>()
  let isWhole = true
  for (const { type, group, amount } of counted) {
    if (type === 'settlement') continue
    if (group === null) isWhole = false
    else rows.set(group, (rows.get(group) ?? 0n) + amount)
  }
  const settlements = counted.filter(({ type }) => type === 'settlement')
  for (const { line, group, amount } of settlements) {
    const sum = rows.get(group ?? '')
    if (sum === undefined) isWhole = false
    else if (sum !== -amount) return differing(line, group ?? '', -amount, sum)
    rows.delete(group ?? '')
  }
  return isWhole && settlements.length > 0 && rows.size === 0 ? { kind: 'foots' } : { kind: 'unproven' }
}

function differing(line: number, id: string, stated: Units, sum: Units): Footing {
  const reason = `Line ${line}: the settlement ${id} is ${formatMoney(stated)}, but its rows come to ${formatMoney(sum)}.`
  return { kind: 'differs', difference: stated - sum, line, reason }
}
