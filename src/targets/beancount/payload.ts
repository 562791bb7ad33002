/**
 * A beancount file of the exact ledger, so that another engine can add it up. Every account is opened, every closing
 * balance is asserted with a tolerance of zero, so a difference in the eighth decimal fails `bean-check`.
 */
import { accountClass, type AccountClass, type Chart } from '../../domain/accounts.ts'
import { addDays } from '../../domain/dates.ts'
import { formatExact } from '../../domain/money.ts'
import type { AccountKey } from '../../domain/transaction.ts'
import type { RenderedFile } from '../document.ts'
import {
  accountsOf,
  chartAccount,
  currenciesOf,
  extractRows,
  extractTotals,
  uniqueNames,
  type AccountAmount,
  type LedgerExtract,
} from '../extract.ts'

const ROOT: Readonly<Record<AccountClass, string>> = {
  assets: 'Assets',
  liabilities: 'Liabilities',
  equity: 'Equity',
  income: 'Income',
  expenses: 'Expenses',
}

export function beancountFile(extract: LedgerExtract, chart: Chart): RenderedFile {
  const keys = accountsOf(extract)
  const names = uniqueNames(keys, (key) => beancountName(chart, key))
  const nameOf = (key: AccountKey): string => names.get(key) ?? key
  const dayBefore = addDays(extract.from, -1)
  const text = [
    `; tieout: the exact ledger of a book, ${extract.from} to ${extract.to}, summed by day`,
    `option "title" ${quote(extract.bookName)}`,
    ...currenciesOf(extract).map((currency) => `option "operating_currency" ${quote(currency)}`),
    // Amounts have eight decimals and transactions balance exactly; nothing is to be waved through.
    'option "inferred_tolerance_default" "*:0"',
    'option "inferred_tolerance_multiplier" "0"',
    '',
    ...keys.map((key) => `${dayBefore} open ${nameOf(key)}`),
    ...transaction(dayBefore, 'Balances brought forward', extract.opening, nameOf),
    ...extract.days.flatMap((day) =>
      transaction(
        day.day,
        `${day.currency} postings of the day, ledger ${day.firstSequence}-${day.lastSequence}`,
        day.lines,
        nameOf,
      ),
    ),
    '',
    ...extract.closing.map(
      ({ account, amount, currency }) =>
        `${addDays(extract.to, 1)} balance ${nameOf(account)}  ${formatExact(amount)} ~ 0.00000000 ${currency}`,
    ),
    '',
  ].join('\n')
  return { text, rows: extractRows(extract), totals: extractTotals(extract), documents: [] }
}

function transaction(
  date: string,
  narration: string,
  lines: readonly AccountAmount[],
  nameOf: (key: AccountKey) => string,
): readonly string[] {
  if (lines.length === 0) return []
  const postings = lines.map(
    ({ account, amount, currency }) => `  ${nameOf(account)}  ${formatExact(amount)} ${currency}`,
  )
  return ['', `${date} * ${quote(narration)}`, ...postings]
}

/** "Assets:1310-Prepaid-SMM-panel-wallet:Netpanel": a root, then parts of letters, digits and hyphens that start with a capital or a digit. */
function beancountName(chart: Chart, key: AccountKey): string {
  const { chart: entry, wallet } = chartAccount(chart, key)
  const parts = [`${entry.code} ${entry.name}`, ...(wallet === undefined ? [] : [wallet])]
  return [ROOT[accountClass(entry.type)], ...parts.map(component)].join(':')
}

function component(text: string): string {
  const ascii = text
    .normalize('NFKD')
    .replaceAll(/\p{Mn}/gu, '')
    .replaceAll(/[^A-Za-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
  return ascii === '' ? 'Unnamed' : ascii.charAt(0).toUpperCase() + ascii.slice(1)
}

function quote(text: string): string {
  return `"${text
    .replaceAll(/\p{Cc}/gu, ' ')
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')}"`
}
