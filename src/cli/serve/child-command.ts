/**
 * Runs one of this program's own commands in a process of its own, with --json, and says how it ended. The first signal
 * is handed on once; the child is in a group of its own, so that Ctrl-C on a terminal does not reach it a second time.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { extname, join } from 'node:path'
import { constants, setPriority } from 'node:os'
import { text } from 'node:stream/consumers'
import { machine, type EndedChild } from '../../machine/machine.ts'
import type { Environment } from '../../config/secrets.ts'

const PROGRAM = join(import.meta.dirname, '..', `main${extname(import.meta.filename)}`)

export interface ChildEnd {
  /** Null when a signal ended it. */
  readonly exitCode: number | null
  readonly endedBy: string | null
  /** What it said on stderr, line by line, without the failure. */
  readonly said: readonly string[]
  /** The failure's sentence and what to do next; null when it did not fail. */
  readonly failure: string | null
  /** The failure's code, such as BOOK_BUSY. */
  readonly failureCode: string | null
}

export interface ChildCommand {
  readonly args: readonly string[]
  readonly env: Environment
  readonly signal: AbortSignal
}

export async function runChildCommand(command: ChildCommand): Promise<ChildEnd> {
  const { exitCode, endedBy, stderr } = await (machine().startChild ?? startProcess)(command)
  return { exitCode, endedBy, ...readStderr(stderr) }
}

async function startProcess({ args, env, signal }: ChildCommand): Promise<EndedChild> {
  const child = spawn(process.execPath, [PROGRAM, ...args, '--json'], {
    env: { ...env },
    // Its report is for people; what the night came to is read from the database.
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  })
  yieldToReceiver(child.pid)
  const stop = (): void => void child.kill('SIGTERM')
  // Whoever stops this process at once stops the child at once.
  const kill = (): void => void child.kill('SIGKILL')
  signal.addEventListener('abort', stop, { once: true })
  process.once('exit', kill)
  if (signal.aborted) stop()
  try {
    const ended = once(child, 'close') as Promise<[number | null, string | null]>
    const [stderr, [exitCode, endedBy]] = await Promise.all([text(child.stderr), ended])
    return { exitCode, endedBy, stderr }
  } finally {
    signal.removeEventListener('abort', stop)
    process.off('exit', kill)
  }
}

/** A night may take all there is, but a vendor that posts a webhook is not made to wait for it. */
function yieldToReceiver(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL)
  } catch {
    // Not allowed here, or over already: it then runs like any other process.
  }
}

/** Sentences, and at the end the failure as one JSON document over several lines. */
function readStderr(stderr: string): Pick<ChildEnd, 'said' | 'failure' | 'failureCode'> {
  const lines = stderr.split('\n')
  const start = lines.lastIndexOf('{')
  const parsed = start < 0 ? null : parseOrNull(lines.slice(start).join('\n'))
  const failure = parsed === null ? null : failureOf(parsed)
  const said = (failure === null ? lines : lines.slice(0, start))
    .map((line) => line.trim())
    .filter((line) => line !== '')
  return { said, failure: failure?.sentence ?? null, failureCode: failure?.code ?? null }
}

function failureOf(document: unknown): { readonly sentence: string; readonly code: string } | null {
  if (typeof document !== 'object' || document === null || !('error' in document)) return null
  const { error } = document
  if (typeof error !== 'object' || error === null || !('message' in error)) return null
  const hint = 'hint' in error && typeof error.hint === 'string' ? error.hint : ''
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  return { sentence: [String(error.message), hint].filter((part) => part !== '').join(' '), code }
}

function parseOrNull(json: string): unknown {
  try {
    return JSON.parse(json) as unknown
  } catch {
    return null
  }
}
