/** The settings that were in force at a place of the landing: a page of an old night is read by those of then. */
import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import type { Evidence } from '../domain/transaction.ts'
import { readBatch } from '../log/landing.ts'
import { parseSettings, type Settings } from './settings.ts'

export interface SettingsThen {
  readonly settings: Settings
  readonly place: Evidence
  readonly landedAtMs: number
}

/** Null when none had been landed by that batch. */
export async function settingsKnownAt(db: Kysely<Tables>, book: bigint, batch: number): Promise<SettingsThen | null> {
  const done = await db.selectFrom('processed').select('settings_batch').where('book', '=', book).executeTakeFirst()
  if (done === undefined) return null
  // Settings seldom change: those of now were mostly those of then, and nothing has to be looked for.
  const inForce = Number(done.settings_batch)
  const at = inForce <= batch ? inForce : await lastBefore(db, book, batch)
  const item = at === null ? undefined : (await readBatch(db, book, at)).findLast(({ kind }) => kind === 'settings')
  if (item === undefined) return null
  const settings = parseSettings(item.body.toString('utf8'))
  return { settings, place: { batch: item.batch, item: item.item }, landedAtMs: item.fetchedAtMs }
}

async function lastBefore(db: Kysely<Tables>, book: bigint, batch: number): Promise<number | null> {
  const row = await db
    .selectFrom('log_record')
    .select('batch')
    .where('book', '=', book)
    .where('batch', '<=', BigInt(batch))
    .where('kind', '=', 'settings')
    .orderBy('batch', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row === undefined ? null : Number(row.batch)
}
