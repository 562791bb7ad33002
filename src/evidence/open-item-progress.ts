/** How far the nights have come with what they expect: the ledger's position, and the day each source was looked at last. */
import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import { addDays, daysBetween } from '../domain/time/dates.ts'
import type { IsoDate } from '../domain/transaction.ts'

/** How far a kind of evidence has been turned into items; null before the first time. */
export async function progressOf(db: Kysely<Tables>, book: bigint, origin: string): Promise<bigint | null> {
  const row = await db
    .selectFrom('open_item_progress')
    .select('position')
    .where('book', '=', book)
    .where('origin', '=', origin)
    .executeTakeFirst()
  return row?.position ?? null
}

export async function saveProgress(db: Kysely<Tables>, book: bigint, origin: string, position: bigint): Promise<void> {
  await db
    .insertInto('open_item_progress')
    .values({ book, origin, position })
    .onConflict((conflict) => conflict.columns(['book', 'origin']).doUpdateSet({ position }))
    .execute()
}

const BEHIND = 'ledger:'

/** Sources that were not in the settings when the ledger was looked at: name → how far theirs was by then. */
export async function leftBehind(db: Kysely<Tables>, book: bigint): Promise<ReadonlyMap<string, bigint>> {
  const rows = await db
    .selectFrom('open_item_progress')
    .select(['origin', 'position'])
    .where('book', '=', book)
    .where('origin', 'like', `${BEHIND}%`)
    .execute()
  return new Map(rows.map(({ origin, position }) => [origin.slice(BEHIND.length), position]))
}

export async function leaveBehind(db: Kysely<Tables>, book: bigint, source: string, position: bigint): Promise<void> {
  await saveProgress(db, book, `${BEHIND}${source}`, position)
}

export async function caughtUp(db: Kysely<Tables>, book: bigint, source: string): Promise<void> {
  await db
    .deleteFrom('open_item_progress')
    .where('book', '=', book)
    .where('origin', '=', `${BEHIND}${source}`)
    .execute()
}

const FIRST_DAY = '1970-01-01'

/** The day looked at last under a name. */
export async function dayLookedAt(db: Kysely<Tables>, book: bigint, origin: string): Promise<IsoDate | null> {
  const days = await progressOf(db, book, origin)
  return days === null ? null : addDays(FIRST_DAY, Number(days))
}

export async function saveDayLookedAt(db: Kysely<Tables>, book: bigint, origin: string, day: IsoDate): Promise<void> {
  await saveProgress(db, book, origin, BigInt(daysBetween(FIRST_DAY, day)))
}
