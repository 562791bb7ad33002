/**
 * The pipeline end to end against a panel in another process: the first night of many orders from HTTP answers to posted
 * transactions, a second night in which one in a hundred changed, and the peak memory of a backfill of as many.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { scaled, type BenchRow } from './row.ts'

interface Measured {
  readonly seconds: Readonly<Record<string, number>>
  readonly posted: number
  readonly peakMib: number
  readonly pace: { readonly requests: number; readonly busiest: number; readonly spanMs: number } | null
}

/** A little more than a minute of asking. */
const PACED_ORDERS = 120_000
const ALLOWED_PER_MINUTE = 1000

const CHANGED_SHARE = 0.01

export async function run(): Promise<readonly BenchRow[]> {
  const orders = scaled(1_000_000)
  const many = orders.toLocaleString('en')
  const nights = await measure('nights', orders)
  const backfill = await measure('backfill', orders)
  const first = nights.seconds['first'] ?? Number.POSITIVE_INFINITY
  const share = (nights.seconds['second'] ?? Number.POSITIVE_INFINITY) / first
  const { pace } = await measure('pace', PACED_ORDERS)
  const used = pace === null ? 0 : pace.requests / (pace.spanMs / 60_000) / ALLOWED_PER_MINUTE
  const busiest = pace?.busiest ?? Number.POSITIVE_INFINITY
  return [
    {
      name: 'asking a panel that answers after 1.5 s, most in any minute',
      figure: busiest,
      unit: 'requests',
      ratio: used,
      ratioOf: 'limit',
      target: '>= 0.95 of 1,000 a minute, never more',
      met: used >= 0.95 && busiest <= ALLOWED_PER_MINUTE,
    },
    {
      name: `one night from HTTP answers to postings, ${many} orders`,
      figure: orders / first,
      unit: 'orders/s',
      target: '>= 60,000',
      met: orders / first >= 60_000,
    },
    {
      name: `the next night, in which 1 % of ${many} orders changed`,
      figure: nights.seconds['second'] ?? Number.NaN,
      unit: 's',
      ratio: share,
      ratioOf: 'first',
      target: 'about 0.01 of the first night',
      met: share <= 2 * CHANGED_SHARE,
    },
    {
      name: `peak memory of importing and backfilling ${many} orders`,
      figure: backfill.peakMib,
      unit: 'MiB',
      target: '< 400',
      met: backfill.peakMib < 400,
    },
    {
      name: `importing a history of ${many} orders`,
      figure: orders / (backfill.seconds['import'] ?? Number.POSITIVE_INFINITY),
      unit: 'orders/s',
      met: true,
    },
  ]
}

async function measure(mode: 'nights' | 'backfill' | 'pace', orders: number): Promise<Measured> {
  const script = fileURLToPath(new URL('./pipeline-work.ts', import.meta.url))
  const child = spawn(process.execPath, [script, mode, String(orders)], { stdio: ['ignore', 'pipe', 'inherit'] })
  const parts: Buffer[] = []
  child.stdout.on('data', (part: Buffer) => parts.push(part))
  const [code] = (await once(child, 'close')) as [number | null]
  const text = Buffer.concat(parts).toString('utf8')
  if (code !== 0) throw new Error(`${mode} ended with code ${code}: ${text}`)
  const measured = JSON.parse(text) as Measured
  // A night that posts nothing is no night.
  if (measured.posted < orders) throw new Error(`${mode} of ${orders} orders posted ${measured.posted} transactions`)
  return measured
}
