/** What was posted to a day and currency after a sequence of the ledger: what has changed since somebody looked at its draft. */
import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import { compareKeys } from '../domain/journals/rounding.ts'
import type { Units } from '../domain/money/money.ts'
import type { AccountKey, IsoDate } from '../domain/transaction.ts'
import type { Book } from '../ledger/books.ts'

export interface ChangesSince {
  readonly transactions: number
  readonly first: bigint
  readonly last: bigint
  /** Accounts whose sum changed, by key. Empty when what came takes itself back. */
  readonly accounts: readonly { readonly account: AccountKey; readonly amount: Units }[]
}

export interface LookedAt {
  readonly day: IsoDate
  readonly currency: string
  /** The last sequence that had been looked at. */
  readonly head: bigint
}

/** Null when nothing came. */
export async function changesSince(
  db: Kysely<Tables>,
  book: Book,
  { day, currency, head }: LookedAt,
): Promise<ChangesSince | null> {
  const rows = await db
    .selectFrom('txn')
    .innerJoin('posting', (join) => join.onRef('posting.book', '=', 'txn.book').onRef('posting.seq', '=', 'txn.seq'))
    .innerJoin('account', (join) =>
      join.onRef('account.book', '=', 'posting.book').onRef('account.id', '=', 'posting.account'),
    )
    .select(['txn.seq', 'account.key', 'posting.amount'])
    .where('txn.book', '=', book.id)
    .where('txn.effective_date', '=', day)
    .where('txn.currency', '=', currency)
    .where('txn.seq', '>', head)
    .orderBy('txn.seq')
    .execute()
  const [first] = rows
  const last = rows.at(-1)
  if (first === undefined || last === undefined) return null
  const sums = new Map<AccountKey, Units>()
  for (const { key, amount } of rows) sums.set(key, (sums.get(key) ?? 0n) + amount)
  const accounts = [...sums]
    .filter(([, amount]) => amount !== 0n)
    .toSorted(([a], [b]) => compareKeys(a, b))
    .map(([account, amount]) => ({ account, amount }))
  return { transactions: new Set(rows.map(({ seq }) => seq)).size, first: first.seq, last: last.seq, accounts }
}
