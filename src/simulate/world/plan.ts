/**
 * The plan of a run: everything that is chosen before it begins, as data. A run follows from its plan alone, so a plan
 * with less in it (fewer nights, parts, orders, faults) is a smaller run of the same kind: see shrink.ts.
 */
import { createRandom } from '../../sandbox/world/random.ts'
import { DATABASE_FAULTS, HTTP_FAULTS, type FaultKind, type FaultRates } from '../kernel/faults.ts'
import type { BookPlan, Home } from '../kernel/deployment.ts'
import { createCompany } from './company/company.ts'
import { planExchange } from './company/exchange.ts'
import { planCompany, planPolicy, type CompanyPlan, type Policy } from './company/plan.ts'
import { planPanel } from './panel/draw.ts'
import { createMoney, planMoney, type MoneyPlan } from './money.ts'
import { createPanel } from './panel/panel.ts'
import type { PanelPlan } from './panel/plan.ts'
import { planOperator, type OperatorEvent } from '../people/operator-plan.ts'
import type { Part } from './part.ts'

/** One for each kind of part. */
export type PartPlan = PanelPlan | CompanyPlan | MoneyPlan

export interface Plan {
  readonly seed: number
  readonly startMs: number
  /** With faults; then come the quiet ones. */
  readonly nights: number
  readonly quietNights: number
  readonly rates: FaultRates
  readonly book: BookPlan
  readonly parts: readonly PartPlan[]
  readonly operator: readonly OperatorEvent[]
  /** Whether the books are derived again from what was landed at the end, which takes longer than all nights. */
  readonly replays: boolean
  /** Who starts the nights: a person or cron by the command, or the daemon. */
  readonly runner: 'sync' | 'serve'
  /** Further books of the same deployment. */
  readonly moreBooks?: readonly HomePlan[]
  /** The same again with the other order of an evening's work, which must come to the same books. */
  readonly comparesArrival?: true
  /** Left out: as planned. Backwards: of an evening, what comes last is typed first. */
  readonly arrival?: 'backwards'
}

