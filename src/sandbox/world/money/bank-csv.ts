/** The bank's CSV, newest first, with the balance after each line. */
import { formatMoney } from '../../../domain/money/money.ts'
import { dateOf, printed, table, type Days } from './printed.ts'
import type { MoneyState } from './state.ts'

export function bankCsv(money: MoneyState, days: Days): string {
  const { rows } = printed(money, 'checking', 'USD', days)
  const cells = rows.map(({ line, balance }) => [
    dateOf(line.atMs),
    line.party === '' ? line.text : `${line.text} / ${line.party}`,
    line.reference,
    line.gross < 0n ? formatMoney(-line.gross) : '',
    line.gross < 0n ? '' : formatMoney(line.gross),
    formatMoney(balance),
  ])
  return table([['Booking date', 'Description', 'Reference', 'Debit', 'Credit', 'Balance'], ...cells.toReversed()])
}
