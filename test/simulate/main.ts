/**
 * `npm run simulate -- --seeds N --nights M [--from S] [--seed S] [--database sqlite|postgres] [--shrink]
 * [--planted NAME|all]`: runs seeds on all cores and prints what failed with the command that repeats it. Exits with 1
 * when anything failed, or when a planted bug was not found.
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { tryPlanted } from './planted/try.ts'
import { runSeeds, threadsFor } from './pool.ts'
import type { SeedReport } from './seed-worker.ts'
import type { PlanOptions } from './world/plan.ts'

/** So often a smaller plan is tried. */
const SHRINK_RUNS = 150

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20' },
    nights: { type: 'string', default: '6' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    database: { type: 'string' },
    shrink: { type: 'boolean', default: false },
    planted: { type: 'string' },
  },
})
const first = wholeNumber('seed', values.seed ?? values.from)
const count = values.seed === undefined ? wholeNumber('seeds', values.seeds) : 1
const nights = wholeNumber('nights', values.nights)
const database = engine(values.database)
const options = { nights, database }

if (values.planted !== undefined) process.exit(await tryPlanted(values.planted, { first, count, options }))

const failures: SeedReport[] = []
let faults = 0
const startMs = performance.now()
await runSeeds({ first, count, options }, (report) => {
  faults += report.faults
  if (report.findings.length > 0) {
    failures.push(report)
    // At once: a run of thousands may be stopped before its end.
    print(report)
  }
  return false
})
failures.sort((one, other) => one.seed - other.seed)
const seconds = ((performance.now() - startMs) / 1000).toFixed(1)
console.log(
  `${count} seeds of ${nights} nights with ${faults} faults in ${seconds} s on ${threadsFor(count)} threads: ` +
    `${failures.length} failed${failures.length === 0 ? '' : `: ${failures.map(({ seed }) => seed).join(', ')}`}`,
)
if (values.shrink && failures[0] !== undefined) await saveSmaller(failures[0].seed)
process.exitCode = failures.length > 0 ? 1 : 0

function print({ seed, findings, story }: SeedReport): void {
  console.log(`seed ${seed} failed; again: ${commandFor(seed)}`)
  printFindings(findings)
  if (values.seed !== undefined) for (const line of story) console.log(`    ${line}`)
}

function printFindings(findings: SeedReport['findings']): void {
  const said = new Set(findings.map(({ oracle, says }) => `  ${oracle}: ${says}`))
  for (const line of [...said].slice(0, 5)) console.log(line)
}

/** Keeps a plan that is as small as may be and still fails as a file, and prints its story. */
async function saveSmaller(seed: number): Promise<void> {
  await runSeeds({ first: seed, count: 1, options, shrinkRuns: SHRINK_RUNS }, ({ plan, findings, story }) => {
    const file = `simulate-${seed}.json`
    writeFileSync(file, plan ?? '')
    console.log(`${file} holds a smaller plan that still fails:`)
    printFindings(findings)
    for (const line of story) console.log(`    ${line}`)
    return true
  })
}

function commandFor(seed: number): string {
  return `npm run simulate -- --seed ${seed} --nights ${nights}${database === undefined ? '' : ` --database ${database}`} --shrink`
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
