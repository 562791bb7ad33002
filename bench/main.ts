/**
 * Runs every benchmark and prints one table. Baselines are measured in the same run on the same machine, so ratios
 * travel; figures do not. `node bench/main.ts ledger` runs only those whose name contains "ledger".
 */
import type { BenchRow } from './row.ts'
import * as ledgerPostgres from './ledger-postgres.ts'
import * as ledgerSqlite from './ledger-sqlite.ts'
import * as ledgerTrialBalance from './ledger-trial-balance.ts'
import * as matching from './matching.ts'
import * as pipeline from './pipeline.ts'
import * as reconcile from './reconcile.ts'
import * as report from './report.ts'
import * as statement from './statement.ts'
import * as webhooks from './webhooks.ts'

const BENCHMARKS: readonly (readonly [string, () => Promise<readonly BenchRow[]>])[] = [
  ['ledger-sqlite', ledgerSqlite.run],
  ['ledger-postgres', ledgerPostgres.run],
  ['ledger-trial-balance', ledgerTrialBalance.run],
  ['matching', matching.run],
  ['pipeline', pipeline.run],
  ['reconcile', reconcile.run],
  ['report', report.run],
  ['statement', statement.run],
  ['webhooks', webhooks.run],
]

const only = process.argv[2] ?? ''
let missed = 0
for (const [name, run] of BENCHMARKS) {
  if (!name.includes(only)) continue
  for (const row of await run()) {
    process.stdout.write(`${line(row)}\n`)
    if (!row.met) missed += 1
  }
}
process.exitCode = missed === 0 ? 0 : 1
process.stdout.write(missed === 0 ? 'Every target is met.\n' : `${missed} of the targets are missed.\n`)

function line({ name, figure, unit, ratio, ratioOf = 'raw', target, met }: BenchRow): string {
  const digits = figure >= 100 ? 0 : 2
  const text = `${figure.toLocaleString('en', { maximumFractionDigits: digits })} ${unit}`
  const share = ratio === undefined ? '' : `${ratio.toFixed(2)} of ${ratioOf}`
  const goal = target === undefined ? '' : `${met ? 'met' : 'MISSED'}: ${target}`
  return [name.padEnd(62), text.padStart(26), share.padStart(13), `  ${goal}`].join('')
}
