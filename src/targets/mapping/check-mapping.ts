/**
 * Proves that every ledger account leads to an account of the company that may be posted to, and that every tag a rule
 * can give exists. Pure: what it goes by is what was pulled last.
 */
import { lookUpAccount, splitAccountKey, accountTitle, type Chart } from '../../domain/accounts.ts'
import type { TargetMapping } from '../../domain/journals/target-mapping.ts'
import type { AccountKey } from '../../domain/transaction.ts'
import type { TargetType } from '../../config/target-model.ts'
import { resolveDimension } from '../build/dimensions.ts'
import { resolveAccount } from '../build/resolve-account.ts'
import type { Company, CompanyAccount } from '../company.ts'
import { proposeAccount } from './propose.ts'

/** An account that a journal of this currency may touch. */
export interface AccountInUse {
  readonly key: AccountKey
  readonly currency: string
  /** Whether the ledger has postings on it; false for what only a posting rule names. */
  readonly hasPostings: boolean
}

export interface CheckedAccount extends AccountInUse {
  readonly title: string
  /** Null when it leads nowhere. */
  readonly account: CompanyAccount | null
  /** Why it leads nowhere, as a sentence; '' when it does lead somewhere. */
  readonly reason: string
  /** What it may be meant to lead to. */
  readonly proposal: CompanyAccount | null
}

export interface MappingCheck {
  readonly accounts: readonly CheckedAccount[]
  /** Sentences about tags and currencies. */
  readonly problems: readonly string[]
  /** 0 … 100, rounded down: only 100 is everything. */
  readonly coveragePercent: number
}

export interface CheckInput {
  readonly type: TargetType
  readonly mapping: TargetMapping
  readonly company: Company
  readonly chart: Chart
  readonly inUse: readonly AccountInUse[]
}

export function checkMapping(input: CheckInput): MappingCheck {
  const accounts = input.inUse.map((each) => checkAccount(input, each))
  const good = accounts.filter(({ account }) => account !== null).length
  const coveragePercent = accounts.length === 0 ? 100 : Math.floor((100 * good) / accounts.length)
  return { accounts, problems: [...tagProblems(input), ...currencyProblems(input)], coveragePercent }
}

export function isComplete({ accounts, problems }: MappingCheck): boolean {
  return problems.length === 0 && accounts.every(({ account }) => account !== null)
}

function checkAccount({ type, mapping, company, chart }: CheckInput, inUse: AccountInUse): CheckedAccount {
  const { key, currency } = inUse
  const title = accountTitle(chart, key)
  const found = resolveAccount(mapping, company, key, type === 'xero' ? company.currency : currency)
  if (found.ok) return { ...inUse, title, account: found.account, reason: '', proposal: null }
  const { code } = splitAccountKey(key)
  const known = { chart: chart.accounts.get(code), place: lookUpAccount(mapping.accounts, key) }
  return { ...inUse, title, account: null, reason: found.reason, proposal: proposeAccount(company, code, known) }
}

function tagProblems({ mapping, company }: CheckInput): readonly string[] {
  const ofRules = mapping.dimensions.flatMap(({ name, values, fallback }) =>
    [...values.values(), ...(fallback === null ? [] : [fallback])].map((value) => ({ name, value })),
  )
  const ofAccounts = [...mapping.accounts.values()].flatMap(({ tags }) =>
    [...tags].map(([name, value]) => ({ name, value })),
  )
  const problems = [...ofRules, ...ofAccounts].map((tag) => resolveDimension(company, tag))
  return [...new Set(problems.filter((problem) => typeof problem === 'string'))]
}

/** A foreign currency needs a company that knows several; Xero gets everything in its base currency. */
function currencyProblems({ type, company, inUse }: CheckInput): readonly string[] {
  if (type === 'xero' || company.multiCurrency) return []
  const foreign = [...new Set(inUse.map(({ currency }) => currency))].filter(
    (currency) => currency !== company.currency,
  )
  return foreign.map(
    (currency) =>
      `The book has ${currency}, and ${company.name} keeps ${company.currency} alone: turn multicurrency on there.`,
  )
}
