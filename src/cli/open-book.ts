/**
 * Opens the database of the chosen book for one command and closes it whatever happens. Reading commands get a handle
 * that cannot write; none of them needs an API key.
 */
import { databaseUrl } from '../config/load.ts'
import type { BookConfig } from '../config/model.ts'
import {
  openDatabase,
  openExisting,
  openReadOnly,
  openToRehearse,
  openToVerify,
  type Database,
} from '../db/database.ts'
import { migrate, requireMigrated, requireTables } from '../db/migrate.ts'
import { withScratch } from '../db/scratch.ts'
import { findBook, type Book } from '../ledger/books.ts'
import { goOn, notAgain } from '../pipeline/again.ts'
import type { ExitName } from './exit-codes.ts'
import { patienceOf } from './patience.ts'
import type { Session } from './session.ts'

export interface OpenBook {
  readonly database: Database
  readonly kysely: Database['kysely']
  readonly book: Book
  readonly config: BookConfig
}

type Work = (open: OpenBook) => Promise<ExitName>

/** Reads the book the command speaks of. */
export async function readBook(session: Session, work: Work): Promise<ExitName> {
  return withMigrated(session, openReadOnly, work)
}

/** The same for a proof, which on PostgreSQL needs to make tables it throws away. */
export async function verifyBook(session: Session, work: Work): Promise<ExitName> {
  return withMigrated(session, openToVerify, work)
}

async function withMigrated(session: Session, open: (url: string) => Promise<Database>, work: Work): Promise<ExitName> {
  const config = session.book()
  const database = await open(databaseUrl(session.config(), session.io.env))
  try {
    await requireMigrated(database)
    const { kysely } = database
    return await work({ database, kysely, book: await findBook(kysely, config.name), config })
  } finally {
    await database.close()
  }
}

/**
 * The same with a handle that may write. The book must exist: a sync, an import or connecting a target makes one.
 * `shownBy`: of a decision, see RunOptions.
 */
export async function writeBook(session: Session, work: Work, shownBy?: string): Promise<ExitName> {
  const config = session.book()
  const database = await openExisting(databaseUrl(session.config(), session.io.env))
  try {
    await requireTables(database)
    await migrate(database, session.clock.nowMs())
    const { kysely } = database
    return await work({ database, kysely, book: await findBook(kysely, config.name), config })
  } catch (error) {
    throw shownBy === undefined ? error : notAgain(error, shownBy)
  } finally {
    await database.close()
  }
}

export interface RunOptions {
  readonly dryRun: boolean
  /** The command that shows whether what a person decided was kept; left out, the work goes on from its marks by itself. */
  readonly shownBy?: string
}

/** For runs, which migrate and make the book themselves. A dry run gets a copy that is gone afterwards. */
export async function runDatabase(
  session: Session,
  { dryRun, shownBy }: RunOptions,
  work: (database: Database, moved: () => void) => Promise<ExitName>,
): Promise<ExitName> {
  const url = databaseUrl(session.config(), session.io.env)
  const once = (database: Database): Promise<ExitName> => work(database, () => undefined)
  const database = dryRun ? await openToRehearse(url) : await openDatabase(url)
  try {
    if (dryRun) return await withScratch(database, once)
    if (shownBy === undefined) return await goOn(patienceOf(session.io), (moved) => work(database, moved))
    return await once(database).catch((error: unknown) => {
      throw notAgain(error, shownBy)
    })
  } finally {
    await database.close()
  }
}
