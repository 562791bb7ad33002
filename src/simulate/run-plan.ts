/**
 * One run of a plan: its world, its nights with what goes wrong in them, what people do, and what the oracles say. First
 * anything may fail (safety); then nothing does any more, and everything has to come to the truth (liveness).
 */
import { addReached, type Coverage, merge } from './coverage.ts'
import { createComputer, type CommandEnd, type Computer } from './kernel/computer.ts'
import { deploy, type Deployment } from './kernel/deployment.ts'
import { prepareTemplate } from './kernel/files.ts'
import { readBooks, type Books } from './oracles/books.ts'
import { decideAll, leftWaiting, type Desk } from './people/decider.ts'
import type { Act, Finding, Part } from './world/part.ts'
import { createPart, type Plan } from './world/plan.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
/** People do their work an hour before the night at the latest. */
const EVENING_MS = 23 * HOUR_MS
const NIGHT_AFTER_MS = 5 * MINUTE_MS
/** Times a person, or a scheduler, types the same command again after it was killed or could not be done. */
const ATTEMPTS = 20

export interface RunResult {
  readonly findings: readonly Finding[]
  /** Of the whole trace. */
  readonly digest: string
  readonly lines: number
  readonly coverage: Coverage
  /** The newest lines of the trace, oldest first. */
  readonly tail: readonly string[]
}

interface Running {
  /** What could not be done on an evening, and is tried on the next one. */
  readonly undone: Act[]
  readonly plan: Plan
  readonly parts: readonly Part[]
  readonly deployment: Deployment
  readonly computer: Computer
  readonly findings: Finding[]
  readonly coverage: Coverage
  /** What was typed on which night, and a backup of the books after each. */
  readonly history: { readonly night: number; readonly acts: readonly Act[]; backup: Buffer | null }[]
}

