/**
 * The plan of a run: everything that is chosen before it begins, as data. A run follows from its plan alone, so a plan
 * with less in it (fewer nights, parts, orders, faults) is a smaller run of the same kind: see shrink.ts.
 */
import { createRandom } from '../../../src/sandbox/world/random.ts'
import type { FaultRates } from '../kernel/faults.ts'
import type { BookPlan, Home } from '../kernel/deployment.ts'
import { planOperator, type OperatorEvent } from '../people/operator-plan.ts'
import { createBank, planBank, type BankPlan } from './bank.ts'
import { createCompany } from './company/company.ts'
import { limitsText, planHabit, planPolicy, type Policy } from './company/habits.ts'
import { planCompany, type CompanyPlan } from './company/plan.ts'
import type { TypedLine } from './company/scene.ts'
import { createNetwork, planNetwork, type NetworkPlan } from './network.ts'
import { createPanel, planPanel, type PanelPlan } from './panel.ts'
import type { Part } from './part.ts'
import { planRates } from './swarm.ts'

/** One for each kind of part. */
export type PartPlan = PanelPlan | NetworkPlan | BankPlan | CompanyPlan

export interface Plan {
  readonly seed: number
  readonly startMs: number
  /** With faults; then come the quiet ones. */
  readonly nights: number
  readonly quietNights: number
  readonly rates: FaultRates
  /** Left out: a SQLite file. */
  readonly database?: 'postgres'
  readonly book: BookPlan
  readonly parts: readonly PartPlan[]
  readonly operator: readonly OperatorEvent[]
  /** Whether the books are derived again from what was landed at the end, which takes as long as some nights. */
  readonly replays: boolean
  /** Who starts the nights: a person or cron by the command, or the daemon. */
  readonly runner: 'sync' | 'serve'
  /** Each command runs in a container of its own, which sees none of the other processes. */
  readonly hasContainers: boolean
  /** Further books of the same deployment. */
  readonly moreBooks: readonly HomePlan[]
}

/** A book with the parts of the world that are about it. */
interface HomePlan {
  readonly book: BookPlan
  readonly parts: readonly PartPlan[]
}

export interface PlanOptions {
  readonly seed: number
  readonly nights: number
  /** Left out: as the seed chooses. */
  readonly database?: 'sqlite' | 'postgres' | undefined
}

const START_MS = Date.UTC(2026, 2, 1)
/** What is left is put right on the first ones, noticed, and proven on the last. A wallet's gain is asked about after five nights. */
const QUIET_NIGHTS = 8

export function planRun({ seed, nights, database: wanted }: PlanOptions): Plan {
  const database = databaseOf({ seed, database: wanted })
  const random = createRandom(seed, 'plan')
  const habit = planHabit(seed)
  const about = { seed, startMs: START_MS, nights }
  const book = (name: string, documentPrefix: string | null): { readonly policy: Policy; readonly book: BookPlan } => {
    const policy = planPolicy(random, habit, nights)
    return { policy, book: { name, currency: 'USD', timeZone: 'UTC', documentPrefix, more: settingsOf(policy) } }
  }
  const [agency, guest] = [book('agency', 'SIM'), book('guest', random.pick([null, 'SIM2']))]
  const homes = random.chance(0.25) ? [agency, guest] : [agency]
  const parts: PartPlan[] = [
    ...['panel-1', 'panel-2'].slice(0, random.int(1, 2)).map((name) => planPanel({ ...about, name })),
    ...(random.chance(0.5) ? [planNetwork(seed, 'network', START_MS, nights)] : []),
    ...(random.chance(0.8) ? [planBank(seed, 'checking', START_MS, nights)] : []),
  ]
  const delivering = homes.map(({ book: { name }, policy }) => ({ book: name, policy }))
  for (const name of ['books-1', 'books-2'].slice(0, random.pick([0, 1, 1, 1, 2])))
    parts.push(planCompany({ ...about, name, homes: name === 'books-1' ? delivering : delivering.slice(0, 1), habit }))
  return {
    seed,
    startMs: START_MS,
    nights,
    quietNights: QUIET_NIGHTS,
    // Nights seal by themselves where everything could be read.
    rates: habit === 'automatic' && random.chance(0.7) ? {} : planRates(seed, database),
    book: agency.book,
    parts,
    ...(database === 'postgres' ? { database } : {}),
    operator: [
      // A backup of a server is the affair of its own tools.
      ...planOperator(seed, nights, QUIET_NIGHTS).filter(({ kind }) => database === 'sqlite' || kind !== 'restore'),
      ...delivering.flatMap(({ book: name, policy: { changesTo: closedPeriod, changesBefore: night } }) =>
        closedPeriod === null ? [] : [{ night, kind: 'policy' as const, book: name, closedPeriod }],
      ),
    ],
    runner: random.chance(0.15) ? 'serve' : 'sync',
    replays: random.chance(0.5),
    hasContainers: random.chance(0.25),
    moreBooks:
      homes.length === 1
        ? []
        : [
            {
              book: guest.book,
              parts: [planPanel({ ...about, name: 'panel-g' }), planBank(seed, 'savings', START_MS, nights)],
            },
          ],
  }
}

function settingsOf({ approval, differentApprover, closedPeriod, ...limits }: Policy): readonly string[] {
  return [
    `journals: { approval: ${approval}, differentApprover: ${differentApprover}, closedPeriod: ${closedPeriod}${limitsText(limits)} }`,
    "schedule: { at: '00:06', timeZone: UTC }",
  ]
}

/** PostgreSQL takes several times as long. */
export function databaseOf({ seed, database }: Omit<PlanOptions, 'nights'>): 'sqlite' | 'postgres' {
  return database ?? (createRandom(seed, 'database').chance(0.02) ? 'postgres' : 'sqlite')
}

export function homesOf({ book, parts, moreBooks }: Plan): readonly Home[] {
  const signed: TypedLine[] = []
  const create = (part: PartPlan): Part => createPart(part, signed)
  return [{ book, parts }, ...moreBooks].map((home) => ({ book: home.book, parts: home.parts.map(create) }))
}

function createPart(plan: PartPlan, signed: TypedLine[]): Part {
  switch (plan.kind) {
    case 'panel':
      return createPanel(plan)
    case 'network':
      return createNetwork(plan)
    case 'bank':
      return createBank(plan)
    case 'company':
      return createCompany(plan, signed)
  }
}
