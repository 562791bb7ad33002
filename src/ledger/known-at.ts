/**
 * The books on both axes of time: what counted through a day (`asOf`), as far as it was known at an instant (`knownAt`).
 * Sequences are recorded in order, so an instant is a sequence; what was known then is what is known now less what came
 * after, or the sum of what came before, whichever is fewer postings.
 */
import { sql, type Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import { GENESIS_HASH } from '../domain/canonical.ts'
import type { Units } from '../domain/money/money.ts'
import type { IsoDate } from '../domain/transaction.ts'
import { balances, type AccountBalance } from './balances.ts'
import type { Book } from './books.ts'

/** The last sequence recorded at or before the instant; 0 when nothing was. A few reads by primary key, whatever the size. */
export async function sequenceKnownAt(db: Kysely<Tables>, book: Book, knownAtMs: number): Promise<number> {
  const head = await db.selectFrom('head').select('seq').where('book', '=', book.id).executeTakeFirst()
  let known = 0
  let later = Number(head?.seq ?? 0n) + 1
  while (later - known > 1) {
    const middle = Math.floor((known + later) / 2)
    const row = await db
      .selectFrom('txn')
      .select('recorded_at_ms')
      .where('book', '=', book.id)
      .where('seq', '=', BigInt(middle))
      .executeTakeFirstOrThrow()
    if (Number(row.recorded_at_ms) <= knownAtMs) known = middle
    else later = middle
  }
  return known
}

export interface Horizon {
  /** The last day that counts; every day when left out. */
  readonly asOf?: IsoDate
  /** The last sequence that counts; all when left out. */
  readonly sequence?: number
  /** Only this account. */
  readonly account?: string
}

/** Ordered by account and currency, as `balances`; accounts without any movement inside the horizon are left out. */
export async function balancesWithin(
  db: Kysely<Tables>,
  book: Book,
  { sequence, ...filter }: Horizon,
): Promise<readonly AccountBalance[]> {
  if (sequence === undefined) return balances(db, book, filter)
  const head = await db.selectFrom('head').select('seq').where('book', '=', book.id).executeTakeFirst()
  const last = Number(head?.seq ?? 0n)
  if (sequence >= last) return balances(db, book, filter)
  if (sequence <= last / 2) return movementsIn(db, book, { ...filter, after: 0, through: sequence })
  const later = await movementsIn(db, book, { ...filter, after: sequence, through: last })
  return less(await balances(db, book, filter), later)
}

export interface SequenceRange extends Omit<Horizon, 'sequence'> {
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

function less(all: readonly AccountBalance[], later: readonly AccountBalance[]): readonly AccountBalance[] {
  const gone = new Map(later.map((row) => [keyOf(row), row]))
  return all.flatMap((row) => {
    const after = gone.get(keyOf(row))
    const debit = row.debit - (after?.debit ?? 0n)
    const credit = row.credit - (after?.credit ?? 0n)
    return debit === 0n && credit === 0n ? [] : [toBalance(row.account, row.currency, debit, credit)]
  })
}

function keyOf({ account, currency }: Pick<AccountBalance, 'account' | 'currency'>): string {
  return `${currency} ${account}`
}

function toBalance(account: string, currency: string, debit: Units, credit: Units): AccountBalance {
  return { account, currency, debit, credit, balance: debit - credit }
}

/** The chain's hash at a sequence, lower-case hex; zeros for none. */
export async function chainHeadAt(db: Kysely<Tables>, book: Book, sequence: number): Promise<string> {
  if (sequence === 0) return GENESIS_HASH.toString('hex')
  const row = await db
    .selectFrom('txn')
    .select('hash')
    .where('book', '=', book.id)
    .where('seq', '=', BigInt(sequence))
    .executeTakeFirstOrThrow()
  return row.hash.toString('hex')
}
