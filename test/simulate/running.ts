/** A run while it goes on, and the commands that people and schedulers type in it. */
import type { CommandEnd, Computer } from './kernel/computer.ts'
import type { Deployment, Home } from './kernel/deployment.ts'
import { readBooks, type Books } from './oracles/books.ts'
import { brokenLedger } from './oracles/ledger.ts'
import type { Overtaking } from './overtaking.ts'
import { hasteOf } from './people/operator-plan.ts'
import type { Act, Finding } from './world/part.ts'
import type { Plan } from './world/plan.ts'

export const MINUTE_MS = 60_000
/** Times a person, or a scheduler, types the same command again after it was killed or could not be done. */
const ATTEMPTS = 20

/** An act at the book it is about. */
export interface Typed {
  readonly book: string
  readonly act: Act
}

export interface Running {
  readonly plan: Plan
  readonly homes: readonly Home[]
  readonly deployment: Deployment
  readonly computer: Computer
  readonly findings: Finding[]
  /** Runs that somebody started while another one stood still. */
  readonly overtaking: Overtaking
  /** What could not be done on an evening, and is tried on the next one. */
  readonly undone: Typed[]
  /** What was typed on which night, and a backup of the books after each. */
  readonly history: { readonly night: number; readonly acts: Typed[]; backup: Buffer | null }[]
  /** The evening it is, and how many commands people have typed on it. */
  readonly evening: { night: number; typed: number }
  /** Up to when each part's people have done what there was to do. */
  readonly askedMs: Map<string, number>
}

export function booksOf({ computer, deployment }: Running, book: string): Books {
  return readBooks((sql) => computer.files.rawOf(deployment.databaseUrl, sql), book)
}

/** Keeps what an oracle has found, and where in the trace. */
export function tell({ findings, computer }: Pick<Running, 'findings' | 'computer'>, news: readonly Finding[]): void {
  for (const { oracle, says } of news) computer.trace.addFound(oracle, says)
  findings.push(...news)
}

/** What must hold at every instant between two commands. */
export function proveLedger(running: Running): void {
  const { computer, deployment } = running
  if (computer.files.isBusy(deployment.databaseUrl)) return
  tell(
    running,
    brokenLedger((sql) => computer.files.rawOf(deployment.databaseUrl, sql)),
  )
}

export function commandOf({ deployment }: Pick<Running, 'deployment'>, argv: readonly string[]): readonly string[] {
  return ['--config', deployment.configFile, ...argv]
}

export async function perform(running: Running, typed: Typed): Promise<void> {
  const { book, act } = typed
  const { isTypedOnce = false } = act
  const command = { ...act, argv: running.deployment.argumentsOf(act) }
  const haste = isTypedOnce || act.paste !== undefined ? null : nextHaste(running)
  if (haste === 'together') await typeTogether(running, book, command)
  if (act.beside !== undefined) await typeBeside(running, book, { first: command.argv, ...act.beside }, act.allowed)
  const { exitCode } = await type(running, book, haste === null ? command : hasty(command), isTypedOnce ? 1 : ATTEMPTS)
  if (haste === 'again') await type(running, book, hasty(command))
  if (!isTypedOnce && (exitCode === null || exitCode === 75)) running.undone.push(typed)
}

type Command = Pick<Act, 'argv' | 'allowed' | 'allowedAgain' | 'paste'>

/** Whether the next command of the evening is typed twice. */
function nextHaste({ plan, evening, computer }: Running): 'again' | 'together' | null {
  evening.typed += 1
  const haste = hasteOf(plan.operator, evening.night, evening.typed)
  if (haste === null) return null
  computer.trace.add(`somebody types the next command ${haste}`)
  return haste
}

/** What is done already may be refused, with a sentence. */
function hasty(command: Command): Command {
  return { ...command, allowed: [...new Set([...(command.allowed ?? [0, 1]), 2, 65])] }
}

