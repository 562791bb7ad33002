/**
 * What the plain-text ledgers have in common: a name for every account, the narration of a day and the line of a
 * posting. They differ in which characters a name may have and in how a balance is asserted.
 */
import { accountClass, type AccountClass, type Chart } from '../../domain/accounts.ts'
import { formatExact } from '../../domain/money/money.ts'
import type { AccountKey } from '../../domain/transaction.ts'
import type { RenderedFile } from '../document.ts'
import {
  accountsOf,
  chartAccount,
  extractRows,
  extractTotals,
  uniqueNames,
  type AccountAmount,
  type LedgerDay,
  type LedgerExtract,
} from './ledger-extract.ts'

export type NameOf = (key: AccountKey) => string

/** How a format writes the parts of a name. */
export interface Naming {
  readonly root: Readonly<Record<AccountClass, string>>
  /** One part with the format's own characters, never empty. */
  readonly component: (text: string) => string
}

export const BROUGHT_FORWARD = 'Balances brought forward'

/** Names for all accounts of the extract, no two the same: a root, then code and name, then the wallet, with colons between. */
export function accountNames(extract: LedgerExtract, chart: Chart, { root, component }: Naming): NameOf {
  const nameOf: NameOf = (key) => {
    const { chart: entry, wallet } = chartAccount(chart, key)
    const parts = [`${entry.code} ${entry.name}`, ...(wallet === undefined ? [] : [wallet])]
    return [root[accountClass(entry.type)], ...parts.map(component)].join(':')
  }
  const names = uniqueNames(accountsOf(extract), nameOf)
  return (key) => names.get(key) ?? key
}

/** "USD postings of the day, ledger 4-9". */
export function narration({ currency, firstSequence, lastSequence }: LedgerDay): string {
  return `${currency} postings of the day, ledger ${firstSequence}-${lastSequence}`
}

/** A header with its postings below, after a blank line; nothing when there are no postings. */
export function transaction(header: string, lines: readonly AccountAmount[], nameOf: NameOf): readonly string[] {
  if (lines.length === 0) return []
  return ['', header, ...lines.map((line) => postingLine(line, nameOf))]
}

/** Both formats want an indent, and two spaces between the account and its amount. */
export function postingLine({ account, amount, currency }: AccountAmount, nameOf: NameOf): string {
  return `    ${nameOf(account)}  ${formatExact(amount)} ${currency}`
}

export function renderExtract(extract: LedgerExtract, lines: readonly string[]): RenderedFile {
  return { text: lines.join('\n'), rows: extractRows(extract), totals: extractTotals(extract), documents: [] }
}
