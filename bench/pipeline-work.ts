/**
 * What the pipeline benchmark measures, in a process of its own so that its peak memory is its own: imports a history of
 * many orders, then either runs two nights or a backfill, and prints one JSON line with seconds and peak memory.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { argv } from 'node:process'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { keepHeapSmall } from '../src/cli/heap.ts'
import { parseConfig } from '../src/config/load.ts'
import { openDatabase } from '../src/db/database.ts'
import { runBackfill } from '../src/pipeline/backfill.ts'
import { evidenceFile, orderHistoryFile } from '../src/pipeline/import-kinds.ts'
import { importFiles } from '../src/pipeline/imports.ts'
import { runNight } from '../src/pipeline/night.ts'
import type { RunEnvironment } from '../src/pipeline/with-run.ts'

keepHeapSmall()
const mode = argv[2] === 'backfill' || argv[2] === 'pace' ? argv[2] : 'nights'
/** What a panel allows, and an answer that takes its time. */
const PACE = { perMinute: 1000, latencyMs: 1500 }
const orders = Number(argv[3])
// Older than the schedule of finished orders reaches, so that the second night asks about the open ones alone.
const FIRST_DAY_MS = Date.parse('2025-01-01T00:00:00Z')
const NIGHT_MS = Date.parse('2026-07-20T00:05:00Z')
const DAY_MS = 86_400_000
const DAYS = 90

async function writeHistory(path: string): Promise<void> {
  const file = await open(path, 'w')
  await file.write('ID,Date,Link,Charge,Start count,Quantity,Service,Status,Remains\n')
  for (let first = 1; first <= orders; first += 10_000) {
    const lines: string[] = []
    for (let id = first; id < first + 10_000 && id <= orders; id += 1) {
      const at = new Date(FIRST_DAY_MS + Math.floor(((id - 1) / orders) * DAYS * DAY_MS))
      const date = at.toISOString().slice(0, 19).replace('T', ' ')
      lines.push(`${1_000_000 + id},${date},https://example.com/p/${id},0.27819,3572,1000,1 — Followers,Completed,0\n`)
    }
    await file.write(lines.join(''))
  }
  await file.close()
}

const folder = mkdtempSync(join(tmpdir(), 'tieout-bench-'))
const panel = fork(new URL('./panel-process.ts', import.meta.url), [
  '0',
  mode === 'pace' ? String(PACE.latencyMs) : '0',
])
const [started] = (await once(panel, 'message')) as [{ readonly port: number }]
const config = parseConfig(
  `database: sqlite:./bench.db
books:
  - name: bench
    currency: USD
    sources:
      - name: netpanel
        type: panel
        baseUrl: http://127.0.0.1:${started.port}/api/v2
        apiKey: { env: BENCH_KEY }
        currency: USD
        requestsPerMinute: ${mode === 'pace' ? PACE.perMinute : 1_000_000}
        allowHigherRate: true
        sweepLimit: 0
`,
  join(folder, 'tieout.yaml'),
)
const [book] = config.books
if (book === undefined) throw new RangeError('the configuration has one book')
const database = await openDatabase(`sqlite:${join(folder, 'bench.db')}`)
let nowMs = NIGHT_MS
const environment: RunEnvironment = {
  database,
  clock: { nowMs: () => nowMs },
  signal: new AbortController().signal,
  progress: () => undefined,
  warn: () => undefined,
}
const request = { config, book, env: { BENCH_KEY: 'bench' }, source: null }
const seconds: Record<string, number> = {}
let pace: unknown = null

async function timed(name: string, work: () => Promise<unknown>): Promise<void> {
  const start = performance.now()
  await work()
  seconds[name] = (performance.now() - start) / 1000
}

// Orders from before a wallet's opening are in its balance, and post nothing.
const openings = join(folder, 'openings.csv')
writeFileSync(
  openings,
  'date,source,kind,amount,currency,reference,note\n2025-01-01,netpanel,opening-balance,0.00,USD,,\n',
)
await importFiles(environment, request, [evidenceFile(openings)])
const history = join(folder, 'history.csv')
await writeHistory(history)
await timed('import', () =>
  importFiles(environment, request, [orderHistoryFile(history, 'netpanel', { timeZone: 'UTC' })]),
)
if (mode === 'backfill') {
  await timed('backfill', () => runBackfill(environment, request, { from: '2025-01-01', to: '2025-03-31' }))
} else if (mode === 'pace') {
  await timed('first', () => runNight(environment, request))
  panel.send({ night: 1, wallet: '0' })
  pace = ((await once(panel, 'message')) as unknown[])[0]
} else {
  await timed('first', () => runNight(environment, request))
  panel.send({ night: 2, wallet: '0' })
  await once(panel, 'message')
  nowMs += DAY_MS
  await timed('second', () => runNight(environment, request))
}
const posted = await database.kysely.selectFrom('head').select('seq').executeTakeFirstOrThrow()
await database.close()
panel.disconnect()
rmSync(folder, { recursive: true })
process.stdout.write(
  `${JSON.stringify({ seconds, pace, posted: Number(posted.seq), peakMib: process.resourceUsage().maxRSS / 1024 })}\n`,
)
