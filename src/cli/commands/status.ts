/** `tieout status`: one screen that says where every book stands. It reads only, and asks no vendor. */
import { approvalMapping } from '../../config/approval-mapping.ts'
import { databaseUrl } from '../../config/load.ts'
import { loadMappings } from '../../config/mappings.ts'
import { openReadOnly } from '../../db/database.ts'
import { requireMigrated } from '../../db/migrate.ts'
import { openSpoolToRead } from '../../db/spool.ts'
import { draftJournals, EVERY_DAY } from '../../journals/drafts.ts'
import { listBooks } from '../../ledger/books.ts'
import { bookStatus } from '../../pipeline/status/book-status.ts'
import type { ExitName } from '../exit-codes.ts'
import { handle, type GlobalOptions, type Registry, type Session } from '../session.ts'
import { statusLines, statusView, type ShownStatus } from '../views/status.ts'

export function registerStatus(registry: Registry): void {
  const command = registry.program
    .command('status')
    .description('where every book stands: last night, next night, sources, what waits')
  handle(registry, command, (session) => runStatus(session, command.optsWithGlobals<GlobalOptions>().book))
}

async function runStatus(session: Session, only: string | undefined): Promise<ExitName> {
  const config = session.config()
  const books = only === undefined ? config.books : [session.book()]
  const mappings = loadMappings(config.mappings)
  const database = await openReadOnly(databaseUrl(config, session.io.env))
  try {
    await requireMigrated(database)
    const { kysely } = database
    const spool = await openSpoolToRead(database)
    try {
      const known = new Map((await listBooks(kysely)).map((book) => [book.name, book]))
      const shown: ShownStatus[] = []
      const unknown: string[] = []
      for (const book of books) {
        const found = known.get(book.name)
        if (found === undefined) {
          unknown.push(book.name)
          continue
        }
        const status = await bookStatus(kysely, spool, book, found, session.clock.nowMs())
        const drafts = await draftJournals(kysely, found, EVERY_DAY, approvalMapping(book, mappings))
        shown.push({ status, journals: { waiting: drafts.ready.length, held: drafts.held.length } })
      }
      session.show({ books: shown.map(statusView), withoutRuns: unknown }, () => [
        ...shown.flatMap((each, index) => [
          ...(index === 0 ? [] : ['']),
          ...statusLines(session, each, session.clock.nowMs()),
        ]),
        ...unknown.map((name) => `Book ${name} has no runs yet; tieout sync --book ${name} makes it.`),
      ])
      return 'ok'
    } finally {
      await spool?.close()
    }
  } finally {
    await database.close()
  }
}
