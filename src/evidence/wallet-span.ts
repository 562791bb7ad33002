/** What the books took up about a wallet since an earlier reading though it may be of before it. */
import { sql, type Kysely, type RawBuilder } from 'kysely'
import type { Tables } from '../db/tables.ts'
import type { Units } from '../domain/money/money.ts'
import type { WalletReading } from './readings.ts'

interface WalletAccount {
  readonly source: bigint
  readonly account: string
}

/**
 * What evidence of no order (openings, top-ups, bonuses) and a person's decisions put on the wallet's account since.
 * Suspense is left out, as it is of `booked`.
 */
export async function otherEvidenceSince(
  db: Kysely<Tables>,
  book: bigint,
  wallet: WalletAccount,
  since: WalletReading,
): Promise<Units> {
  const isOther = sql`(t.object < 'order:' or t.object >= 'order;' or l.kind = 'exception-decision')
    and (t.object < 'second-credit:' or t.object >= 'second-credit;' or l.kind = 'exception-decision')`
  return postedSince(db, book, wallet, since, isOther)
}

/**
 * What a person decided since about the difference that the wallet showed at that reading, put on its account: that
 * money was in the wallet by then. Of a difference that a later reading showed nobody can say so; it is not counted.
 */
export async function decidedSince(
  db: Kysely<Tables>,
  book: bigint,
  wallet: WalletAccount,
  since: WalletReading,
): Promise<Units> {
  const isDecided = sql`l.kind = 'exception-decision'
    and not exists (
      select 1 from wallet_reading r
      where r.book = ${book} and r.source = ${wallet.source} and r.moment = 'after'
        and r.batch > ${since.batch} and r.batch < t.evidence_batch)`
  return postedSince(db, book, wallet, since, isDecided)
}

/** By evidence that was landed after the reading; `t` is the transaction and `l` what it rests on. Never suspense. */
async function postedSince(
  db: Kysely<Tables>,
  book: bigint,
  { source, account }: WalletAccount,
  since: WalletReading,
  isCounted: RawBuilder<unknown>,
): Promise<Units> {
  const { rows } = await sql<{ total: bigint }>`
    select cast(coalesce(sum(p.amount), 0) as bigint) as total
    from txn t
    join posting p on p.book = t.book and p.seq = t.seq
    join account a on a.book = p.book and a.id = p.account
    join log_record l on l.book = t.book and l.batch = t.evidence_batch and l.item = t.evidence_item
    where t.book = ${book} and t.source = ${source} and a.key = ${account} and t.object <> 'suspense:wallet'
      and t.evidence_batch > ${since.batch} and ${isCounted}`.execute(db)
  return rows[0]?.total ?? 0n
}

export interface NewCharge {
  readonly orderId: string
  readonly charged: Units
}

/** Charges of orders that were booked since, and placed before it or on a day nobody told; or of some of them only. */
export async function lateChargesSince(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  since: WalletReading,
  { isDated, among }: { readonly isDated?: true; readonly among?: readonly string[] } = {},
): Promise<Units> {
  const isLate = sql`(o.ordered_at_ms is null or o.ordered_at_ms < ${since.observedAtMs})`
  if (among !== undefined) return chargesAmong(db, book, source, since, among, isLate)
  return sumOfNew(db, book, source, since, isDated === true ? sql`o.ordered_at_ms < ${since.observedAtMs}` : isLate)
}

/** Charges of those of these orders that were booked since, whenever they were placed. */
export async function chargesSince(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  since: WalletReading,
  among: readonly string[],
): Promise<Units> {
  return chargesAmong(db, book, source, since, among, sql`1 = 1`)
}

async function chargesAmong(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  since: WalletReading,
  among: readonly string[],
  isMeant: RawBuilder<unknown>,
): Promise<Units> {
  let total = 0n
  for (let at = 0; at < among.length; at += IDS_PER_QUERY) {
    const ids = sql.join(among.slice(at, at + IDS_PER_QUERY))
    total += await sumOfNew(db, book, source, since, sql`o.order_id in (${ids}) and ${isMeant}`)
  }
  return total
}

const IDS_PER_QUERY = 500

/** Those of these orders whose charge was booked since, whenever they were placed. */
export async function bookedSince(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  since: Pick<WalletReading, 'batch'>,
  among: readonly string[],
): Promise<readonly string[]> {
  const found: string[] = []
  for (let at = 0; at < among.length; at += IDS_PER_QUERY) {
    const ids = sql.join(among.slice(at, at + IDS_PER_QUERY))
    const { rows } = await sql<{ order_id: string }>`
      select s.order_id from ${newlyBooked(book, source, since)} and o.order_id in (${ids})
      order by s.order_id`.execute(db)
    found.push(...rows.map(({ order_id }) => order_id))
  }
  return found
}

/**
 * Orders whose charge came into the books since by an answer: `o` as registered, `s` as it stands. They may have been
 * registered before, where nobody could read what the panel answered about them.
 */
function newlyBooked(book: bigint, source: bigint, { batch }: Pick<WalletReading, 'batch'>): RawBuilder<unknown> {
  return sql`order_state s
    join panel_order o on o.book = s.book and o.source = s.source and o.order_id = s.order_id
    where s.book = ${book} and s.source = ${source} and s.charged > 0 and s.evidence_batch > ${batch}
      and exists (
        select 1 from txn t
        join log_record l on l.book = t.book and l.batch = t.evidence_batch and l.item = t.evidence_item
        where t.book = s.book and t.source = s.source and t.object = 'order:' || s.order_id and t.kind = 'charge'
          and t.version = 1 and t.evidence_batch > ${batch} and l.kind <> 'exception-decision')`
}

