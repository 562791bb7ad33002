/** `tieout connections [list]`: how each target is connected. */
import { databaseUrl } from '../../config/load.ts'
import type { TargetConfig } from '../../config/target-model.ts'
import { targetConnections } from '../../connections/health.ts'
import { keyTrouble } from '../../connections/key-check.ts'
import { openReadOnly, type Database } from '../../db/database.ts'
import { requireMigrated } from '../../db/migrate.ts'
import { TieoutError } from '../../domain/errors.ts'
import { listBooks } from '../../ledger/books.ts'
import type { ExitName } from '../exit-codes.ts'
import { handle, type GlobalOptions, type Registry, type Session } from '../session.ts'
import { connectionLines, connectionView, type BookConnection } from '../views/connections.ts'

export function registerConnections(registry: Registry): void {
  const connections = registry.program
    .command('connections')
    .description('how the accounting systems are connected, and how long consent lasts')
  const list = connections
    .command('list', { isDefault: true })
    .description('every target: company, health, and when its access runs out')
  handle(registry, list, (session) => runList(session, list.optsWithGlobals<GlobalOptions>().book))
}

/** Exit code 1 when a target cannot be delivered to before somebody connects it. */
async function runList(session: Session, only: string | undefined): Promise<ExitName> {
  const config = session.config()
  const books = only === undefined ? config.books : [session.book()]
  const database = await openIfThere(databaseUrl(config, session.io.env))
  if (database === null) {
    // Connecting is what makes the database of a program that has done nothing yet.
    const never = books.flatMap(({ name, targets }) => targets.map((target) => neverConnected(name, target)))
    return show(session, never)
  }
  try {
    await requireMigrated(database)
    const known = await listBooks(database.kysely)
    const found: BookConnection[] = []
    for (const { name, targets } of books) {
      // Ids of books start with 1: a book that is not there yet has no connections.
      const id = known.find((each) => each.name === name)?.id ?? 0n
      const ofBook = await targetConnections(database.kysely, id, targets, session.io.nowMs())
      for (const each of ofBook) {
        const trouble = each.connection === null ? null : keyTrouble(config, session.io.env, each.connection)
        found.push({ ...each, book: name, keyTrouble: trouble })
      }
    }
    return show(session, found)
  } finally {
    await database.close()
  }
}

function show(session: Session, found: readonly BookConnection[]): ExitName {
  session.show({ connections: found.map(connectionView) }, () => connectionLines(session, found))
  const isUsable = ({ health, keyTrouble: trouble }: BookConnection): boolean =>
    trouble === null && (health?.state === 'good' || health?.state === 'ends-soon')
  return found.every(isUsable) ? 'ok' : 'findings'
}

function neverConnected(book: string, config: TargetConfig): BookConnection {
  return { book, config, connection: null, health: null, keyTrouble: null }
}

async function openIfThere(url: string): Promise<Database | null> {
  try {
    return await openReadOnly(url)
  } catch (error) {
    if (error instanceof TieoutError && error.code === 'DATABASE_MISSING') return null
    throw error
  }
}
