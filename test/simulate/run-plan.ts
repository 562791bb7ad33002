/**
 * One run of a plan: its world, its nights with what goes wrong in them, what people do, and what the oracles say. First
 * anything may fail (safety); then nothing does any more, and everything has to come to the truth (liveness).
 */
import { createHash } from 'node:crypto'
import { addReached, type Coverage, merge } from './coverage.ts'
import { createComputer, type Computer } from './kernel/computer.ts'
import { deploy, targetsOf, type Home } from './kernel/deployment.ts'
import { prepareTemplate } from './kernel/files.ts'
import { doFilesAtOnce } from './kernel/files-at-once.ts'
import type { PostgresInstance } from './kernel/postgres-instance.ts'
import { runNight } from './night.ts'
import { approvalRules, checkApprovals } from './oracles/approvals.ts'
import type { Books } from './oracles/books.ts'
import { checkExported } from './oracles/exported.ts'
import { checkPeople } from './oracles/people.ts'
import { checkSealed } from './oracles/sealed.ts'
import { createOvertaking } from './overtaking.ts'
import { decideAll, leftAsking, leftWaiting, type Desk } from './people/decider.ts'
import { missingParts, meetAfterNight, meetBeforeNight, meetOperator, readPagesAgain } from './people/operator.ts'
import {
  booksOf,
  commandOf,
  hasty,
  lossesSaid,
  MINUTE_MS,
  nextHaste,
  perform,
  settleOvertakers,
  type,
  typeTogether,
  type Running,
  type Typed,
} from './running.ts'
import { prove, proveSight } from './proving.ts'
import { storyOf } from './story.ts'
import type { Act, Finding, Part } from './world/part.ts'
import { homesOf, type Plan } from './world/plan.ts'

const DAY_MS = 24 * 60 * MINUTE_MS
/** People do their work an hour before the night at the latest. */
const EVENING_MS = 23 * 60 * MINUTE_MS
const NIGHT_AFTER_MS = 5 * MINUTE_MS
/** What a part's person may type in an evening before it counts as one who never ends. */
const ANSWERS = 40

export interface RunResult {
  readonly findings: readonly Finding[]
  /** Of the whole trace. */
  readonly digest: string
  readonly lines: number
  readonly coverage: Coverage
  /** What the books say at the end, in whatever order it came to be known. */
  readonly booksDigest: string
  /** The lines of the trace that matter to what was found. */
  readonly story: readonly string[]
}

export async function runPlan(plan: Plan): Promise<RunResult> {
  const { posted, ...result } = await runOnce(plan)
  if (plan.comparesArrival !== true) return result
  const other = await runOnce({ ...plan, arrival: plan.arrival === 'backwards' ? undefined : 'backwards' })
  merge(result.coverage, [['operator arrival', 1]])
  const findings = [...result.findings, ...other.findings, ...arrivalMatters(posted, other.posted)]
  return { ...result, findings }
}

/** Whatever comes first of an evening, the books come to the same. */
function arrivalMatters(one: ReadonlySet<string>, other: ReadonlySet<string>): readonly Finding[] {
  const only = [...one].filter((line) => !other.has(line)).concat([...other].filter((line) => !one.has(line)))
  const [first] = only
  if (first === undefined) return []
  return [{ oracle: 'arrival-order', says: `in another order of the same evenings the books differ: ${first}` }]
}

/** Everything a plan needs, before its first night. */
async function begin(plan: Plan): Promise<Running> {
  await prepareTemplate()
  const homes = homesOf(plan)
  const coverage: Coverage = new Map()
  const { database = 'sqlite' } = plan
  const findings: Finding[] = []
  const deployment = deploy(homes, database)
  const overtaking = createOvertaking(
    plan.seed,
    () => computer.timeline,
    () => {
      merge(coverage, [['operator overtakes', 1]])
      return computer.start(commandOf({ deployment }, ['--book', plan.book.name, 'sync']))
    },
  )
  const computer: Computer = createComputer({
    seed: plan.seed,
    startMs: plan.startMs,
    rates: plan.rates,
    env: deployment.env,
    folder: deployment.folder,
    sites: ({ nowMs }) => homes.flatMap(({ parts }) => parts.flatMap((part) => sitesOf(part, nowMs))),
    onFrozen: (ms) => overtaking.begin(ms),
    hasContainers: plan.hasContainers === true,
    onEnd: (argv, stderr) => void findings.push(...lossesSaid(argv, stderr)),
    postgres: database === 'postgres' ? await server() : null,
    count: (boundary, kind) => merge(coverage, [[`fault ${boundary} ${kind}`, 1]]),
  })
  return {
    plan,
    homes,
    deployment,
    computer,
    coverage,
    overtaking,
    undone: [],
    findings,
    history: [],
    pages: [],
    evening: { night: 0, typed: 0 },
    askedMs: new Map(),
  }
}

