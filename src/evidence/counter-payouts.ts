/** Payouts of a publisher's account as stated in evidence files, and whether its counter is a lifetime total or what is unpaid. */
import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import { RETURNS, type KnownPayout } from '../domain/counters/counter-payout.ts'
import type { Evidence } from '../domain/transaction.ts'
import { returnedOf } from './counter-returns.ts'
import type { HumanDecision } from './counter-verdicts.ts'

export type CounterMode = 'lifetime' | 'unpaid'

/** What a person has last said; 'lifetime' until then. */
export async function counterMode(db: Kysely<Tables>, book: bigint, source: bigint): Promise<CounterMode> {
  const row = await db
    .selectFrom('counter_mode')
    .select('mode')
    .where('book', '=', book)
    .where('source', '=', source)
    .orderBy('batch', 'desc')
    .orderBy('item', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.mode ?? 'lifetime'
}

export async function saveMode(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  mode: CounterMode,
  { place, by, why, atMs }: Omit<HumanDecision, 'as'>,
): Promise<void> {
  const at = { book, source, batch: BigInt(place.batch), item: BigInt(place.item) }
  await db
    .insertInto('counter_mode')
    .values({ ...at, mode, decided_by: by, decided_why: why, decided_at_ms: BigInt(atMs) })
    .execute()
}

/**
 * Payouts no reading has shown yet, without what came back of any. Where counting began with a reading, one of a day that
 * had ended by then lowered the counter before: no later fall is it.
 */
export async function unseenPayouts(db: Kysely<Tables>, book: bigint, source: bigint): Promise<readonly KnownPayout[]> {
  const rows = await db
    .selectFrom('counter_payout')
    .select(['payout', 'reference', 'amount', 'paid_on'])
    .where('book', '=', book)
    .where('source', '=', source)
    .where('shown_batch', 'is', null)
    .where('paid_on', '>', (eb) =>
      eb.fn.coalesce(
        eb
          .selectFrom('counter_verdict')
          .select((at) => at.fn.max('day').as('day'))
          .where('book', '=', book)
          .where('source', '=', source)
          .where('status', '=', 'baseline'),
        eb.val(''),
      ),
    )
    .where('payout', 'not like', RETURNS)
    .orderBy('paid_on')
    .orderBy('payout')
    .execute()
  const returned = rows.length === 0 ? new Map<string, never>() : await returnedOf(db, book, source)
  return rows.map(({ payout: key, reference, amount, paid_on: date }) => {
    const back = returned.get(key)
    return { key, reference, amount, date, ...(back?.total === amount ? { returnedOn: back.date } : {}) }
  })
}

/** The same payout stated again replaces what was stated, unless a reading has shown it: then nothing, and false. */
export async function savePayout(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  { key, reference, amount, date }: KnownPayout,
  { batch, item }: Evidence,
): Promise<boolean> {
  const place = { evidence_batch: BigInt(batch), evidence_item: BigInt(item) }
  const stated = { reference, amount, paid_on: date, ...place }
  const result = await db
    .insertInto('counter_payout')
    .values({ book, source, payout: key, ...stated, shown_batch: null, shown_item: null })
    .onConflict((conflict) =>
      conflict
        .columns(['book', 'source', 'payout'])
        .doUpdateSet(stated)
        .where('counter_payout.shown_batch', 'is', null),
    )
    .executeTakeFirst()
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n
}

/** A file states, as it is booked, what came by a line and a reading has shown: it rests on that file from then on. */
export async function saveStated(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  { key, reference }: Pick<KnownPayout, 'key' | 'reference'>,
  { batch, item }: Evidence,
): Promise<void> {
  await db
    .updateTable('counter_payout')
    .set({ reference, evidence_batch: BigInt(batch), evidence_item: BigInt(item) })
    .where('book', '=', book)
    .where('source', '=', source)
    .where('payout', '=', key)
    .where('reference', 'like', 'line-%')
    .execute()
}

/** Forgets a payout; false when a reading has shown it, or a file has stated it under another reference since. */
export async function dropPayout(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  key: string,
  reference: string,
): Promise<boolean> {
  const result = await db
    .deleteFrom('counter_payout')
    .where('book', '=', book)
    .where('source', '=', source)
    .where('payout', '=', key)
    .where('reference', '=', reference)
    .where('shown_batch', 'is', null)
    .executeTakeFirst()
  return result.numDeletedRows > 0n
}

export async function markShown(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  payouts: readonly KnownPayout[],
  { batch, item }: Evidence,
): Promise<void> {
  if (payouts.length === 0) return
  await db
    .updateTable('counter_payout')
    .set({ shown_batch: BigInt(batch), shown_item: BigInt(item) })
    .where('book', '=', book)
    .where('source', '=', source)
    .where(
      'payout',
      'in',
      payouts.map(({ key }) => key),
    )
    .execute()
}

/** Payouts that readings from a place on have shown are unseen again: those readings are about to be judged again. */
export async function forgetShown(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  { batch, item }: Evidence,
): Promise<void> {
  await db
    .updateTable('counter_payout')
    .set({ shown_batch: null, shown_item: null })
    .where('book', '=', book)
    .where('source', '=', source)
    .where((eb) => eb(eb.refTuple('shown_batch', 'shown_item'), '>=', eb.tuple(BigInt(batch), BigInt(item))))
    .execute()
}

/** Whether anybody, or evidence, has said what the counter shows. */
export async function hasMode(db: Kysely<Tables>, book: bigint, source: bigint): Promise<boolean> {
  const row = await db
    .selectFrom('counter_mode')
    .select('batch')
    .where('book', '=', book)
    .where('source', '=', source)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/**
 * Falls that were payouts on record, by a person's word or, of an unpaid balance, by themselves: with what was earned
 * beside each.
 */
export async function shownPayouts(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
): Promise<readonly { readonly reference: string; readonly earned: bigint; readonly days: number }[]> {
  const rows = await db
    .selectFrom('counter_verdict as verdict')
    .innerJoin('counter_payout as payout', (join) =>
      join
        .onRef('payout.book', '=', 'verdict.book')
        .onRef('payout.source', '=', 'verdict.source')
        .onRef('payout.shown_batch', '=', 'verdict.batch')
        .onRef('payout.shown_item', '=', 'verdict.item'),
    )
    .where('payout.payout', 'not like', RETURNS)
    .select(['payout.reference', 'verdict.change', 'verdict.days', 'verdict.batch', 'verdict.item'])
    .where('verdict.book', '=', book)
    .where('verdict.source', '=', source)
    .where((where) =>
      where.or([
        where('verdict.status', 'in', ['booked', 'unchanged']),
        where.and([
          where('verdict.status', '=', 'accepted'),
          where('verdict.decided_as', '=', 'payout'),
          where('verdict.jump', '=', 0n),
        ]),
      ]),
    )
    .orderBy('verdict.batch')
    .orderBy('verdict.item')
    .orderBy('payout.payout')
    .execute()
  const byFall = Map.groupBy(rows, ({ batch, item }) => `${batch}.${item}`)
  return [...byFall.values()].flatMap(([first]) =>
    first === undefined ? [] : [{ reference: first.reference, earned: first.change, days: Number(first.days) }],
  )
}

/** The first reading that showed a payout without a person's decision about it; null when none did. */
export async function firstShownUnasked(db: Kysely<Tables>, book: bigint, source: bigint): Promise<Evidence | null> {
  const row = await db
    .selectFrom('counter_payout as payout')
    .innerJoin('counter_verdict as verdict', (join) =>
      join
        .onRef('verdict.book', '=', 'payout.book')
        .onRef('verdict.source', '=', 'payout.source')
        .onRef('verdict.batch', '=', 'payout.shown_batch')
        .onRef('verdict.item', '=', 'payout.shown_item'),
    )
    .select(['verdict.batch', 'verdict.item'])
    .where('payout.book', '=', book)
    .where('payout.source', '=', source)
    .where('payout.payout', 'not like', RETURNS)
    .where('verdict.decided_batch', 'is', null)
    .orderBy('verdict.batch')
    .orderBy('verdict.item')
    .limit(1)
    .executeTakeFirst()
  return row === undefined ? null : { batch: Number(row.batch), item: Number(row.item) }
}

/** Which of these payouts statement lines have settled: their money has arrived. */
export async function arrivedAmong(
  db: Kysely<Tables>,
  book: bigint,
  source: string,
  payouts: readonly KnownPayout[],
): Promise<ReadonlySet<string>> {
  if (payouts.length === 0) return new Set()
  const rows = await db
    .selectFrom('open_item')
    .select('object')
    .where('book', '=', book)
    .where('source', '=', source)
    .where('kind', '=', 'payout')
    .where('status', '=', 'settled')
    .where(
      'object',
      'in',
      payouts.map(({ key }) => key),
    )
    .execute()
  return new Set(rows.map(({ object }) => object))
}
