/**
 * The plan of a run: everything that is chosen before it begins, as data. A run follows from its plan alone, so a plan
 * with less in it (fewer nights, parts, orders, faults) is a smaller run of the same kind: see shrink.ts.
 */
import { createRandom, type Random } from '../../../src/sandbox/world/random.ts'
import type { FaultRates } from '../kernel/faults.ts'
import type { BookPlan, Home } from '../kernel/deployment.ts'
import { createCompany } from './company/company.ts'
import type { TypedLine } from './company/scene.ts'
import { planExchange } from './company/exchange.ts'
import { limitsText, planHabit, planLimits, planPolicy, type Policy } from './company/habits.ts'
import { planCompany, type CompanyPlan } from './company/plan.ts'
import { planPanel } from './panel/draw.ts'
import { createDesk } from './desk/desk.ts'
import { isPostedTo, planDesk, type DeskPlan } from './desk/plan.ts'
import { createMoney, planMoney, type MoneyPlan } from './money.ts'
import { createPanel } from './panel/panel.ts'
import type { PanelPlan } from './panel/plan.ts'
import { planOperator, type OperatorEvent } from '../people/operator-plan.ts'
import { range } from './payelancer/plan.ts'
import type { Part } from './part.ts'
import { planScene, type Scene } from './scene.ts'
import { planRates } from './swarm.ts'

/** One for each kind of part. */
export type PartPlan = PanelPlan | CompanyPlan | MoneyPlan | DeskPlan

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
  /** Whether the books are derived again from what was landed at the end, which takes longer than all nights. */
  readonly replays: boolean
  /** Whether somebody changes something in the books at the end, which must be seen. */
  readonly tampers?: boolean
  /** Who starts the nights: a person or cron by the command, or the daemon. */
  readonly runner: 'sync' | 'serve'
  /** Each command runs in a container of its own, which sees none of the other processes. */
  readonly hasContainers?: true
  /** Further books of the same deployment. */
  readonly moreBooks?: readonly HomePlan[]
  /** Nobody decides anything: what is true must be told without a person. */
  readonly isUnattended?: true
  /** The same again with the other order of an evening's work, which must come to the same books. */
  readonly comparesArrival?: true
  /** Left out: as planned. Backwards: of an evening, what comes last is typed first. */
  readonly arrival?: 'backwards' | undefined
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
  /** Left out: as the seed chooses. */
  readonly database?: 'sqlite' | 'postgres' | undefined
}

/** How many deployments start a container for each command. */
const CONTAINERS = 0.25
/** How many of the worlds are kind. */
const KIND = 0.04
const DAY_MS = 86_400_000
const START_MS = Date.UTC(2026, 2, 1)
/** What is out of the ordinary is told from five days before. */
const UNUSUAL_NIGHTS = 6
const MONTH_END_MS = Date.UTC(2026, 2, 29)
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

