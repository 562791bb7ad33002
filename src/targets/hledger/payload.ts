/**
 * An hledger journal of the exact ledger, so that another engine can add it up. Every account and commodity is declared
 * (`hledger check --strict` passes) and every closing balance is asserted. Ledger 3 reads the same file.
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

const TYPE: Readonly<Record<AccountClass, string>> = {
  assets: 'A',
  liabilities: 'L',
  equity: 'E',
  income: 'R',
  expenses: 'X',
}

export function hledgerJournal(extract: LedgerExtract, chart: Chart): RenderedFile {
  const keys = accountsOf(extract)
  const names = uniqueNames(keys, (key) => hledgerName(chart, key))
  const nameOf = (key: AccountKey): string => names.get(key) ?? key
  const declarations = keys.flatMap((key) => [
    `account ${nameOf(key)}`,
    `    ; type: ${TYPE[accountClass(chartAccount(chart, key).chart.type)]}`,
  ])
  const commodities = currenciesOf(extract).flatMap((currency) => [
    `commodity ${currency}`,
    `    format 1000.00000000 ${currency}`,
  ])
  const text = [
    `; tieout: the exact ledger of ${oneLine(extract.bookName)}, ${extract.from} to ${extract.to}, summed by day`,
    '',
    ...commodities,
    '',
    ...declarations,
    ...opening(extract, nameOf),
    ...extract.days.flatMap((day) => [
      '',
      `${day.day} * ${day.currency} postings of the day, ledger ${day.firstSequence}-${day.lastSequence}`,
      ...day.lines.map((line) => posting(nameOf, line)),
    ]),
    ...closing(extract, nameOf),
    '',
  ].join('\n')
  return { text, rows: extractRows(extract), totals: extractTotals(extract), documents: [] }
}

/** "assets:1310 Prepaid - SMM panel wallet:netpanel". Two spaces would end the name, a colon would split it. */
function hledgerName(chart: Chart, key: AccountKey): string {
  const { chart: entry, wallet } = chartAccount(chart, key)
  const parts = [`${entry.code} ${entry.name}`, ...(wallet === undefined ? [] : [wallet])]
  return [accountClass(entry.type), ...parts.map(component)].join(':')
}

function component(text: string): string {
  const clean = oneLine(text).replaceAll(':', '-').replaceAll(';', ',')
  return clean === '' ? 'unnamed' : clean
}

function oneLine(text: string): string {
  return text
    .replaceAll(/\p{Cc}/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
}

function posting(nameOf: (key: AccountKey) => string, { account, amount, currency }: AccountAmount): string {
  return `    ${nameOf(account)}  ${formatExact(amount)} ${currency}`
}

function opening(extract: LedgerExtract, nameOf: (key: AccountKey) => string): readonly string[] {
  if (extract.opening.length === 0) return []
  const header = `${addDays(extract.from, -1)} * Balances brought forward`
  return ['', header, ...extract.opening.map((line) => posting(nameOf, line))]
}

function closing(extract: LedgerExtract, nameOf: (key: AccountKey) => string): readonly string[] {
  const lines = extract.closing.map(({ account, amount, currency }) => {
    return `    ${nameOf(account)}  0.00000000 ${currency} = ${formatExact(amount)} ${currency}`
  })
  return ['', `${extract.to} * Balances the ledger states`, ...lines]
}
