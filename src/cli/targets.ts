/** Which target of the book a command is about, and what asking its vendor takes. */
import { databaseUrl } from '../config/load.ts'
import type { TargetConfig } from '../config/target-model.ts'
import { didYouMean } from '../config/suggest.ts'
import type { OAuthEnvironment } from '../connections/oauth.ts'
import { openDatabase, type Database } from '../db/database.ts'
import { migrate } from '../db/migrate.ts'
import { InputError } from '../domain/errors.ts'
import { ensureBook, type Book } from '../ledger/books.ts'
import { notAgain } from '../pipeline/again.ts'
import { createCommandHttpClient } from '../pipeline/plan.ts'
import { printable } from './output.ts'
import type { Session } from './session.ts'

export function chooseTarget(session: Session, name: string): TargetConfig {
  const { targets, name: book } = session.book()
  const found = targets.find((each) => each.name === name)
  if (found !== undefined) return found
  const names = targets.map((each) => each.name)
  const hint =
    names.length === 0
      ? 'It has none; add one under targets, docs/connections.md shows how.'
      : `Its targets are ${names.join(', ')}.${didYouMean(name, names)}`
  throw new InputError('TARGET_UNKNOWN', `Book ${book} has no target "${printable(name)}".`, hint)
}

export interface VendorWork extends OAuthEnvironment {
  readonly database: Database
  readonly book: Book
}

/** For commands that change a connection: they may be the first ones of all, so the book is made when it is not there. */
export async function withVendor<T>(session: Session, work: (given: VendorWork) => Promise<T>): Promise<T> {
  const config = session.config()
  const { name, currency, timeZone } = session.book()
  const { env, nowMs } = session.io
  const database = await openDatabase(databaseUrl(config, env))
  const http = createCommandHttpClient(config.http, { nowMs })
  try {
    await migrate(database, session.clock.nowMs())
    const book = await ensureBook(database.kysely, { name, currency, timeZone })
    return await work({ database, book, env, http, nowMs, timeoutMs: config.http.timeoutMs })
  } catch (error) {
    throw notAgain(error, 'tieout connections')
  } finally {
    await http.close()
    await database.close()
  }
}
