/**
 * What came back of payouts that lowered a counter. The same table as the payouts themselves: a row for each time more was
 * told to have come back, and whether a reading has shown it on the counter again.
 */
import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import { isReturn, RETURN_PREFIX, RETURNS, type KnownPayout } from '../domain/counters/counter-payout.ts'
import type { Units } from '../domain/money/money.ts'
import type { Evidence, IsoDate } from '../domain/transaction.ts'

/** "payout-returned:1:PP-1" is what first came back of "payout:PP-1". */
function keyOf(payout: string, nth: number): string {
  return `${RETURN_PREFIX}${nth}:${payout.slice(payout.indexOf(':') + 1)}`
}

function payoutOf(key: string): string {
  return `payout:${key.slice(key.indexOf(':', RETURN_PREFIX.length) + 1)}`
}

export interface ReturnedInAll {
  /** The key of the payout. */
  readonly payout: string
  /** All that has come back of it by now. */
  readonly total: Units
  readonly date: IsoDate
  readonly evidence: Evidence
}

/**
 * Brings the rows of a payout to what has come back of it in all: another row for more, the newest ones gone or lower for
 * less. Returns the first reading that had shown what is gone; null when none had.
 */
export async function saveReturned(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  { payout, total, date, evidence }: ReturnedInAll,
): Promise<Evidence | null> {
  const paid = await db
    .selectFrom('counter_payout')
    .select('reference')
    .where('book', '=', book)
    .where('source', '=', source)
    .where('payout', '=', payout)
    .executeTakeFirst()
  if (paid === undefined) return null
  const rows = (await allReturns(db, book, source)).filter(({ key }) => payoutOf(key) === payout)
  const before = rows.reduce((sum, { amount }) => sum + amount, 0n)
  if (total > before) {
    const place = { evidence_batch: BigInt(evidence.batch), evidence_item: BigInt(evidence.item) }
    const row = { payout: keyOf(payout, rows.length + 1), reference: paid.reference, amount: total - before }
    const values = { book, source, ...row, paid_on: date, ...place, shown_batch: null, shown_item: null }
    await db.insertInto('counter_payout').values(values).execute()
    return null
  }
  let excess = before - total
  let shown: Evidence | null = null
  for (const { key, amount, shownAt } of rows.toReversed()) {
    if (excess <= 0n) break
    await lower(db, book, source, { key, to: amount - excess })
    excess -= amount
    shown = shownAt ?? shown
  }
  return shown
}

/** By the key of the payout: what has come back of it in all, and the last day of it. */
export async function returnedOf(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
): Promise<ReadonlyMap<string, { readonly total: Units; readonly date: IsoDate }>> {
  const found = new Map<string, { readonly total: Units; readonly date: IsoDate }>()
  for (const { key, amount, date } of await allReturns(db, book, source)) {
    const before = found.get(payoutOf(key))
    const last = before === undefined || date > before.date ? date : before.date
    found.set(payoutOf(key), { total: amount + (before?.total ?? 0n), date: last })
  }
  return found
}

async function lower(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  { key, to }: { readonly key: string; readonly to: Units },
): Promise<void> {
  const gone = db.deleteFrom('counter_payout')
  const less = db.updateTable('counter_payout').set({ amount: to })
  if (to <= 0n) await gone.where('book', '=', book).where('source', '=', source).where('payout', '=', key).execute()
  else await less.where('book', '=', book).where('source', '=', source).where('payout', '=', key).execute()
}

interface ReturnRow extends KnownPayout {
  readonly shownAt: Evidence | null
}

/** In the order they were told. */
async function allReturns(db: Kysely<Tables>, book: bigint, source: bigint): Promise<readonly ReturnRow[]> {
  const rows = await db
    .selectFrom('counter_payout')
    .select(['payout', 'reference', 'amount', 'paid_on', 'shown_batch', 'shown_item'])
    .where('book', '=', book)
    .where('source', '=', source)
    .where('payout', 'like', RETURNS)
    .orderBy('evidence_batch')
    .orderBy('evidence_item')
    .orderBy('payout')
    .execute()
  return rows.map(({ payout: key, reference, amount, paid_on: date, shown_batch, shown_item }) => ({
    key,
    reference,
    amount,
    date,
    shownAt: shown_batch === null ? null : { batch: Number(shown_batch), item: Number(shown_item ?? 0n) },
  }))
}

export interface UnseenReturn extends KnownPayout {
  /** The reading that showed the payout itself: before it, nothing can have come back. */
  readonly paidAt: Evidence
}

/** What came back of payouts that readings have shown, and no reading has shown again; the oldest first. */
export async function unseenReturns(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
): Promise<readonly UnseenReturn[]> {
  const unseen = (await allReturns(db, book, source)).filter(({ shownAt }) => shownAt === null)
  if (unseen.length === 0) return []
  const shown = new Map((await shownOnes(db, book, source)).map((each) => [each.key, each.paidAt]))
  return unseen.flatMap(({ key, reference, amount, date }) => {
    const paidAt = shown.get(payoutOf(key))
    return paidAt === undefined ? [] : [{ key, reference, amount, date, paidAt }]
  })
}

/** Payouts since a day that readings have shown and of which nothing is told to have come back, the oldest first. */
export async function keptPayouts(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  since: IsoDate,
): Promise<readonly UnseenReturn[]> {
  const returned = new Set((await allReturns(db, book, source)).map(({ key }) => payoutOf(key)))
  return (await shownOnes(db, book, source, since)).filter(({ key }) => !returned.has(key))
}

/** Which of these payouts readings have shown, and which returns are gone or shown. */
export async function shownAmong(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  keys: readonly string[],
): Promise<readonly string[]> {
  if (keys.length === 0) return []
  const rows = await db
    .selectFrom('counter_payout')
    .select(['payout', 'shown_batch'])
    .where('book', '=', book)
    .where('source', '=', source)
    .where('payout', 'in', [...keys])
    .execute()
  const unseen = new Set(rows.filter((row) => row.shown_batch === null).map(({ payout }) => payout))
  const known = new Set(rows.map(({ payout }) => payout))
  return keys.filter((key) => !unseen.has(key) && (known.has(key) || isReturn(key)))
}

async function shownOnes(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  since: IsoDate = '',
): Promise<readonly UnseenReturn[]> {
  const rows = await db
    .selectFrom('counter_payout')
    .select(['payout', 'reference', 'amount', 'paid_on', 'shown_batch', 'shown_item'])
    .where('book', '=', book)
    .where('source', '=', source)
    .where('payout', 'like', 'payout:%')
    .where('paid_on', '>=', since)
    .where('shown_batch', 'is not', null)
    .orderBy('paid_on')
    .orderBy('payout')
    .execute()
  return rows.map(({ payout, reference, amount, paid_on, shown_batch, shown_item }) => ({
    key: payout,
    reference,
    amount,
    date: paid_on,
    paidAt: { batch: Number(shown_batch ?? 0n), item: Number(shown_item ?? 0n) },
  }))
}
