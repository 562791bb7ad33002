/**
 * An hledger journal of the exact ledger, so that another engine can add it up. Every account and commodity is declared
 * (`hledger check --strict` passes) and every closing balance is asserted. Ledger 3 reads the same file.
 */
import { accountClass, type AccountClass, type Chart } from '../../../domain/accounts.ts'
import { addDays } from '../../../domain/time/dates.ts'
import { formatExact } from '../../../domain/money/money.ts'
import type { RenderedFile } from '../../document.ts'
import { accountsOf, chartAccount, currenciesOf, type LedgerExtract } from '../ledger-extract.ts'
import {
  accountNames,
  BROUGHT_FORWARD,
  narration,
  postingLine,
  renderExtract,
  transaction,
  type NameOf,
  type Naming,
} from '../plain-text.ts'

const TYPE: Readonly<Record<AccountClass, string>> = {
  assets: 'A',
  liabilities: 'L',
  equity: 'E',
  income: 'R',
  expenses: 'X',
}

/** "assets:1310 Prepaid - SMM panel wallet:netpanel". Two spaces would end the name, a colon would split it. */
const NAMING: Naming = {
  root: {
    assets: 'assets',
    liabilities: 'liabilities',
    equity: 'equity',
    income: 'income',
    expenses: 'expenses',
  },
  component: (text) => {
    const clean = oneLine(text).replaceAll(':', '-').replaceAll(';', ',')
    return clean === '' ? 'unnamed' : clean
  },
}

export function hledgerJournal(extract: LedgerExtract, chart: Chart): RenderedFile {
  const nameOf = accountNames(extract, chart, NAMING)
  const declarations = accountsOf(extract).flatMap((key) => [
    `account ${nameOf(key)}`,
    `    ; type: ${TYPE[accountClass(chartAccount(chart, key).chart.type)]}`,
  ])
  const commodities = currenciesOf(extract).flatMap((currency) => [
    `commodity ${currency}`,
    `    format 1000.00000000 ${currency}`,
  ])
  return renderExtract(extract, [
    `; tieout: the exact ledger of ${oneLine(extract.bookName)}, ${extract.from} to ${extract.to}, summed by day`,
    '',
    ...commodities,
    '',
    ...declarations,
    ...transaction(`${addDays(extract.from, -1)} * ${BROUGHT_FORWARD}`, extract.opening, nameOf),
    ...extract.days.flatMap((day) => transaction(`${day.day} * ${narration(day)}`, day.lines, nameOf)),
    ...closing(extract, nameOf),
    '',
  ])
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
