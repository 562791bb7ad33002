/**
 * `npm run simulate -- --seeds N --nights M [--from S] [--seed S] [--lite] [--shrink] [--digests] [--coverage]`: runs seeds on all cores, prints
 * what failed with the command that repeats it, and what was reached. Exits with 1 when anything failed.
 */
import { writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import { merge, type Coverage } from './coverage.ts'
import { coverageLines } from './coverage-table.ts'
import { planText } from './plan-text.ts'
import type { SeedReport } from './seed-worker.ts'
import { shrink } from './shrink.ts'
import { planRun, type PlanOptions } from './world/plan.ts'
import { unreached } from './unreached.ts'

/** A run of this many seeds and more must have reached everything. */
const WHOLE_RUN = 2000
/** A seed that takes longer than that hangs. */
const HANGS_MS = 300_000
const SHRINK_RUNS = 150

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20' },
    nights: { type: 'string', default: '8' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    lite: { type: 'boolean', default: false },
    shrink: { type: 'boolean', default: false },
    digests: { type: 'boolean', default: false },
    coverage: { type: 'boolean', default: false },
  },
})
const first = wholeNumber('seed', values.seed ?? values.from)
const count = values.seed === undefined ? wholeNumber('seeds', values.seeds) : 1
const nights = wholeNumber('nights', values.nights)
const { lite } = values

const coverage: Coverage = new Map()
const failures: SeedReport[] = []
const startMs = performance.now()
const threads = Math.min(count, availableParallelism())
let next = first
await Promise.all(Array.from({ length: threads }, work))
failures.sort((one, other) => one.seed - other.seed)
for (const failure of failures) print(failure)
printCoverage()
const missing = count >= WHOLE_RUN ? unreached(coverage) : []
for (const name of missing) console.log(`never reached often enough: ${name}`)
const seconds = ((performance.now() - startMs) / 1000).toFixed(1)
console.log(`${count} seeds of ${nights} nights in ${seconds} s on ${threads} threads: ${failures.length} failed`)
if (values.shrink && failures[0] !== undefined) await shrinkAndSave(failures[0])
process.exitCode = failures.length > 0 || missing.length > 0 ? 1 : 0

/** One thread's work: seed after seed. A seed that hangs costs the thread, which is replaced. */
async function work(): Promise<void> {
  let worker = newWorker()
  while (next < first + count) {
    const seed = next
    next += 1
    const report = await ask(worker, { seed, nights, lite })
    if (report === null) {
      await worker.terminate()
      worker = newWorker()
      failures.push(hung(seed))
      continue
    }
    merge(coverage, report.coverage)
    if (values.digests) console.log(`${seed} ${report.digest}`)
    if (report.findings.length > 0) failures.push(report)
  }
  await worker.terminate()
}

function newWorker(): Worker {
  return new Worker(new URL('./seed-worker.ts', import.meta.url))
}

function ask(worker: Worker, options: PlanOptions): Promise<SeedReport | null> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(null), HANGS_MS)
    worker.removeAllListeners()
    worker.once('error', reject)
    worker.once('message', (report: SeedReport) => {
      clearTimeout(timer)
      resolve(report)
    })
    worker.postMessage(options)
  })
}

function hung(seed: number): SeedReport {
  const findings = [{ oracle: 'hangs', says: `the seed did not end within ${HANGS_MS / 1000} s` }]
  return { seed, findings, digest: '', lines: 0, coverage: [], booksDigest: '', tail: [], tookMs: HANGS_MS }
}

function print({ seed, findings, tail }: SeedReport): void {
  console.log(`seed ${seed} failed; again: ${commandFor(seed)}`)
  const seen = new Set<string>()
  for (const { oracle, says } of findings) {
    if (seen.size >= 5 || seen.has(says)) continue
    seen.add(says)
    console.log(`  ${oracle}: ${says}`)
  }
  if (values.seed !== undefined) for (const line of tail) console.log(`    ${line}`)
}

function commandFor(seed: number): string {
  return `npm run simulate -- --seed ${seed} --nights ${nights}${lite ? ' --lite' : ''} --shrink`
}

function printCoverage(): void {
  if (!values.coverage && count < WHOLE_RUN) return
  for (const line of coverageLines(coverage)) console.log(line)
}

async function shrinkAndSave({ seed, findings }: SeedReport): Promise<void> {
  const oracles = new Set(findings.map(({ oracle }) => oracle))
  const { plan, runs } = await shrink(planRun({ seed, nights, lite }), oracles, SHRINK_RUNS)
  const file = `simulate-${seed}.json`
  writeFileSync(file, planText(plan))
  console.log(`${file} holds a smaller plan that still fails, found in ${runs} runs; put it into test/simulate/corpus.`)
}

function wholeNumber(name: string, text: string): number {
  if (/^\d+$/.test(text) && Number(text) > 0) return Number(text)
  console.error(`--${name} takes a whole number from 1, not "${text}".`)
  process.exit(2)
}