/** A book with the parts of the world that are about it. */
export interface HomePlan {
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
/** Nights over the end of a month, of February in a leap year, of a year, and the nights in which clocks are put forward or back. */
const OTHER_STARTS_MS = [
  Date.UTC(2026, 0, 28),
  Date.UTC(2028, 1, 26),
  Date.UTC(2026, 11, 28),
  Date.UTC(2026, 2, 26),
  Date.UTC(2026, 9, 22),
] as const
/** None of those that an operator types by mistake. */
const TIME_ZONES = ['America/New_York', 'Asia/Tokyo', 'Europe/Berlin', 'Pacific/Honolulu'] as const
/** What closes by itself; then prices, claims and what the wallet still lacks are decided, each on an evening of its own. */
const QUIET_NIGHTS = 4

export function planRun({ seed, nights, lite }: PlanOptions): Plan {
  const random = createRandom(seed, 'plan')
  const scene = planScene(seed, lite)
  const panels = scene.hasPanels ? random.int(1, lite ? 1 : 2) : 0
  const parts: PartPlan[] = []
  const { startMs, timeZone } = planCalendar(seed, scene)
  const currencies = scene.hasCompanies ? (['USD'] as const) : (['USD', 'USD', 'INR', 'EUR'] as const)
  for (let nth = 1; nth <= panels; nth += 1)
    parts.push(planPanel({ seed, name: `panel-${nth}`, startMs, nights, lite, bookZone: timeZone, currencies }))
  if (scene.hasMoney) parts.push(planMoney({ seed, startMs, nights, lite }))
  const plan: Plan = {
    seed,
    startMs,
    nights,
    quietNights: QUIET_NIGHTS,
    rates: planRates(seed),
    book: {
      name: 'agency',
      currency: 'USD',
      timeZone,
      more: ['journals: { approval: auto }', "schedule: { at: '00:06', timeZone: UTC }"],
    },
    parts,
    operator: planOperator(seed, nights, QUIET_NIGHTS),
    runner: random.chance(lite ? 0.1 : 0.25) ? 'serve' : 'sync',
    replays: !lite || createRandom(seed, 'replay').chance(0.3),
  }
  return scene.hasCompanies ? withCompanies(plan, lite) : plan
}

/** Other parts' documents are of days of UTC. */
function planCalendar(
  seed: number,
  { hasMoney, hasCompanies }: Scene,
): { readonly startMs: number; readonly timeZone: string } {
  const random = createRandom(seed, 'calendar')
  if (hasMoney || hasCompanies) return { startMs: START_MS, timeZone: 'UTC' }
  const startMs = random.chance(0.5) ? START_MS : random.pick(OTHER_STARTS_MS)
  return { startMs, timeZone: random.chance(0.5) ? random.pick(TIME_ZONES) : 'UTC' }
}

interface Scene {
  readonly hasPanels: boolean
  readonly hasMoney: boolean
  readonly hasCompanies: boolean
}

/** Small worlds are about one thing most of the time: more of them fit into a minute, and what fails is easier to read. */
function planScene(seed: number, lite: boolean): Scene {
  const random = createRandom(seed, 'scene')
  const isWhole = random.chance(lite ? 0.1 : 0.5)
  const hasPanels = isWhole || random.chance(0.7)
  return {
    hasPanels,
    hasMoney: isWhole || !hasPanels,
    hasCompanies: random.chance(isWhole ? 0.6 : 0.35),
  }
}

/** With one or two companies to deliver into, and sometimes a second book that delivers into the first of them. */
export function withCompanies(plan: Plan, lite: boolean): Plan {
  const { seed, startMs, nights, book, parts } = plan
  const random = createRandom(seed, 'plan', 'companies')
  const policy = planPolicy(random)
  const guest = { name: 'guest', policy: planPolicy(random) }
  const hasGuest = random.chance(0.3)
  const home = { book: book.name, policy }
  const homes = hasGuest ? [home, { book: guest.name, policy: guest.policy }] : [home]
  const companies = [planCompany({ seed, name: 'books-1', startMs, nights, homes, keepsRates: true })]
  if (!lite && random.chance(0.4))
    companies.push(planCompany({ seed, name: 'books-2', startMs, nights, homes: [home], keepsRates: false }))
  const ruled = ({ approval, differentApprover, closedPeriod }: Policy): readonly string[] => [
    ...book.more.filter((line) => !line.startsWith('journals:')),
    'rates: files/rates.csv',
    `ratesMaxAgeDays: ${planExchange(seed, startMs, nights).maxAgeDays}`,
    `journals: { approval: ${approval}, differentApprover: ${differentApprover}, closedPeriod: ${closedPeriod} }`,
  ]
  const moreBooks = hasGuest
    ? [
        {
          book: { ...book, name: guest.name, documentPrefix: random.pick([null, 'SIM2']), more: ruled(guest.policy) },
          parts: [
            planPanel({ seed, name: 'panel-g', startMs, nights, lite, bookZone: book.timeZone, currencies: ['USD'] }),
          ],
        },
      ]
    : []
  // A restored backup knows nothing of files that were handed out since: only people do.
  const operator = plan.operator.filter(({ kind }) => kind !== 'restore')
  return { ...plan, operator, book: { ...book, more: ruled(policy) }, parts: [...parts, ...companies], moreBooks }
}

/** A swarm: each run has some kinds of faults and not others, each at a rate of its own. */
function planRates(seed: number): FaultRates {
  const random = createRandom(seed, 'swarm')
  const rates: Partial<Record<FaultKind, number>> = {}
  for (const kind of HTTP_FAULTS) if (random.chance(0.4)) rates[kind] = random.pick([0.01, 0.03, 0.1])
  for (const kind of DATABASE_FAULTS) if (random.chance(0.4)) rates[kind] = random.pick([0.0005, 0.002, 0.005])
  return rates
}

export function homesOf({ book, parts, moreBooks = [] }: Plan): readonly Home[] {
  return [{ book, parts }, ...moreBooks].map((home) => ({ book: home.book, parts: home.parts.map(createPart) }))
}

function createPart(plan: PartPlan): Part {
  switch (plan.kind) {
    case 'panel':
      return createPanel(plan)
    case 'company':
      return createCompany(plan)
    case 'money':
      return createMoney(plan)
  }
}
