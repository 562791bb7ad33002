/**
 * Matching as many lines as items: growth from 25,000 to 100,000 each, and worlds made to hurt. Every run is a process of
 * its own, so that peak memory is its own; the figures include its input, but not the making of it in time.
 */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { scaled, type BenchRow } from './row.ts'

interface Measured {
  readonly ms: number
  /** Of all threads: growth is measured by it, because other processes do not change it. */
  readonly cpuMs: number
  readonly peakMib: number
}

const MOST_MS = 10_000
/** 500 MB. */
const MOST_MIB = 500e6 / 2 ** 20
/** Twice as much in n log n is 2.2 times the time; the rest is noise. */
const MOST_PER_DOUBLING = 2.6

const HARD: readonly (readonly [world: string, description: string])[] = [['equal', 'two amounts only']]

export async function run(): Promise<readonly BenchRow[]> {
  const rows: BenchRow[] = []
  let lastCpuMs: number | null = null
  for (const count of [scaled(25_000), scaled(50_000), scaled(100_000)]) {
    const { ms, cpuMs, peakMib } = await measure('mixed', count)
    const name = `matching ${count.toLocaleString('en')} lines with as many items`
    const growth = lastCpuMs === null ? {} : { ratio: cpuMs / lastCpuMs, ratioOf: 'half' }
    const linear = lastCpuMs === null || cpuMs / lastCpuMs <= MOST_PER_DOUBLING
    const target = lastCpuMs === null ? '< 10 s' : `< 10 s, <= ${MOST_PER_DOUBLING} of half as many`
    rows.push({ name, figure: ms, unit: 'ms', ...growth, target, met: ms < MOST_MS && linear }, memory(name, peakMib))
    lastCpuMs = cpuMs
  }
  const count = scaled(100_000)
  for (const [world, description] of HARD) {
    const { ms, peakMib } = await measure(world, count)
    const name = `the same, ${description}`
    rows.push({ name, figure: ms, unit: 'ms', target: '< 10 s', met: ms < MOST_MS }, memory(name, peakMib))
  }
  return rows
}

function memory(name: string, peakMib: number): BenchRow {
  return { name: `  peak memory of ${name}`, figure: peakMib, unit: 'MiB', target: '< 500 MB', met: peakMib < MOST_MIB }
}

async function measure(world: string, count: number): Promise<Measured> {
  const script = fileURLToPath(new URL('./matching-work.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [script, world, String(count)])
  return JSON.parse(stdout) as Measured // printed by the script, just now
}
