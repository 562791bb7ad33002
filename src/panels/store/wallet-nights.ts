/**
 * The nights of a wallet as rows: what each look read, what was charged and claimed since the look before, and what the
 * rules made of it (wallet-nights.ts). The newest row has no look yet: it gathers what the next look reads.
 */
import { sql, type Kysely } from 'kysely'
import type { WalletLateClaimTable, WalletNightTable } from '../../db/registry-tables.ts'
import type { Tables } from '../../db/tables.ts'
import type { Units } from '../../domain/money/money.ts'
import type { LateClaim, WalletNight } from '../rules/wallet-nights.ts'

/** Whose wallet: a book and one of its panels. */
export interface WalletKey {
  readonly book: bigint
  readonly source: bigint
}

export interface Look {
  /** Batch of the reading its pass began with. */
  readonly pass: number
  readonly atMs: number
  readonly balance: Units
  readonly width: Units
  readonly unit: Units
}

export interface StoredNight {
  readonly night: number
  /** Null before the look. */
  readonly look: Look | null
  readonly charges: Units
  readonly claims: Units
  readonly claimCount: number
  /** A person released its claims (O7). */
  readonly released: boolean
  readonly late: readonly LateClaim[]
  /** What the rules made of it when it was last worked out. */
  readonly worked: Pick<
    WalletNight,
    'gained' | 'paid' | 'rounding' | 'shortfall' | 'rest' | 'owed' | 'overdue' | 'heldClaims'
  >
}

/** All nights, oldest first; the last is the one without a look. */
export async function loadNights(db: Kysely<Tables>, { book, source }: WalletKey): Promise<readonly StoredNight[]> {
  const rows = await db
    .selectFrom('wallet_night')
    .selectAll()
    .where('book', '=', book)
    .where('source', '=', source)
    .orderBy('night')
    .execute()
  const late = await db
    .selectFrom('wallet_late_claim')
    .selectAll()
    .where('book', '=', book)
    .where('source', '=', source)
    .orderBy('night')
    .orderBy('since')
    .execute()
  const lateOf = Map.groupBy(late, ({ night }) => night)
  return rows.map((row) => nightOf(row, lateOf.get(row.night) ?? []))
}

function nightOf(row: WalletNightTable, late: readonly WalletLateClaimTable[]): StoredNight {
  const { pass, at_ms, balance, width, unit, gained, paid, rounding, shortfall, rest, owed, overdue, held } = row
  const isRead = pass !== null && at_ms !== null && balance !== null
  return {
    night: Number(row.night),
    look: isRead ? { pass: Number(pass), atMs: Number(at_ms), balance, width, unit } : null,
    charges: row.charges,
    claims: row.claims,
    claimCount: Number(row.claim_count),
    released: row.released === 1n,
    late: late.map(({ since, amount, claim_count }) => ({ since: Number(since), amount, count: Number(claim_count) })),
    worked: { gained, paid, rounding, shortfall, rest, owed, overdue, heldClaims: held },
  }
}

/** What a batch of answers adds to nights. */
export interface NightChange {
  readonly charges: Units
  readonly claims: Units
  readonly claimCount: number
  readonly late: readonly LateClaim[]
}

/** Where an instant belongs: the first look at or after it, or the night that has no look yet. */
export interface NightIndex {
  readonly open: number
  /** Number and instant of each look since the earliest that was asked for. */
  readonly looks: readonly { readonly night: number; readonly atMs: number }[]
}

export async function nightIndex(db: Kysely<Tables>, key: WalletKey, sinceMs: number): Promise<NightIndex> {
  const { book, source } = key
  const open = await openNight(db, key)
  const looks = await db
    .selectFrom('wallet_night')
    .select(['night', 'at_ms'])
    .where('book', '=', book)
    .where('source', '=', source)
    .where('at_ms', '>=', BigInt(Math.floor(sinceMs)))
    .orderBy('night')
    .execute()
  return { open, looks: looks.map(({ night, at_ms }) => ({ night: Number(night), atMs: Number(at_ms) })) }
}

export function nightAt({ open, looks }: NightIndex, atMs: number): number {
  return looks.find((look) => look.atMs >= atMs)?.night ?? open
}

