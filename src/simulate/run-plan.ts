/**
 * One run of a plan: its world, its nights with what goes wrong in them, what people do, and what the oracles say. First
 * anything may fail (safety); then nothing does any more, and everything has to come to the truth (liveness).
 */
import { createComputer, type CommandEnd } from './kernel/computer.ts'
import { deploy } from './kernel/deployment.ts'
import { prepareTemplate } from './kernel/files.ts'
import { readBooks, type Books } from './oracles/books.ts'
import type { Act, Finding, Part } from './world/part.ts'
import { createPart, type Plan } from './world/plan.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

export interface RunResult {
  readonly findings: readonly Finding[]
  /** Of the whole trace. */
  readonly digest: string
  readonly lines: number
  /** How often each fault was hit: "panel-1.panel.test lost-after". */
  readonly hits: ReadonlyMap<string, number>
  /** The newest lines of the trace. */
  readonly tail: readonly string[]
}

/** Times a person, or a scheduler, types the same command again after it was killed or could not be done. */
const ATTEMPTS = 20
/** What a decider may type in an evening before it counts as one who never ends. */
const DECISIONS = 40

export async function runPlan(plan: Plan): Promise<RunResult> {
  await prepareTemplate()
  const parts = plan.parts.map(createPart)
  const hits = new Map<string, number>()
  const deployment = deploy(plan.book, parts)
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
  const type = async (argv: readonly string[], allowed: readonly number[] = [0, 1], again = allowed): Promise<void> => {
    let end: CommandEnd | null = null
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      end = await computer.run(['--config', deployment.configFile, ...argv])
      const isTaken = attempt === 1 ? allowed : [...allowed, ...again]
      if (end.exitCode !== null && isTaken.includes(end.exitCode)) return
      if (end.exitCode !== null && end.exitCode !== 75) break
    }
    const words = argv.map((word) => word.replace(deployment.folder, '.')).join(' ')
    findings.push({ oracle: 'exit-code', says: `tieout ${words} ends with ${end?.exitCode}: ${end?.stderr}` })
  }
  const look = (): Books => readBooks(computer.files.rawOf(deployment.databaseUrl), plan.book.name)
  try {
    let doneMs = plan.startMs
    for (let night = 1; night <= plan.nights + plan.quietNights; night += 1) {
      if (night === plan.nights + 1) computer.faults.stop()
      const nightMs = plan.startMs + night * DAY_MS
      await computer.timeline.passTo(nightMs - HOUR_MS)
      for (const part of parts) {
        part.advance(nightMs - HOUR_MS)
        for (const act of part.acts(doneMs, nightMs - HOUR_MS))
          await type(deployment.argumentsOf(act), act.allowed, act.allowedAgain)
        if (
          !(await decideAll(part, look, nightMs - HOUR_MS, (act) =>
            type(deployment.argumentsOf(act), act.allowed, act.allowedAgain),
          ))
        ) {
          findings.push({ oracle: 'never-decided', says: `${part.name} asks for more than ${DECISIONS} decisions` })
        }
      }
      doneMs = nightMs - HOUR_MS
      await computer.timeline.passTo(nightMs + 5 * 60_000)
      await type(['sync'])
      const books = look()
      for (const part of parts) findings.push(...part.check(books, 'night'))
    }
    await type(['ledger', 'verify'], [0])
    const books = look()
    for (const part of parts) findings.push(...part.check(books, 'end'))
  } finally {
    deployment.remove()
  }
  const { trace } = computer
  return { findings, digest: trace.digest(), lines: trace.lines(), hits, tail: trace.tail(60) }
}

/** Lets a person type until nothing is left to say. False when that never comes. */
async function decideAll(
  part: Part,
  look: () => Books,
  nowMs: number,
  type: (act: Act) => Promise<void>,
): Promise<boolean> {
  for (let typed = 0; typed < DECISIONS;) {
    const acts = part.decide?.(look(), nowMs) ?? []
    if (acts.length === 0) return true
    for (const act of acts) await type(act)
    typed += acts.length
  }
  return false
}
