/**
 * An hledger journal of the exact ledger, so that another engine can add it up. Every account and commodity is declared
 * (`hledger check --strict` passes) and every closing balance is asserted. Ledger 3 reads the same file.
 */
import { accountClass, type AccountClass, type Chart } from '../../../domain/accounts.ts'
import { addDays } from '../../../domain/time/dates.ts'
import { formatExact } from '../../../domain/money/money.ts'
import type { AccountKey } from '../../../domain/transaction.ts'
import type { RenderedFile } from '../../document.ts'
import {
  accountsOf,
  chartAccount,
  currenciesOf,
  extractRows,
  extractTotals,
  uniqueNames,
  type AccountAmount,
  type LedgerDay,
  type LedgerExtract,
} from '../ledger-extract.ts'

type NameOf = (key: AccountKey) => string

const TYPE: Readonly<Record<AccountClass, string>> = {
  assets: 'A',
  liabilities: 'L',
  equity: 'E',
  income: 'R',
  expenses: 'X',
}

export function hledgerJournal(extract: LedgerExtract, chart: Chart): RenderedFile {
  const nameOf = accountNames(extract, chart)
  const declarations = accountsOf(extract).flatMap((key) => [
    `account ${nameOf(key)}`,
    `    ; type: ${TYPE[accountClass(chartAccount(chart, key).chart.type)]}`,
  ])
  const commodities = currenciesOf(extract).flatMap((currency) => [
    `commodity ${currency}`,
    `    format 1000.00000000 ${currency}`,
  ])
  const lines = [
    `; tieout: the exact ledger of ${oneLine(extract.bookName)}, ${extract.from} to ${extract.to}, summed by day`,
    '',
    ...commodities,
    '',
    ...declarations,
    ...transaction(`${addDays(extract.from, -1)} * Balances brought forward`, extract.opening, nameOf),
    ...extract.days.flatMap((day) => transaction(`${day.day} * ${narration(day)}`, day.lines, nameOf)),
    ...closing(extract, nameOf),
    '',
  ]
  return { text: lines.join('\n'), rows: extractRows(extract), totals: extractTotals(extract), documents: [] }
}

/** "assets:1310 Prepaid - SMM panel wallet:netpanel", no two the same. */
function accountNames(extract: LedgerExtract, chart: Chart): NameOf {
  const nameOf: NameOf = (key) => {
    const { chart: entry, wallet } = chartAccount(chart, key)
    const parts = [`${entry.code} ${entry.name}`, ...(wallet === undefined ? [] : [wallet])]
    return [accountClass(entry.type), ...parts.map(component)].join(':')
  }
  const names = uniqueNames(accountsOf(extract), nameOf)
  return (key) => names.get(key) ?? key
}

/** One part of a name, never empty. Two spaces would end the name, a colon would split it. */
function component(text: string): string {
  const clean = oneLine(text).replaceAll(':', '-').replaceAll(';', ',')
  return clean === '' ? 'unnamed' : clean
}

/** "USD postings of the day, ledger 4-9". */
function narration({ currency, firstSequence, lastSequence }: LedgerDay): string {
  return `${currency} postings of the day, ledger ${firstSequence}-${lastSequence}`
}

/** A header with its postings below, after a blank line; nothing when there are no postings. */
function transaction(header: string, lines: readonly AccountAmount[], nameOf: NameOf): readonly string[] {
  if (lines.length === 0) return []
  return ['', header, ...lines.map((line) => postingLine(line, nameOf))]
}

/** hledger wants an indent, and two spaces between the account and its amount. */
function postingLine({ account, amount, currency }: AccountAmount, nameOf: NameOf): string {
  return `    ${nameOf(account)}  ${formatExact(amount)} ${currency}`
}

function closing(extract: LedgerExtract, nameOf: NameOf): readonly string[] {
  const lines = extract.closing.map((balance) => {
    const { amount, currency } = balance
    return `${postingLine({ ...balance, amount: 0n }, nameOf)} = ${formatExact(amount)} ${currency}`
  })
  return ['', `${extract.to} * Balances the ledger states`, ...lines]
}

function oneLine(text: string): string {
  return text
    .replaceAll(/\p{Cc}/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
}
