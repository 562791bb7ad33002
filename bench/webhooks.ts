/**
 * `tieout serve` under 500 webhook deliveries a second: how long a vendor waits for its 200, which comes after a durable
 * commit, with nothing else to do and while a night of the same book is being booked. On SQLite and on PostgreSQL.
 */
import { fork, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { constants, setPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { withPostgres } from './postgres-server.ts'
import { scaled, type BenchRow } from './row.ts'
import { putUnderLoad, type Measured } from './webhook-load.ts'

const PROGRAM = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url))
const PER_SECOND = 500
const LEAST_MS = 10_000
/** Until everything is compiled; a daemon runs for months. */
const WARM_UP_MS = 3_000
const TARGET_P99_MS = 50
const NIGHT = '2026-07-20T00:05:00Z'
const SECRET = 'a-webhook-secret-of-the-benchmark'

export async function run(): Promise<readonly BenchRow[]> {
  const empty = await measureEmpty()
  const sqlite = await measure('SQLite', 'sqlite:./bench.db')
  const postgres = await withPostgres((url) => measure('PostgreSQL', url))
  return [...rowsOf('a server that does nothing', 'with nothing else to do', empty, false), ...sqlite, ...postgres]
}

/** The machine's own share of the waiting, under the same load. */
async function measureEmpty(): Promise<Measured> {
  const server = fork(new URL('./empty-server.ts', import.meta.url))
  const [{ port }] = (await once(server, 'message')) as [{ readonly port: number }]
  const load = { url: `http://127.0.0.1:${port}/`, perSecond: PER_SECOND, until: Promise.resolve(), orders: 1000 }
  await putUnderLoad({ ...load, leastMs: WARM_UP_MS })
  const measured = await putUnderLoad({ ...load, leastMs: LEAST_MS })
  server.disconnect()
  return measured
}

async function measure(engine: string, database: string): Promise<readonly BenchRow[]> {
  const orders = scaled(20_000)
  const folder = mkdtempSync(join(tmpdir(), 'tieout-bench-'))
  const panel = fork(new URL('./panel-process.ts', import.meta.url), ['0'])
  const [{ port }] = (await once(panel, 'message')) as [{ readonly port: number }]
  const config = join(folder, 'tieout.yaml')
  writeFileSync(config, configText(port))
  const env = { ...process.env, BENCH_KEY: 'bench', BENCH_HOOK: SECRET, BENCH_DATABASE: database }
  const tieout = (...args: readonly string[]): ChildProcess =>
    spawn(process.execPath, [PROGRAM, ...args, '--config', config], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const history = join(folder, 'history.csv')
  await writeHistory(history, orders)
  await ended(tieout('orders', 'import', history, '--source', 'netpanel', '--time-zone', 'UTC', '--now', NIGHT))
  const daemon = tieout('serve', '--port', '0')
  const url = `${await addressOf(daemon)}/hooks/netpanel/${SECRET}`
  const load = { url, perSecond: PER_SECOND, leastMs: LEAST_MS, orders }
  await putUnderLoad({ ...load, leastMs: WARM_UP_MS, until: Promise.resolve() })
  const alone = await putUnderLoad({ ...load, until: Promise.resolve() })
  const commits = await commitsOf(url)
  const night = tieout('sync', '--now', NIGHT)
  // As the daemon does with the nights it runs.
  setPriority(night.pid ?? 0, constants.priority.PRIORITY_BELOW_NORMAL)
  const busy = await putUnderLoad({ ...load, until: ended(night) })
  daemon.kill('SIGTERM')
  await once(daemon, 'exit')
  panel.disconnect()
  rmSync(folder, { recursive: true })
  const meanwhile = `while ${orders.toLocaleString('en')} orders are booked`
  return [
    ...rowsOf(engine, 'with nothing else to do', alone),
    { name: `${engine}: durable commits since the start`, figure: commits, unit: 'commits', met: true },
    ...rowsOf(engine, meanwhile, busy),
  ]
}

function rowsOf(
  engine: string,
  when: string,
  { sent, refused, perSecond, p50Ms, p99Ms, maxMs }: Measured,
  isJudged = true,
): readonly BenchRow[] {
  const row = (what: string, figure: number, unit: string): BenchRow => ({
    name: `${engine}: ${what}, ${when}`,
    figure,
    unit,
    met: true,
  })
  return [
    {
      ...row(`webhooks (${sent} sent, ${refused} refused)`, perSecond, 'deliveries/s'),
      target: `${PER_SECOND}/s, none refused`,
      met: perSecond >= 0.95 * PER_SECOND && refused === 0,
    },
    row('answer to a webhook, p50', p50Ms, 'ms'),
    {
      ...row('answer to a webhook, p99', p99Ms, 'ms'),
      ...(isJudged ? { target: `< ${TARGET_P99_MS} ms`, met: p99Ms < TARGET_P99_MS } : {}),
    },
    row('answer to a webhook, slowest', maxMs, 'ms'),
  ]
}

function configText(port: number): string {
  return `database: { env: BENCH_DATABASE }
books:
  - name: bench
    currency: USD
    sources:
      - name: netpanel
        type: panel
        baseUrl: http://127.0.0.1:${port}/api/v2
        apiKey: { env: BENCH_KEY }
        webhookSecret: { env: BENCH_HOOK }
        currency: USD
        requestsPerMinute: 1000000
        allowHigherRate: true
        sweepLimit: 0
`
}

async function writeHistory(path: string, orders: number): Promise<void> {
  const file = await open(path, 'w')
  await file.write('ID,Date,Link,Charge,Start count,Quantity,Service,Status,Remains\n')
  for (let id = 1; id <= orders; id += 1) {
    await file.write(
      `${1_000_000 + id},2026-07-19 10:00:00,https://example.com/p/${id},0.27819,3572,1000,1 — Followers,In progress,0\n`,
    )
  }
  await file.close()
}

/** Its output is read and thrown away, or it would wait for a reader. Exit code 1 is a night with exceptions. */
async function ended(child: ChildProcess): Promise<void> {
  child.stdout?.resume()
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0 && code !== 1) throw new Error(`A command of the benchmark ended with ${String(code)}.`)
}

/** From the daemon's own log; what it logs later is read on. */
async function addressOf(daemon: ChildProcess): Promise<string> {
  if (daemon.stdout === null) throw new Error('the daemon has no output')
  const lines = createInterface(daemon.stdout)
  return new Promise((resolve, reject) => {
    daemon.once('exit', () => reject(new Error('the daemon ended at once')))
    lines.on('line', (line) => {
      const { msg, url } = JSON.parse(line) as { readonly msg: string; readonly url?: string }
      if (msg === 'listening' && url !== undefined) resolve(url)
    })
  })
}

async function commitsOf(url: string): Promise<number> {
  const text = await (await fetch(new URL('/metrics', url))).text()
  return Number(/^tieout_webhook_commits_total (\d+)$/m.exec(text)?.[1] ?? Number.NaN)
}
