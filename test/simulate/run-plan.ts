/**
 * One run of a plan: its world, its nights with what goes wrong in them, what people do, and what the oracles say. First
 * anything may fail (safety); then nothing does any more, and everything has to come to the truth (liveness).
 */
import { createComputer, type Computer } from './kernel/computer.ts'
import { deploy } from './kernel/deployment.ts'
import { prepareTemplate } from './kernel/files.ts'
import { doFilesAtOnce } from './kernel/files-at-once.ts'
import type { PostgresInstance } from './kernel/postgres-instance.ts'
import { runNight } from './night.ts'
import { checkSealed } from './oracles/sealed.ts'
import { createOvertaking } from './overtaking.ts'
import { meetOperator } from './people/operator.ts'
import {
  booksOf,
  commandOf,
  lossesSaid,
  MINUTE_MS,
  perform,
  proveLedger,
  settleOvertakers,
  tell,
  type,
  type Running,
  type Typed,
} from './running.ts'
import { storyOf } from './story.ts'
import type { Finding, Part } from './world/part.ts'
import { homesOf, type Plan } from './world/plan.ts'

const DAY_MS = 24 * 60 * MINUTE_MS
/** People do their work an hour before the night at the latest. */
const EVENING_MS = 23 * 60 * MINUTE_MS
const NIGHT_AFTER_MS = 5 * MINUTE_MS

export interface RunResult {
  readonly findings: readonly Finding[]
  /** Of the whole trace. */
  readonly digest: string
  readonly lines: number
  /** How often something went wrong on purpose. */
  readonly faults: number
  /** The lines of the trace that matter to what was found. */
  readonly story: readonly string[]
}

export async function runPlan(plan: Plan): Promise<RunResult> {
  const running = await begin(plan)
  const { computer, deployment, findings } = running
  const takeTimeAgain = doFilesAtOnce()
  const before = process.listeners('uncaughtExceptionMonitor')
  try {
    for (let night = 1; night <= plan.nights + plan.quietNights && !isSettled(running, night); night += 1) {
      await liveThrough(running, night)
    }
    await proveAll(running)
  } finally {
    takeTimeAgain()
    // A daemon that was killed has not taken its own away.
    for (const each of process.listeners('uncaughtExceptionMonitor'))
      if (!before.includes(each)) process.off('uncaughtExceptionMonitor', each)
    computer.files.close()
    deployment.remove()
  }
  return {
    findings,
    digest: computer.trace.digest(),
    lines: computer.trace.lines(),
    faults: computer.faults.hits(),
    story: findings.length === 0 ? [] : storyOf(computer.trace.kept(), findings),
  }
}

/** Everything a plan needs, before its first night. */
async function begin(plan: Plan): Promise<Running> {
  await prepareTemplate()
  const homes = homesOf(plan)
  const { database = 'sqlite' } = plan
  const findings: Finding[] = []
  const deployment = deploy(homes, database)
  const overtaking = createOvertaking(
    plan.seed,
    () => computer.timeline,
    () => computer.start(commandOf({ deployment }, ['--book', plan.book.name, 'sync'])),
  )
  const computer: Computer = createComputer({
    seed: plan.seed,
    startMs: plan.startMs,
    rates: plan.rates,
    env: deployment.env,
    folder: deployment.folder,
    sites: ({ nowMs }) => homes.flatMap(({ parts }) => parts.flatMap((part) => sitesOf(part, nowMs))),
    onFrozen: (ms) => overtaking.begin(ms),
    hasContainers: plan.hasContainers,
    onEnd: (argv, stderr) => tell({ findings, computer }, lossesSaid(argv, stderr)),
    postgres: database === 'postgres' ? await server() : null,
  })
  return {
    plan,
    homes,
    deployment,
    computer,
    overtaking,
    undone: [],
    findings,
    history: [],
    evening: { night: 0, typed: 0 },
    askedMs: new Map(),
  }
}

/** The program proves each whole book, and derives it again from what was landed; then the oracles look. */
async function proveAll(running: Running): Promise<void> {
  const { plan, homes } = running
  running.evening.night = 0
  for (const { book, parts } of homes) {
    const argv = ['ledger', 'verify', ...(plan.replays ? ['--rebuild'] : [])]
    await type(running, book.name, { argv, allowed: [0] })
    const books = booksOf(running, book.name)
    tell(running, checkSealed(books, book.name))
    for (const part of parts) tell(running, part.check(books, 'end'))
  }
  proveLedger(running)
}

/** Loaded by runs that need it alone. */
async function server(): Promise<PostgresInstance> {
  const { claimPostgres } = await import('./kernel/postgres-instance.ts')
  return claimPostgres()
}

/** Two quiet nights have passed and everything is as it should be: no further night is needed. */
function isSettled(running: Running, night: number): boolean {
  if (night <= running.plan.nights + 2 || running.undone.length > 0) return false
  return running.homes.every(({ book, parts }) => {
    const books = booksOf(running, book.name)
    return parts.every((part) => part.check(books, 'end').length === 0)
  })
}

/** The world has moved on to the instant before anything answers. */
function sitesOf({ sites, advance }: Part, nowMs: () => number): Part['sites'] {
  return sites.map((site) => ({
    ...site,
    answer: (request) => {
      advance(nowMs())
      return site.answer(request)
    },
  }))
}

async function liveThrough(running: Running, night: number): Promise<void> {
  const { plan, homes, computer, history, deployment } = running
  if (night === plan.nights + 1) {
    computer.faults.stop()
    computer.skewClock(0)
  }
  const isQuiet = night > plan.nights
  const eveningMs = plan.startMs + (night - 1) * DAY_MS + EVENING_MS
  await computer.timeline.passTo(eveningMs)
  Object.assign(running.evening, { night, typed: 0 })
  const acts: Typed[] = []
  history.push({ night, acts, backup: null })
  for (const part of homes.flatMap(({ parts }) => parts)) part.advance(eveningMs)
  await meetOperator(running, night)
  const isNobodyThere = !isQuiet && plan.operator.some((event) => event.kind === 'late' && event.night === night)
  if (!isNobodyThere) await liveEvening(running, eveningMs, isQuiet, acts)
  await computer.timeline.passTo(plan.startMs + night * DAY_MS + NIGHT_AFTER_MS)
  await runNight(running, isQuiet)
  await settleOvertakers(running)
  for (const { book, parts } of homes) {
    const books = booksOf(running, book.name)
    for (const part of parts) tell(running, part.check(books, 'night'))
  }
  const last = history.at(-1)
  if (last !== undefined && plan.operator.some(({ kind }) => kind === 'restore')) {
    last.backup = computer.files.copy(deployment.databaseUrl)
  }
}

/** What people do because of each part of the world, since they were asked last. */
async function liveEvening(running: Running, eveningMs: number, isQuiet: boolean, acts: Typed[]): Promise<void> {
  const { plan, homes, askedMs, computer } = running
  for (const typed of running.undone.splice(0)) await perform(running, typed)
  for (const { book, parts } of homes) {
    for (const part of parts) {
      part.advance(computer.timeline.nowMs())
      const fromMs = askedMs.get(part.name) ?? plan.startMs + EVENING_MS - DAY_MS
      askedMs.set(part.name, eveningMs)
      for (const act of part.acts(fromMs, eveningMs, { isQuiet, books: booksOf(running, book.name) })) {
        const typed = { book: act.book ?? book.name, act }
        acts.push(typed)
        await perform(running, typed)
        // Whoever had to type it again and again does the next thing later.
        part.advance(computer.timeline.nowMs())
      }
    }
  }
}