export async function runPlan(plan: Plan): Promise<RunResult> {
  await prepareTemplate()
  const parts = plan.parts.map(createPart)
  const coverage: Coverage = new Map()
  const deployment = deploy(plan.book, parts)
  const computer = createComputer({
    seed: plan.seed,
    startMs: plan.startMs,
    rates: plan.rates,
    env: deployment.env,
    folder: deployment.folder,
    sites: ({ nowMs }) => parts.flatMap((part) => sitesOf(part, nowMs)),
    count: (boundary, kind) => merge(coverage, [[`fault ${boundary} ${kind}`, 1]]),
  })
  const running: Running = { plan, parts, deployment, computer, coverage, undone: [], findings: [], history: [] }
  try {
    for (let night = 1; night <= plan.nights + plan.quietNights; night += 1) await liveThrough(running, night)
    await type(running, ['ledger', 'verify'], [0])
    running.findings.push(...(await leftWaiting(deskOf(running))))
    const books = booksOf(running)
    for (const part of parts) running.findings.push(...part.check(books, 'end'))
    addReached(coverage, books)
  } finally {
    computer.files.close()
    deployment.remove()
  }
  const { trace } = computer
  return { findings: running.findings, digest: trace.digest(), lines: trace.lines(), coverage, tail: trace.tail(60) }
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

function booksOf({ computer, deployment, plan }: Running): Books {
  return readBooks(computer.files.rawOf(deployment.databaseUrl), plan.book.name)
}

function deskOf(running: Running): Desk {
  return { parts: running.parts, books: () => booksOf(running), type: (argv) => type(running, argv, [0, 1, 2]) }
}

async function liveThrough(running: Running, night: number): Promise<void> {
  const { plan, parts, computer, findings, coverage, history } = running
  if (night === plan.nights + 1) {
    computer.faults.stop()
    computer.skewClock(0)
  }
  const isQuiet = night > plan.nights
  const eveningMs = plan.startMs + (night - 1) * DAY_MS + EVENING_MS
  await computer.timeline.passTo(eveningMs)
  const acts = parts.flatMap((part) => {
    part.advance(eveningMs)
    return part.acts(eveningMs - DAY_MS, eveningMs, booksOf(running))
  })
  history.push({ night, acts, backup: null })
  if (!isQuiet) await meetOperator(running, night)
  for (const act of [...running.undone.splice(0), ...acts]) await perform(running, act)
  // The first quiet night shows what closes by itself.
  if (night > plan.nights + 1) await decideAll(deskOf(running))
  await computer.timeline.passTo(plan.startMs + night * DAY_MS + NIGHT_AFTER_MS)
  computer.faults.takeCount()
  await runNight(running, isQuiet)
  const books = booksOf(running)
  for (const part of parts) findings.push(...part.check(books, 'night'))
  if (!isQuiet) merge(coverage, [[`nights with ${Math.min(2, computer.faults.takeCount())} faults`, 1]])
  const last = history.at(-1)
  if (last !== undefined && plan.operator.some(({ kind }) => kind === 'restore')) {
    last.backup = computer.files.copy(running.deployment.databaseUrl)
  }
}

/** What whoever runs the machine does by day, or what happens to it. */
async function meetOperator(running: Running, night: number): Promise<void> {
  const { plan, computer, deployment, history, coverage } = running
  for (const event of plan.operator.filter((each) => each.night === night)) {
    merge(coverage, [[`operator ${event.kind}`, 1]])
    computer.trace.add(`the operator: ${event.kind}`)
    if (event.kind === 'clock') computer.skewClock(event.aheadMs)
    if (event.kind === 'verify') await type(running, ['ledger', 'verify'], [0])
    if (event.kind === 'twice') {
      const ends = [computer.start(commandOf(running, ['sync'])), computer.start(commandOf(running, ['sync']))]
      await computer.timeline.drive(Promise.all(ends))
    }
    if (event.kind === 'restore') {
      const from = history.findLast((each) => each.backup !== null && each.night <= night - event.nightsBack)
      if (from === undefined || from.backup === null) continue
      computer.files.restore(deployment.databaseUrl, from.backup)
      // What people had put in since is put in again.
      for (const { acts } of history.filter((each) => each.night > from.night && each.night < night)) {
        for (const act of acts.filter(({ isTypedOnce }) => isTypedOnce !== true)) await perform(running, act)
      }
    }
  }
}

async function runNight(running: Running, isQuiet: boolean): Promise<void> {
  const { plan, computer } = running
  if (plan.runner === 'sync') {
    await type(running, ['sync'])
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

/** Whether a night that was due after that instant is said to be done. */
function isNightDone(running: Running, fromMs: number): boolean {
  const sql = "select count(*) as count from schedule_tick where status = 'done' and due_at_ms >= ?"
  return Number(booksOf(running).rows(sql, BigInt(fromMs))[0]?.['count']) > 0
}

function commandOf({ deployment }: Running, argv: readonly string[]): readonly string[] {
  return ['--config', deployment.configFile, ...argv]
}

async function perform(running: Running, act: Act): Promise<void> {
  const { isTypedOnce = false, allowed } = act
  const argv = running.deployment.argumentsOf(act)
  const { exitCode } = await type(running, argv, allowed, isTypedOnce ? 1 : ATTEMPTS)
  if (!isTypedOnce && (exitCode === null || exitCode === 75)) running.undone.push(act)
}

/** Types a command until it comes to its end; what it may not end with is a finding. */
async function type(
  running: Running,
  argv: readonly string[],
  allowed: readonly number[] = [0, 1],
  attempts = ATTEMPTS,
): Promise<CommandEnd> {
  const { computer, deployment, findings } = running
  let end: CommandEnd = { exitCode: null, stdout: '', stderr: '' }
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    end = await computer.run(commandOf(running, argv))
    if (end.exitCode !== null && allowed.includes(end.exitCode)) return end
    if (end.exitCode !== null && end.exitCode !== 75) break
    await computer.timeline.passTo(computer.timeline.nowMs() + MINUTE_MS)
  }
  // Killed or busy again and again is what was asked for; everything else is not.
  if (end.exitCode === null || end.exitCode === 75) return end
  const words = [...argv, `ends with ${end.exitCode}: ${end.stderr.trim()}`].join(' ')
  findings.push({ oracle: 'exit-code', says: `tieout ${words.replaceAll(deployment.folder, '.')}` })
  return end
}
