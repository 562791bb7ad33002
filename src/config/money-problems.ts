/** What only the whole of a book shows about its money accounts: names that clash, and rules that point to nothing or to the wrong kind. */
import { exceptionsSchema, matchingSchema, moneyAccountSchema, payoutsSchema } from './money-schema.ts'
import type { Problem } from './problems.ts'
import { list, property } from './raw-value.ts'

/** Which keys are known at the settings of this file; undefined elsewhere. */
export function knownMoneyKeys(path: readonly PropertyKey[]): readonly string[] | undefined {
  const last = path.at(-1)
  if (typeof last === 'number') {
    if (path.at(-2) === 'accounts') return Object.keys(moneyAccountSchema.shape)
    if (path.at(-2) === 'rules') return ['contains', 'means', 'source', 'account', 'fee']
    if (path.at(-2) === 'fixedRates') return ['date', 'from', 'to', 'rate']
    return path.at(-2) === 'fees' ? ['name', 'percent', 'flat'] : undefined
  }
  if (last === 'payouts') return Object.keys(payoutsSchema.shape)
  if (last === 'matching') return Object.keys(matchingSchema.shape)
  return last === 'exceptions' ? Object.keys(exceptionsSchema.shape) : undefined
}

export function moneyProblems(raw: unknown): readonly Problem[] {
  return list(property(raw, 'books')).flatMap((book, index) => ofBook(book, ['books', index]))
}

function ofBook(book: unknown, path: readonly PropertyKey[]): readonly Problem[] {
  const sources = list(property(book, 'sources'))
  const accounts = list(property(book, 'accounts'))
  const accountNames = accounts.map((account) => property(account, 'name'))
  const sourceNames = new Set(sources.map((source) => property(source, 'name')))
  const clashes = accountNames.flatMap((name, index) =>
    typeof name === 'string' && (sourceNames.has(name) || accountNames.indexOf(name) < index)
      ? [
          {
            path: [...path, 'accounts', index, 'name'],
            message: `a source or account of this book is already named "${name}"; give each its own name`,
          },
        ]
      : [],
  )
  const rules = accounts.flatMap((account, index) =>
    list(property(account, 'rules')).flatMap((rule, at) =>
      wrongRule(rule, { sources, accountNames, own: accountNames[index], fees: list(property(account, 'fees')) }).map(
        (message) => ({
          path: [...path, 'accounts', index, 'rules', at],
          message,
        }),
      ),
    ),
  )
  const payouts = sources.flatMap((source, index) => wrongPayouts(source, accountNames, [...path, 'sources', index]))
  return [...clashes, ...rules, ...payouts]
}

interface Names {
  readonly sources: readonly unknown[]
  readonly accountNames: readonly unknown[]
  /** The account the rule belongs to. */
  readonly own: unknown
  /** Of that account. */
  readonly fees: readonly unknown[]
}

function wrongRule(rule: unknown, { sources, accountNames, own, fees }: Names): readonly string[] {
  const means = property(rule, 'means')
  const fee = property(rule, 'fee')
  if (typeof fee === 'string' && fee !== 'none' && !fees.some((each) => property(each, 'name') === fee))
    return [`this account states no fee "${fee}"; add it to its fees, or write fee: none`]
  const account = property(rule, 'account')
  const name = property(rule, 'source')
  if (typeof account === 'string' && means === 'transfer') {
    if (account === own) return ['a transfer goes to another account than its own']
    return accountNames.includes(account) ? [] : [`this book has no account "${account}"`]
  }
  if (typeof name !== 'string' || (means !== 'payout' && means !== 'top-up')) return []
  const source = sources.find((each) => property(each, 'name') === name)
  if (source === undefined) return [`this book has no source "${name}"`]
  const isPublisher = property(source, 'role') === 'publisher'
  if (means === 'payout') return isPublisher ? [] : [`"${name}" is no publisher: only a publisher is paid out`]
  return isPublisher ? [`"${name}" is a publisher: only panels and advertisers are topped up`] : []
}

function wrongPayouts(
  source: unknown,
  accountNames: readonly unknown[],
  path: readonly PropertyKey[],
): readonly Problem[] {
  const payouts = property(source, 'payouts')
  if (payouts === undefined) return []
  const at = [...path, 'payouts']
  const account = property(payouts, 'account')
  const role = property(source, 'role')
  if (role === 'advertiser') return [{ path: at, message: 'only a publisher is paid out' }]
  if (typeof account !== 'string' || accountNames.includes(account)) return []
  return [{ path: [...at, 'account'], message: `this book has no account "${account}"` }]
}