async function runOnce(plan: Plan): Promise<RunResult & { readonly posted: ReadonlySet<string> }> {
  const running = await begin(plan)
  const { homes, coverage, computer, deployment } = running
  let posted: ReadonlySet<string> = new Set()
  const takeTimeAgain = doFilesAtOnce()
  const before = process.listeners('uncaughtExceptionMonitor')
  try {
    for (let night = 1; night <= plan.nights + plan.quietNights && !isSettled(running, night); night += 1) {
      await liveThrough(running, night)
    }
    running.evening.night = 0
    for (const { book, parts } of homes) {
      await prove(running, book.name)
      const desk = deskOf(running, { book, parts })
      running.findings.push(...(await leftWaiting(desk)), ...(plan.isUnattended === true ? await leftAsking(desk) : []))
      const books = booksOf(running, book.name)
      const isWhole = running.plan.operator.every(({ kind }) => kind !== 'appear')
      const rules = approvalRules(book, isWhole ? targetsOf(homes, book.name) : [])
      running.findings.push(
        ...checkPeople(books, rules),
        ...checkApprovals(books, rules),
        ...checkSealed(books, book.name),
      )
      // A file that books wrote which a backup has taken the place of is not what these know.
      if (
        book.more.some((line) => line.startsWith('export:')) &&
        plan.operator.every(({ kind }) => kind !== 'restore')
      ) {
        const { findings, files } = checkExported(books, book)
        running.findings.push(...findings)
        merge(coverage, [['exported files', files]])
      }
      for (const part of parts) {
        running.findings.push(...part.check(books, 'end'))
        for (const what of part.reached?.(books) ?? []) merge(coverage, [[what, 1]])
      }
    }
    await readPagesAgain(running)
    await proveSight(running)
    addReached(coverage, booksOf(running, plan.book.name))
    posted = postedIn(homes.map(({ book }) => booksOf(running, book.name)))
  } finally {
    takeTimeAgain()
    // A daemon that was killed has not taken its own away.
    for (const each of process.listeners('uncaughtExceptionMonitor'))
      if (!before.includes(each)) process.off('uncaughtExceptionMonitor', each)
    computer.files.close()
    deployment.remove()
  }
  return {
    findings: running.findings,
    digest: computer.trace.digest(),
    lines: computer.trace.lines(),
    coverage,
    booksDigest: createHash('sha256')
      .update([...posted].toSorted().join('\n'))
      .digest('hex'),
    posted,
    story: running.findings.length === 0 ? [] : storyOf(computer.trace.kept(), running.findings),
  }
}

/** Loaded by runs that need it alone. */
async function server(): Promise<PostgresInstance> {
  const { claimPostgres } = await import('./kernel/postgres-instance.ts')
  return claimPostgres()
}

/** Two quiet nights have passed, nothing waits for anybody, and everything is as it should be: no further night is needed. */
function isSettled(running: Running, night: number): boolean {
  if (night <= running.plan.nights + 2 || running.undone.length > 0) return false
  return running.homes.every(({ book, parts }) => {
    const books = booksOf(running, book.name)
    return books.openExceptions().length === 0 && parts.every((part) => part.check(books, 'end').length === 0)
  })
}

/**
 * Totals by source, object, kind, account and currency: the order and the time of learning are not in it. Lines of
 * statements, and what is expected, are numbered as they come, so those of an account or a source count together.
 */