export function planRun(options: PlanOptions): Plan {
  const { seed, nights: wanted, lite } = options
  const database = databaseOf(options)
  const random = createRandom(seed, 'plan')
  const scene = planScene(seed, lite)
  const { focus } = scene
  const nights = focus === 'unusual' ? Math.max(wanted, UNUSUAL_NIGHTS) : wanted
  const panels = scene.hasPanels ? random.int(1, lite ? 1 : 2) : 0
  const parts: PartPlan[] = []
  const { startMs, timeZone } = planCalendar(seed, scene)
  const currencies = scene.hasCompanies ? (['USD'] as const) : (['USD', 'USD', 'INR', 'EUR'] as const)
  for (let nth = 1; nth <= panels; nth += 1) {
    const about = { focus: nth === 1 ? scene.panelFocus : undefined }
    parts.push(
      planPanel({ seed, name: `panel-${nth}`, startMs, nights, lite, bookZone: timeZone, currencies, ...about }),
    )
  }
  if (scene.hasMoney) parts.push(planMoney({ seed, startMs, nights, lite, focus }))
  if (scene.hasDesk) parts.push(planDesk(seed, startMs, nights))
  const plan: Plan = {
    seed,
    startMs,
    nights,
    quietNights: QUIET_NIGHTS,
    rates: planRates(seed, database, scene),
    book: {
      name: 'agency',
      currency: 'USD',
      timeZone,
      more: [
        journalsText(createRandom(seed, 'journals')),
        "schedule: { at: '00:06', timeZone: UTC }",
        ...(scene.hasDesk ? ['rates: files/desk-rates.csv'] : []),
        ...filesText(createRandom(seed, 'night-files')),
      ],
    },
    parts,
    ...(database === 'postgres' ? { database } : {}),
    // A backup of a server is the affair of its own tools.
    operator: planOperator(seed, nights, QUIET_NIGHTS).filter(
      ({ kind }) => database === 'sqlite' || kind !== 'restore',
    ),
    runner: random.chance(lite ? 0.1 : 0.25) ? 'serve' : 'sync',
    replays: !lite || createRandom(seed, 'replay').chance(0.12),
    ...(createRandom(seed, 'containers').chance(CONTAINERS) ? { hasContainers: true } : {}),
    tampers: createRandom(seed, 'tampers').chance(lite ? 0.12 : 0.5),
  }
  if (focus === 'clock') return withBrokenClock(plan)
  if (scene.hasDesk) return withDesk(plan)
  if (scene.isPlain === true) return { ...plan, rates: {}, operator: [], isUnattended: true }
  if (lite && scene.panelFocus !== undefined) return withCalmNights(plan)
  const whole = scene.hasCompanies ? withCompanies(plan, lite) : plan
  return createRandom(seed, 'kind').chance(KIND) ? kindOf(whole) : whole
}

/** Of a book without a company: most nights seal by themselves, some within limits, and some leave all of it to two people. */
function journalsText(random: Random): string {
  const isOfTwo = random.chance(0.3) ? ', differentApprover: true' : ''
  return `journals: { approval: ${random.chance(0.9) ? 'auto' : 'review'}${isOfTwo}${limitsText(planLimits(random))} }`
}

/** Of a book that nobody exports from by hand: files of each night. */
function filesText(random: Random): readonly string[] {
  if (!random.chance(0.5)) return []
  const more = random.pick(['csv', 'xero-csv', 'hledger', 'beancount'])
  // Both are imported into the same books: of two such files the second is not written.
  const first = random.pick(['quickbooks-csv', 'quickbooks-csv', 'iif'])
  return [`export: { formats: [${first}, ${more}], dir: exports }`]
}

/** Nothing fails and nobody errs: then the order of what comes on an evening is all that may differ. */
export function kindOf(plan: Plan): Plan {
  // What the books say of closed days is part of the plan of their company.
  const operator = plan.operator.filter(({ kind }) => kind === 'policy')
  return { ...plan, rates: {}, operator, runner: 'sync', replays: false, comparesArrival: true }
}

/** Whose vendors post to the daemon has one; and the page of many a night is read while something waits on it. */
function withDesk(plan: Plan): Plan {
  const random = createRandom(plan.seed, 'desk-nights')
  const reports = range(plan.nights).flatMap((nth): readonly OperatorEvent[] =>
    random.chance(0.4) ? [{ night: nth + 1, kind: 'report' }] : [],
  )
  const operator = [...plan.operator.filter(({ kind }) => kind !== 'report'), ...reports]
  const whole: Plan = { ...plan, operator }
  if (isPostedTo(plan.seed)) return { ...whole, runner: 'serve' }
  return createRandom(plan.seed, 'kind').chance(KIND) ? kindOf(whole) : whole
}

/** In half of the worlds about refunds nothing else goes wrong, so that a story of several nights comes to its end. */
function withCalmNights(plan: Plan): Plan {
  if (createRandom(plan.seed, 'calm').chance(0.5)) return { ...plan, rates: {}, operator: [], runner: 'sync' }
  return createRandom(plan.seed, 'kind').chance(KIND) ? kindOf(plan) : plan
}

/** For one night, after the counter was read once, the machine's clock is days or years away; nothing else goes wrong. */
function withBrokenClock(plan: Plan): Plan {
  const random = createRandom(plan.seed, 'broken-clock')
  const night = random.int(2, Math.max(2, plan.nights))
  const aheadMs = random.pick([-3, -40, 500]) * DAY_MS
  const operator: readonly OperatorEvent[] = [
    { night, kind: 'clock', aheadMs },
    { night: night + 1, kind: 'clock', aheadMs: 0 },
  ]
  return { ...plan, rates: {}, runner: 'sync', operator }
}

