/** Plants one bug after the other and runs seeds until one finds it that finds nothing without the bug. */
import { runSeeds, type SeedRange } from '../pool.ts'
import type { SeedReport } from '../seed-worker.ts'
import { PLANTED } from './bugs.ts'
import type { Planted } from './planted.ts'

/** `which` is a bug's name, or "all". Prints a line for each; gives the exit code: 1 when one was not found. */
export async function tryPlanted(which: string, range: Omit<SeedRange, 'planted'>): Promise<number> {
  const chosen = PLANTED.filter(({ name }) => which === 'all' || which === name)
  if (chosen.length === 0) {
    console.error(`No planted bug is called "${which}". There are: ${PLANTED.map(({ name }) => name).join(', ')}.`)
    return 2
  }
  let missed = 0
  for (const planted of chosen) {
    const { found, seeds } = await seedThatFinds(planted, range)
    if (found === null) missed += 1
    const [first] = found?.findings ?? []
    const says =
      first === undefined ? 'NOT FOUND' : `seed ${found?.seed}: ${first.oracle}: ${first.says.split('\n')[0]}`
    console.log(`${planted.name.padEnd(40)}  ${String(seeds).padStart(5)} seeds  ${says.slice(0, 160)}`)
  }
  console.log(`${chosen.length - missed} of ${chosen.length} planted bugs found within ${range.count} seeds each`)
  return missed === 0 ? 0 : 1
}

async function seedThatFinds(
  planted: Planted,
  { first, count, options }: Omit<SeedRange, 'planted'>,
): Promise<{ readonly found: SeedReport | null; readonly seeds: number }> {
  const tried = new Set<number>()
  const isSkipped = (seed: number): boolean => tried.has(seed)
  for (let from = first; from < first + count;) {
    const reports = await reportsUntilFound({ first: from, count: first + count - from, options, planted, isSkipped })
    if (reports.length === 0) break
    for (const { seed } of reports) tried.add(seed)
    for (const suspect of reports.filter(({ findings }) => findings.length > 0)) {
      const [sound] = await reportsUntilFound({ first: suspect.seed, count: 1, options })
      if (sound?.findings.length === 0) return { found: suspect, seeds: tried.size }
    }
    // The lowest that was left to its thread when another one had found enough comes first now.
    while (tried.has(from)) from += 1
  }
  return { found: null, seeds: tried.size }
}

async function reportsUntilFound(range: SeedRange): Promise<readonly SeedReport[]> {
  const reports: SeedReport[] = []
  await runSeeds(range, (report) => {
    reports.push(report)
    return report.findings.length > 0
  })
  return reports
}
