/** What a decision is planned by outside a run: the settings in force, as they were landed last. Only reads. */
import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import { readBatch } from '../log/landing.ts'
import { sourceIds, type Book } from '../ledger/books.ts'
import type { PlanContext } from './process/resolutions/effect.ts'
import { parseSettings, toPostingRules } from './settings.ts'

/** The settings that were landed last, which the next decision is made by unless the configuration has changed since. */
export async function planContext(db: Kysely<Tables>, book: Book): Promise<PlanContext | null> {
  const done = await db.selectFrom('processed').select('settings_batch').where('book', '=', book.id).executeTakeFirst()
  const landed = done === undefined ? [] : await readBatch(db, book.id, Number(done.settings_batch))
  const item = landed.findLast(({ kind }) => kind === 'settings')
  if (item === undefined) return null
  const settings = parseSettings(item.body.toString('utf8'))
  const ids = await sourceIds(db, book)
  return { db, book: book.id, settings, rules: toPostingRules(settings), sourceIds: ids }
}
