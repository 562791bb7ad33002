/** The daily balance projection: debits and credits per account, currency and day, added to as a batch is posted. */
import { sql, type Transaction } from 'kysely'
import type { Tables } from '../db/tables.ts'
import type { TransactionDraft } from '../domain/transaction.ts'
import type { Book } from './books.ts'

interface DayChange {
  readonly account: bigint
  readonly currency: string
  readonly day: string
  debit: bigint
  credit: bigint
}

export async function addBalances(
  trx: Transaction<Tables>,
  book: Book,
  drafts: readonly TransactionDraft[],
  accounts: ReadonlyMap<string, bigint>,
): Promise<void> {
  for (const change of dayChanges(drafts, accounts)) {
    await trx
      .insertInto('balance')
      .values({ book: book.id, ...change })
      .onConflict((conflict) =>
        conflict.columns(['book', 'account', 'currency', 'day']).doUpdateSet({
          debit: sql`balance.debit + excluded.debit`,
          credit: sql`balance.credit + excluded.credit`,
        }),
      )
      .execute()
  }
}

/** A batch touches few accounts and days, so this is a handful of rows. */
function dayChanges(drafts: readonly TransactionDraft[], accounts: ReadonlyMap<string, bigint>): readonly DayChange[] {
  const days = new Map<string, Map<string, DayChange>>()
  for (const { effectiveDate, currency, postings } of drafts) {
    const key = `${effectiveDate} ${currency}`
    let day = days.get(key)
    if (day === undefined) days.set(key, (day = new Map()))
    for (const { account, amount } of postings) {
      let change = day.get(account)
      if (change === undefined) {
        change = { account: accounts.get(account) ?? 0n, currency, day: effectiveDate, debit: 0n, credit: 0n }
        day.set(account, change)
      }
      if (amount > 0n) change.debit += amount
      else change.credit -= amount
    }
  }
  return [...days.values()].flatMap((day) => [...day.values()])
}
