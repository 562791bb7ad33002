/**
 * An entry in the company's own currency, for a target that takes no other: every line by the one rate, to the minor unit,
 * with the largest remainders rounded up so that debits still equal credits.
 */
import { apportion } from '../../domain/journals/apportion.ts'
import { formatDecimals, minorUnitDecimals, unitsPerMinor } from '../../domain/money/money.ts'
import type { Rate } from '../../domain/money/rates.ts'
import type { EntryLine } from '../entry.ts'

/** `lines` sum to zero, and so does what comes back; a line worth nothing there is left out. */
export function convertLines(lines: readonly EntryLine[], rate: Rate): readonly EntryLine[] {
  const unit = unitsPerMinor(rate.to)
  const counts = apportion(
    lines.map(({ amount }) => amount * rate.scaled),
    unit * 10n ** BigInt(rate.decimals),
    0n,
  )
  return lines.flatMap((line, index) => {
    const amount = (counts[index] ?? 0n) * unit
    const original = formatDecimals(line.amount, minorUnitDecimals(rate.from))
    const description = `${line.description} [${original} ${rate.from} at ${rate.text}]`
    return amount === 0n ? [] : [{ ...line, amount, description }]
  })
}
