/** Plants one bug after the other and runs seeds until one finds it that finds nothing without the bug. */
import { runSeeds, type SeedRange } from '../pool.ts'
import { saveSmaller } from '../save-smaller.ts'
import type { SeedReport } from '../seed-worker.ts'
import { ALL_PLANTED } from './list.ts'
import { databaseOf, planRun, type PartPlan } from '../world/plan.ts'
import type { Planted } from './planted.ts'

interface Range extends Omit<SeedRange, 'planted'> {
  /** Keeps a small plan that finds each. */
  readonly shrinks: boolean
}

/** `which` is a bug's name, a kind, or "all". Prints a line for each; gives the exit code: 1 when one was not found. */
export async function tryPlanted(which: string, range: Range): Promise<number> {
  const chosen = ALL_PLANTED.filter(({ name, kind }) => which === 'all' || which === name || which === kind)
  if (chosen.length === 0) {
    const known = ALL_PLANTED.map(({ name, kind }) => `${name} (${kind})`).join(', ')
    console.error(`No planted bug is called "${which}". There are: ${known}.`)
    return 2
  }
  let missed = 0
  for (const planted of chosen) {
    const { found, seeds } = await seedThatFinds(planted, range)
    if (found === null) missed += 1
    const oracle = found?.findings[0]
    const says =
      oracle === undefined ? 'NOT FOUND' : `seed ${found?.seed}: ${oracle.oracle}: ${oracle.says.split('\n')[0]}`
    console.log(
      `${planted.kind.padEnd(10)}  ${planted.name.padEnd(34)}  ${String(seeds).padStart(5)} seeds  ${says.slice(0, 160)}`,
    )
    if (range.shrinks && found !== null) {
      await saveSmaller({ ...range.options, seed: found.seed }, planted)
    }
  }
  console.log(`${chosen.length - missed} of ${chosen.length} planted bugs found within ${range.count} seeds each`)
  return missed === 0 ? 0 : 1
}

/** What a file is about that does nothing in a world without any of them. */
const ONLY_WITH: readonly (readonly [RegExp, readonly PartPlan['kind'][]])[] = [
  [/^(targets\/(outbox|quickbooks|xero)|connections|pipeline\/delivery)\//, ['company']],
  [/^(sources\/panel|domain\/wallets)\//, ['panel', 'desk']],
  [/^(sources\/(payelancer|statements)|domain\/(counters|payouts|statements))\//, ['money', 'desk']],
]

/** Whether a seed's world has nothing that the bug's file is about: it need not be run. */
function skipsFor({ file, on }: Planted, options: Range['options']): (seed: number) => boolean {
  const needed = ONLY_WITH.find(([files]) => files.test(file))?.[1]
  return (seed) => {
    if (on === 'postgres' && databaseOf({ ...options, seed }) !== 'postgres') return true
    if (needed === undefined) return false
    const { parts, moreBooks = [] } = planRun({ ...options, seed })
    return ![...parts, ...moreBooks.flatMap((home) => home.parts)].some(({ kind }) => needed.includes(kind))
  }
}

async function seedThatFinds(
  planted: Planted,
  { first, count, options }: Range,
): Promise<{ readonly found: SeedReport | null; readonly seeds: number }> {
  const tried = new Set<number>()
  const isWithout = skipsFor(planted, options)
  const isSkipped = (seed: number): boolean => tried.has(seed) || isWithout(seed)
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
