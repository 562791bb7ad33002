/** What a range of sequences moved on each account by kind of transaction, what was taken back apart from what came anew. */
import { sql, type Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import type { Units } from '../domain/money/money.ts'
import type { IsoDate } from '../domain/transaction.ts'
import type { Book } from './books.ts'

export interface SequenceRange {
  /** The last day that counts; every day when left out. */
  readonly asOf?: IsoDate
  /** Exclusive. */
  readonly after: number
  /** Inclusive. */
  readonly through: number
}

export interface KindMovement {
  readonly account: string
  readonly currency: string
  readonly kind: string
  /** True for transactions that take something back: their amount is negative. */
  readonly takesBack: boolean
  readonly count: number
  /** Debits less credits. */
  readonly amount: Units
}

/** What a range of sequences moved on every account, by kind of transaction. */
export async function movementsByKind(
  db: Kysely<Tables>,
  book: Book,
  { asOf, after, through }: SequenceRange,
): Promise<readonly KindMovement[]> {
  let query = db
    .selectFrom('txn')
    .innerJoin('posting', (join) => join.onRef('posting.book', '=', 'txn.book').onRef('posting.seq', '=', 'txn.seq'))
    .innerJoin('account', (join) =>
      join.onRef('account.book', '=', 'posting.book').onRef('account.id', '=', 'posting.account'),
    )
    .select(['account.key', 'txn.currency', 'txn.kind'])
    .select([
      sql<bigint>`case when txn.amount < 0 then 1 else 0 end`.as('back'),
      sql<bigint>`cast(count(*) as bigint)`.as('count'),
      sql<bigint>`cast(sum(posting.amount) as bigint)`.as('moved'),
    ])
    .where('txn.book', '=', book.id)
    .where('txn.seq', '>', BigInt(after))
    .where('txn.seq', '<=', BigInt(through))
  if (asOf !== undefined) query = query.where('txn.effective_date', '<=', asOf)
  const rows = await query
    .groupBy(['account.key', 'txn.currency', 'txn.kind', sql`4`])
    .orderBy('account.key')
    .orderBy('txn.currency')
    .orderBy('txn.kind')
    .orderBy('back')
    .execute()
  return rows.map(({ key, currency, kind, back, count, moved }) => ({
    account: key,
    currency,
    kind,
    takesBack: Number(back) === 1,
    count: Number(count),
    amount: moved,
  }))
}
