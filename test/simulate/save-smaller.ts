/** Makes a seed that fails smaller, prints its story, and keeps the plan as a file for test/simulate/corpus. */
import { writeFileSync } from 'node:fs'
import type { Planted } from './planted/planted.ts'
import { runSeeds } from './pool.ts'
import type { PlanOptions } from './world/plan.ts'

const RUNS = 150

export async function saveSmaller({ seed, ...options }: PlanOptions, planted?: Planted): Promise<void> {
  const range = { first: seed, count: 1, options, shrinkRuns: RUNS, ...(planted === undefined ? {} : { planted }) }
  await runSeeds(range, ({ plan, findings, story }) => {
    const file = `simulate-${planted?.name ?? seed}.json`
    writeFileSync(file, plan ?? '')
    console.log(`${file} holds a smaller plan that still fails:`)
    for (const { oracle, says } of findings.slice(0, 5)) console.log(`  ${oracle}: ${says}`)
    for (const line of story) console.log(`    ${line}`)
    return true
  })
}
