/** What a range of sequences moved on each account: the cost follows the range and not the book. */
import { sql, type Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import type { IsoDate } from '../domain/transaction.ts'
import { toBalance, type AccountBalance } from './balances.ts'
import type { Book } from './books.ts'

export interface SequenceRange {
  /** The last day that counts; every day when left out. */
  readonly asOf?: IsoDate
  /** Only this account. */
  readonly account?: string
  /** Exclusive. */
  readonly after: number
  /** Inclusive. */
  readonly through: number
}

/** Debits and credits of every account that a range of sequences touches: cost follows the range. */
export async function movementsIn(
  db: Kysely<Tables>,
  book: Book,
  { asOf, account, after, through }: SequenceRange,
): Promise<readonly AccountBalance[]> {
  let query = db
    .selectFrom('txn')
    .innerJoin('posting', (join) => join.onRef('posting.book', '=', 'txn.book').onRef('posting.seq', '=', 'txn.seq'))
    .innerJoin('account', (join) =>
      join.onRef('account.book', '=', 'posting.book').onRef('account.id', '=', 'posting.account'),
    )
    .select(['account.key', 'txn.currency'])
    .select([
      sql<bigint>`cast(sum(case when posting.amount > 0 then posting.amount else 0 end) as bigint)`.as('debit'),
      sql<bigint>`cast(sum(case when posting.amount < 0 then -posting.amount else 0 end) as bigint)`.as('credit'),
    ])
    .where('txn.book', '=', book.id)
    .where('txn.seq', '>', BigInt(after))
    .where('txn.seq', '<=', BigInt(through))
  if (asOf !== undefined) query = query.where('txn.effective_date', '<=', asOf)
  if (account !== undefined) query = query.where('account.key', '=', account)
  const rows = await query
    .groupBy(['account.key', 'txn.currency'])
    .orderBy('account.key')
    .orderBy('txn.currency')
    .execute()
  return rows.map(({ key, currency, debit, credit }) => toBalance(key, currency, debit, credit))
}
