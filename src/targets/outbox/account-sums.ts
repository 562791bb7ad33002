/** What entries put on each account of the target, by currency: the figures of a tie-out. Debit positive. */
import type { Units } from '../../domain/money/money.ts'
import type { TargetEntry } from '../entry.ts'

export interface AccountSum {
  readonly currency: string
  readonly account: string
  readonly amount: Units
}

/** By currency and account, under a key that is the same for all sums. */
export type AccountSums = ReadonlyMap<string, AccountSum>

export function sumLines(entries: readonly TargetEntry[]): AccountSums {
  return addSums(
    entries.flatMap(({ currency, lines }) => lines.map(({ account, amount }) => ({ currency, account, amount }))),
  )
}

export function addSums(parts: readonly AccountSum[]): AccountSums {
  const sums = new Map<string, AccountSum>()
  for (const part of parts) {
    // No currency has a blank in it.
    const key = `${part.currency} ${part.account}`
    sums.set(key, { ...part, amount: (sums.get(key)?.amount ?? 0n) + part.amount })
  }
  return sums
}

export function amountOf(sums: AccountSums, key: string): Units {
  return sums.get(key)?.amount ?? 0n
}

/** The first less the second, with the accounts of both. */
export function lessSums(a: AccountSums, b: AccountSums): AccountSums {
  return addSums([...a.values(), ...[...b.values()].map((sum) => ({ ...sum, amount: -sum.amount }))])
}
