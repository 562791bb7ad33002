/**
 * What services cost and when: a row per change, so that an order can be compared with the rate of its own day. The newest
 * catalogue's time stands for every row that is still open, so that an unchanged night writes one row.
 */
import type { Kysely } from 'kysely'
import type { ServiceRateTable } from '../db/panel-write-tables.ts'
import type { Tables } from '../db/tables.ts'
import type { Units } from '../domain/money/money.ts'
import type { Evidence } from '../domain/transaction.ts'

export interface ServiceRate {
  readonly service: string
  readonly rate: Units
  readonly min: bigint | null
  readonly max: bigint | null
  readonly type: string
  readonly name: string
}

export interface KnownRate extends ServiceRate {
  readonly firstSeenMs: number
  /** Null while the newest catalogue shows it. */
  readonly lastSeenMs: number | null
}

/** When the newest whole catalogue was read; null before the first. */
export async function catalogueSeenMs(db: Kysely<Tables>, book: bigint, source: bigint): Promise<number | null> {
  const row = await db
    .selectFrom('panel_catalogue')
    .select('seen_ms')
    .where('book', '=', book)
    .where('source', '=', source)
    .executeTakeFirst()
  return row === undefined ? null : Number(row.seen_ms)
}

export interface Snapshot {
  readonly atMs: number
  readonly evidence: Evidence
  readonly rates: readonly ServiceRate[]
  /** True when a service that is not in `rates` is no longer offered. */
  readonly isWhole: boolean
}

/** Writes what changed. A snapshot older than what is known changes nothing. */
export async function saveSnapshot(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  { atMs, evidence, rates, isWhole }: Snapshot,
): Promise<void> {
  const seenMs = await catalogueSeenMs(db, book, source)
  const ids = isWhole ? null : rates.map((each) => each.service)
  const open = new Map((await openRates(db, book, source, ids)).map((each) => [each.service, each]))
  for (const rate of rates) {
    const before = open.get(rate.service)
    open.delete(rate.service)
    if (before !== undefined && (isSame(before, rate) || before.firstSeenMs >= atMs)) continue
    if (before !== undefined) await close(db, book, source, before, seenMs)
    await insertRate(db, book, source, rate, atMs, evidence)
  }
  if (!isWhole) return
  for (const gone of open.values()) await close(db, book, source, gone, seenMs)
  const changing = { seen_ms: BigInt(atMs), services: BigInt(rates.length) }
  await db
    .insertInto('panel_catalogue')
    .values({ book, source, ...changing })
    .onConflict((conflict) => conflict.columns(['book', 'source']).doUpdateSet(changing))
    .execute()
}

/** Every rate these services have had, oldest first. */
export async function ratesOf(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  services: readonly string[],
): Promise<ReadonlyMap<string, readonly KnownRate[]>> {
  const found = new Map<string, KnownRate[]>()
  for (let at = 0; at < services.length; at += 500) {
    const rows = await db
      .selectFrom('service_rate')
      .selectAll()
      .where('book', '=', book)
      .where('source', '=', source)
      .where('service', 'in', services.slice(at, at + 500))
      .orderBy('service')
      .orderBy('first_seen_ms')
      .execute()
    for (const row of rows) {
      const list = found.get(row.service) ?? []
      list.push(fromRow(row))
      found.set(row.service, list)
    }
  }
  return found
}

async function openRates(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  services: readonly string[] | null,
): Promise<readonly KnownRate[]> {
  let query = db
    .selectFrom('service_rate')
    .selectAll()
    .where('book', '=', book)
    .where('source', '=', source)
    .where('last_seen_ms', 'is', null)
  if (services !== null) query = query.where('service', 'in', [...services])
  return (await query.execute()).map(fromRow)
}

async function insertRate(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  { service, rate, min, max, type, name }: ServiceRate,
  atMs: number,
  evidence: Evidence,
): Promise<void> {
  await db
    .insertInto('service_rate')
    .values({
      book,
      source,
      service,
      first_seen_ms: BigInt(atMs),
      last_seen_ms: null,
      rate,
      min,
      max,
      type,
      name,
      evidence_batch: BigInt(evidence.batch),
      evidence_item: BigInt(evidence.item),
    })
    .onConflict((conflict) => conflict.columns(['book', 'source', 'service', 'first_seen_ms']).doNothing())
    .execute()
}

/** It was last seen in the catalogue before, or where it was first seen when none was read since. */
async function close(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  { service, firstSeenMs }: KnownRate,
  seenMs: number | null,
): Promise<void> {
  await db
    .updateTable('service_rate')
    .set({ last_seen_ms: BigInt(Math.max(firstSeenMs, seenMs ?? 0)) })
    .where('book', '=', book)
    .where('source', '=', source)
    .where('service', '=', service)
    .where('first_seen_ms', '=', BigInt(firstSeenMs))
    .execute()
}

function isSame(a: ServiceRate, b: ServiceRate): boolean {
  return a.rate === b.rate && a.min === b.min && a.max === b.max && a.type === b.type && a.name === b.name
}

function fromRow(row: ServiceRateTable): KnownRate {
  return {
    service: row.service,
    rate: row.rate,
    min: row.min,
    max: row.max,
    type: row.type,
    name: row.name,
    firstSeenMs: Number(row.first_seen_ms),
    lastSeenMs: row.last_seen_ms === null ? null : Number(row.last_seen_ms),
  }
}

/** Types whose undelivered part the panel's document refunds at completion (O2). */
const PACKAGES: ReadonlySet<string> = new Set(['package', 'custom comments package'])

/** Which of these services are packages by the newest catalogue that listed them. */
export async function packageServices(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  services: readonly string[],
): Promise<ReadonlySet<string>> {
  const rates = await ratesOf(db, book, source, services)
  const isPackage = (service: string): boolean =>
    PACKAGES.has(rates.get(service)?.at(-1)?.type.trim().toLowerCase() ?? '')
  return new Set(services.filter(isPackage))
}