async function sumOfNew(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  since: WalletReading,
  isMeant: RawBuilder<unknown>,
): Promise<Units> {
  const { rows } = await sql<{ total: bigint }>`
    select cast(coalesce(sum(s.charged), 0) as bigint) as total
    from ${newlyBooked(book, source, since)} and ${isMeant}`.execute(db)
  return rows[0]?.total ?? 0n
}

/** Charges of orders booked since of which nobody told the day: each may have been in the wallet before. At most `limit`. */
export async function undatedChargesSince(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  since: WalletReading,
  limit: number,
): Promise<readonly NewCharge[]> {
  const { rows } = await sql<{ order_id: string; charged: bigint }>`
    select s.order_id, s.charged from ${newlyBooked(book, source, since)} and o.ordered_at_ms is null
    order by s.order_id limit ${limit}`.execute(db)
  return rows.map(({ order_id, charged }) => ({ orderId: order_id, charged }))
}

/** Charges of orders that were booked since, and placed after it by their own date. */
export async function datedChargesAfter(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  since: WalletReading,
): Promise<readonly NewCharge[]> {
  const { rows } = await sql<{ order_id: string; charged: bigint }>`
    select s.order_id, s.charged from ${newlyBooked(book, source, since)} and o.ordered_at_ms >= ${since.observedAtMs}
    order by s.order_id`.execute(db)
  return rows.map(({ order_id, charged }) => ({ orderId: order_id, charged }))
}

/**
 * Whether an order placed before, or on a day nobody told, was first seen since with its refund taken off already: ended at
 * nothing, or with a part undelivered in one of these statuses, at a charge that is booked as it stands.
 */
export async function hasUnseenRefunds(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  since: WalletReading,
  lowered: readonly ('partial' | 'completed')[],
): Promise<boolean> {
  const isMeant = sql`s.gross_basis in ('final', 'tied')
    and (o.ordered_at_ms is null or o.ordered_at_ms < ${since.observedAtMs})
    and (s.status in ('canceled', 'failed', 'partial') or (s.status = 'completed' and s.remains > 0))`
  const atNothing = await sql`
    select s.order_id from order_state s
    join panel_order o on o.book = s.book and o.source = s.source and o.order_id = s.order_id
    where s.book = ${book} and s.source = ${source} and s.gross = 0 and s.evidence_batch > ${since.batch}
      and (o.evidence_batch > ${since.batch} or s.terminal_at_ms > ${since.observedAtMs} or ${wasUnread(since)})
      and ${isMeant}
    limit 1`.execute(db)
  if (atNothing.rows.length > 0) return true
  if (lowered.length === 0) return false
  const inPart = await sql`
    select s.order_id from ${newlyBooked(book, source, since)} and s.status in (${sql.join(lowered)}) and ${isMeant}
    limit 1`.execute(db)
  return inPart.rows.length > 0
}

/** Whether it was registered at the reading and nobody could read what the panel said of it. */
function wasUnread({ observedAtMs }: WalletReading): RawBuilder<unknown> {
  return sql`exists (
    select 1 from exception e join source n on n.book = e.book and n.name = e.source
    where e.book = o.book and n.id = o.source and e.object in ('order:' || o.order_id, 'statuses')
      and e.code in ('BAD_PAYLOAD', 'CURRENCY_MISMATCH', 'MISSING_AT_VENDOR', 'STALE_SOURCE')
      and e.first_seen_ms <= ${observedAtMs} and e.closed_at_ms > ${observedAtMs})`
}

export interface BookedFall {
  readonly orderId: string
  readonly amount: Units
  readonly batch: number
}

/** Refunds booked since because a charge fell, at a panel known to be net: the wallet may be credited with them later. */
export async function fallsSince(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  sinceBatch: number,
): Promise<readonly BookedFall[]> {
  const rows = await db
    .selectFrom('txn')
    .select(['object', 'amount', 'evidence_batch'])
    .where('book', '=', book)
    .where('source', '=', source)
    .where('object', '>=', 'order:')
    .where('object', '<', 'order;')
    .where('kind', '=', 'refund')
    .where('rule', '>=', 'refund/net-')
    .where('rule', '<', 'refund/net.')
    .where('amount', '>', 0n)
    .where('evidence_batch', '>', BigInt(sinceBatch))
    .orderBy('seq')
    .execute()
  return rows.map(({ object, amount, evidence_batch }) => ({
    orderId: object.slice('order:'.length),
    amount,
    batch: Number(evidence_batch),
  }))
}

/**
 * Refunds that the wallet proved since, of orders that were waiting for that at the reading, where it tied by them: they may
 * have been credited by then. One that it proved by a change, while something else stood, was not.
 */
export async function waitedThen(
  db: Kysely<Tables>,
  book: bigint,
  source: { readonly id: bigint; readonly name: string },
  { batch, observedAtMs }: WalletReading,
): Promise<Units> {
  const { rows } = await sql<{ total: bigint }>`
    select cast(coalesce(sum(t.amount), 0) as bigint) as total
    from txn t
    where t.book = ${book} and t.source = ${source.id} and t.kind = 'refund' and t.evidence_batch > ${batch}
      and t.rule >= 'refund/wallet-' and t.rule < 'refund/wallet.'
      and exists (
        select 1 from wallet_reading r
        where r.book = t.book and r.source = t.source and r.batch = t.evidence_batch and r.balance = r.booked)
      and t.object in (
        select e.object from exception e
        where e.book = ${book} and e.source = ${source.name} and e.code in ('REFUND_MISSING', 'CHARGE_SEMANTICS_AMBIGUOUS')
          and e.first_seen_ms <= ${observedAtMs} and e.closed_at_ms > ${observedAtMs})`.execute(db)
  return rows[0]?.total ?? 0n
}
