/** What the books took up about a wallet since an earlier reading though it may be of before it. */
import { sql, type Kysely, type RawBuilder } from 'kysely'
import type { Tables } from '../db/tables.ts'
import type { Units } from '../domain/money/money.ts'
import type { WalletReading } from './readings.ts'

/**
 * What evidence of no order (openings, top-ups, bonuses, what a person wrote off) put on the wallet's account since.
 * Suspense is left out, as it is of `booked`.
 */
export async function otherEvidenceSince(
  db: Kysely<Tables>,
  book: bigint,
  { source, account }: { readonly source: bigint; readonly account: string },
  since: WalletReading,
): Promise<Units> {
  const { rows } = await sql<{ total: bigint }>`
    select cast(coalesce(sum(p.amount), 0) as bigint) as total
    from txn t
    join posting p on p.book = t.book and p.seq = t.seq
    join account a on a.book = p.book and a.id = p.account
    where t.book = ${book} and t.source = ${source} and a.key = ${account}
      and (t.object < 'order:' or t.object >= 'order;') and t.object <> 'suspense:wallet'
      and t.evidence_batch > ${since.batch}`.execute(db)
  return rows[0]?.total ?? 0n
}

/** Charges of orders that were registered since, and placed before it or on a day nobody told; or of some of them only. */
export async function lateChargesSince(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  since: WalletReading,
  { isDated, among }: { readonly isDated?: true; readonly among?: readonly string[] } = {},
): Promise<Units> {
  const isLate = isDated === true ? sql`o.ordered_at_ms is not null` : sql`1 = 1`
  if (among === undefined) return lateCharges(db, book, source, since, isLate)
  let total = 0n
  for (let at = 0; at < among.length; at += IDS_PER_QUERY) {
    const ids = sql.join(among.slice(at, at + IDS_PER_QUERY))
    total += await lateCharges(db, book, source, since, sql`o.order_id in (${ids})`)
  }
  return total
}

const IDS_PER_QUERY = 500

async function lateCharges(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  since: WalletReading,
  isMeant: RawBuilder<unknown>,
): Promise<Units> {
  const { rows } = await sql<{ total: bigint }>`
    select cast(coalesce(sum(s.charged), 0) as bigint) as total
    from panel_order o
    join order_state s on s.book = o.book and s.source = o.source and s.order_id = o.order_id
    where o.book = ${book} and o.source = ${source} and o.evidence_batch > ${since.batch} and ${isMeant}
      and (o.ordered_at_ms is null or o.ordered_at_ms < ${since.observedAtMs})`.execute(db)
  return rows[0]?.total ?? 0n
}
