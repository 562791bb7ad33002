/** A process that delivers a book as `tieout deliver` does, for the tests that kill it. */
import { loadConfig } from '../../src/config/load.ts'
import { findBook } from '../../src/ledger/books.ts'
import { deliverBook } from '../../src/pipeline/delivery/deliver-book.ts'
import { openCounted, writes } from '../support/counted-database.ts'

export interface DeliveryJob {
  readonly config: string
  readonly database: string
  /** Dies just before its n-th write; null: lives. */
  readonly killAt: number | null
}

const job = JSON.parse(process.argv[2] ?? '') as DeliveryJob
const config = loadConfig(job.config)
const [book] = config.books
if (book === undefined) throw new Error('no book')
const { database } = await openCounted(job.database, job.killAt, writes)
const environment = {
  database,
  clock: { nowMs: Date.now },
  signal: new AbortController().signal,
  progress: () => undefined,
  warn: (_source: string, sentence: string) => void process.stderr.write(`${sentence}\n`),
}
const row = await findBook(database.kysely, book.name)
const request = { config, book, env: process.env, targets: book.targets }
await deliverBook(environment, row, request, { limit: null, drift: 'no' })
await database.close()
