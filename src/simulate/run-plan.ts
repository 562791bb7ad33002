/**
 * One run of a plan: its world, its nights with what goes wrong in them, what people do, and what the oracles say. First
 * anything may fail (safety); then nothing does any more, and everything has to come to the truth (liveness).
 */
import { createHash } from 'node:crypto'
import { addReached, type Coverage, merge } from './coverage.ts'
import { createComputer, type CommandEnd, type Computer } from './kernel/computer.ts'
import { deploy, type Deployment, type Home } from './kernel/deployment.ts'
import { prepareTemplate } from './kernel/files.ts'
import { readBooks, type Books } from './oracles/books.ts'
import { brokenLedger } from './oracles/ledger.ts'
import { decideAll, leftWaiting, type Desk } from './people/decider.ts'
import type { Act, Finding, Part } from './world/part.ts'
import { homesOf, type Plan } from './world/plan.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
/** People do their work an hour before the night at the latest. */
const EVENING_MS = 23 * HOUR_MS
const NIGHT_AFTER_MS = 5 * MINUTE_MS
/** Times a person, or a scheduler, types the same command again after it was killed or could not be done. */
const ATTEMPTS = 20
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
  /** The newest lines of the trace, oldest first. */
  readonly tail: readonly string[]
}

interface Running {
  /** What could not be done on an evening, and is tried on the next one. */
  readonly undone: Typed[]
  readonly plan: Plan
  readonly homes: readonly Home[]
  readonly deployment: Deployment
  readonly computer: Computer
  readonly findings: Finding[]
  readonly coverage: Coverage
  /** What was typed on which night, and a backup of the books after each. */
  readonly history: { readonly night: number; readonly acts: Typed[]; backup: Buffer | null }[]
}

/** An act at the book it is about. */
interface Typed {
  readonly book: string
  readonly act: Act
}

export async function runPlan(plan: Plan): Promise<RunResult> {
  await prepareTemplate()
  const homes = homesOf(plan)
  const coverage: Coverage = new Map()
  const deployment = deploy(homes)
  const computer = createComputer({
    seed: plan.seed,
    startMs: plan.startMs,
    rates: plan.rates,
    env: deployment.env,
    folder: deployment.folder,
    sites: ({ nowMs }) => homes.flatMap(({ parts }) => parts.flatMap((part) => sitesOf(part, nowMs))),
    count: (boundary, kind) => merge(coverage, [[`fault ${boundary} ${kind}`, 1]]),
  })
  const running: Running = { plan, homes, deployment, computer, coverage, undone: [], findings: [], history: [] }
  let booksDigest = ''
  try {
    for (let night = 1; night <= plan.nights + plan.quietNights; night += 1) await liveThrough(running, night)
    for (const { book, parts } of homes) {
      await prove(running, book.name)
      running.findings.push(...(await leftWaiting(deskOf(running, { book, parts }))))
      const books = booksOf(running, book.name)
      for (const part of parts) {
        running.findings.push(...part.check(books, 'end'))
        for (const what of part.reached?.(books) ?? []) merge(coverage, [[what, 1]])
      }
    }
    addReached(coverage, booksOf(running, plan.book.name))
    booksDigest = digestOf(homes.map(({ book }) => booksOf(running, book.name)))
  } finally {
    computer.files.close()
    deployment.remove()
  }
  const { trace } = computer
  return {
    findings: running.findings,
    digest: trace.digest(),
    lines: trace.lines(),
    coverage,
    booksDigest,
    tail: trace.tail(60),
  }
}

