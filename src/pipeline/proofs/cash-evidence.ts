/** What the proof of cash reads of an account: its lines by day, its booked opening, and which days newer evidence is about. */
import { sql } from 'kysely'
import type { Units } from '../../domain/money/money.ts'
import type { DaySum } from '../../domain/proofs/anchors.ts'
import { previousDate } from '../../domain/time/dates.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import type { CashProgress } from './kept-closings.ts'
import type { ProofScope, ProvenAccount } from './scope.ts'

type Marks = Pick<CashProgress, 'line' | 'batch'>

/** The newest line and the newest landing batch of a section, of any account. */
export async function newestEvidence({ db, book }: ProofScope): Promise<Marks> {
  const line = await db
    .selectFrom('statement_line')
    .select('id')
    .where('book', '=', book)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  const section = await db
    .selectFrom('statement_section')
    .select('batch')
    .where('book', '=', book)
    .orderBy('batch', 'desc')
    .limit(1)
    .executeTakeFirst()
  return { line: line?.id ?? 0n, batch: section?.batch ?? 0n }
}

export interface Touched {
  readonly account: bigint
  readonly currency: string
  readonly origin: 'line' | 'section'
  /** The line's number, or the section's batch. */
  readonly position: bigint
  /** The first day whose end it may say something of. */
  readonly day: IsoDate
}

/** By lines and sections newer than the least that was read. */
export async function touchedSince(
  { db, book }: Pick<ProofScope, 'db' | 'book'>,
  read: readonly Marks[],
): Promise<readonly Touched[]> {
  const [first] = read
  if (first === undefined) return []
  const lines = await db
    .selectFrom('statement_line')
    .select(['id', 'account', 'currency', 'date'])
    .where('book', '=', book)
    .where(
      'id',
      '>',
      read.reduce((least, { line }) => (line < least ? line : least), first.line),
    )
    .where('uncounted', 'is', null)
    .execute()
  const sections = await db
    .selectFrom('statement_section')
    .select(['batch', 'account', 'currency', 'first_date', 'last_date', 'closing_date'])
    .where('book', '=', book)
    .where(
      'batch',
      '>',
      read.reduce((least, { batch }) => (batch < least ? batch : least), first.batch),
    )
    .execute()
  return [
    // A line changes whether a file shows its day whole, and so whether the day before is told.
    ...lines.map(({ id, date, ...of }): Touched => ({
      ...of,
      origin: 'line',
      position: id,
      day: previousDate(date),
    })),
    ...sections.flatMap(({ batch, account, currency, first_date, last_date, closing_date }) =>
      [first_date === null ? null : previousDate(first_date), last_date, closing_date].flatMap((day): Touched[] =>
        day === null ? [] : [{ account, currency, origin: 'section', position: batch, day }],
      ),
    ),
  ]
}

export interface Days {
  readonly days: readonly DaySum[]
  /** How many counted lines each day has. */
  readonly held: ReadonlyMap<IsoDate, number>
}

/** Of the counted lines from a day on. */
export async function daysFrom(
  { db, book }: Pick<ProofScope, 'db' | 'book'>,
  account: bigint,
  currency: string,
  from: IsoDate,
): Promise<Days> {
  const rows = await db
    .selectFrom('statement_line')
    .select('date as day')
    .select([sql<bigint>`cast(sum(amount) as bigint)`.as('amount'), sql<bigint>`cast(count(*) as bigint)`.as('lines')])
    .where('book', '=', book)
    .where('account', '=', account)
    .where('currency', '=', currency)
    .where('date', '>=', from)
    .where('uncounted', 'is', null)
    .groupBy('date')
    .orderBy('date')
    .execute()
  return {
    days: rows.map(({ day, amount }) => ({ day, amount })),
    held: new Map(rows.map(({ day, lines }) => [day, Number(lines)])),
  }
}

/** What the account held before its first line, by the books. */
export async function openingBooked(
  { db, book }: ProofScope,
  { id, key }: ProvenAccount,
  currency: string,
): Promise<Units> {
  const row = await openings({ db, book }, id, currency)
    .innerJoin('posting as p', (join) => join.onRef('p.book', '=', 't.book').onRef('p.seq', '=', 't.seq'))
    .innerJoin('account as a', (join) => join.onRef('a.book', '=', 'p.book').onRef('a.id', '=', 'p.account'))
    .select(sql<bigint>`cast(coalesce(sum(p.amount), 0) as bigint)`.as('amount'))
    .where('a.key', '=', key)
    .executeTakeFirst()
  return row?.amount ?? 0n
}

function openings({ db, book }: Pick<ProofScope, 'db' | 'book'>, source: bigint, currency: string) {
  return db
    .selectFrom('txn as t')
    .where('t.book', '=', book)
    .where('t.source', '=', source)
    .where('t.object', 'in', ['opening', `opening:${currency}`])
    .where('t.currency', '=', currency)
}

/** The first and the last day that a line, or a posting other than the opening, is of; null when there is neither. */
export async function monthRange(
  scope: ProofScope,
  account: ProvenAccount,
  currency: string,
): Promise<{ readonly first: IsoDate; readonly last: IsoDate } | null> {
  const ends = [
    ...(await endsOf((order) => lineDay(scope, account, currency, order))),
    ...(await endsOf((order) => postedDay(scope, account, currency, order))),
  ].sort()
  const [first, last] = [ends[0], ends.at(-1)]
  return first === undefined || last === undefined ? null : { first, last }
}

async function endsOf(
  read: (order: 'asc' | 'desc') => Promise<{ readonly day: IsoDate } | undefined>,
): Promise<readonly IsoDate[]> {
  return [await read('asc'), await read('desc')].flatMap((row) => row?.day ?? [])
}

function lineDay({ db, book }: ProofScope, { id }: ProvenAccount, currency: string, order: 'asc' | 'desc') {
  return db
    .selectFrom('statement_line')
    .select('date as day')
    .where('book', '=', book)
    .where('account', '=', id)
    .where('currency', '=', currency)
    .where('uncounted', 'is', null)
    .orderBy('date', order)
    .limit(1)
    .executeTakeFirst()
}

function postedDay(scope: ProofScope, { id, key }: ProvenAccount, currency: string, order: 'asc' | 'desc') {
  return scope.db
    .selectFrom('balance as b')
    .innerJoin('account as a', (join) => join.onRef('a.book', '=', 'b.book').onRef('a.id', '=', 'b.account'))
    .select('b.day')
    .where('b.book', '=', scope.book)
    .where('a.key', '=', key)
    .where('b.currency', '=', currency)
    .where('b.day', 'not in', openings(scope, id, currency).select('t.effective_date'))
    .orderBy('b.day', order)
    .limit(1)
    .executeTakeFirst()
}
