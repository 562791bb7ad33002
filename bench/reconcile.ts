/**
 * Reconciling a book with as many lines as items, from the imported file to the postings, and then once more with nothing
 * new. CPU time and not the clock's: other processes do not change it, and it is what growth is measured by.
 */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { scaled, type BenchRow } from './row.ts'

interface Measured {
  readonly cpuMs: { readonly import: number; readonly again: number; readonly night: number }
  readonly peakMib: number
}

const MOST_MS_PER_LINE = 1.5
/** Four times as much in n log n is 4.7 times the time; the rest is noise. */
const MOST_GROWTH = 5
const MOST_OF_FIRST = 0.1

export async function run(): Promise<readonly BenchRow[]> {
  const [few, many] = [scaled(5_000), scaled(20_000)]
  const least = await measure(few)
  const most = await measure(many)
  return [
    perLine(few, least.cpuMs.import),
    perLine(many, most.cpuMs.import),
    growth('importing and reconciling', most.cpuMs.import, least.cpuMs.import),
    { name: `the same ${shown(many)} again, nothing new`, figure: most.cpuMs.again, unit: 'ms CPU', met: true },
    growth('reconciling again', most.cpuMs.again, least.cpuMs.again),
    oneMore(many, most.cpuMs),
    growth('one more night', most.cpuMs.night, least.cpuMs.night),
    { name: `  peak memory of ${shown(many)} lines`, figure: most.peakMib, unit: 'MiB', met: true },
  ]
}

function perLine(lines: number, cpuMs: number): BenchRow {
  const figure = cpuMs / lines
  const name = `import and reconcile ${shown(lines)} lines with as many items`
  const target = `< ${MOST_MS_PER_LINE} ms a line`
  return { name, figure, unit: 'ms CPU a line', target, met: figure < MOST_MS_PER_LINE }
}

/** The lines are of 24 months; the next night has nothing new of them, only what is still open. */
function oneMore(lines: number, { night, import: first }: Measured['cpuMs']): BenchRow {
  const ratio = night / first
  const name = `one more night after 24 months of ${shown(lines)} lines`
  const target = `< ${MOST_OF_FIRST} of the first`
  return { name, figure: night, unit: 'ms CPU', ratio, ratioOf: 'the first', target, met: ratio < MOST_OF_FIRST }
}

function growth(what: string, most: number, least: number): BenchRow {
  const ratio = most / least
  const target = `<= ${MOST_GROWTH} of a quarter as many`
  return { name: `  growth of ${what}`, figure: ratio, unit: 'times', target, met: ratio <= MOST_GROWTH }
}

function shown(count: number): string {
  return count.toLocaleString('en')
}

async function measure(count: number): Promise<Measured> {
  const script = fileURLToPath(new URL('./reconcile-work.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [script, String(count)])
  return JSON.parse(stdout) as Measured // printed by the script, just now
}
