/**
 * The months of the proof of cash as a run of the proofs keeps them, so that a night reads what is new: a month is closed
 * again only when a line or a balance of it, or of one before it, has come since the last run.
 */
import { sql } from 'kysely'
import { closeMonths, lastDayOf, type CashClosing } from '../../domain/proofs/cash.ts'
import type { Units } from '../../domain/money/money.ts'
import { addDays, previousDate } from '../../domain/time/dates.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import { readAnchors } from './anchors.ts'
import { currenciesOf, type ProvenCash } from './cash.ts'
import type { ProofScope } from './scope.ts'

/** What the last run of the proofs had read. */
export interface ReadUntil {
  readonly line: bigint
  readonly batch: bigint
}

/** Brings the months of every money account up to what has come. Returns which accounts and currencies there are. */
export async function closeCash(scope: ProofScope, last: ReadUntil): Promise<readonly ProvenCash[]> {
  const all: ProvenCash[] = []
  const touched = await touchedSince(scope, last)
  for (const account of scope.accounts) {
    for (const currency of await currenciesOf(scope, account)) {
      const day = touched
        .filter((each) => each.account === account.id && each.currency === currency)
        .reduce<IsoDate | null>((least, each) => (least === null || each.day < least ? each.day : least), null)
      // Of an account a file of which was taken back, or that is new in the settings, nothing is kept.
      const isKept = (await newestMonth(scope, { account, currency })) !== null
      if (day !== null || !isKept) await closeFrom(scope, { account, currency }, (day ?? '').slice(0, 7))
      all.push({ account, currency })
    }
  }
  return all
}

/** Closes the months from this one on again; '' for all there are. */
async function closeFrom(scope: ProofScope, proven: ProvenCash, month: string): Promise<void> {
  const { db, book } = scope
  const { account, currency } = proven
  const place = { book, account: account.id, currency }
  await db
    .deleteFrom('cash_month')
    .where('book', '=', book)
    .where('account', '=', account.id)
    .where('currency', '=', currency)
    .where('month', '>=', month)
    .execute()
  const before = await newestMonth(scope, proven)
  const from = before === null ? '' : addDays(lastDayOf(before.month), 1)
  const days = await db
    .selectFrom('statement_line')
    .select('date as day')
    .select([sql<bigint>`cast(sum(amount) as bigint)`.as('amount'), sql<bigint>`cast(count(*) as bigint)`.as('lines')])
    .where('book', '=', book)
    .where('account', '=', account.id)
    .where('currency', '=', currency)
    .where('date', '>=', from)
    .where('uncounted', 'is', null)
    .groupBy('date')
    .orderBy('date')
    .execute()
  const held = new Map(days.map(({ day, lines }) => [day, Number(lines)]))
  const anchors = await readAnchors({ db, book }, account, currency, { held, from })
  const closings = closeMonths({ before, days, anchors })
  if (closings.length === 0) return
  await db
    .insertInto('cash_month')
    .values(closings.map((each) => ({ ...place, ...each })))
    .execute()
}

async function newestMonth({ db, book }: ProofScope, { account, currency }: ProvenCash): Promise<CashClosing | null> {
  const row = await db
    .selectFrom('cash_month')
    .select(['month', 'lines', 'stated'])
    .where('book', '=', book)
    .where('account', '=', account.id)
    .where('currency', '=', currency)
    .orderBy('month', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row ?? null
}

interface Touched {
  readonly account: bigint
  readonly currency: string
  /** The first day whose end it may say something of. */
  readonly day: IsoDate
}

async function touchedSince({ db, book }: ProofScope, { line, batch }: ReadUntil): Promise<readonly Touched[]> {
  const lines = await db
    .selectFrom('statement_line')
    .select(['account', 'currency', sql<IsoDate>`min(date)`.as('day')])
    .where('book', '=', book)
    .where('id', '>', line)
    .where('uncounted', 'is', null)
    .groupBy(['account', 'currency'])
    .execute()
  const sections = await db
    .selectFrom('statement_section')
    .select(['account', 'currency', 'first_date', 'last_date', 'closing_date'])
    .where('book', '=', book)
    .where('batch', '>', batch)
    .execute()
  return [
    // A line changes whether a file shows its day whole, and so whether the balance of the day before is told.
    ...lines.map(({ day, ...of }) => ({ ...of, day: previousDate(day) })),
    ...sections.flatMap(({ account, currency, first_date, last_date, closing_date }) =>
      [first_date === null ? null : previousDate(first_date), last_date, closing_date].flatMap((day) =>
        day === null ? [] : [{ account, currency, day }],
      ),
    ),
  ]
}

export interface UnexplainedMonth {
  readonly month: string
  /** Statement less books, beyond lines that are not booked and entries without a line. */
  readonly unexplained: Units
  readonly before: Units
}

export interface MonthCounts {
  readonly months: number
  readonly differing: number
  readonly unproven: number
}

/** The months in which something unexplained begins, ends or changes, and how many there are of each kind. */
export async function readMonths(
  { db, book }: ProofScope,
  { account, currency }: ProvenCash,
  booked: Units,
): Promise<{ readonly counts: MonthCounts; readonly changed: readonly UnexplainedMonth[] }> {
  const months = db
    .selectFrom('cash_month')
    .where('book', '=', book)
    .where('account', '=', account.id)
    .where('currency', '=', currency)
  const { count, differing, unproven } = await months
    .select([
      sql<bigint>`cast(count(*) as bigint)`.as('count'),
      sql<bigint>`cast(count(case when stated - lines <> ${booked} then 1 end) as bigint)`.as('differing'),
      sql<bigint>`cast(count(case when stated is null then 1 end) as bigint)`.as('unproven'),
    ])
    .executeTakeFirstOrThrow()
  const changed = await db
    .selectFrom(
      months
        .select(['month', sql<Units | null>`stated - lines - ${booked}`.as('unexplained')])
        .select(sql<Units | null>`lag(stated - lines - ${booked}) over (order by month)`.as('before'))
        .as('m'),
    )
    .select(['month', 'unexplained', 'before'])
    .where(sql<boolean>`unexplained <> coalesce(before, 0)`)
    .orderBy('month')
    .execute()
  return {
    counts: { months: Number(count), differing: Number(differing), unproven: Number(unproven) },
    changed: changed.map(({ month, unexplained, before }) => ({
      month,
      unexplained: BigInt(unexplained ?? 0),
      before: BigInt(before ?? 0),
    })),
  }
}
