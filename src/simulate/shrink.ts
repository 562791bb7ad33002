/**
 * A smaller plan that still fails in the same way. Tried in this order, as long as anything helps: fewer nights, kinds of
 * faults switched off, events of the operator and parts left out, and then pieces of every list inside of the parts.
 */
import { runPlan } from './run-plan.ts'
import type { Plan } from './world/plan.ts'

export interface Shrunk {
  readonly plan: Plan
  readonly runs: number
}

/** Whether the plan still shows one of these: names of oracles. */
async function stillFails(plan: Plan, oracles: ReadonlySet<string>): Promise<boolean> {
  try {
    return (await runPlan(plan)).findings.some(({ oracle }) => oracles.has(oracle))
  } catch (error) {
    return oracles.has(thrownName(error))
  }
}

/** What an error that ended a run is called among oracles. */
export function thrownName(error: unknown): string {
  return `thrown ${error instanceof Error ? error.name : 'value'}`
}

/** `mostRuns` bounds the work: the plan in hand by then is given. */
export async function shrink(plan: Plan, oracles: ReadonlySet<string>, mostRuns: number): Promise<Shrunk> {
  let best = plan
  let runs = 0
  const accept = async (candidate: Plan): Promise<boolean> => {
    if (runs >= mostRuns) return false
    runs += 1
    if (!(await stillFails(candidate, oracles))) return false
    best = candidate
    return true
  }
  for (let round = 0; round < 4; round += 1) {
    const before = best
    await fewerNights(() => best, accept)
    for (const smaller of withoutOne(best)) {
      // Made from the plan as it was when the round began; what is gone since stays gone.
      await accept(smaller(best))
    }
    await thinnerLists(() => best, accept)
    if (best === before || runs >= mostRuns) break
  }
  return { plan: best, runs }
}

type Accept = (candidate: Plan) => Promise<boolean>

async function fewerNights(best: () => Plan, accept: Accept): Promise<void> {
  for (let nights = 1; nights < best().nights; nights += 1) {
    if (await accept({ ...best(), nights })) return
  }
}

function withoutOne(plan: Plan): readonly ((plan: Plan) => Plan)[] {
  const rates = Object.keys(plan.rates).map((kind) => (now: Plan): Plan => ({
    ...now,
    rates: Object.fromEntries(Object.entries(now.rates).filter(([each]) => each !== kind)),
  }))
  const events = plan.operator.map((event) => (now: Plan): Plan => ({
    ...now,
    operator: now.operator.filter((each) => each !== event),
  }))
  const parts = plan.parts.map(({ name }) => (now: Plan): Plan => ({
    ...now,
    parts: now.parts.filter((part) => part.name !== name),
  }))
  return [...rates, ...events, ...parts]
}

/** Every list of objects inside of a part: halves, quarters and so on are taken out, down to single ones. */
async function thinnerLists(best: () => Plan, accept: Accept): Promise<void> {
  for (const [nth, part] of best().parts.entries()) {
    for (const [key, value] of Object.entries(part)) {
      if (!Array.isArray(value) || value.some((each) => typeof each !== 'object')) continue
      for (let size = Math.ceil(value.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
        for (let at = 0; ;) {
          const list: readonly unknown[] = Reflect.get(best().parts[nth] ?? {}, key) ?? []
          if (at >= list.length) break
          const thinner = [...list.slice(0, at), ...list.slice(at + size)]
          if (!(await accept(withList(best(), nth, key, thinner)))) at += size
        }
      }
    }
  }
}

function withList(plan: Plan, nth: number, key: string, list: readonly unknown[]): Plan {
  const parts = plan.parts.map((part, index) => (index === nth ? { ...part, [key]: list } : part))
  return { ...plan, parts }
}
