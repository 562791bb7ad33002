/**
 * Holds every settlement against its rows. A row's own figures come first; what has no settlement, or no rows, in the file
 * proves nothing.
 */
import { unequalLine, type LineNoun } from '../../../domain/statements/line-footing.ts'
import { formatMoney, type Units } from '../../../domain/money/money.ts'
import type { Footing, StatementLine } from '../../../domain/statements/statement.ts'

export function footSettlements(lines: readonly StatementLine[], noun: LineNoun): Footing {
  const counted = lines.filter(({ uncounted }) => uncounted === null)
  const unequal = unequalLine(counted, noun)
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
    else if (sum !== -amount) return differing({ noun, line, id: group ?? '', stated: -amount, sum })
    rows.delete(group ?? '')
  }
  return isWhole && settlements.length > 0 && rows.size === 0 ? { kind: 'foots' } : { kind: 'unproven' }
}

interface Difference {
  readonly noun: LineNoun
  readonly line: number
  readonly id: string
  readonly stated: Units
  readonly sum: Units
}

function differing({ noun, line, id, stated, sum }: Difference): Footing {
  const reason = `${noun} ${line}: the settlement ${id} is ${formatMoney(stated)}, but its rows come to ${formatMoney(sum)}.`
  return { kind: 'differs', difference: stated - sum, line, reason }
}
