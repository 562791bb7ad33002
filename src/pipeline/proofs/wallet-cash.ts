/**
 * The proof of cash of a panel's wallet where its log was imported: top-ups, refunds and charges of each month, by the
 * log and by the books. A month at the edge of the log is compared only over the days the log covers.
 */
import { sql } from 'kysely'
import { lastDayOf } from '../../domain/proofs/cash.ts'
import type { Units } from '../../domain/money/money.ts'
import { addDays } from '../../domain/time/dates.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import { controlAccount } from '../../reconcile/prove-book.ts'
import type { ProofScope, ProvenSource } from './scope.ts'

export const WALLET_COLUMNS = ['topUps', 'refunds', 'charges', 'other'] as const
export type WalletColumn = (typeof WALLET_COLUMNS)[number]
/** As they move the wallet: charges are negative. */
export type WalletColumns = Readonly<Record<WalletColumn, Units>>

export interface WalletMonth {
  readonly month: string
  readonly from: IsoDate
  readonly to: IsoDate
  readonly log: WalletColumns
  readonly books: WalletColumns
  /** Log less books. Days are the panel's there and the book's here, so a month's edges may differ and even out. */
  readonly difference: WalletColumns
}

export interface WalletProof {
  readonly source: string
  readonly account: string
  readonly currency: string
  readonly months: readonly WalletMonth[]
}

const BY_LINE: Readonly<Record<string, WalletColumn | undefined>> = {
  'top-up': 'topUps',
  bonus: 'topUps',
  refund: 'refunds',
  charge: 'charges',
}
const BY_KIND: Readonly<Record<string, WalletColumn | undefined>> = {
  'top-up': 'topUps',
  bonus: 'topUps',
  refund: 'refunds',
  charge: 'charges',
}

interface Moved {
  readonly month: string
  readonly kind: string
  readonly amount: Units
}

/** Null when no log of the panel was imported. */
export async function proveWallet(
  scope: ProofScope,
  source: ProvenSource,
  month?: string,
): Promise<WalletProof | null> {
  const account = controlAccount(scope.rules, source.kind, source.name)
  const covered = await coverageOf(scope, source)
  if (account === null || covered === null) return null
  const from = month === undefined || `${month}-01` < covered.first ? covered.first : `${month}-01`
  const to = month === undefined || lastDayOf(month) > covered.last ? covered.last : lastDayOf(month)
  if (from > to) return { source: source.name, account, currency: source.currency, months: [] }
  const said = await linesOf(scope, source, from, to)
  const booked = await postingsOf(scope, source, account, from, to)
  const months = monthsBetween(from, to).map((each) => {
    const log = columnsOf(said, each, BY_LINE)
    const books = columnsOf(booked, each, BY_KIND)
    const [first, last] = [`${each}-01`, lastDayOf(each)]
    return {
      month: each,
      from: first < from ? from : first,
      to: last > to ? to : last,
      log,
      books,
      difference: less(log, books),
    }
  })
  return { source: source.name, account, currency: source.currency, months }
}

async function coverageOf({ db, book }: ProofScope, { id, currency }: ProvenSource) {
  const row = await db
    .selectFrom('statement_line')
    .select(({ fn }) => [fn.min('date').as('first'), fn.max('date').as('last')])
    .where('book', '=', book)
    .where('account', '=', id)
    .where('currency', '=', currency)
    .where('uncounted', 'is', null)
    .executeTakeFirst()
  const { first, last } = row ?? {}
  return typeof first === 'string' && typeof last === 'string' ? { first, last } : null
}

async function linesOf(
  { db, book }: ProofScope,
  { id, currency }: ProvenSource,
  from: IsoDate,
  to: IsoDate,
): Promise<readonly Moved[]> {
  return db
    .selectFrom('statement_line')
    .select([sql<string>`substr(date, 1, 7)`.as('month'), 'type as kind'])
    .select(sql<bigint>`cast(sum(amount) as bigint)`.as('amount'))
    .where('book', '=', book)
    .where('account', '=', id)
    .where('currency', '=', currency)
    .where('uncounted', 'is', null)
    .where('date', '>=', from)
    .where('date', '<=', to)
    .groupBy([sql`1`, 'type'])
    .execute()
}

async function postingsOf(
  { db, book }: ProofScope,
  { id, currency }: ProvenSource,
  account: string,
  from: IsoDate,
  to: IsoDate,
): Promise<readonly Moved[]> {
  return db
    .selectFrom('txn as t')
    .innerJoin('posting as p', (join) => join.onRef('p.book', '=', 't.book').onRef('p.seq', '=', 't.seq'))
    .innerJoin('account as a', (join) => join.onRef('a.book', '=', 'p.book').onRef('a.id', '=', 'p.account'))
    .select([sql<string>`substr(t.effective_date, 1, 7)`.as('month'), 't.kind'])
    .select(sql<bigint>`cast(sum(p.amount) as bigint)`.as('amount'))
    .where('t.book', '=', book)
    .where('t.source', '=', id)
    .where('t.currency', '=', currency)
    .where('t.object', '<>', 'opening')
    .where('t.effective_date', '>=', from)
    .where('t.effective_date', '<=', to)
    .where('a.key', '=', account)
    .groupBy([sql`1`, 't.kind'])
    .execute()
}

function columnsOf(
  moved: readonly Moved[],
  month: string,
  columns: Readonly<Record<string, WalletColumn | undefined>>,
): WalletColumns {
  const sums = { topUps: 0n, refunds: 0n, charges: 0n, other: 0n }
  for (const each of moved) if (each.month === month) sums[columns[each.kind] ?? 'other'] += each.amount
  return sums
}

function less(a: WalletColumns, b: WalletColumns): WalletColumns {
  return {
    topUps: a.topUps - b.topUps,
    refunds: a.refunds - b.refunds,
    charges: a.charges - b.charges,
    other: a.other - b.other,
  }
}

function monthsBetween(from: IsoDate, to: IsoDate): readonly string[] {
  const months = [from.slice(0, 7)]
  for (let at = addDays(lastDayOf(months[0] ?? ''), 1); at <= to; at = addDays(lastDayOf(at.slice(0, 7)), 1)) {
    months.push(at.slice(0, 7))
  }
  return months
}
