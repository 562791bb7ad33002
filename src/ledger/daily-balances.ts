/** The daily balance projection: debits and credits per account, currency and day, added to as a batch is posted. */
import { sql, type RawBuilder, type Transaction } from 'kysely'
import type { Tables } from '../db/tables.ts'
import type { TransactionDraft } from '../domain/transaction.ts'
import type { ChainedBatch } from './chain.ts'
import { executeShape } from '../db/compiled.ts'
import { idOf } from './names.ts'

interface DayChange {
  readonly account: string
  readonly currency: string
  readonly day: string
  debit: bigint
  credit: bigint
}

const ROWS_PER_STATEMENT = 40

export async function addBalances(trx: Transaction<Tables>, batch: ChainedBatch): Promise<void> {
  const changes = dayChanges(batch.drafts)
  for (let from = 0; from < changes.length; from += ROWS_PER_STATEMENT) {
    const some = changes.slice(from, from + ROWS_PER_STATEMENT)
    const values = some.flatMap(({ account, currency, day, debit, credit }) => {
      return [batch.book.id, idOf(batch.accounts, account, 'account'), currency, day, debit, credit]
    })
    await executeShape(trx, `balance ${some.length}`, () => statement(some.length), values)
  }
}

function statement(rows: number): RawBuilder<unknown> {
  const row = sql`(${0}, ${0}, ${0}, ${0}, ${0}, ${0})`
  return sql`insert into balance (book, account, currency, day, debit, credit)
    values ${sql.join(Array.from({ length: rows }, () => row))}
    on conflict (book, account, currency, day) do update
    set debit = balance.debit + excluded.debit, credit = balance.credit + excluded.credit`
}

/** A batch touches few accounts and days, so this is a handful of rows. */
function dayChanges(drafts: readonly TransactionDraft[]): readonly DayChange[] {
  const days = new Map<string, Map<string, DayChange>>()
  let key = ''
  let day: Map<string, DayChange> | undefined
  let last: TransactionDraft | undefined
  for (const draft of drafts) {
    const { effectiveDate, currency, postings } = draft
    // Neighbours mostly share their day.
    if (last === undefined || day === undefined || effectiveDate !== last.effectiveDate || currency !== last.currency) {
      key = `${effectiveDate} ${currency}`
      day = days.get(key) ?? new Map<string, DayChange>()
      days.set(key, day)
    }
    last = draft
    for (const { account, amount } of postings) {
      let change = day.get(account)
      if (change === undefined) {
        change = { account, currency, day: effectiveDate, debit: 0n, credit: 0n }
        day.set(account, change)
      }
      if (amount > 0n) change.debit += amount
      else change.credit -= amount
    }
  }
  return [...days.values()].flatMap((changes) => [...changes.values()])
}
