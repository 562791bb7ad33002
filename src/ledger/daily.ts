/**
 * Daily balances as they were known at a sequence. Days that nothing was posted to later count as they stand, days that
 * nothing had been posted to by then not at all; of a day between the two only the shorter side of its transactions is
 * read. So the cost follows what came late, and not the book.
 */
import { sql, type Kysely } from 'kysely'
import { readInChunks } from '../db/chunks.ts'
import type { Tables } from '../db/tables.ts'
import type { Units } from '../domain/money/money.ts'
import type { AccountKey, IsoDate } from '../domain/transaction.ts'
import type { Book } from './books.ts'

export interface DailyBalance {
  readonly day: IsoDate
  readonly account: AccountKey
  readonly currency: string
  readonly debit: Units
  readonly credit: Units
}

export interface DailyHorizon {
  /** The first day that counts; every day when left out. */
  readonly since?: IsoDate
  /** The last day that counts; every day when left out. */
  readonly asOf?: IsoDate
  /** Only this account. */
  readonly account?: AccountKey
}

/** In no order; days on which an account had not moved by then are left out. */
export async function dailyKnownAt(
  db: Kysely<Tables>,
  book: Book,
  sequence: number,
  horizon: DailyHorizon = {},
): Promise<readonly DailyBalance[]> {
  const held = await dailyBalances(db, book, horizon)
  const head = await db.selectFrom('head').select('seq').where('book', '=', book.id).executeTakeFirst()
  const last = Number(head?.seq ?? 0n)
  if (sequence >= last) return held
  const { whole, later, earlier } = await splitDays(db, book, sequence, horizon)
  const { account } = horizon
  const gone = await postedOn(db, book, later, { after: sequence, through: last }, account)
  const known = await postedOn(db, book, earlier, { after: 0, through: sequence }, account)
  const isWhole = new Set([...whole, ...later])
  return [
    ...less(
      held.filter(({ day }) => isWhole.has(day)),
      gone,
    ),
    ...known,
  ]
}

async function dailyBalances(db: Kysely<Tables>, book: Book, { since, asOf, account }: DailyHorizon) {
  let query = db
    .selectFrom('balance')
    .innerJoin('account', (join) =>
      join.onRef('account.book', '=', 'balance.book').onRef('account.id', '=', 'balance.account'),
    )
    .select(['balance.day', 'account.key as account', 'balance.currency', 'balance.debit', 'balance.credit'])
    .where('balance.book', '=', book.id)
  if (since !== undefined) query = query.where('balance.day', '>=', since)
  if (asOf !== undefined) query = query.where('balance.day', '<=', asOf)
  if (account !== undefined) query = query.where('account.key', '=', account)
  return query.execute()
}

interface SplitDays {
  /** All of it was known. */
  readonly whole: readonly IsoDate[]
  /** Mostly known: what came later is taken off. */
  readonly later: readonly IsoDate[]
  /** Mostly unknown: what was there is added up. */
  readonly earlier: readonly IsoDate[]
}

async function splitDays(
  db: Kysely<Tables>,
  book: Book,
  sequence: number,
  { since = '', asOf = '9999-12-31' }: DailyHorizon,
): Promise<SplitDays> {
  const at = BigInt(sequence)
  // Both ends of a day are one step down the index by day, however many transactions it has.
  const { rows } = await sql<{ readonly day: IsoDate; readonly first: bigint; readonly last: bigint }>`
    select held.day,
      (select min(seq) from txn where book = ${book.id} and effective_date = held.day) as first,
      (select max(seq) from txn where book = ${book.id} and effective_date = held.day) as last
    from (select distinct day from balance where book = ${book.id} and day >= ${since} and day <= ${asOf}) as held
  `.execute(db)
  const whole = rows.filter(({ last }) => last <= at).map(({ day }) => day)
  const mixed = rows.filter(({ first, last }) => first <= at && last > at).map(({ day }) => day)
  const sides = await readInChunks(mixed, (some) =>
    db
      .selectFrom('txn')
      .select('effective_date as day')
      .select(sql<bigint>`cast(sum(case when seq > ${at} then 1 else -1 end) as bigint)`.as('more'))
      .where('book', '=', book.id)
      .where('effective_date', 'in', [...some])
      .groupBy('effective_date')
      .execute(),
  )
  return {
    whole,
    later: sides.filter(({ more }) => more <= 0n).map(({ day }) => day),
    earlier: sides.filter(({ more }) => more > 0n).map(({ day }) => day),
  }
}

/** What these days moved in a range of sequences. */
async function postedOn(
  db: Kysely<Tables>,
  book: Book,
  days: readonly IsoDate[],
  { after, through }: { readonly after: number; readonly through: number },
  account: AccountKey | undefined,
): Promise<readonly DailyBalance[]> {
  return readInChunks(days, (some) => {
    let query = db
      .selectFrom('txn')
      .innerJoin('posting', (join) => join.onRef('posting.book', '=', 'txn.book').onRef('posting.seq', '=', 'txn.seq'))
      .innerJoin('account', (join) =>
        join.onRef('account.book', '=', 'posting.book').onRef('account.id', '=', 'posting.account'),
      )
      .select(['txn.effective_date as day', 'account.key as account', 'txn.currency'])
      .select([
        sql<bigint>`cast(sum(case when posting.amount > 0 then posting.amount else 0 end) as bigint)`.as('debit'),
        sql<bigint>`cast(sum(case when posting.amount < 0 then -posting.amount else 0 end) as bigint)`.as('credit'),
      ])
      .where('txn.book', '=', book.id)
      .where('txn.effective_date', 'in', [...some])
      .where('txn.seq', '>', BigInt(after))
      .where('txn.seq', '<=', BigInt(through))
    if (account !== undefined) query = query.where('account.key', '=', account)
    return query.groupBy(['txn.effective_date', 'account.key', 'txn.currency']).execute()
  })
}

function less(all: readonly DailyBalance[], gone: readonly DailyBalance[]): readonly DailyBalance[] {
  const byKey = new Map(gone.map((row) => [keyOf(row), row]))
  return all.flatMap((row) => {
    const after = byKey.get(keyOf(row))
    if (after === undefined) return [row]
    const [debit, credit] = [row.debit - after.debit, row.credit - after.credit]
    return debit === 0n && credit === 0n ? [] : [{ ...row, debit, credit }]
  })
}

function keyOf({ day, account, currency }: DailyBalance): string {
  return `${day} ${currency} ${account}`
}
