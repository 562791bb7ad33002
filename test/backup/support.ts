/** A folder with a configuration and books of a few days, whose log and ledger grow by calls. */
import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Database } from '../../src/db/database.ts'
import { openDatabase } from '../../src/db/database.ts'
import { migrate } from '../../src/db/migrate.ts'
import { findBook } from '../../src/ledger/books.ts'
import { chainHead } from '../../src/ledger/digest.ts'
import { landBatch, type LandingKind } from '../../src/log/landing.ts'
import { newFolder, type Folder } from '../cli/support.ts'
import { newBook, post } from '../journals/support.ts'

export interface Place extends Folder {
  readonly db: string
}

export function newPlace(): Place {
  const folder = newFolder()
  return { ...folder, db: join(folder.path, 'tieout.db') }
}

/** Opens the file, works, and closes it, so that nobody has it open afterwards. */
export async function within<T>(path: string, work: (database: Database) => Promise<T>): Promise<T> {
  const database = await openDatabase(`sqlite:${path}`)
  try {
    await migrate(database, 0)
    return await work(database)
  } finally {
    await database.close()
  }
}

/** One charge and two records, of which a person said the second. */
export async function grow(path: string, day: string): Promise<void> {
  await within(path, async (database) => {
    const book = await newBook(database, 'agency')
    const item = (kind: LandingKind) => ({
      kind,
      source: 'netpanel',
      request: {},
      fetchedAtMs: 1,
      httpStatus: null,
      contentType: 'text/plain',
      body: Buffer.from(day),
    })
    const items = [item('panel-statuses'), item('journal-hold')]
    await database.kysely.transaction().execute((trx) => landBatch(trx, book.id, items))
    await post(database, book, [['panel', 'charge', 'netpanel', '1.25', day]])
  })
}

/** "3:ab12…" */
export async function headOf(path: string): Promise<string> {
  return within(path, async ({ kysely }) => {
    const { sequence, hash } = await chainHead(kysely, await findBook(kysely, 'agency'))
    return `${sequence}:${hash}`
  })
}

export function bytesOf(path: string): string {
  return hash('sha256', readFileSync(path))
}

export function flat(text: string): string {
  return text.replaceAll(/\s+/g, ' ')
}
