/** `tieout sync`: one night of one book, or a backfill of past days. In a rehearsal folder, every night that is missing. */
import type { BookConfig, Config } from '../../config/model.ts'
import { rehearse } from '../../demo/nights.ts'
import { InputError } from '../../domain/errors.ts'
import type { IdRange } from '../../domain/orders/id-ranges.ts'
import { runBackfill, type BackfillRange } from '../../pipeline/backfill.ts'
import { runNight, type NightReport } from '../../pipeline/night.ts'
import type { RunEnvironment } from '../../pipeline/with-run.ts'
import { idRangeArgument, rangeArgument } from '../arguments.ts'
import { alertsAfter } from '../alerts-after.ts'
import type { ExitName } from '../exit-codes.ts'
import { runDatabase } from '../open-book.ts'
import { printable } from '../output.ts'
import { createProgress } from '../progress.ts'
import { handle, type Registry, type Session } from '../session.ts'
import { backfillLines, needsAPerson, nightLines, nightView } from '../views/night.ts'

interface SyncOptions {
  readonly source?: string
  readonly backfill?: BackfillRange
  readonly scanIds?: IdRange
  readonly dryRun?: boolean
}

export function registerSync(registry: Registry): void {
  const command = registry.program
    .command('sync')
    .description('read the sources, book the difference, prove the wallets, seal and export')
    .option('--source <name>', 'only this source')
    .option('--backfill <from..to>', 'past days instead of tonight: 2026-01-01..2026-03-31', rangeArgument)
    .option(
      '--scan-ids <from..to>',
      'with --backfill and --source: find orders by asking for every id',
      idRangeArgument,
    )
    .option('--dry-run', 'do everything over HTTP and keep nothing')
  handle<SyncOptions>(registry, command, runSync)
}

async function runSync(session: Session, options: SyncOptions): Promise<ExitName> {
  const config = session.config()
  const book = session.book()
  const { dryRun = false, backfill, scanIds } = options
  if (scanIds !== undefined && backfill === undefined) {
    throw new InputError(
      'SCAN_NEEDS_BACKFILL',
      '--scan-ids asks a panel about ids nobody registered, which no night does by itself.',
      'Add the days it is for: --backfill 2026-01-01..2026-03-31.',
    )
  }
  if (config.sandbox !== undefined && (dryRun || backfill !== undefined)) {
    const message =
      'A rehearsal folder runs its nights one after the other; --dry-run and --backfill do not apply to it.'
    throw new InputError(
      'REHEARSAL_ONLY',
      message,
      'Leave the flag out, or take the sandbox section out of the configuration.',
    )
  }
  return runDatabase(session, { dryRun }, (database, moved) =>
    syncWith(session, config, book, options, { database, moved }),
  )
}

async function syncWith(
  session: Session,
  config: Config,
  book: BookConfig,
  { source, backfill, scanIds, dryRun = false }: SyncOptions,
  { database, moved }: { readonly database: RunEnvironment['database']; readonly moved: () => void },
): Promise<ExitName> {
  const progress = createProgress(session.io.stderr)
  const environment = runEnvironment(session, database, progress, moved)
  const request = {
    config,
    book: dryRun ? { ...book, export: undefined } : book,
    env: session.io.env,
    source: source ?? null,
  }
  if (backfill !== undefined) {
    const report = await runBackfill(environment, request, backfill, scanIds ?? null)
    progress.clear()
    session.show({ ...nightView(report), ...backfill, dryRun, limits: report.limits, scan: report.scan }, () =>
      backfillLines(session, report, dryRun),
    )
    return needsAPerson(report) ? 'findings' : 'ok'
  }
  // A dry run and a rehearsal are nobody's trouble.
  const watched = dryRun || config.sandbox !== undefined ? { ...config, alerts: undefined } : config
  const report = await alertsAfter(session, environment, watched, () =>
    nightReport(session, environment, request, config),
  )
  progress.clear()
  session.show({ ...nightView(report), dryRun }, () => nightLines(session, report, dryRun))
  return needsAPerson(report) ? 'findings' : 'ok'
}

function nightReport(
  session: Session,
  environment: RunEnvironment,
  request: Parameters<typeof runNight>[1],
  config: Config,
): Promise<NightReport> {
  if (config.sandbox === undefined) return runNight(environment, request)
  const say = (night: number, nights: number, report: NightReport | null): void => {
    if (report !== null && !session.json)
      session.io.stderr.write(`night ${night} of ${nights} (${report.night}) done\n`)
  }
  return rehearse({ ...request, environment, onNight: say }, config.sandbox)
}

/** Progress and warnings go to stderr: stdout is the report's. `moved` is told of each mark that was left. */
export function runEnvironment(
  session: Session,
  database: RunEnvironment['database'],
  progress: ReturnType<typeof createProgress>,
  moved: () => void = () => undefined,
): RunEnvironment {
  return {
    database,
    clock: session.clock,
    signal: session.io.signal,
    progress: (step, rows) => {
      moved()
      progress.add(step, rows)
    },
    warn: (source, sentence) => {
      progress.clear()
      session.io.stderr.write(`${source === '' ? '' : `${source}: `}${printable(sentence)}\n`)
    },
  }
}
