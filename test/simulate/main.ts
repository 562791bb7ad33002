/**
 * `npm run simulate -- --seeds N --nights M [--from S] [--seed S] [--lite] [--database sqlite|postgres] [--shrink]
 * [--digests] [--coverage] [--planted NAME|KIND|all]`: runs seeds on all cores, prints what failed with the command that
 * repeats it, and what was reached. Exits with 1 when anything failed, or when a planted bug was not found.
 */
import { parseArgs } from 'node:util'
import { merge, type Coverage } from './coverage.ts'
import { coverageLines } from './coverage-table.ts'
import { tryPlanted } from './planted/try.ts'
import { runSeeds, threadsFor } from './pool.ts'
import { saveSmaller } from './save-smaller.ts'
import type { SeedReport } from './seed-worker.ts'
import type { PlanOptions } from './world/plan.ts'
import { unreached } from './unreached.ts'

/** A run of this many seeds and more must have reached everything. */
const WHOLE_RUN = 2000

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20' },
    nights: { type: 'string', default: '8' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    lite: { type: 'boolean', default: false },
    database: { type: 'string' },
    shrink: { type: 'boolean', default: false },
    digests: { type: 'boolean', default: false },
    coverage: { type: 'boolean', default: false },
    planted: { type: 'string' },
  },
})
const first = wholeNumber('seed', values.seed ?? values.from)
const count = values.seed === undefined ? wholeNumber('seeds', values.seeds) : 1
const nights = wholeNumber('nights', values.nights)
const { lite } = values
const database = engine(values.database)
const options = { nights, lite, database }

if (values.planted !== undefined) {
  process.exit(await tryPlanted(values.planted, { first, count, options, shrinks: values.shrink }))
}

const coverage: Coverage = new Map()
const failures: SeedReport[] = []
const startMs = performance.now()
await runSeeds({ first, count, options }, (report) => {
  merge(coverage, report.coverage)
  if (values.digests) console.log(`${report.seed} ${report.digest}`)
  if (report.findings.length > 0) {
    failures.push(report)
    // At once: a run of thousands may be stopped before its end.
    print(report)
  }
  return false
})
failures.sort((one, other) => one.seed - other.seed)
printCoverage()
const missing = count >= WHOLE_RUN ? unreached(coverage) : []
for (const name of missing) console.log(`never reached often enough: ${name}`)
const seconds = ((performance.now() - startMs) / 1000).toFixed(1)
console.log(
  `${count} seeds of ${nights} nights in ${seconds} s on ${threadsFor(count)} threads: ${failures.length} failed${failures.length === 0 ? '' : `: ${failures.map(({ seed }) => seed).join(', ')}`}`,
)
if (values.shrink && failures[0] !== undefined) {
  await saveSmaller({ ...options, seed: failures[0].seed })
  console.log('Once it is mended, put it into test/simulate/corpus with what it found.')
}
process.exitCode = failures.length > 0 || missing.length > 0 ? 1 : 0

function print({ seed, findings, story }: SeedReport): void {
  console.log(`seed ${seed} failed; again: ${commandFor(seed)}`)
  const seen = new Set<string>()
  for (const { oracle, says } of findings) {
    if (seen.size >= 5 || seen.has(says)) continue
    seen.add(says)
    console.log(`  ${oracle}: ${says}`)
  }
  if (values.seed !== undefined) for (const line of story) console.log(`    ${line}`)
}

function commandFor(seed: number): string {
  return `npm run simulate -- --seed ${seed} --nights ${nights}${lite ? ' --lite' : ''}${database === undefined ? '' : ` --database ${database}`} --shrink`
}

function printCoverage(): void {
  if (!values.coverage && count < WHOLE_RUN) return
  for (const line of coverageLines(coverage)) console.log(line)
}

function wholeNumber(name: string, text: string): number {
  if (/^\d+$/.test(text) && Number(text) > 0) return Number(text)
  console.error(`--${name} takes a whole number from 1, not "${text}".`)
  process.exit(2)
}

function engine(name: string | undefined): PlanOptions['database'] {
  if (name === undefined || name === 'sqlite' || name === 'postgres') return name
  console.error(`--database takes sqlite or postgres, not "${name}".`)
  process.exit(2)
}
