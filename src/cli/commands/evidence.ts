/** `tieout evidence import FILE…`: opening balances, top-ups and day totals that no API says. */
import type { Database } from '../../db/database.ts'
import { evidenceFile } from '../../pipeline/import-kinds.ts'
import { sha256OfFile } from '../../pipeline/import-file.ts'
import { importFiles } from '../../pipeline/imports.ts'
import type { ExitName } from '../exit-codes.ts'
import { runDatabase } from '../open-book.ts'
import { createProgress } from '../progress.ts'
import { handle, type Registry, type Session } from '../session.ts'
import { importLines, importView } from '../views/imports.ts'
import { runEnvironment } from './sync.ts'

export function registerEvidence(registry: Registry): void {
  const evidence = registry.program.command('evidence').description('what no API says: openings, top-ups, day totals')
  const importing = evidence
    .command('import')
    .argument('<files...>', 'CSV with the columns date, source, kind, amount, currency, reference, note')
    .description('book the statements of evidence files')
    .option('--dry-run', 'show what would be booked, and keep nothing')
  handle<{ readonly dryRun?: boolean }>(registry, importing, async (session, { dryRun = false }, paths) => {
    for (const path of paths) await sha256OfFile(path)
    return runDatabase(session, { dryRun }, (database) => importAll(session, database, paths, dryRun))
  })
}

async function importAll(
  session: Session,
  database: Database,
  paths: readonly string[],
  dryRun: boolean,
): Promise<ExitName> {
  const environment = runEnvironment(session, database, createProgress(session.io.stderr))
  const request = { config: session.config(), book: session.book(), env: session.io.env }
  const outcome = await importFiles(environment, request, paths.map(evidenceFile))
  const shown = { ...outcome, dryRun }
  session.show(importView(shown), () => importLines(session, shown))
  return outcome.quarantined.length > 0 ? 'findings' : 'ok'
}
