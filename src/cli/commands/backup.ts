/** `tieout backup` and `tieout restore`: the whole database as one file, and back. See docs/reliability.md. */
import { resolve } from 'node:path'
import { databaseUrl } from '../../config/load.ts'
import { databaseFile } from '../../db/database.ts'
import { openSqlite } from '../../db/sqlite.ts'
import { makeBackup, newBackupFile, postgresHasTools } from '../../pipeline/backup/backup.ts'
import { planRestore, restore } from '../../pipeline/backup/restore.ts'
import type { ExitName } from '../exit-codes.ts'
import { handle, type Registry, type Session } from '../session.ts'
import { backupLines, restoreLines, restoreView, standingView } from '../views/backup.ts'

interface RestoreOptions {
  readonly dryRun?: boolean
}

const BACKUP_EXAMPLES = `
Examples:
  tieout backup                       to backups/tieout-20261125T035805Z.db beside the database
  tieout backup /mnt/safe/books.db    to a file that does not exist yet; nights may go on meanwhile`

const RESTORE_EXAMPLES = `
Examples:
  tieout restore --dry-run backups/tieout-20261125T035805Z.db    what would be lost; changes nothing
  tieout restore backups/tieout-20261125T035805Z.db              the database of now is kept aside`

export function registerBackup(registry: Registry): void {
  const backup = registry.program
    .command('backup')
    .argument('[file]', 'a new file; default backups/NAME-TIME.db beside the database')
    .description('copy the whole database to one file, and prove the copy')
    .addHelpText('after', BACKUP_EXAMPLES)
  handle(registry, backup, (session, _options, [file]) => runBackup(session, file))
  const back = registry.program
    .command('restore')
    .argument('<file>', 'what tieout backup wrote')
    .description('put a backup in the place of the database, which is kept aside')
    .option('--dry-run', 'say what would be lost, and change nothing')
    .addHelpText('after', RESTORE_EXAMPLES)
  handle<RestoreOptions>(registry, back, (session, { dryRun = false }, [file = '']) =>
    runRestore(session, file, dryRun),
  )
}

async function runBackup(session: Session, file: string | undefined): Promise<ExitName> {
  const path = sqliteFile(session, 'backup')
  const database = openSqlite(path, { readOnly: true })
  try {
    const made = await makeBackup(database, () => (file === undefined ? newBackupFile(path) : resolve(file)))
    session.show({ database: path, ...made, books: made.books.map(standingView) }, () =>
      backupLines(session, path, made),
    )
    return 'ok'
  } finally {
    await database.close()
  }
}

async function runRestore(session: Session, file: string, dryRun: boolean): Promise<ExitName> {
  const plan = await planRestore(resolve(file), sqliteFile(session, 'restore'))
  const aside = dryRun ? null : await restore(plan, session.io.signal)
  const done = { dryRun, aside }
  session.show(restoreView(plan, done), () => restoreLines(session, plan, done))
  return 'ok'
}

function sqliteFile(session: Session, what: 'backup' | 'restore'): string {
  const url = databaseUrl(session.config(), session.io.env)
  const path = databaseFile(url)
  if (path === null) throw postgresHasTools(url, what)
  return path
}
