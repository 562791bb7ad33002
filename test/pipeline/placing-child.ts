/**
 * A process that places one order and, when told to, kills itself with SIGKILL just before its n-th database statement.
 * Run by panel-writes-kill.test.ts. It prints its statements when it lives.
 */
import { loadConfig } from '../../src/config/load.ts'
import { placePanelOrder } from '../../src/pipeline/panel-writes/place.ts'
import { findService, quoteOrder } from '../../src/pipeline/panel-writes/quote.ts'
import { observeServices } from '../../src/sources/panel/observe-services.ts'
import { openCounted } from '../support/counted-database.ts'
import { CATALOGUE } from './ordering-panel.ts'

export interface PlacingJob {
  readonly config: string
  readonly database: string
  readonly nowMs: number
  readonly quantity: number
  /** Statements before the kill; null to live. */
  readonly killAt: number | null
}

const job = JSON.parse(process.argv[2] ?? '') as PlacingJob
const { database, statements } = await openCounted(job.database, job.killAt)
const config = loadConfig(job.config)
const [book] = config.books
if (book === undefined) throw new Error('no book')
const environment = {
  database,
  clock: { nowMs: () => job.nowMs },
  signal: new AbortController().signal,
  progress: () => undefined,
  warn: () => undefined,
}
const body = Buffer.from(JSON.stringify(CATALOGUE))
const services = observeServices({ httpStatus: 200, contentType: 'application/json', body })
if (services.kind !== 'services') throw new Error(services.reason)
const quote = quoteOrder(findService(services, '1'), { link: 'https://example.com/page', quantity: job.quantity })
await placePanelOrder(environment, { config, book, env: process.env, source: 'panel' }, quote)
await database.close()
process.stdout.write(`${statements()}\n`)