async function openNight(db: Kysely<Tables>, { book, source }: WalletKey): Promise<number> {
  const row = await db
    .selectFrom('wallet_night')
    .select(['night', 'pass'])
    .where('book', '=', book)
    .where('source', '=', source)
    .orderBy('night', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (row?.pass === null) return Number(row.night)
  const night = row === undefined ? 0 : Number(row.night) + 1
  await db
    .insertInto('wallet_night')
    .values({ book, source, night: BigInt(night), ...EMPTY })
    .execute()
  return night
}

const EMPTY = {
  pass: null,
  at_ms: null,
  balance: null,
  width: 0n,
  unit: 1n,
  charges: 0n,
  claims: 0n,
  claim_count: 0n,
  released: 0n,
  gained: 0n,
  paid: 0n,
  rounding: 0n,
  shortfall: 0n,
  rest: 0n,
  owed: 0n,
  overdue: 0n,
  held: 0n,
}

export async function addToNights(
  db: Kysely<Tables>,
  { book, source }: WalletKey,
  changes: ReadonlyMap<number, NightChange>,
): Promise<void> {
  for (const [night, { charges, claims, claimCount, late }] of changes) {
    await db
      .updateTable('wallet_night')
      .set(({ eb }) => ({
        charges: eb('charges', '+', charges),
        claims: eb('claims', '+', claims),
        claim_count: eb('claim_count', '+', BigInt(claimCount)),
      }))
      .where('book', '=', book)
      .where('source', '=', source)
      .where('night', '=', BigInt(night))
      .execute()
    for (const { since, amount, count } of late) {
      await db
        .insertInto('wallet_late_claim')
        .values({ book, source, night: BigInt(night), since: BigInt(since), amount, claim_count: BigInt(count) })
        .onConflict((conflict) =>
          conflict.columns(['book', 'source', 'night', 'since']).doUpdateSet((eb) => ({
            amount: eb('wallet_late_claim.amount', '+', amount),
            claim_count: eb('wallet_late_claim.claim_count', '+', BigInt(count)),
          })),
        )
        .execute()
    }
  }
}

/**
 * Keeps a look. A pass may look more than once: then its night is read again, and takes in what was gathered since. The
 * night that gathers from now on is begun.
 */
export async function keepLook(db: Kysely<Tables>, key: WalletKey, look: Look): Promise<void> {
  const open = await openNight(db, key)
  const last = open - 1
  if (await isOfPass(db, key, last, look.pass)) {
    const gathered = (await loadNights(db, key)).at(-1)
    if (gathered !== undefined) await addToNights(db, key, new Map([[last, gathered]]))
    for (const table of ['wallet_late_claim', 'wallet_night'] as const)
      await db
        .deleteFrom(table)
        .where('book', '=', key.book)
        .where('source', '=', key.source)
        .where('night', '=', BigInt(open))
        .execute()
    await setLook(db, key, last, look)
  } else {
    await setLook(db, key, open, look)
  }
  await openNight(db, key)
}

async function isOfPass(
  db: Kysely<Tables>,
  { book, source }: WalletKey,
  night: number,
  pass: number,
): Promise<boolean> {
  const row = await db
    .selectFrom('wallet_night')
    .select('pass')
    .where('book', '=', book)
    .where('source', '=', source)
    .where('night', '=', BigInt(night))
    .executeTakeFirst()
  return row?.pass === BigInt(pass)
}

async function setLook(
  db: Kysely<Tables>,
  { book, source }: WalletKey,
  night: number,
  { pass, atMs, balance, width, unit }: Look,
): Promise<void> {
  await db
    .updateTable('wallet_night')
    .set({ pass: BigInt(pass), at_ms: BigInt(atMs), balance, width, unit })
    .where('book', '=', book)
    .where('source', '=', source)
    .where('night', '=', BigInt(night))
    .execute()
}

export async function saveWorked(
  db: Kysely<Tables>,
  { book, source }: WalletKey,
  night: number,
  { gained, paid, rounding, shortfall, rest, owed, overdue, heldClaims }: StoredNight['worked'],
): Promise<void> {
  await db
    .updateTable('wallet_night')
    .set({ gained, paid, rounding, shortfall, rest, owed, overdue, held: heldClaims })
    .where('book', '=', book)
    .where('source', '=', source)
    .where('night', '=', BigInt(night))
    .execute()
}

/** A person says that what the panel claims back of these nights is right (O7). */
export async function releaseNights(
  db: Kysely<Tables>,
  { book, source }: WalletKey,
  nights: readonly number[],
): Promise<void> {
  if (nights.length === 0) return
  await db
    .updateTable('wallet_night')
    .set({ released: 1n })
    .where('book', '=', book)
    .where('source', '=', source)
    .where('night', 'in', nights.map(BigInt))
    .execute()
}

/** What the nights do not explain as they were last worked out (W3); null before the first look. */
export async function walletDifference(db: Kysely<Tables>, { book, source }: WalletKey): Promise<Units | null> {
  const row = await db
    .selectFrom('wallet_night')
    .select([sql<Units | null>`cast(sum(rest) as bigint)`.as('rest')])
    .where('book', '=', book)
    .where('source', '=', source)
    .where('pass', 'is not', null)
    .executeTakeFirstOrThrow()
  return row.rest
}

/**
 * What finished orders may explain when they are asked again (O8): the difference, and rounding that is more than a unit of
 * the wallet's last decimal per claim, which may be a late refund. Null before the first look.
 */
export async function walletUnexplained(db: Kysely<Tables>, { book, source }: WalletKey): Promise<Units | null> {
  const isMuch = sql`abs(rounding) > unit * case when claim_count > 1 then claim_count else 1 end`
  const row = await db
    .selectFrom('wallet_night')
    .select([sql<Units | null>`cast(sum(rest + case when ${isMuch} then rounding else 0 end) as bigint)`.as('amount')])
    .where('book', '=', book)
    .where('source', '=', source)
    .where('pass', 'is not', null)
    .executeTakeFirstOrThrow()
  return row.amount
}
