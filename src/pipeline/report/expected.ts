/**
 * What statements should show and had not by a night: payouts in transit with the day they are due, top-ups, transfers.
 * Matches made or undone later do not count; an item's amount is that of its newest evidence.
 */
import { sql, type Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import type { Units } from '../../domain/money/money.ts'
import { dueBy } from '../../domain/payouts/window.ts'
import type { ItemKind } from '../../domain/settlement/settlement.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import type { Window } from './window.ts'

export interface ExpectedLine {
  readonly item: number
  readonly kind: ItemKind
  readonly source: string
  readonly object: string
  readonly currency: string
  /** What is still open of it, as the money account will see it. */
  readonly amount: Units
  readonly dueOn: IsoDate
  readonly isOverdue: boolean
}

export interface Expected {
  /** The first to be due; `count` says how many there are. */
  readonly lines: readonly ExpectedLine[]
  readonly count: number
  readonly overdue: number
}

/** So many are listed on a page. */
const LISTED = 30

/** `dueDays`: how long each publisher's network has to pay. */
export async function expectedAt(
  db: Kysely<Tables>,
  book: bigint,
  { run, known }: Window,
  dueDays: ReadonlyMap<string, number>,
): Promise<Expected> {
  const batch = BigInt(known.batch)
  const rows = await db
    .selectFrom('open_item as item')
    .leftJoin(
      (query) =>
        query
          .selectFrom('match_leg as leg')
          .innerJoin('match_group as match', (join) =>
            join.onRef('match.book', '=', 'leg.book').onRef('match.id', '=', 'leg.match'),
          )
          .select('leg.ref')
          .select(sql<bigint>`cast(sum(leg.amount) as bigint)`.as('settled'))
          .where('leg.book', '=', book)
          .where('leg.side', '=', 'item')
          .where('match.status', '!=', 'proposed')
          .where('match.batch', '<=', batch)
          .where((where) =>
            where.or([where('match.undone_batch', 'is', null), where('match.undone_batch', '>', batch)]),
          )
          .groupBy('leg.ref')
          .as('held'),
      (join) => join.onRef('held.ref', '=', 'item.id'),
    )
    .select(['item.id', 'item.kind', 'item.source', 'item.object', 'item.currency', 'item.amount', 'item.date'])
    .select(['item.last_date', sql<bigint>`coalesce(held.settled, 0)`.as('settled')])
    .where('item.book', '=', book)
    .where('item.evidence_batch', '<=', batch)
    .where(sql<boolean>`item.amount <> coalesce(held.settled, 0)`)
    .execute()
  const lines = rows
    .map(({ id, kind, source, object, currency, amount, date, last_date, settled }): ExpectedLine => {
      const dueOn = kind === 'payout' ? dueBy(date, dueDays.get(source) ?? 0) : last_date
      const open = { item: Number(id), kind, source, object, currency, amount: amount - settled }
      return { ...open, dueOn, isOverdue: run.night > dueOn }
    })
    .toSorted((a, b) => (a.dueOn === b.dueOn ? a.item - b.item : a.dueOn < b.dueOn ? -1 : 1))
  const overdue = lines.filter(({ isOverdue }) => isOverdue).length
  return { lines: lines.slice(0, LISTED), count: lines.length, overdue }
}
