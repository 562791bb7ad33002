/**
 * Opens the database of the chosen book for one command and closes it whatever happens. Reading commands get a handle
 * that cannot write; none of them needs an API key.
 */
import { databaseUrl } from '../config/load.ts'
import type { BookConfig } from '../config/model.ts'
import { openDatabase, openReadOnly, type Database } from '../db/database.ts'
import { migrate, requireMigrated } from '../db/migrate.ts'
import { findBook, type Book } from '../ledger/books.ts'
import type { ExitName } from './exit-codes.ts'
import type { Session } from './session.ts'

export interface OpenBook {
  readonly database: Database
  readonly kysely: Database['kysely']
  readonly book: Book
  readonly config: BookConfig
}

/** Reads the book the command speaks of. */
export async function readBook(session: Session, work: (open: OpenBook) => Promise<ExitName>): Promise<ExitName> {
  const config = session.book()
  const database = await openReadOnly(databaseUrl(session.config(), session.io.env))
  try {
    await requireMigrated(database)
    const { kysely } = database
    return await work({ database, kysely, book: await findBook(kysely, config.name), config })
  } finally {
    await database.close()
  }
}

/** The same with a handle that may write. The book must exist: only a sync or an import makes one. */
export async function writeBook(session: Session, work: (open: OpenBook) => Promise<ExitName>): Promise<ExitName> {
  const config = session.book()
  const database = await openDatabase(databaseUrl(session.config(), session.io.env))
  try {
    await migrate(database, session.clock.nowMs())
    const { kysely } = database
    return await work({ database, kysely, book: await findBook(kysely, config.name), config })
  } finally {
    await database.close()
  }
}
