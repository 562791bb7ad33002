/** What openings put into the ledger within the range of a journal, and into all that is sealed: by the kinds of the posting rules. */
import { sql, type Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import type { Units } from '../../domain/money/money.ts'
import type { AccountKey, IsoDate } from '../../domain/transaction.ts'
import { openingsOf, type Openings } from '../build/openings.ts'
import type { SealedRange } from './dimension-sums.ts'

/** opening-wallet, opening-receivable, opening-money and its overdrawn side, in mappings/posting-rules.yaml. */
const OPENING = 'opening-%'

export async function openingsWithin(
  db: Kysely<Tables>,
  book: bigint,
  { day, currency, fromSequence, toSequence }: Omit<SealedRange, 'accounts'>,
): Promise<Openings> {
  const { rows } = await sql<{ readonly account: AccountKey; readonly amount: Units }>`
    select account.key as account, posting.amount as amount
    from txn
    join posting on posting.book = txn.book and posting.seq = txn.seq
    join account on account.book = posting.book and account.id = posting.account
    where txn.book = ${book} and txn.effective_date = ${day} and txn.currency = ${currency}
      and txn.seq between ${fromSequence} and ${toSequence} and txn.kind like ${OPENING}
    order by posting.seq, posting.line`.execute(db)
  return openingsOf(rows, currency)
}

export interface OpeningTotal {
  readonly currency: string
  /** What was debited by openings. */
  readonly debits: Units
  readonly journals: number
}

/** In sealed journals from a day on: what a tie-out says is left out. */
export async function sealedOpenings(
  db: Kysely<Tables>,
  book: bigint,
  from: IsoDate,
): Promise<readonly OpeningTotal[]> {
  const { rows } = await sql<{ readonly currency: string; readonly debits: Units; readonly journals: bigint }>`
    select txn.currency as currency, cast(sum(posting.amount) as bigint) as debits,
      cast(count(distinct journal.id) as bigint) as journals
    from journal
    join txn on txn.book = journal.book and txn.effective_date = journal.day and txn.currency = journal.currency
      and txn.seq between journal.from_seq and journal.to_seq
    join posting on posting.book = txn.book and posting.seq = txn.seq
    where journal.book = ${book} and journal.day >= ${from} and txn.kind like ${OPENING} and posting.amount > 0
      and not exists (select 1 from journal_link link where link.book = journal.book and link.journal = journal.id)
    group by txn.currency order by txn.currency`.execute(db)
  return rows.map(({ journals, ...row }) => ({ ...row, journals: Number(journals) }))
}
