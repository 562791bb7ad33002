/**
 * Reads the exact ledger for an hledger file. Movements are summed from postings, closing balances come from the
 * daily balances, on purpose: whoever reads the file compares two things the ledger keeps separately.
 */
import { sql, type Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import type { DayRange } from '../../journals/drafts.ts'
import { compareKeys } from '../../domain/journals/rounding.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import type { Book } from '../../ledger/books.ts'
import type { AccountAmount, LedgerDay, LedgerExtract } from './ledger-extract.ts'

interface MovementRow extends AccountAmount {
  readonly day: IsoDate
  readonly first: bigint
  readonly last: bigint
}

export async function readExtract(db: Kysely<Tables>, book: Book, range: DayRange): Promise<LedgerExtract> {
  const opening = await sql<AccountAmount>`
    select txn.currency, account.key as account, cast(sum(posting.amount) as bigint) as amount
    from txn
    join posting on posting.book = txn.book and posting.seq = txn.seq
    join account on account.book = posting.book and account.id = posting.account
    where txn.book = ${book.id} and txn.effective_date < ${range.from}
    group by txn.currency, account.key
    having sum(posting.amount) <> 0`.execute(db)
  const movements = await sql<MovementRow>`
    select txn.effective_date as day, txn.currency, account.key as account,
      cast(sum(posting.amount) as bigint) as amount, min(txn.seq) as first, max(txn.seq) as last
    from txn
    join posting on posting.book = txn.book and posting.seq = txn.seq
    join account on account.book = posting.book and account.id = posting.account
    where txn.book = ${book.id} and txn.effective_date between ${range.from} and ${range.to}
    group by txn.effective_date, txn.currency, account.key`.execute(db)
  const closing = await sql<AccountAmount>`
    select balance.currency, account.key as account, cast(sum(balance.debit - balance.credit) as bigint) as amount
    from balance
    join account on account.book = balance.book and account.id = balance.account
    where balance.book = ${book.id} and balance.day <= ${range.to}
    group by balance.currency, account.key`.execute(db)
  return {
    bookName: book.name,
    ...range,
    opening: opening.rows.toSorted(byCurrencyAndAccount),
    days: toDays(movements.rows),
    closing: closing.rows.toSorted(byCurrencyAndAccount),
  }
}

function toDays(rows: readonly MovementRow[]): readonly LedgerDay[] {
  const groups = Map.groupBy(rows, ({ day, currency }) => `${day} ${currency}`)
  const days = [...groups.values()].flatMap((group) => {
    const [first] = group
    const lines = group.filter((row) => row.amount !== 0n).map(toAmount)
    if (first === undefined || lines.length === 0) return []
    return [
      {
        day: first.day,
        currency: first.currency,
        firstSequence: group.reduce((least, row) => (row.first < least ? row.first : least), first.first),
        lastSequence: group.reduce((most, row) => (row.last > most ? row.last : most), first.last),
        lines: lines.toSorted(byCurrencyAndAccount),
      },
    ]
  })
  return days.toSorted((a, b) => compareKeys(a.day, b.day) || compareKeys(a.currency, b.currency))
}

function toAmount({ account, currency, amount }: MovementRow): AccountAmount {
  return { account, currency, amount }
}

function byCurrencyAndAccount(a: AccountAmount, b: AccountAmount): number {
  return compareKeys(a.currency, b.currency) || compareKeys(a.account, b.account)
}
