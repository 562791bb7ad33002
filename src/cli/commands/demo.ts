/** `tieout demo`: simulated vendors, fourteen nights over real HTTP, every export format, and one screen with the proofs. */
import { machine } from '../../machine/machine.ts'
import { resolve } from 'node:path'
import { databaseUrl, loadConfig } from '../../config/load.ts'
import { loadMappings } from '../../config/mappings.ts'
import type { BookConfig, Config, SandboxConfig } from '../../config/model.ts'
import type { Environment } from '../../config/secrets.ts'
import { openDatabase, type Database } from '../../db/database.ts'
import { markDemoFinished, prepareDemoFolder } from '../../demo/folder.ts'
import { nightInstant } from '../../demo/night-instant.ts'
import { rehearse } from '../../demo/nights.ts'
import { demoMoney, type DemoMoney } from '../../demo/money.ts'
import { standingOf } from '../../pipeline/report/page.ts'
import { demoReport } from '../../demo/report.ts'
import { SAMPLES_NOTE, writeSamples } from '../../demo/samples.ts'
import { withEmulatedTargets } from '../../demo/rehearsed-targets.ts'
import { addDays } from '../../domain/time/dates.ts'
import { InvariantError } from '../../domain/errors.ts'
import { listJournals } from '../../journals/read.ts'
import { findBook } from '../../ledger/books.ts'
import { booksDigest, chainHead } from '../../ledger/digest.ts'
import { countStates } from '../../pipeline/delivery/deliver-target.ts'
import { isTied, tieOutTargets } from '../../pipeline/delivery/tie-out-targets.ts'
import type { NightReport } from '../../pipeline/night.ts'
import type { RunEnvironment } from '../../pipeline/with-run.ts'
import { counted } from '../output.ts'
import { createProgress } from '../progress.ts'
import { handle, type Registry, type Session } from '../session.ts'
import { exceptionLines } from '../views/exceptions.ts'
import { demoMoneyLines } from '../views/demo-money.ts'
import { nightView, proofLines } from '../views/night.ts'
import { tieOutSummary } from '../views/targets.ts'
import { runEnvironment } from './sync.ts'

interface DemoOptions {
  readonly dir: string
}

interface DemoResult {
  readonly report: NightReport
  readonly orders: bigint
  readonly journals: number
  readonly files: readonly string[]
  readonly money: DemoMoney
  readonly page: { readonly colour: string; readonly reasons: readonly string[]; readonly file: string }
  readonly head: { readonly sequence: number; readonly hash: string }
  readonly digest: string
  /** One line per accounting system. */
  readonly targets: readonly string[]
  readonly isTied: boolean
}

export function registerDemo(registry: Registry): void {
  const command = registry.program
    .command('demo')
    .description('fourteen nights with simulated vendors, from HTTP to proven books and import files')
    .option('--dir <folder>', 'where to keep it', 'tieout-demo')
  handle<DemoOptions>(registry, command, async (session, { dir }) => {
    const folder = resolve(dir)
    const config = loadConfig(prepareDemoFolder(folder))
    const [book] = config.books
    if (config.sandbox === undefined || book === undefined) {
      throw new InvariantError('DEMO_CONFIG', 'The demo configuration has no sandbox or no book.', 'Report this.')
    }
    const database = await openDatabase(databaseUrl(config, session.io.env))
    const startedAtMs = machine().monotonicMs()
    try {
      const progress = createProgress(session.io.stderr)
      const { clock: _, ...environment } = runEnvironment(session, database, progress)
      const rehearsal = { config, book, env: session.io.env, source: null, environment }
      const report = await rehearse(
        { ...rehearsal, onNight: (night, nights, done) => sayNight(session, night, nights, done) },
        config.sandbox,
      )
      progress.clear()
      const files = await finish(database, config, config.sandbox, book, report)
      const result = {
        ...files,
        ...(await tieOutDemo(runEnvironment(session, database, progress), config, book, session.io.env)),
      }
      markDemoFinished(folder)
      const seconds = (machine().monotonicMs() - startedAtMs) / 1000
      const until = new Date(nightInstant(config.sandbox, config.sandbox.nights)).toISOString()
      session.show({ ...nightView(report), ...totalsOf(result), folder }, () =>
        screen(session, result, folder, until, seconds),
      )
      return result.isTied && report.proofs.every((proof) => proof.difference === 0n) ? 'ok' : 'findings'
    } finally {
      await database.close()
    }
  })
}

