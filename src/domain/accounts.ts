/**
 * The chart of accounts as data, and how an account key reads: "1310:netpanel" is code 1310 with the wallet
 * "netpanel", "3900" is a code alone. A mapping is looked up by the whole key first, then by its code, so one wallet
 * can be sent somewhere of its own without listing every other one.
 */
import type { AccountKey } from './transaction.ts'

export const ACCOUNT_TYPES = [
  'asset',
  'contra-asset',
  'liability',
  'equity',
  'revenue',
  'contra-revenue',
  'other-income',
  'expense',
  'contra-expense',
] as const

export type AccountType = (typeof ACCOUNT_TYPES)[number]

export interface ChartAccount {
  readonly code: string
  readonly name: string
  readonly type: AccountType
  /** The side on which the balance is expected: a credit balance on a debit account deserves a look. */
  readonly normal: 'debit' | 'credit'
  readonly note: string
}

export interface Chart {
  /** The file it was read from, for messages. */
  readonly file: string
  readonly accounts: ReadonlyMap<string, ChartAccount>
}

/** The five classes every plain-text ledger knows. */
export type AccountClass = 'assets' | 'liabilities' | 'equity' | 'income' | 'expenses'

const CLASS_OF: Readonly<Record<AccountType, AccountClass>> = {
  asset: 'assets',
  'contra-asset': 'assets',
  liability: 'liabilities',
  equity: 'equity',
  revenue: 'income',
  'contra-revenue': 'income',
  'other-income': 'income',
  expense: 'expenses',
  'contra-expense': 'expenses',
}

export function accountClass(type: AccountType): AccountClass {
  return CLASS_OF[type]
}

export interface AccountParts {
  readonly code: string
  /** The wallet, source or connection; undefined for a code alone. */
  readonly wallet: string | undefined
}

export function splitAccountKey(key: AccountKey): AccountParts {
  const colon = key.indexOf(':')
  return colon < 0 ? { code: key, wallet: undefined } : { code: key.slice(0, colon), wallet: key.slice(colon + 1) }
}

/** The entry for the whole key, or else for its code, or else undefined. */
export function lookUpAccount<T>(entries: ReadonlyMap<string, T>, key: AccountKey): T | undefined {
  return entries.get(key) ?? entries.get(splitAccountKey(key).code)
}

/** Anything that knows where accounts go: a target's mapping, or the chart itself. */
export interface AccountMapping<T = unknown> {
  /** The file to edit when an account is missing. */
  readonly file: string
  readonly accounts: ReadonlyMap<string, T>
}

/** The keys the mapping has no entry for, in the order given. */
export function unmappedAccounts(mapping: AccountMapping, keys: readonly AccountKey[]): readonly AccountKey[] {
  return keys.filter((key) => lookUpAccount(mapping.accounts, key) === undefined)
}

/** The account's full name in QuickBooks: "Parent:Sub". */
export type QuickbooksMapping = AccountMapping<string>

export interface XeroAccount {
  readonly code: string
  /** The tax rate's display name, as Xero shows it. */
  readonly taxRate: string
}

export interface XeroMapping extends AccountMapping<XeroAccount> {
  /** The organisation's base currency. */
  readonly currency: string
}

/** "SMM services cost, netpanel": what a person reads. An account the chart lacks is called by its key. */
export function accountTitle(chart: Chart, key: AccountKey): string {
  const { code, wallet } = splitAccountKey(key)
  const name = chart.accounts.get(code)?.name ?? code
  return wallet === undefined ? name : `${name}, ${wallet}`
}
