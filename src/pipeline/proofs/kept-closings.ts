/** The months of the proof of cash in the database: what was proved, by which evidence, and what of it to say. */
import { sql } from 'kysely'
import type { CashClosing } from '../../domain/proofs/closings.ts'
import type { Units } from '../../domain/money/money.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import type { ProofScope } from './scope.ts'

type Db = Pick<ProofScope, 'db' | 'book'>

/** One account in one currency. */
export interface CashPlace {
  readonly account: bigint
  readonly currency: string
}

export interface CashProgress {
  /** Lines and sections up to these have been read. */
  readonly line: bigint
  readonly batch: bigint
  readonly booked: Units
  /** The first day on which a statement tells a balance. */
  readonly firstTold: IsoDate | null
}

export async function keptProgress({ db, book }: Db, { account, currency }: CashPlace): Promise<CashProgress | null> {
  const row = await db
    .selectFrom('cash_progress')
    .select(['line', 'batch', 'booked', 'first_told as firstTold'])
    .where('book', '=', book)
    .where('account', '=', account)
    .where('currency', '=', currency)
    .executeTakeFirst()
  return row ?? null
}

/** The oldest and the newest month that is kept. */
export async function keptRange(scope: Db, place: CashPlace): Promise<{ first: string; last: string } | null> {
  const [first] = await months(scope, place).orderBy('month').limit(1).execute()
  const [last] = await months(scope, place).orderBy('month', 'desc').limit(1).execute()
  return first === undefined || last === undefined ? null : { first: first.month, last: last.month }
}

export async function keptMonths(scope: Db, place: CashPlace): Promise<readonly CashClosing[]> {
  return months(scope, place).orderBy('month').execute()
}

export async function keptMonth(scope: Db, place: CashPlace, month: string): Promise<CashClosing | null> {
  return (await months(scope, place).where('month', '=', month).executeTakeFirst()) ?? null
}

/** Months in which something unexplained begins, ends or changes. */
export async function keptNews(scope: Db, place: CashPlace): Promise<readonly CashClosing[]> {
  return months(scope, place)
    .where(sql<boolean>`(opening <> carried or closing <> opening)`)
    .orderBy('month')
    .execute()
}

function months({ db, book }: Db, { account, currency }: CashPlace) {
  return db
    .selectFrom('cash_month')
    .select(['month', 'lines', 'stated', 'opening', 'closing', 'carried'])
    .where('book', '=', book)
    .where('account', '=', account)
    .where('currency', '=', currency)
}

export interface MonthCounts {
  readonly months: number
  readonly differing: number
  readonly unproven: number
}

export async function countMonths({ db, book }: Db, { account, currency }: CashPlace): Promise<MonthCounts> {
  const count = (condition: string) => sql<bigint>`cast(count(case when ${sql.raw(condition)} then 1 end) as bigint)`
  const row = await db
    .selectFrom('cash_month')
    .select(sql<bigint>`cast(count(*) as bigint)`.as('months'))
    .select([count('opening <> 0 or closing <> 0').as('differing'), count('closing is null').as('unproven')])
    .where('book', '=', book)
    .where('account', '=', account)
    .where('currency', '=', currency)
    .executeTakeFirstOrThrow()
  return { months: Number(row.months), differing: Number(row.differing), unproven: Number(row.unproven) }
}

/** In place of what was kept from a month on, '' for all there is; without closings, the months stay as they are. */
export async function keepClosings(
  { db, book }: Db,
  { account, currency }: CashPlace,
  { line, batch, booked, firstTold }: CashProgress,
  { from, closings }: { readonly from: string; readonly closings: readonly CashClosing[] },
): Promise<void> {
  if (closings.length > 0) {
    await db
      .deleteFrom('cash_month')
      .where('book', '=', book)
      .where('account', '=', account)
      .where('currency', '=', currency)
      .where('month', '>=', from)
      .execute()
    await db
      .insertInto('cash_month')
      .values(closings.map((each) => ({ book, account, currency, ...each })))
      .execute()
  }
  const told = { line, batch, booked, first_told: firstTold }
  await db
    .insertInto('cash_progress')
    .values({ book, account, currency, ...told })
    .onConflict((conflict) => conflict.columns(['book', 'account', 'currency']).doUpdateSet(told))
    .execute()
}
