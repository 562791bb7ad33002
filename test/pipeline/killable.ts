/**
 * A process that does one piece of real work on a book and, when told to, kills itself with SIGKILL just before its n-th
 * database statement: the same place every time, also in the middle of a transaction. Run by kill.test.ts.
 */
import { loadConfig } from '../../src/config/load.ts'
import type { Database } from '../../src/db/database.ts'
import { rehearse } from '../../src/demo/nights.ts'
import { runBackfill } from '../../src/pipeline/backfill.ts'
import { orderHistoryFile } from '../../src/pipeline/import-kinds.ts'
import { importStatements } from '../../src/pipeline/import-statement.ts'
import { importFiles } from '../../src/pipeline/imports.ts'
import { runNight } from '../../src/pipeline/night.ts'
import { runReconcile } from '../../src/pipeline/reconcile/run.ts'
import type { RunEnvironment } from '../../src/pipeline/with-run.ts'
import { openCounted } from '../support/counted-database.ts'

export type Work =
  | { readonly kind: 'rehearse' }
  | { readonly kind: 'night' }
  | { readonly kind: 'backfill'; readonly from: string; readonly to: string }
  | {
      readonly kind: 'scan'
      readonly source: string
      readonly day: string
      readonly first: number
      readonly last: number
    }
  | { readonly kind: 'import'; readonly file: string; readonly source: string }
  | { readonly kind: 'reconcile'; readonly day: string }
  | { readonly kind: 'statements'; readonly files: readonly string[]; readonly account: string }

export interface Job {
  readonly config: string
  readonly database: string
  readonly nowMs: number
  readonly work: Work
  /** Statements before the kill; null to live. */
  readonly killAt: number | null
}

const job = JSON.parse(process.argv[2] ?? '') as Job
const { database, statements } = await openCounted(job.database, job.killAt)
await run(job, database)
await database.close()
process.stdout.write(`${statements()}\n`)

async function run({ config: path, nowMs, work }: Job, database: Database): Promise<void> {
  const config = loadConfig(path)
  const [book] = config.books
  if (book === undefined) throw new Error('no book')
  const environment: RunEnvironment = {
    database,
    clock: { nowMs: () => nowMs },
    signal: new AbortController().signal,
    progress: () => undefined,
    warn: () => undefined,
  }
  const request = { config, book, env: process.env, source: null }
  switch (work.kind) {
    case 'rehearse':
      if (config.sandbox === undefined) throw new Error('no sandbox')
      await rehearse({ ...request, environment, onNight: () => undefined }, config.sandbox)
      return
    case 'night':
      await runNight(environment, request)
      return
    case 'backfill':
      await runBackfill(environment, request, work)
      return
    case 'scan': {
      const { source, day, first, last } = work
      await runBackfill(environment, { ...request, source }, { from: day, to: day }, { first, last })
      return
    }
    case 'import':
      await importFiles(environment, request, [orderHistoryFile(work.file, work.source, { timeZone: 'UTC' })])
      return
    case 'reconcile':
      await runReconcile(environment, request, work.day)
      return
    case 'statements': {
      const { account } = work
      const said = { columns: null, dateOrder: null, decimal: null }
      const files = work.files.map((path) => ({ path, account, format: null, said }))
      await importStatements(environment, request, files)
    }
  }
}
