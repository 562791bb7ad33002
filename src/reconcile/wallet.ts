/** What the books say about one wallet or receivable: its balance, and whether its opening has been booked. */
import { sql, type Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import type { Units } from '../domain/money/money.ts'

/** The account's balance in one currency over all days, from the daily projection: a few rows, whatever the ledger's size. */
export async function accountBalance(
  db: Kysely<Tables>,
  book: bigint,
  account: string,
  currency: string,
): Promise<Units> {
  const row = await db
    .selectFrom('balance')
    .innerJoin('account', (join) =>
      join.onRef('account.book', '=', 'balance.book').onRef('account.id', '=', 'balance.account'),
    )
    .select(sql<bigint>`cast(coalesce(sum(balance.debit - balance.credit), 0) as bigint)`.as('total'))
    .where('balance.book', '=', book)
    .where('account.key', '=', account)
    .where('balance.currency', '=', currency)
    .executeTakeFirst()
  return row?.total ?? 0n
}

/** True when an opening balance of the source has been posted. */
export async function hasOpening(db: Kysely<Tables>, book: bigint, source: bigint): Promise<boolean> {
  const row = await db
    .selectFrom('txn')
    .select('seq')
    .where('book', '=', book)
    .where('source', '=', source)
    .where('object', '=', 'opening')
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}
