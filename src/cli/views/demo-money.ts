/** The demo's lines about money outside the vendors: statements against the books, what explains the rest, and how lines were matched. */
import type { DemoMoney } from '../../demo/money.ts'
import { formatMoney } from '../../domain/money/money.ts'
import type { Session } from '../session.ts'

export function demoMoneyLines(
  session: Pick<Session, 'table'>,
  { accounts, clearing, openItems, steps }: DemoMoney,
): readonly string[] {
  const rows = accounts.map(({ account, currency, statement, books }) => [
    account,
    currency,
    statement === null ? 'not said' : formatMoney(statement),
    formatMoney(books),
    statement === null ? 'unknown' : formatMoney(statement - books),
  ])
  const columns = ['Statement closes with', 'Books', 'Difference'].map((title) => ({ title, align: 'right' as const }))
  const inTransit = clearing.map(({ account, balance }) => `${account} ${formatMoney(balance)}`)
  const expected = openItems.map(({ kind, count }) => `${kind} ${count}`)
  return [
    ...session.table([{ title: 'Money account' }, { title: 'Cur' }, ...columns], rows),
    '',
    inTransit.length === 0
      ? 'Nothing is in transit.'
      : `In transit: ${inTransit.join(', ')}; expected on coming statements: ${expected.join(', ')}.`,
    `Statement lines settled: ${steps.map(({ step, count }) => `${count} by ${step}`).join(', ')}.`,
  ]
}