/** Other parts' documents are of days of UTC. */
function planCalendar(
  seed: number,
  { hasMoney, hasCompanies, hasDesk, focus }: Scene,
): { readonly startMs: number; readonly timeZone: string } {
  const random = createRandom(seed, 'calendar')
  if (focus === 'month') return { startMs: MONTH_END_MS, timeZone: 'UTC' }
  if (hasMoney || hasCompanies || hasDesk) return { startMs: START_MS, timeZone: 'UTC' }
  const startMs = random.chance(0.5) ? START_MS : random.pick(OTHER_STARTS_MS)
  return { startMs, timeZone: random.chance(0.5) ? random.pick(TIME_ZONES) : 'UTC' }
}

/**
 * PostgreSQL takes several times as long. Whoever is posted to has it: in memory, what is posted lies in a file of its own,
 * which no other process can open.
 */
export function databaseOf({ seed, lite, database }: Omit<PlanOptions, 'nights'>): 'sqlite' | 'postgres' {
  if (database === undefined && planScene(seed, lite).hasDesk && isPostedTo(seed)) return 'postgres'
  return database ?? (createRandom(seed, 'database').chance(lite ? 0.014 : 0.25) ? 'postgres' : 'sqlite')
}

/** With one or two companies to deliver into, and sometimes a second book that delivers into the first of them. */
export function withCompanies(plan: Plan, lite: boolean): Plan {
  const { seed, startMs, nights, book, parts } = plan
  const random = createRandom(seed, 'plan', 'companies')
  const habit = planHabit(seed)
  const policy = planPolicy(random, habit, nights)
  const guest = { name: 'guest', policy: planPolicy(random, habit, nights) }
  const hasGuest = random.chance(lite ? 0.2 : 0.3)
  const home = { book: book.name, policy }
  const homes = hasGuest ? [home, { book: guest.name, policy: guest.policy }] : [home]
  const companies = [planCompany({ seed, name: 'books-1', startMs, nights, homes, keepsRates: true, habit })]
  if (!lite && random.chance(0.4))
    companies.push(planCompany({ seed, name: 'books-2', startMs, nights, homes: [home], keepsRates: false, habit }))
  const ruled = ({ approval, differentApprover, closedPeriod, ...limits }: Policy): readonly string[] => [
    ...book.more.filter((line) => !/^(journals|export):/.test(line)),
    'rates: files/rates.csv',
    `ratesMaxAgeDays: ${planExchange(seed, startMs, nights).maxAgeDays}`,
    `journals: { approval: ${approval}, differentApprover: ${differentApprover}, closedPeriod: ${closedPeriod}${limitsText(limits)} }`,
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
  const changes = homes.flatMap((each): readonly OperatorEvent[] => {
    const { changesTo: closedPeriod, changesBefore: night } = each.policy
    return closedPeriod === null ? [] : [{ night, kind: 'policy', book: each.book, closedPeriod }]
  })
  const operator = [...plan.operator, ...changes]
  // Nights seal by themselves where everything could be read.
  const rates = habit === 'automatic' && random.chance(0.7) ? {} : plan.rates
  return {
    ...plan,
    rates,
    book: { ...book, more: ruled(policy) },
    parts: [...parts, ...companies],
    moreBooks,
    operator,
  }
}

export function homesOf({ book, parts, moreBooks = [] }: Plan): readonly Home[] {
  const signed: TypedLine[] = []
  const create = (part: PartPlan): Part => createPart(part, signed)
  return [{ book, parts }, ...moreBooks].map((home) => ({ book: home.book, parts: home.parts.map(create) }))
}

function createPart(plan: PartPlan, signed: TypedLine[]): Part {
  switch (plan.kind) {
    case 'panel':
      return createPanel(plan)
    case 'company':
      return createCompany(plan, signed)
    case 'money':
      return createMoney(plan)
    case 'desk':
      return createDesk(plan)
  }
}