function sayNight(session: Session, night: number, nights: number, report: NightReport | null): void {
  if (session.json) return
  const what =
    report === null
      ? 'was finished before'
      : `${report.night}: ${report.steps.reduce((sum, step) => sum + step.totals.rows.in, 0n)} rows`
  session.io.stderr.write(`night ${night} of ${nights}  ${what}\n`)
}

async function finish(
  { kysely }: Database,
  config: Config,
  sandbox: SandboxConfig,
  book: BookConfig,
  report: NightReport,
): Promise<Omit<DemoResult, 'targets' | 'isTied'>> {
  const ofBook = await findBook(kysely, book.name)
  const samples = { sandbox, mappings: loadMappings(config.mappings), outDir: resolve(config.directory, 'exports') }
  const files = await writeSamples({ kysely }, ofBook, book, samples)
  const nowMs = nightInstant(sandbox, sandbox.nights)
  const { page, file } = await demoReport(kysely, ofBook, book, { ...samples, nowMs })
  const { colour, reasons } = standingOf(page)
  const range = { from: sandbox.start, to: addDays(sandbox.start, sandbox.nights - 1) }
  const orders = await kysely
    .selectFrom('panel_order')
    .select(({ fn }) => fn.countAll<bigint>().as('count'))
    .where('book', '=', ofBook.id)
    .executeTakeFirstOrThrow()
  return {
    report,
    orders: orders.count,
    journals: (await listJournals(kysely, ofBook, range)).length,
    files,
    money: await demoMoney(kysely, ofBook, { config: book, rules: samples.mappings.rules }),
    page: { colour, reasons: reasons.map(({ what }) => what), file },
    head: await chainHead(kysely, ofBook),
    digest: await booksDigest(kysely, ofBook),
  }
}

/** Asks the accounting systems themselves what they hold. */
async function tieOutDemo(
  environment: RunEnvironment,
  config: Config,
  book: BookConfig,
  env: Environment,
): Promise<Pick<DemoResult, 'targets' | 'isTied'>> {
  const { kysely } = environment.database
  const ofBook = await findBook(kysely, book.name)
  const tied = await withEmulatedTargets(config, book, (reached) =>
    tieOutTargets(environment, ofBook, { config, book: reached, env, targets: reached.targets }),
  )
  const targets: string[] = []
  for (const each of tied) {
    const states = await countStates(kysely, { book: ofBook.id, target: each.target })
    targets.push(tieOutSummary(each, states.verified))
  }
  return { targets, isTied: tied.every(isTied) }
}

function totalsOf({ orders, journals, files, head, digest, targets, isTied: targetsTieOut }: DemoResult) {
  return { orders, approvedJournals: journals, files, head, digest, targets, targetsTieOut }
}

function screen(
  session: Session,
  { report, orders, journals, files, money, page, head, digest, targets }: DemoResult,
  folder: string,
  until: string,
  seconds: number,
): readonly string[] {
  return [
    '',
    `tieout demo: book ${report.book}, ${orders} panel orders, ${head.sequence} transactions, up to ${until}`,
    '',
    ...proofLines(session, report.proofs),
    '',
    "Balances are what the panel itself answers; counters are the ad network's lifetime totals carried on from the opening,",
    'because its API shows no balance.',
    '',
    ...demoMoneyLines(session, money),
    '',
    `Journals: ${counted(journals, 'daily journal')} approved, ${report.closed.drafts} waiting, ${report.closed.held.length} held back.`,
    ...targets,
    ...exceptionLines(report),
    '',
    SAMPLES_NOTE,
    ...files.map((file) => `  ${file}`),
    '',
    `Report: ${page.colour.toUpperCase()}${page.reasons.length === 0 ? ', fully reconciled, nothing waits for a person' : `, ${page.reasons.join('; ')}`}: ${page.file}`,
    `Settings: ${folder}/tieout.yaml (try: cd ${folder} && npx tieout targets tie-out)`,
    '',
    `Chain head ${head.hash}`,
    `Books digest ${digest}`,
    `Done in ${seconds.toFixed(1)} s.`,
  ]
}
