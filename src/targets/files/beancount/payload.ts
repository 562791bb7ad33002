/**
 * A beancount file of the exact ledger, so that another engine can add it up. Every account is opened, every closing
 * balance is asserted with a tolerance of zero, so a difference in the eighth decimal fails `bean-check`.
 */
import type { Chart } from '../../../domain/accounts.ts'
import { addDays } from '../../../domain/time/dates.ts'
import { formatExact } from '../../../domain/money/money.ts'
import type { RenderedFile } from '../../document.ts'
import { accountsOf, currenciesOf, type LedgerExtract } from '../ledger-extract.ts'
import { accountNames, BROUGHT_FORWARD, narration, renderExtract, transaction, type Naming } from '../plain-text.ts'

/** "Assets:1310-Prepaid-SMM-panel-wallet:Netpanel": a root, then parts of letters, digits and hyphens that start with a capital or a digit. */
const NAMING: Naming = {
  root: {
    assets: 'Assets',
    liabilities: 'Liabilities',
    equity: 'Equity',
    income: 'Income',
    expenses: 'Expenses',
  },
  component: (text) => {
    const ascii = text
      .normalize('NFKD')
      .replaceAll(/\p{Mn}/gu, '')
      .replaceAll(/[^A-Za-z0-9]+/g, '-')
      .replaceAll(/^-|-$/g, '')
    return ascii === '' ? 'Unnamed' : ascii.charAt(0).toUpperCase() + ascii.slice(1)
  },
}

export function beancountFile(extract: LedgerExtract, chart: Chart): RenderedFile {
  const nameOf = accountNames(extract, chart, NAMING)
  const dayBefore = addDays(extract.from, -1)
  return renderExtract(extract, [
    `; tieout: the exact ledger of a book, ${extract.from} to ${extract.to}, summed by day`,
    `option "title" ${quote(extract.bookName)}`,
    ...currenciesOf(extract).map((currency) => `option "operating_currency" ${quote(currency)}`),
    // Amounts have eight decimals and transactions balance exactly; nothing is to be waved through.
    'option "inferred_tolerance_default" "*:0"',
    'option "inferred_tolerance_multiplier" "0"',
    '',
    ...accountsOf(extract).map((key) => `${dayBefore} open ${nameOf(key)}`),
    ...transaction(`${dayBefore} * ${quote(BROUGHT_FORWARD)}`, extract.opening, nameOf),
    ...extract.days.flatMap((day) => transaction(`${day.day} * ${quote(narration(day))}`, day.lines, nameOf)),
    '',
    ...extract.closing.map(
      ({ account, amount, currency }) =>
        `${addDays(extract.to, 1)} balance ${nameOf(account)}  ${formatExact(amount)} ~ 0.00000000 ${currency}`,
    ),
    '',
  ])
}

function quote(text: string): string {
  return `"${text
    .replaceAll(/\p{Cc}/gu, ' ')
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')}"`
}
