/**
 * What was decided about each reading of a counter, and by whom. Rows follow from the landing; a later rule looks back
 * on them (what is usual, which change a correction undoes), and a person lists and decides the held ones.
 */
import type { Kysely } from 'kysely'
import type { CounterVerdictTable } from '../db/counter-tables.ts'
import type { Tables } from '../db/tables.ts'
import type { CounterReading } from '../domain/counters/counter.ts'
import type { DayChange } from '../domain/counters/counter-lifetime.ts'
import type { CounterRole } from '../domain/counters/counter-undecided.ts'
import type { PastChange } from '../domain/counters/counter-spike.ts'
import type { Units } from '../domain/money/money.ts'
import type { Evidence, IsoDate } from '../domain/transaction.ts'

export type VerdictStatus = CounterVerdictTable['status']

export interface CounterVerdict {
  readonly status: VerdictStatus
  readonly code: string | null
  readonly rule: string | null
  /** Signed, payouts taken out. */
  readonly change: Units
  readonly day: IsoDate
  readonly days: number
  readonly impressionsChange: bigint | null
  readonly clicksChange: bigint | null
  readonly reason: string
  /** What it is to a fall nobody has decided. */
  readonly role: CounterRole | null
  /** What the counter showed before a fall; null of everything else. */
  readonly level: Units | null
  /** What the counter moved by without anything being earned or spent, by a person's decision. */
  readonly jump: Units
}

export interface HumanDecision {
  /** Where it was landed. */
  readonly place: Evidence
  readonly as: string
  readonly by: string
  readonly why: string
  readonly atMs: number
}

export interface JudgedReading extends CounterVerdict {
  readonly sourceId: bigint
  readonly source: string
  readonly place: Evidence
  readonly reading: CounterReading
  readonly decided: HumanDecision | null
}

/** Rises that tell what is usual, so many at most. */
const HISTORY = 30
/** Changes a correction may undo, so many at most. */
const CHANGES = 400
const TRAFFIC_RULES = ['counter/rise', 'counter/rise-estimated']

/** Writes the verdict on a reading, or what has become of it since. */
export async function saveVerdict(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  { batch, item }: Evidence,
  verdict: CounterVerdict,
  decided: HumanDecision | null = null,
): Promise<void> {
  const { status, code, rule, change, day, days, impressionsChange, clicksChange, reason, role, level, jump } = verdict
  const values = {
    status,
    code,
    rule,
    change,
    day,
    days: BigInt(days),
    impressions_change: impressionsChange,
    clicks_change: clicksChange,
    reason,
    role,
    level,
    jump,
    ...decidedColumns(decided),
  }
  await db
    .insertInto('counter_verdict')
    .values({ book, source, batch: BigInt(batch), item: BigInt(item), ...values })
    .onConflict((conflict) => conflict.columns(['book', 'source', 'batch', 'item']).doUpdateSet(values))
    .execute()
}

function decidedColumns(decided: HumanDecision | null) {
  return {
    decided_batch: decided === null ? null : BigInt(decided.place.batch),
    decided_item: decided === null ? null : BigInt(decided.place.item),
    decided_as: decided?.as ?? null,
    decided_by: decided?.by ?? null,
    decided_why: decided?.why ?? null,
    decided_at_ms: decided === null ? null : BigInt(decided.atMs),
  }
}

/**
 * What was held before a place has nothing left to decide once a later reading is booked; `except` what still waits.
 * A fall stays held, with what waits behind it, and so does everything before the newest one (`after`).
 */
export async function supersedeHeld(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  { before, after }: { readonly before: Evidence; readonly after: Evidence | null },
  except: readonly Evidence[] = [],
): Promise<void> {
  let query = db
    .updateTable('counter_verdict')
    .set({ status: 'superseded' })
    .where('book', '=', book)
    .where('source', '=', source)
    .where('status', '=', 'held')
    .where('role', 'is', null)
    .where((eb) => eb(eb.refTuple('batch', 'item'), '<', eb.tuple(BigInt(before.batch), BigInt(before.item))))
  if (after !== null) {
    query = query.where((eb) =>
      eb(eb.refTuple('batch', 'item'), '>', eb.tuple(BigInt(after.batch), BigInt(after.item))),
    )
  }
  for (const { batch, item } of except) {
    query = query.where((eb) => eb.or([eb('batch', '!=', BigInt(batch)), eb('item', '!=', BigInt(item))]))
  }
  await query.execute()
}

/** Forgets the verdicts from a place on: what they say is about to be judged again. */
export async function forgetVerdicts(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  { batch, item }: Evidence,
): Promise<void> {
  await db
    .deleteFrom('counter_verdict')
    .where('book', '=', book)
    .where('source', '=', source)
    .where((eb) => eb(eb.refTuple('batch', 'item'), '>=', eb.tuple(BigInt(batch), BigInt(item))))
    .execute()
}

/** Rises a later held one contains, or that the counter no longer shows: the later reading is the one to decide. */
export async function supersede(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  rises: readonly { readonly place: Evidence }[],
): Promise<void> {
  for (const { place } of rises) {
    await db
      .updateTable('counter_verdict')
      .set({ status: 'superseded' })
      .where('book', '=', book)
      .where('source', '=', source)
      .where('batch', '=', BigInt(place.batch))
      .where('item', '=', BigInt(place.item))
      .execute()
  }
}