/** Two people type the same at once. One of them may be told that the other one is at work. */
export async function typeTogether(running: Running, book: string, { argv, allowed = [0, 1] }: Command): Promise<void> {
  await typeBeside(running, book, { first: argv, argv, afterMs: 0 }, allowed)
}

/** Two commands, the second so long after the first has begun, each typed once. */
async function typeBeside(
  running: Running,
  book: string,
  {
    first,
    argv,
    afterMs,
  }: { readonly first: readonly string[]; readonly argv: readonly string[]; readonly afterMs: number },
  allowed: readonly number[] = [0, 1],
): Promise<void> {
  const { computer } = running
  const start = (words: readonly string[]): Promise<CommandEnd> =>
    computer.start(commandOf(running, ['--book', book, ...words]))
  const one = start(first)
  if (afterMs > 0) await computer.timeline.passTo(computer.timeline.nowMs() + afterMs)
  const ends = await computer.timeline.drive(Promise.all([one, start(argv)]))
  for (const [nth, { exitCode, stderr }] of ends.entries()) {
    // Nothing fails any more, so whoever has the book's lease renews it in time, and nobody may take it.
    if (running.evening.night > running.plan.nights && /LEASE_LOST|took over this book/.test(stderr)) {
      const says = `tieout ${(nth === 0 ? first : argv).join(' ')}: ${stderr.trim()}`
      tell(running, [{ oracle: 'lease-taken', says }])
    }
    if (exitCode === null || [...allowed, 2, 65, 75].includes(exitCode)) continue
    complain(running, nth === 0 ? first : argv, exitCode, stderr)
  }
}

/** Types a command until it comes to its end; what it may not end with is a finding. */
export async function type(
  running: Running,
  book: string,
  { argv, allowed = [0, 1], allowedAgain = allowed, paste }: Command,
  attempts = ATTEMPTS,
): Promise<CommandEnd> {
  const { computer } = running
  let end: CommandEnd = { exitCode: null, stdout: '', stderr: '' }
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    end = await computer.run(commandOf(running, ['--book', book, ...argv]), paste)
    // What a killed command leaves must be whole books.
    if (end.exitCode === null) proveLedger(running)
    const taken = attempt === 1 ? allowed : [...allowed, ...allowedAgain]
    if (end.exitCode !== null && taken.includes(end.exitCode)) return end
    if (end.exitCode !== null && end.exitCode !== 75) break
    await computer.timeline.passTo(computer.timeline.nowMs() + MINUTE_MS)
  }
  // Killed or busy again and again is what was asked for; everything else is not.
  if (end.exitCode !== null && end.exitCode !== 75) complain(running, argv, end.exitCode, end.stderr)
  return end
}

/** Lets those end that somebody started while another one stood still. */
export async function settleOvertakers(running: Running): Promise<void> {
  for (const { exitCode, stderr } of await running.overtaking.settled()) {
    if (exitCode !== null && ![0, 1, 75].includes(exitCode)) complain(running, ['sync'], exitCode, stderr)
  }
}

/** No database here loses what it has confirmed: whoever says so has lost count of it. */
export function lossesSaid(argv: readonly string[], stderr: string): readonly Finding[] {
  const said = stderr.split('\n').find((line) => line.includes('has lost transactions'))
  return said === undefined
    ? []
    : [{ oracle: 'loss-that-was-none', says: `tieout ${argv.slice(2).join(' ')}: ${said}` }]
}

function complain(running: Running, argv: readonly string[], exitCode: number, stderr: string): void {
  const words = [...argv, `ends with ${exitCode}: ${stderr.trim()}`].join(' ')
  const command = argv.slice(0, 2).filter((word) => /^[a-z-]+$/.test(word) && !word.startsWith('-'))
  // Named apart: a smaller plan must fail in the same way, not in another.
  const oracle = ['exit-code', ...command, exitCode].join(' ')
  tell(running, [{ oracle, says: `tieout ${words.replaceAll(running.deployment.folder, '.')}` }])
}
