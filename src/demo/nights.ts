/**
 * A rehearsal: the vendors are the sandbox and so is the time. Each night the world's clock moves to just after midnight,
 * the day's downloads are put into the inbox as a person would, and an ordinary sync runs over real HTTP. Nights already
 * finished in this database are lived through but not synced again, so a killed rehearsal goes on where it was.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BookConfig, Config, SandboxConfig, SourceConfig } from '../config/model.ts'
import type { Environment } from '../config/secrets.ts'
import { ConfigError } from '../domain/errors.ts'
import { isoDateInZone } from '../domain/time/dates.ts'
import { runNight, type NightReport } from '../pipeline/night.ts'
import type { RunEnvironment } from '../pipeline/with-run.ts'
import { orderHistoryCsv, paymentsCsv } from '../sandbox/world/downloads.ts'
import { dailyStatements } from '../sandbox/world/money/statements.ts'
import { defaultWorldOptions } from '../sandbox/world/options.ts'
import type { World } from '../sandbox/world/state.ts'
import { createWorld } from '../sandbox/world/world.ts'
import { startSandbox, type Sandbox } from '../sandbox/server.ts'
import { nightInstant } from './night-instant.ts'
import { emulated, joinTargets, targetStateFile } from './rehearsed-targets.ts'

const DAY_MS = 86_400_000

export interface Rehearsal {
  readonly config: Config
  readonly book: BookConfig
  readonly env: Environment
  readonly environment: Omit<RunEnvironment, 'clock'>
  readonly source: string | null
  /** Told after each night, finished before (`report` null) or now. */
  readonly onNight: (night: number, nights: number, report: NightReport | null) => void
}

export function rehearsalWorld(sandbox: SandboxConfig): World {
  return createWorld(
    defaultWorldOptions({
      seed: sandbox.seed,
      startMs: Date.parse(`${sandbox.start}T00:00:00Z`),
      days: sandbox.nights,
      ordersPerDay: sandbox.ordersPerDay,
      money: {},
    }),
  )
}

/** Runs every night that is not finished yet; the last night's report, also when it had been finished before. */
export async function rehearse(rehearsal: Rehearsal, settings: SandboxConfig): Promise<NightReport> {
  const world = rehearsalWorld(settings)
  // The vendors' minutes are counted on the world's clock: a simulated night is far shorter than a real minute.
  const stateFile = targetStateFile(rehearsal.config)
  const sandbox = await startSandbox({ world, rateClock: 'world', targets: { autoConsent: true, stateFile } })
  const { config, env, environment } = rehearsal
  const book = inSandbox(rehearsal.book, sandbox)
  try {
    const nowMs = nightInstant(settings, 0)
    await joinTargets({ config, book, env, database: environment.database, nowMs, signal: environment.signal })
    const finished = await finishedNights(rehearsal)
    let last: NightReport | null = null
    for (let night = 1; night <= settings.nights; night += 1) {
      const nowMs = nightInstant(settings, night)
      await sandbox.moveClock(nowMs)
      const isLast = night === settings.nights
      const isDone = finished.has(isoDateInZone(nowMs - DAY_MS, rehearsal.book.timeZone))
      if (!isDone) download(rehearsal, world, night, nowMs)
      last = isDone && !isLast ? null : await syncNight(rehearsal, sandbox, nowMs)
      rehearsal.onNight(night, settings.nights, isDone ? null : last)
    }
    if (last === null) throw new RangeError('a rehearsal has at least one night')
    return last
  } finally {
    await sandbox.close()
  }
}

async function finishedNights(rehearsal: Rehearsal): Promise<ReadonlySet<string>> {
  const { database } = rehearsal.environment
  const tables = await database.kysely.introspection.getTables()
  if (!tables.some((table) => table.name === 'run')) return new Set()
  const rows = await database.kysely
    .selectFrom('run')
    .innerJoin('book', 'book.id', 'run.book')
    .select('run.arguments')
    .where('book.name', '=', rehearsal.book.name)
    .where('run.kind', '=', 'sync')
    .where('run.status', '=', 'finished')
    .execute()
  return new Set(rows.flatMap((row) => (JSON.parse(row.arguments) as { readonly night?: string }).night ?? []))
}

function syncNight(rehearsal: Rehearsal, sandbox: Sandbox, nowMs: number): Promise<NightReport> {
  const environment: RunEnvironment = { ...rehearsal.environment, clock: { nowMs: () => nowMs } }
  const { config, env, source } = rehearsal
  return runNight(environment, { config, env, source, book: inSandbox(rehearsal.book, sandbox) })
}

function inSandbox(book: BookConfig, sandbox: Sandbox): BookConfig {
  return {
    ...book,
    sources: book.sources.map((source) => ({ ...source, baseUrl: sandboxUrl(sandbox, source) })),
    targets: book.targets.map((target) => emulated(target, sandbox.url)),
  }
}

function sandboxUrl(sandbox: Sandbox, source: SourceConfig): string {
  return source.type === 'panel' ? `${sandbox.url}/panels/${source.name}/api/v2` : `${sandbox.url}/payelancer`
}

/** What a person would download in the morning: the day's orders of each panel, the payments made, and statements of the accounts that are configured. */
function download(rehearsal: Rehearsal, world: World, night: number, nowMs: number): void {
  const { inbox, sources, accounts } = rehearsal.book
  if (inbox === undefined) {
    throw new ConfigError(
      'INBOX_NEEDED',
      'A rehearsal needs an inbox to put its downloads into.',
      'Add `inbox: ./inbox` to the book.',
    )
  }
  const fromMs = night === 1 ? undefined : nowMs - DAY_MS
  const day = isoDateInZone(nowMs - DAY_MS, 'UTC')
  const name = `${day}.csv`
  mkdirSync(inbox, { recursive: true })
  writeRows(join(inbox, `payments-${name}`), paymentsCsv(world, { fromMs, toMs: nowMs }))
  for (const source of sources) {
    if (source.type !== 'panel') continue
    const folder = join(inbox, source.name)
    mkdirSync(folder, { recursive: true })
    writeRows(join(folder, `orders-${name}`), orderHistoryCsv(world, source.name, { fromMs, toMs: nowMs }))
  }
  for (const { account, name: file, text } of dailyStatements(world, day)) {
    if (!accounts.some((each) => each.name === account)) continue
    const folder = join(inbox, account)
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, file), text)
  }
}

/** Nobody hands over a list with nothing on it, and it would be refused. */
function writeRows(path: string, csv: string): void {
  if (csv.trimEnd().includes('\n')) writeFileSync(path, csv)
}
