/**
 * The balances an account's statements state, as ends of days. A figure counts only where its file shows all lines of
 * the day it is about: a download from noon says nothing about midnight.
 */
import { sql } from 'kysely'
import type { StatementSectionTable } from '../../db/statement-tables.ts'
import type { Anchor } from '../../domain/proofs/cash.ts'
import { previousDate } from '../../domain/time/dates.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import type { ProofScope, ProvenAccount } from './scope.ts'

interface Held {
  /** How many counted lines each day has. */
  readonly held: ReadonlyMap<IsoDate, number>
  /** Only what is told of this day and those after it; '' for all. */
  readonly from: IsoDate
}

/** Oldest first; of several figures for one day that of the newest file. */
export async function readAnchors(
  scope: Pick<ProofScope, 'db' | 'book'>,
  account: Pick<ProvenAccount, 'id'>,
  currency: string,
  { held, from }: Held,
): Promise<readonly Anchor[]> {
  const { db, book } = scope
  const sections = await db
    .selectFrom('statement_section')
    .selectAll()
    .where('book', '=', book)
    .where('account', '=', account.id)
    .where('currency', '=', currency)
    .where((where) => where.or([where('last_date', '>=', from), where('closing_date', '>=', from)]))
    .orderBy('batch')
    .orderBy('item')
    .orderBy('section')
    .execute()
  const shown = await linesShown(scope, account, { currency, from })
  const anchors = new Map<IsoDate, Anchor>()
  for (const section of sections) {
    const isWhole = (day: IsoDate): boolean => (shown.get(placeOf(section, day)) ?? 0) === (held.get(day) ?? 0)
    for (const anchor of anchorsOf(section, isWhole)) if (anchor.day >= from) anchors.set(anchor.day, anchor)
  }
  return [...anchors.values()].sort((a, b) => (a.day < b.day ? -1 : 1))
}

function anchorsOf(
  { opening, closing, closing_date, first_date, last_date }: StatementSectionTable,
  isWhole: (day: IsoDate) => boolean,
): readonly Anchor[] {
  const last = closing_date === null || (last_date !== null && closing_date < last_date) ? last_date : closing_date
  return [
    ...(opening !== null && first_date !== null && isWhole(first_date)
      ? [{ day: previousDate(first_date), balance: opening }]
      : []),
    ...(closing !== null && last !== null && isWhole(last) ? [{ day: last, balance: closing }] : []),
  ]
}

/** How many counted lines of its days each section shows. */
async function linesShown(
  { db, book }: Pick<ProofScope, 'db' | 'book'>,
  { id }: Pick<ProvenAccount, 'id'>,
  { currency, from }: { readonly currency: string; readonly from: IsoDate },
): Promise<ReadonlyMap<string, number>> {
  const rows = await db
    .selectFrom('statement_section as x')
    .innerJoin('statement_sighting as s', (join) =>
      join
        .onRef('s.book', '=', 'x.book')
        .onRef('s.batch', '=', 'x.batch')
        .onRef('s.item', '=', 'x.item')
        .onRef('s.section', '=', 'x.section'),
    )
    .innerJoin('statement_line as l', (join) => join.onRef('l.book', '=', 's.book').onRef('l.id', '=', 's.line'))
    .select(['x.batch', 'x.item', 'x.section', 'l.date'])
    .select(sql<bigint>`count(distinct l.id)`.as('lines'))
    .where('x.book', '=', book)
    .where('x.account', '=', id)
    .where('x.currency', '=', currency)
    .where((where) => where.or([where('x.last_date', '>=', from), where('x.closing_date', '>=', from)]))
    .where('l.date', '>=', from)
    .where('l.uncounted', 'is', null)
    .where((where) =>
      where.or([
        where('l.date', '=', where.ref('x.first_date')),
        where('l.date', '=', where.ref('x.last_date')),
        where('l.date', '=', where.ref('x.closing_date')),
      ]),
    )
    .groupBy(['x.batch', 'x.item', 'x.section', 'l.date'])
    .execute()
  return new Map(rows.map((row) => [placeOf(row, row.date), Number(row.lines)]))
}

function placeOf({ batch, item, section }: Pick<StatementSectionTable, 'batch' | 'item' | 'section'>, day: IsoDate) {
  return `${batch}.${item}.${section} ${day}`
}
