/** Plans that once failed, shrunk: what each found is in its name, and mended. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readPlan } from '../../src/simulate/plan-text.ts'
import { runPlan } from '../../src/simulate/run-plan.ts'

const FOLDER = join(import.meta.dirname, 'corpus')
const plans = readdirSync(FOLDER).filter((name) => name.endsWith('.json'))

it.each(plans)('%s fails no more', async (name) => {
  const { findings } = await runPlan(readPlan(readFileSync(join(FOLDER, name), 'utf8')))
  expect(findings).toEqual([])
})