/** Totals by source, object, kind, account and currency: the order and the time of learning are not in it. */
function digestOf(all: readonly Books[]): string {
  const hash = createHash('sha256')
  for (const books of all) {
    for (const line of books.posted()) {
      if (line.amount !== 0n) hash.update(`${Object.values(line).map(String).join('|')}\n`)
    }
    hash.update('book\n')
  }
  return hash.digest('hex')
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

function booksOf({ computer, deployment }: Running, book: string): Books {
  return readBooks(() => computer.files.rawOf(deployment.databaseUrl), book)
}

/** The program proves the whole book, and derives it again from what was landed. */
async function prove(running: Running, book: string): Promise<void> {
  await type(running, book, { argv: ['ledger', 'verify'], allowed: [0] })
  if (!running.plan.replays) return
  await type(running, book, { argv: ['ledger', 'replay', '--into', `sqlite:replay-${book}.db`], allowed: [0] })
}

function deskOf(running: Running, { book: { name }, parts }: Home): Desk {
  return {
    parts,
    books: () => booksOf(running, name),
    type: (argv) => type(running, name, { argv, allowed: [0, 1, 2] }),
  }
}

async function liveThrough(running: Running, night: number): Promise<void> {
  const { plan, homes, computer, findings, coverage, history } = running
  if (night === plan.nights + 1) {
    computer.faults.stop()
    computer.skewClock(0)
  }
  const isQuiet = night > plan.nights
  const eveningMs = plan.startMs + (night - 1) * DAY_MS + EVENING_MS
  await computer.timeline.passTo(eveningMs)
  const acts: Typed[] = []
  history.push({ night, acts, backup: null })
  for (const part of homes.flatMap(({ parts }) => parts)) part.advance(eveningMs)
  if (!isQuiet) await meetOperator(running, night)
  for (const typed of running.undone.splice(0)) await perform(running, typed)
  const isBackwards = plan.arrival === 'backwards'
  for (const { book, parts } of isBackwards ? homes.toReversed() : homes) {
    for (const part of isBackwards ? parts.toReversed() : parts) {
      part.advance(computer.timeline.nowMs())
      const evening = { isQuiet, books: booksOf(running, book.name) }
      for (const act of part.acts(eveningMs - DAY_MS, eveningMs, evening)) {
        const typed = { book: act.book ?? book.name, act }
        acts.push(typed)
        await perform(running, typed)
        // Whoever had to type it again and again does the next thing later.
        part.advance(computer.timeline.nowMs())
      }
      await answer(running, { book, part }, eveningMs)
    }
  }
  // The first quiet night shows what closes by itself.
  if (night > plan.nights + 1) for (const home of homes) await decideAll(deskOf(running, home))
  await computer.timeline.passTo(plan.startMs + night * DAY_MS + NIGHT_AFTER_MS)
  computer.faults.takeCount()
  await runNight(running, isQuiet)
  for (const { book, parts } of homes) {
    const books = booksOf(running, book.name)
    for (const part of parts) findings.push(...part.check(books, 'night'))
  }
  if (!isQuiet) merge(coverage, [[`nights with ${Math.min(2, computer.faults.takeCount())} faults`, 1]])
  const last = history.at(-1)
  if (last !== undefined && plan.operator.some(({ kind }) => kind === 'restore')) {
    last.backup = computer.files.copy(running.deployment.databaseUrl)
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

/** What whoever runs the machine does by day, or what happens to it. */
async function meetOperator(running: Running, night: number): Promise<void> {
  const { plan, computer, deployment, history, coverage } = running
  for (const event of plan.operator.filter((each) => each.night === night)) {
    merge(coverage, [[`operator ${event.kind}`, 1]])
    computer.trace.add(`the operator: ${event.kind}`)
    if (event.kind === 'clock') computer.skewClock(event.aheadMs)
    if (event.kind === 'verify') await type(running, plan.book.name, { argv: ['ledger', 'verify'], allowed: [0] })
    if (event.kind === 'twice') {
      const sync = (): Promise<CommandEnd> => computer.start(commandOf(running, ['--book', plan.book.name, 'sync']))
      const ends = [sync(), sync()]
      await computer.timeline.drive(Promise.all(ends))
    }
    if (event.kind === 'restore') {
      const from = history.findLast((each) => each.backup !== null && each.night <= night - event.nightsBack)
      if (from === undefined || from.backup === null) continue
      computer.files.restore(deployment.databaseUrl, from.backup)
      // What people had put in since is put in again.
      for (const { acts } of history.filter((each) => each.night > from.night && each.night < night)) {
        for (const typed of acts.filter(({ act }) => act.isTypedOnce !== true)) await perform(running, typed)
      }
    }
  }
}

async function runNight(running: Running, isQuiet: boolean): Promise<void> {
  const { plan, homes, computer } = running
  if (plan.runner === 'sync') {
    for (const { book } of homes) await type(running, book.name, { argv: ['sync'] })
    return
  }
  const fromMs = computer.timeline.nowMs()
  const untilMs = fromMs + (isQuiet ? 20 : 40) * MINUTE_MS
  while (computer.timeline.nowMs() < untilMs && !isNightDone(running, fromMs)) {
    const stop = new AbortController()
    const daemon = computer.start(commandOf(running, ['serve', '--port', '0']), stop.signal)
    const isOver = { value: false }
    void daemon.then(() => (isOver.value = true))
    while (!isOver.value && computer.timeline.nowMs() < untilMs && !isNightDone(running, fromMs)) {
      await computer.timeline.passTo(computer.timeline.nowMs() + MINUTE_MS)
    }
    // One that was killed is started again, as a service manager would.
    if (isOver.value) continue
    stop.abort(new Error('SIGTERM'))
    await computer.timeline.drive(daemon)
  }
  if (!isQuiet || isNightDone(running, fromMs)) return
  running.findings.push({
    oracle: 'night-not-done',
    says: 'nothing goes wrong, and the night was not done in 20 minutes',
  })
}

/** Whether the nights of all books that were due after that instant are said to be done. */
function isNightDone(running: Running, fromMs: number): boolean {
  const sql = "select count(*) as count from schedule_tick where status = 'done' and due_at_ms >= ?"
  const rows = booksOf(running, running.plan.book.name).rows(sql, BigInt(fromMs))
  return Number(rows[0]?.['count']) >= running.homes.length
}

function commandOf({ deployment }: Running, argv: readonly string[]): readonly string[] {
  return ['--config', deployment.configFile, ...argv]
}

async function perform(running: Running, typed: Typed): Promise<void> {
  const { book, act } = typed
  const { isTypedOnce = false, beside, allowed = [0, 1] } = act
  const { computer } = running
  const other = beside === undefined ? null : computer.start(commandOf(running, ['--book', book, ...beside]))
  const { exitCode } = await type(
    running,
    book,
    { ...act, argv: running.deployment.argumentsOf(act) },
    isTypedOnce ? 1 : ATTEMPTS,
  )
  if (other !== null) {
    const end = await computer.timeline.drive(other)
    if (end.exitCode !== null && ![...allowed, 75].includes(end.exitCode)) {
      const says = `tieout ${beside?.join(' ')} beside another ends with ${end.exitCode}: ${end.stderr.trim()}`
      running.findings.push({ oracle: 'exit-code', says })
    }
  }
  if (!isTypedOnce && (exitCode === null || exitCode === 75)) running.undone.push(typed)
}

/** Types a command until it comes to its end; what it may not end with is a finding. */
async function type(
  running: Running,
  book: string,
  { argv, allowed = [0, 1], allowedAgain = allowed, paste }: Pick<Act, 'argv' | 'allowed' | 'allowedAgain' | 'paste'>,
  attempts = ATTEMPTS,
): Promise<CommandEnd> {
  const { computer, deployment, findings } = running
  let end: CommandEnd = { exitCode: null, stdout: '', stderr: '' }
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    end = await computer.run(commandOf(running, ['--book', book, ...argv]), paste)
    // What a killed command leaves must be whole books.
    if (end.exitCode === null) findings.push(...brokenLedger(computer.files.rawOf(deployment.databaseUrl)))
    const taken = attempt === 1 ? allowed : [...allowed, ...allowedAgain]
    if (end.exitCode !== null && taken.includes(end.exitCode)) return end
    if (end.exitCode !== null && end.exitCode !== 75) break
    await computer.timeline.passTo(computer.timeline.nowMs() + MINUTE_MS)
  }
  // Killed or busy again and again is what was asked for; everything else is not.
  if (end.exitCode === null || end.exitCode === 75) return end
  const words = [...argv, `ends with ${end.exitCode}: ${end.stderr.trim()}`].join(' ')
  findings.push({ oracle: 'exit-code', says: `tieout ${words.replaceAll(deployment.folder, '.')}` })
  return end
}
