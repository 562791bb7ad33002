/** The same plan gives the same run, byte for byte: without that, a seed that failed would say nothing. */
import { describe, expect, it } from 'vitest'
import { planText, readPlan } from './plan-text.ts'
import { runPlan } from './run-plan.ts'
import { planRun } from './world/plan.ts'

const NIGHTS = 2

describe('a simulated run', () => {
  it.each([1, 10])('is the same twice (seed %i)', async (seed) => {
    const plan = planRun({ seed, nights: NIGHTS })
    const once = await runPlan(plan)
    const again = await runPlan(readPlan(planText(plan)))
    expect(again.digest).toBe(once.digest)
    expect(again.lines).toBe(once.lines)
  })

  it('is the same twice on PostgreSQL', async () => {
    const plan = planRun({ seed: 9, nights: NIGHTS, database: 'postgres' })
    const once = await runPlan(plan)
    const again = await runPlan(readPlan(planText(plan)))
    expect(again.digest).toBe(once.digest)
    expect(again.lines).toBe(once.lines)
  })

  it('is another one for another seed', async () => {
    const digests = await Promise.all([1, 2].map((seed) => runPlan(planRun({ seed, nights: NIGHTS }))))
    expect(new Set(digests.map(({ digest }) => digest)).size).toBe(2)
  })
})
