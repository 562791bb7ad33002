/**
 * One long statement, imported and reconciled: time and memory per line must not grow with its length. CPU time, which
 * other processes do not change; each size in a process of its own, so that peak memory is its own.
 */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { scaled, type BenchRow } from './row.ts'

interface Measured {
  readonly cpuMs: number
  readonly peakMib: number
}

const MOST_CPU_MS = 20_000
/** 400 MB. */
const MOST_MIB = 400e6 / 2 ** 20
/** Four times as much in n log n is 4.7 times the time; the rest is noise. */
const MOST_GROWTH = 5

export async function run(): Promise<readonly BenchRow[]> {
  const [few, many] = [scaled(25_000), scaled(100_000)]
  const least = await measure(few)
  const { cpuMs, peakMib } = await measure(many)
  const ratio = cpuMs / least.cpuMs
  const name = `a statement of ${many.toLocaleString('en')} lines that a rule settles`
  const target = `< 20 s CPU, <= ${MOST_GROWTH} of a quarter as many`
  const met = cpuMs < MOST_CPU_MS && ratio <= MOST_GROWTH
  return [
    { name, figure: cpuMs, unit: 'ms CPU', ratio, ratioOf: 'a quarter', target, met },
    { name: `  peak memory of ${name}`, figure: peakMib, unit: 'MiB', target: '< 400 MB', met: peakMib < MOST_MIB },
  ]
}

async function measure(lines: number): Promise<Measured> {
  const script = fileURLToPath(new URL('./statement-work.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [script, String(lines)])
  return JSON.parse(stdout) as Measured // printed by the script, just now
}
