/**
 * The exact ledger as an hledger file needs it: what stood at the start, one summed transaction per day and
 * currency, and what the ledger says stands at the end. The end comes from the ledger's own daily balances and the days
 * from its postings, so an engine that reads the file checks one against the other.
 */
import { splitAccountKey, type Chart, type ChartAccount } from '../../domain/accounts.ts'
import type { Units } from '../../domain/money/money.ts'
import { compareKeys } from '../../domain/journals/rounding.ts'
import type { AccountKey, IsoDate } from '../../domain/transaction.ts'
import { debitsAndCredits, type DebitsAndCredits } from '../document.ts'

export interface AccountAmount {
  readonly account: AccountKey
  readonly currency: string
  /** Debit positive, never zero in `opening` and `days`. */
  readonly amount: Units
}

export interface LedgerDay {
  readonly day: IsoDate
  readonly currency: string
  readonly firstSequence: bigint
  readonly lastSequence: bigint
  /** The day's sum per account: together zero. */
  readonly lines: readonly AccountAmount[]
}

export interface LedgerExtract {
  readonly bookName: string
  readonly from: IsoDate
  readonly to: IsoDate
  readonly opening: readonly AccountAmount[]
  readonly days: readonly LedgerDay[]
  /** Balances at the end of `to`, zero ones included. */
  readonly closing: readonly AccountAmount[]
}

/** An account as an hledger file needs it. */
export interface LedgerAccount {
  readonly key: AccountKey
  readonly chart: ChartAccount
  readonly wallet: string | undefined
}

export function accountsOf({ opening, days, closing }: LedgerExtract): readonly AccountKey[] {
  const all = [...opening, ...days.flatMap((day) => day.lines), ...closing]
  return [...new Set(all.map((line) => line.account))].toSorted(compareKeys)
}

export function currenciesOf({ closing }: LedgerExtract): readonly string[] {
  return [...new Set(closing.map((line) => line.currency))].toSorted(compareKeys)
}

/** The key with its chart entry; throws RangeError for a code the chart lacks, which the exporter has refused before. */
export function chartAccount(chart: Chart, key: AccountKey): LedgerAccount {
  const { code, wallet } = splitAccountKey(key)
  const entry = chart.accounts.get(code)
  if (entry === undefined) throw new RangeError(`account ${key} is not in ${chart.file}`)
  return { key, chart: entry, wallet }
}

/** A name for every account, no two the same: a name already taken gets -2, -3 in key order. */
export function uniqueNames(
  keys: readonly AccountKey[],
  nameOf: (key: AccountKey) => string,
): ReadonlyMap<AccountKey, string> {
  const taken = new Set<string>()
  const names = new Map<AccountKey, string>()
  for (const key of keys.toSorted(compareKeys)) {
    const wanted = nameOf(key)
    let name = wanted
    for (let n = 2; taken.has(name); n += 1) name = `${wanted}-${n}`
    taken.add(name)
    names.set(key, name)
  }
  return names
}

export function extractTotals({ opening, days }: LedgerExtract): readonly DebitsAndCredits[] {
  return debitsAndCredits([...opening, ...days.flatMap((day) => day.lines)])
}

export function extractRows({ opening, days }: LedgerExtract): number {
  return days.reduce((rows, day) => rows + day.lines.length, opening.length)
}
