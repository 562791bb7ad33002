/**
 * One run of a plan: its world, its nights with what goes wrong in them, what people do, and what the oracles say. First
 * anything may fail (safety); then nothing does any more, and everything has to come to the truth (liveness).
 */
import { createComputer, type CommandEnd } from './kernel/computer.ts'
import { deploy } from './kernel/deployment.ts'
import { prepareTemplate } from './kernel/files.ts'
import { readBooks } from './oracles/books.ts'
import { brokenLedger } from './oracles/ledger.ts'
import type { Act, Finding } from './world/part.ts'
import { homesOf, type Plan } from './world/plan.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

export interface RunResult {
  readonly findings: readonly Finding[]
  /** Of the whole trace. */
  readonly digest: string
  readonly lines: number
  /** How often each fault was hit: "panel-1.panel.test lost-after". */
  readonly hits: ReadonlyMap<string, number>
  /** What parts say they have come to, and how often: "outbox held". */
  readonly reached: ReadonlyMap<string, number>
  /** The newest lines of the trace. */
  readonly tail: readonly string[]
}

/** Times a person, or a scheduler, types the same command again after it was killed or could not be done. */
const ATTEMPTS = 20

export async function runPlan(plan: Plan): Promise<RunResult> {
  await prepareTemplate()
  const homes = homesOf(plan)
  const parts = homes.flatMap((home) => home.parts)
  const hits = new Map<string, number>()
  const deployment = deploy(homes)
  const computer = createComputer({
    seed: plan.seed,
    startMs: plan.startMs,
    rates: plan.rates,
    env: deployment.env,
    folder: deployment.folder,
    sites: ({ nowMs }) =>
      parts.flatMap(({ sites, advance }) =>
        sites.map((site) => ({
          ...site,
          answer: (request: Parameters<typeof site.answer>[0]) => {
            advance(nowMs())
            return site.answer(request)
          },
        })),
      ),
    count: (boundary, kind) => void hits.set(`${boundary} ${kind}`, (hits.get(`${boundary} ${kind}`) ?? 0) + 1),
  })
  const findings: Finding[] = []
  const raw = (): ReturnType<typeof computer.files.rawOf> => computer.files.rawOf(deployment.databaseUrl)
  const type = async (book: string, act: Pick<Act, 'argv' | 'allowed' | 'paste'>): Promise<void> => {
    const { argv, allowed = [0, 1], paste } = act
    let end: CommandEnd | null = null
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      end = await computer.run(['--config', deployment.configFile, '--book', book, ...argv], paste)
      if (end.exitCode === null) findings.push(...brokenLedger(raw()))
      if (end.exitCode !== null && allowed.includes(end.exitCode)) return
      if (end.exitCode !== null && end.exitCode !== 75) break
    }
    const words = argv.map((word) => word.replace(deployment.folder, '.')).join(' ')
    findings.push({ oracle: 'exit-code', says: `tieout ${words} ends with ${end?.exitCode}: ${end?.stderr}` })
  }
  const reached = new Map<string, number>()
  try {
    let doneMs = plan.startMs
    for (let night = 1; night <= plan.nights + plan.quietNights; night += 1) {
      const isQuiet = night > plan.nights
      if (night === plan.nights + 1) computer.faults.stop()
      const nightMs = plan.startMs + night * DAY_MS
      const eveningMs = nightMs - HOUR_MS
      await computer.timeline.passTo(eveningMs)
      for (const { book, parts: own } of homes) {
        for (const part of own) {
          part.advance(eveningMs)
          for (const act of part.acts(doneMs, eveningMs, isQuiet))
            await type(act.book ?? book.name, { ...act, argv: deployment.argumentsOf(act) })
        }
      }
      doneMs = eveningMs
      await computer.timeline.passTo(nightMs + 5 * 60_000)
      for (const { book } of homes) await type(book.name, { argv: ['sync'] })
      for (const { book, parts: own } of homes) {
        const books = readBooks(raw(), book.name)
        for (const part of own) findings.push(...part.check(books, 'night'))
      }
    }
    for (const { book, parts: own } of homes) {
      await type(book.name, { argv: ['ledger', 'verify'], allowed: [0] })
      await type(book.name, { argv: ['ledger', 'replay', '--into', `sqlite:replay-${book.name}.db`], allowed: [0] })
      const books = readBooks(raw(), book.name)
      for (const part of own) {
        findings.push(...part.check(books, 'end'))
        for (const what of part.reached?.(books) ?? []) reached.set(what, (reached.get(what) ?? 0) + 1)
      }
    }
  } finally {
    deployment.remove()
  }
  const { trace } = computer
  return { findings, digest: trace.digest(), lines: trace.lines(), hits, reached, tail: trace.tail(60) }
}
