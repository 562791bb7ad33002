/**
 * The plan of a run: everything that is chosen before it begins, as data. A run follows from its plan alone, so a plan
 * with less in it (fewer nights, parts, orders, faults) is a smaller run of the same kind: see shrink.ts.
 */
import { createRandom } from '../../sandbox/world/random.ts'
import { DATABASE_FAULTS, HTTP_FAULTS, type FaultKind, type FaultRates } from '../kernel/faults.ts'
import type { BookPlan } from '../kernel/deployment.ts'
import { createMoney, planMoney, type MoneyPlan } from './money.ts'
import { createPanel, planPanel, type PanelPlan } from './panel.ts'
import type { Part } from './part.ts'

/** One for each kind of part. */
export type PartPlan = PanelPlan | MoneyPlan

export interface Plan {
  readonly seed: number
  readonly startMs: number
  /** With faults; then come the quiet ones. */
  readonly nights: number
  readonly quietNights: number
  readonly rates: FaultRates
  readonly book: BookPlan
  readonly parts: readonly PartPlan[]
}

export interface PlanOptions {
  readonly seed: number
  readonly nights: number
  /** Smaller worlds, for a run before every landing. */
  readonly lite: boolean
}

const START_MS = Date.UTC(2026, 2, 1)
const QUIET_NIGHTS = 3

export function planRun({ seed, nights, lite }: PlanOptions): Plan {
  const random = createRandom(seed, 'plan')
  const panels = random.int(1, lite ? 1 : 2)
  const parts: PartPlan[] = []
  for (let nth = 1; nth <= panels; nth += 1) parts.push(planPanel(seed, `panel-${nth}`, START_MS, nights))
  if (createRandom(seed, 'parts', 'money').chance(0.5)) parts.push(planMoney({ seed, startMs: START_MS, nights, lite }))
  return {
    seed,
    startMs: START_MS,
    nights,
    quietNights: QUIET_NIGHTS,
    rates: planRates(seed),
    book: { name: 'agency', currency: 'USD', timeZone: 'UTC', more: ['journals: { approval: auto }'] },
    parts,
  }
}

/** A swarm: each run has some kinds of faults and not others, each at a rate of its own. */
function planRates(seed: number): FaultRates {
  const random = createRandom(seed, 'swarm')
  const rates: Partial<Record<FaultKind, number>> = {}
  for (const kind of HTTP_FAULTS) if (random.chance(0.4)) rates[kind] = random.pick([0.01, 0.03, 0.1])
  for (const kind of DATABASE_FAULTS) if (random.chance(0.4)) rates[kind] = random.pick([0.0005, 0.002, 0.005])
  return rates
}

export function createPart(plan: PartPlan): Part {
  switch (plan.kind) {
    case 'panel':
      return createPanel(plan)
    case 'money':
      return createMoney(plan)
  }
}
