/** The page of a night over a large book: most of it lies before the night, as it does in real life. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseConfig } from '../src/config/load.ts'
import { loadMappings } from '../src/config/mappings.ts'
import { openDatabase } from '../src/db/database.ts'
import { migrate } from '../src/db/migrate.ts'
import { ensureBook, ensureSources } from '../src/ledger/books.ts'
import { postTransactions } from '../src/ledger/post.ts'
import { nightPage } from '../src/pipeline/report/page.ts'
import { finishRun, startRun } from '../src/pipeline/runs.ts'
import { draftBatches } from './ledger-drafts.ts'
import { median, scaled, type BenchRow } from './row.ts'

const ROUNDS = 5
const LIMIT_MS = 1000
const NIGHT_MS = 86_400_000
/** Where nights end, as shares of the book: two of 5,000 transactions among a million, in the middle and at the end. */
const ENDS = [0.495, 0.5, 0.995, 1]

export async function run(): Promise<readonly BenchRow[]> {
  const count = scaled(1_000_000)
  const folder = mkdtempSync(join(tmpdir(), 'tieout-bench-'))
  const { books } = parseConfig(CONFIG, join(folder, 'tieout.yaml'))
  const [config] = books
  if (config === undefined) throw new Error('one book is configured')
  const database = await openDatabase(join(folder, 'ledger.db'))
  const { kysely } = database
  await migrate(database, 0)
  const book = await ensureBook(kysely, { name: config.name, currency: 'USD', timeZone: 'UTC' })
  await ensureSources(kysely, book, [{ name: 'netpanel', kind: 'panel' }])
  let [posted, night] = [0, 1]
  for (const drafts of draftBatches(count, 'in order')) {
    await kysely.transaction().execute((trx) => postTransactions(trx, book, drafts, night * NIGHT_MS))
    posted += drafts.length
    while (night <= ENDS.length && posted >= count * (ENDS[night - 1] ?? 1)) {
      const args = { night: `2026-02-0${night}` }
      const ended = await startRun(kysely, book.id, 'sync', args, night * NIGHT_MS)
      await finishRun(kysely, ended, 'finished', '{}', night * NIGHT_MS + 1)
      night += 1
    }
  }
  const mappings = loadMappings()
  const nowMs = (ENDS.length + 1) * NIGHT_MS
  const newest = await time(() => nightPage(kysely, book, config, mappings, { night: null, knownAtMs: null, nowMs }))
  const known = { night: '2026-02-02', knownAtMs: 2 * NIGHT_MS + 1, nowMs }
  const older = await time(() => nightPage(kysely, book, config, mappings, known))
  await database.close()
  rmSync(folder, { recursive: true })
  const over = `over ${count.toLocaleString('en')} transactions`
  return [row(`report of the newest night ${over}`, newest), row(`report of a night in the middle ${over}`, older)]
}

function row(name: string, figure: number): BenchRow {
  return { name, figure, unit: 'ms', target: `< ${LIMIT_MS} ms`, met: figure < LIMIT_MS }
}

async function time(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = performance.now()
    await work()
    times.push(performance.now() - start)
  }
  return median(times)
}

const CONFIG = `database: sqlite:./ledger.db
books:
  - name: bench
    currency: USD
    sources:
      - { name: netpanel, type: panel, baseUrl: 'http://127.0.0.1:9', apiKey: { env: KEY }, currency: USD }
`
