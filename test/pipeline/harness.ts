/**
 * One book to run nights on, with a configuration as a person would write it, in a folder of its own. The vendors behind
 * its addresses are real HTTP servers on 127.0.0.1: the sandbox (sandbox-book.ts) or scripted answers (scripted-book.ts).
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { parseConfig } from '../../src/config/load.ts'
import type { BookConfig, Config } from '../../src/config/model.ts'
import type { Database } from '../../src/db/database.ts'
import type { IdRange } from '../../src/domain/orders/id-ranges.ts'
import { findBook, type Book } from '../../src/ledger/books.ts'
import { runBackfill, type BackfillReport } from '../../src/pipeline/backfill.ts'
import { evidenceFile, orderHistoryFile } from '../../src/pipeline/import-kinds.ts'
import { importFiles, importOrderIds, type ImportOutcome } from '../../src/pipeline/imports.ts'
import { runNight, type NightReport } from '../../src/pipeline/night.ts'
import type { RunEnvironment } from '../../src/pipeline/with-run.ts'

export const HOUR_MS = 3_600_000
export const DAY_MS = 24 * HOUR_MS
export const START_MS = Date.UTC(2026, 2, 1)

/** Night n runs five minutes after midnight and closes the day before; night 1 closes 2026-03-01. */
export function nightMs(night: number): number {
  return START_MS + night * DAY_MS + 5 * 60_000
}

export interface SourceLine {
  readonly name: string
  readonly kind: 'panel' | 'publisher' | 'advertiser'
  readonly url: string
  readonly timeZone?: string
  /** More keys of the source, as YAML: `sweepLimit: 0`. */
  readonly more?: string | undefined
}

export interface Rig {
  readonly folder: string
  readonly database: Database
  readonly config: Config
  readonly book: BookConfig
  /** Every sentence a person would have read, in order. */
  readonly warnings: string[]
  readonly env: Readonly<Record<string, string>>
  readonly environment: (nowMs: number, changes?: Partial<RunEnvironment>) => RunEnvironment
  readonly night: (nowMs: number, changes?: Partial<RunEnvironment>) => Promise<NightReport>
  readonly backfill: (nowMs: number, from: string, to: string) => Promise<BackfillReport>
  /** A backfill of one day that also asks the panel about these ids. */
  readonly scan: (
    nowMs: number,
    source: string,
    ids: IdRange,
    changes?: Partial<RunEnvironment>,
  ) => Promise<BackfillReport>
  readonly importOrders: (nowMs: number, source: string, csv: string, timeZone?: string) => Promise<ImportOutcome>
  readonly importEvidence: (nowMs: number, csv: string) => Promise<ImportOutcome>
  readonly addOrders: (nowMs: number, source: string, ids: readonly string[]) => Promise<{ readonly added: bigint }>
  /** Puts a file into the inbox. */
  readonly drop: (name: string, text: string) => void
  readonly bookRow: () => Promise<Book>
}

/** Before anything happened. */
const SCAN_DAY = '2026-02-01'

export const API_KEY = 'a-key-of-the-tests'

export function newRig(
  database: Database,
  sources: readonly SourceLine[],
  key: (name: string) => string,
  bookMore = '',
): Rig {
  const folder = mkdtempSync(join(tmpdir(), 'tieout-pipeline-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const config = parseConfig(configText(sources, bookMore), join(folder, 'tieout.yaml'))
  const [book] = config.books
  if (book === undefined) throw new Error('the harness configures one book')
  const env = Object.fromEntries(sources.map(({ name }) => [keyName(name), key(name)]))
  return rigOn(database, { folder, config, book, env })
}

/** The same book on another database. */
export function rigOn(
  database: Database,
  { folder, config, book, env }: Pick<Rig, 'folder' | 'config' | 'book' | 'env'>,
): Rig {
  const warnings: string[] = []
  const request = { config, book, env }
  const environment: Rig['environment'] = (nowMs, changes = {}) => ({
    database,
    clock: { nowMs: () => nowMs },
    signal: new AbortController().signal,
    progress: () => undefined,
    warn: (source, sentence) => void warnings.push(source === '' ? sentence : `${source}: ${sentence}`),
    ...changes,
  })
  const fileOf = (name: string, text: string): string => {
    const path = join(folder, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
    return path
  }
  let files = 0
  return {
    folder,
    database,
    config,
    book,
    warnings,
    env,
    environment,
    night: (nowMs, changes) => runNight(environment(nowMs, changes), { ...request, source: null }),
    backfill: (nowMs, from, to) => runBackfill(environment(nowMs), { ...request, source: null }, { from, to }),
    scan: (nowMs, source, ids, changes) =>
      runBackfill(environment(nowMs, changes), { ...request, source }, { from: SCAN_DAY, to: SCAN_DAY }, ids),
    importOrders: (nowMs, source, csv, timeZone = 'UTC') => {
      const path = fileOf(`files/orders-${(files += 1)}.csv`, csv)
      return importFiles(environment(nowMs), request, [orderHistoryFile(path, source, { timeZone })])
    },
    importEvidence: (nowMs, csv) => {
      const path = fileOf(`files/evidence-${(files += 1)}.csv`, csv)
      return importFiles(environment(nowMs), request, [evidenceFile(path)])
    },
    addOrders: (nowMs, source, ids) => importOrderIds(environment(nowMs), request, source, ids),
    drop: (name, text) => void fileOf(join('inbox', name), text),
    bookRow: () => findBook(database.kysely, book.name),
  }
}

function keyName(source: string): string {
  return `KEY_${source.toUpperCase().replaceAll('-', '_')}`
}

/** `bookMore`: more lines of the book, each indented by four spaces. */
export function configText(sources: readonly SourceLine[], bookMore = ''): string {
  return `database: sqlite:./tieout.db
http: { timeoutMs: 5000, retries: 0 }
books:
  - name: agency
    documentPrefix: AGENCY
    currency: USD
    inbox: ./inbox
    journals: { approval: auto }
${bookMore}    sources:
${sources.map(sourceYaml).join('\n')}
`
}

function sourceYaml({ name, kind, url, timeZone = 'UTC', more }: SourceLine): string {
  const type = kind === 'panel' ? 'type: panel, allowHigherRate: true' : `type: payelancer, role: ${kind}`
  const key = `apiKey: { env: ${keyName(name)} }`
  const rest = more === undefined ? '' : `, ${more}`
  return `      - { name: ${name}, ${type}, baseUrl: '${url}', ${key}, currency: USD, timeZone: ${timeZone}, requestsPerMinute: 60000${rest} }`
}
