/**
 * A smaller plan that still fails in the same way. Tried in this order, as long as anything helps: fewer nights, kinds of
 * faults switched off, events of the operator and parts left out, and then pieces of every list inside of the parts.
 */
import { runPlan } from './run-plan.ts'
import type { Plan } from './world/plan.ts'

/** Whether the plan still shows one of these, names of oracles, and no command ends as none did before: a plan may lack too much. */
async function stillFails(plan: Plan, oracles: ReadonlySet<string>): Promise<boolean> {
  try {
    const { findings } = await runPlan(plan)
    if (findings.some(({ oracle }) => oracle.startsWith('exit-code') && !oracles.has(oracle))) return false
    return findings.some(({ oracle }) => oracles.has(oracle))
  } catch (error) {
    return oracles.has(thrownName(error))
  }
}

/** What an error that ended a run is called among oracles. */
export function thrownName(error: unknown): string {
  return `thrown ${error instanceof Error ? error.name : 'value'}`
}

/** `mostRuns` bounds the work: the plan in hand by then is given. */
export async function shrink(plan: Plan, oracles: ReadonlySet<string>, mostRuns: number): Promise<Plan> {
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
  return best
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
  const plainer: readonly ((plan: Plan) => Plan)[] = [
    (now) => ({ ...now, moreBooks: [] }),
    (now) => ({ ...now, replays: false }),
    (now) => ({ ...now, runner: 'sync' }),
  ]
  return [...plainer, ...rates, ...events, ...parts]
}

/** Where a list stands in a plan: names of fields and numbers of items. */
type Path = readonly (string | number)[]

/** Every list of objects anywhere inside of the parts: halves, quarters and so on are taken out, down to single ones. */
async function thinnerLists(best: () => Plan, accept: Accept): Promise<void> {
  for (const top of ['parts', 'moreBooks'] as const) {
    for (const path of listsIn(best()[top], [top]).slice(1)) await thinner(best, path, accept)
  }
}

async function thinner(best: () => Plan, path: Path, accept: Accept): Promise<void> {
  const listNow = (): readonly unknown[] => {
    const found = path.reduce<unknown>((at, key) => (isHolder(at) ? Reflect.get(at, key) : undefined), best())
    return Array.isArray(found) ? found : []
  }
  for (let size = Math.ceil(listNow().length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < listNow().length;) {
      const list = listNow()
      const less = [...list.slice(0, at), ...list.slice(at + size)]
      if (!(await accept(withAt(best(), path, less) as Plan))) at += size
    }
  }
}

/** Lists before those inside of their items; the outermost first. */
function listsIn(value: unknown, path: Path): readonly Path[] {
  if (!isHolder(value)) return []
  const items = Object.entries(value)
  const isList = Array.isArray(value) && value.every(isHolder)
  const key = (name: string): string | number => (Array.isArray(value) ? Number(name) : name)
  return [...(isList ? [path] : []), ...items.flatMap(([name, each]) => listsIn(each, [...path, key(name)]))]
}

/** The same with something else at the path. */
function withAt(value: unknown, [key, ...rest]: Path, instead: unknown): unknown {
  if (key === undefined) return instead
  if (Array.isArray(value)) return value.map((each, at) => (at === key ? withAt(each, rest, instead) : each))
  return isHolder(value) ? { ...value, [key]: withAt(Reflect.get(value, key), rest, instead) } : value
}

function isHolder(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