/** Accepted rises with the traffic that came with them, the newest last. */
export async function pastRises(db: Kysely<Tables>, book: bigint, source: bigint): Promise<readonly PastChange[]> {
  const rows = await db
    .selectFrom('counter_verdict')
    .select(['change', 'days', 'impressions_change', 'clicks_change'])
    .where('book', '=', book)
    .where('source', '=', source)
    .where('status', 'in', ['booked', 'accepted'])
    .where('rule', 'in', TRAFFIC_RULES)
    .orderBy('batch', 'desc')
    .orderBy('item', 'desc')
    .limit(HISTORY)
    .execute()
  return rows.toReversed().map((row) => ({
    amount: row.change,
    days: Number(row.days),
    impressions: row.impressions_change,
    clicks: row.clicks_change,
  }))
}

/** Booked changes with the days they counted on, the newest first. */
export async function bookedChanges(db: Kysely<Tables>, book: bigint, source: bigint): Promise<readonly DayChange[]> {
  return db
    .selectFrom('counter_verdict')
    .select(['change', 'day', 'days'])
    .where('book', '=', book)
    .where('source', '=', source)
    .where('status', 'in', ['booked', 'accepted'])
    .where('rule', 'is not', null)
    .orderBy('batch', 'desc')
    .orderBy('item', 'desc')
    .limit(CHANGES)
    .execute()
}

/** Falls that were booked unasked, with their places, the newest first. */
export async function bookedFalls(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
): Promise<readonly (DayChange & { readonly place: Evidence })[]> {
  const rows = await db
    .selectFrom('counter_verdict')
    .select(['batch', 'item', 'change', 'day', 'days'])
    .where('book', '=', book)
    .where('source', '=', source)
    .where('status', '=', 'booked')
    .where('change', '<', 0n)
    .orderBy('batch', 'desc')
    .orderBy('item', 'desc')
    .limit(CHANGES)
    .execute()
  return rows.map(({ batch, item, ...fall }) => ({ place: { batch: Number(batch), item: Number(item) }, ...fall }))
}

/** What a person called a payout, or one that came back, of which none was on record: the first of them; null when there is none. */
export async function firstUnrecordedPayout(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
): Promise<Evidence | null> {
  const row = await db
    .selectFrom('counter_verdict')
    .select(['batch', 'item'])
    .where('book', '=', book)
    .where('source', '=', source)
    .where('status', '=', 'accepted')
    .where('decided_as', 'in', ['payout', 'payout-returned', 'reset'])
    .where('jump', '<>', 0n)
    // A reset to less says nothing of payouts.
    .where((eb) => eb.or([eb('decided_as', '<>', 'reset'), eb('jump', '>', 0n)]))
    .orderBy('batch')
    .orderBy('item')
    .limit(1)
    .executeTakeFirst()
  return row === undefined ? null : { batch: Number(row.batch), item: Number(row.item) }
}

export interface VerdictFilter {
  readonly source?: bigint
  readonly status?: VerdictStatus
  readonly role?: CounterRole
  readonly place?: Evidence
  /** From this place on, it included. */
  readonly from?: Evidence
  readonly limit?: number
}

/** Readings with what became of them, the newest first. */
export async function listVerdicts(
  db: Kysely<Tables>,
  book: bigint,
  { source, status, role, place, from, limit }: VerdictFilter,
): Promise<readonly JudgedReading[]> {
  let query = db
    .selectFrom('counter_verdict as v')
    .innerJoin('counter_reading as r', (join) =>
      join
        .onRef('r.book', '=', 'v.book')
        .onRef('r.source', '=', 'v.source')
        .onRef('r.batch', '=', 'v.batch')
        .onRef('r.item', '=', 'v.item'),
    )
    .innerJoin('source as s', (join) => join.onRef('s.book', '=', 'v.book').onRef('s.id', '=', 'v.source'))
    .selectAll('v')
    .select(['r.observed_at_ms', 'r.impressions', 'r.clicks', 'r.amount', 's.name'])
    .where('v.book', '=', book)
    .where('r.origin', '=', 'api')
  if (source !== undefined) query = query.where('v.source', '=', source)
  if (status !== undefined) query = query.where('v.status', '=', status)
  if (role !== undefined) query = query.where('v.role', '=', role)
  if (from !== undefined) {
    query = query.where((eb) =>
      eb(eb.refTuple('v.batch', 'v.item'), '>=', eb.tuple(BigInt(from.batch), BigInt(from.item))),
    )
  }
  if (place !== undefined)
    query = query.where('v.batch', '=', BigInt(place.batch)).where('v.item', '=', BigInt(place.item))
  if (limit !== undefined) query = query.limit(limit)
  const rows = await query.orderBy('v.batch', 'desc').orderBy('v.item', 'desc').execute()
  return rows.map((row) => ({
    sourceId: row.source,
    source: row.name,
    place: { batch: Number(row.batch), item: Number(row.item) },
    reading: {
      impressions: row.impressions,
      clicks: row.clicks,
      amount: row.amount,
      atMs: Number(row.observed_at_ms),
    },
    status: row.status,
    code: row.code,
    rule: row.rule,
    change: row.change,
    day: row.day,
    days: Number(row.days),
    impressionsChange: row.impressions_change,
    clicksChange: row.clicks_change,
    reason: row.reason,
    role: row.role,
    level: row.level,
    jump: row.jump,
    decided: decidedOf(row),
  }))
}

function decidedOf(row: CounterVerdictTable): HumanDecision | null {
  if (row.decided_batch === null) return null
  return {
    place: { batch: Number(row.decided_batch), item: Number(row.decided_item ?? 0n) },
    as: row.decided_as ?? '',
    by: row.decided_by ?? '',
    why: row.decided_why ?? '',
    atMs: Number(row.decided_at_ms ?? 0n),
  }
}