function postedIn(all: readonly Books[]): ReadonlySet<string> {
  const sums = new Map<string, bigint>()
  for (const [nth, books] of all.entries()) {
    for (const { source, object, kind, account, currency, amount } of books.posted()) {
      const key = ['book', nth + 1, source, object.replace(/^(line|item):.*/, '$1'), kind, account, currency].join(' ')
      sums.set(key, (sums.get(key) ?? 0n) + amount)
    }
  }
  return new Set([...sums].filter(([, sum]) => sum !== 0n).map(([key, sum]) => `${key} ${sum}`))
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

function deskOf(running: Running, { book, parts }: Home): Desk {
  const { name } = book
  const allowed = [0, 1, 2]
  return {
    parts,
    isOfTwo: approvalRules(book).isOfTwo,
    books: () => booksOf(running, name),
    type: async (argv) => {
      const haste = argv[1] === 'show' ? null : nextHaste(running)
      if (haste === 'together') await typeTogether(running, name, { argv, allowed })
      const end = await type(running, name, haste === null ? { argv, allowed } : hasty({ argv, allowed }))
      if (haste === 'again') await type(running, name, hasty({ argv, allowed }))
      return end
    },
  }
}

async function liveThrough(running: Running, night: number): Promise<void> {
  const { plan, homes, computer, findings, coverage, history, deployment } = running
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
  const missing = missingParts(running, night)
  deployment.configure({ missing })
  await meetOperator(running, night)
  const isNobodyThere = !isQuiet && plan.operator.some((event) => event.kind === 'late' && event.night === night)
  if (!isNobodyThere) await liveEvening(running, eveningMs, isQuiet, acts)
  // The first quiet night shows what closes by itself.
  if (night > plan.nights + 1 && plan.isUnattended !== true)
    for (const home of homes) findings.push(...(await decideAll(deskOf(running, home))))
  if (!isQuiet) meetBeforeNight(running, night)
  await computer.timeline.passTo(plan.startMs + night * DAY_MS + NIGHT_AFTER_MS)
  computer.faults.takeCount()
  await runNight(running, isQuiet)
  await settleOvertakers(running)
  if (!isQuiet) await meetAfterNight(running, night)
  for (const { book, parts } of homes) {
    const books = booksOf(running, book.name)
    for (const part of parts) if (!missing.has(part.name)) findings.push(...part.check(books, 'night'))
  }
  // What waits for somebody is seen before it is decided.
  if (night === plan.nights) addReached(coverage, booksOf(running, plan.book.name))
  if (!isQuiet) merge(coverage, [[`nights with ${Math.min(2, computer.faults.takeCount())} faults`, 1]])
  const last = history.at(-1)
  if (last !== undefined && plan.operator.some(({ kind }) => kind === 'restore')) {
    last.backup = computer.files.copy(running.deployment.databaseUrl)
  }
}

/** What people do because of each part of the world, since they were asked last. */
async function liveEvening(running: Running, eveningMs: number, isQuiet: boolean, acts: Typed[]): Promise<void> {
  const { plan, homes, askedMs, evening, computer } = running
  const missing = missingParts(running, evening.night)
  for (const typed of running.undone.splice(0)) await perform(running, typed)
  const isBackwards = plan.arrival === 'backwards'
  for (const { book, parts } of isBackwards ? homes.toReversed() : homes) {
    for (const part of isBackwards ? parts.toReversed() : parts) {
      part.advance(computer.timeline.nowMs())
      if (missing.has(part.name)) continue
      const fromMs = askedMs.get(part.name) ?? plan.startMs + EVENING_MS - DAY_MS
      askedMs.set(part.name, eveningMs)
      const work = part.acts(fromMs, eveningMs, { isQuiet, books: booksOf(running, book.name) })
      for (const act of isBackwards && Array.isArray(work) ? (work as readonly Act[]).toReversed() : work) {
        const typed = { book: act.book ?? book.name, act }
        acts.push(typed)
        await perform(running, typed)
        // Whoever had to type it again and again does the next thing later.
        part.advance(computer.timeline.nowMs())
      }
      await answer(running, { book, part }, eveningMs)
    }
  }
}

/** A part's person answers what is open until nothing is left to say. */
async function answer(
  running: Running,
  { book, part }: { readonly book: Home['book']; readonly part: Part },
  nowMs: number,
): Promise<void> {
  for (let typed = 0; typed < ANSWERS;) {
    const acts = part.answers?.(booksOf(running, book.name), nowMs) ?? []
    if (acts.length === 0) return
    for (const act of acts) await perform(running, { book: book.name, act })
    typed += acts.length
  }
  running.findings.push({ oracle: 'never-decided', says: `${part.name} asks for more than ${ANSWERS} answers` })
}
