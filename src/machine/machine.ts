/**
 * What a process has outside of its arguments: the machine's clocks, chance, timers, its own name among other processes,
 * the way out over HTTP and the engines of databases. Everything above reads it here and nowhere else, so that a
 * simulation can run many processes of many machines inside of one. The clock of the books is another one: it is passed in.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { randomBytes, randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import type { OpenTransport, SdkAdapter } from './transport.ts'

/** Resolves after `ms`; rejects with the signal's reason when it is aborted. */
export type Sleep = (ms: number, signal?: AbortSignal) => Promise<void>

/** Opens what a database URL names, with the options of `src/db`; its types are not known this far down. */
export type OpenEngine = (url: string, options: object) => Promise<unknown>

/** One of the program's own commands as a process of its own; resolves when it has ended. */
export type StartChild = (command: {
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  /** Asks it to stop. */
  readonly signal: AbortSignal
}) => Promise<EndedChild>

export interface EndedChild {
  /** Null when a signal ended it. */
  readonly exitCode: number | null
  readonly endedBy: string | null
  readonly stderr: string
}

/** Answers requests at an address until it is closed. */
export type Listen = (answer: (request: Request) => Response | Promise<Response>) => Promise<{
  /** Without a slash at the end. */
  readonly url: string
  readonly close: () => Promise<void>
}>

export interface Machine {
  /** UTC milliseconds of the machine's clock, which `--now` does not move: leases, tokens, time limits of vendors. */
  readonly nowMs: () => number
  /** Milliseconds of a clock that is never set. */
  readonly monotonicMs: () => number
  readonly sleep: Sleep
  /** Calls `task` every `ms` until the function it gives is called. Does not keep a process alive. */
  readonly every: (ms: number, task: () => void) => () => void
  /** From 0 up to, not including, 1. */
  readonly random: () => number
  readonly randomBytes: (count: number) => Buffer
  readonly uuid: () => string
  readonly host: string
  readonly processId: number
  /** False only for a process of this very machine that no longer exists. */
  readonly isAlive: (processId: number) => boolean
  /** Null: over sockets, by undici. */
  readonly openTransport: OpenTransport | null
  /** What the vendors' own SDKs send through; null leaves them theirs. */
  readonly sdkAdapter: SdkAdapter | null
  /** Null: the engine that the URL names. */
  readonly openEngine: OpenEngine | null
  /** Null: node-cron. Calls `task` when a minute begins, until the function it gives is called. */
  readonly everyMinute: ((task: () => void) => () => void) | null
  /** Null: an HTTP server. */
  readonly listen: Listen | null
  /** Null: node:child_process. */
  readonly startChild: StartChild | null
}

const THIS_MACHINE: Machine = {
  nowMs: Date.now,
  monotonicMs: () => performance.now(),
  sleep: (ms, signal) => delay(ms, undefined, signal === undefined ? {} : { signal }),
  every: (ms, task) => {
    const timer = setInterval(task, ms)
    timer.unref()
    return () => clearInterval(timer)
  },
  random: Math.random,
  randomBytes,
  uuid: randomUUID,
  host: hostname(),
  processId: process.pid,
  isAlive: (processId) => {
    try {
      process.kill(processId, 0)
      return true
    } catch (error) {
      return (error as NodeJS.ErrnoException).code !== 'ESRCH'
    }
  },
  openTransport: null,
  sdkAdapter: null,
  openEngine: null,
  everyMinute: null,
  listen: null,
  startChild: null,
}

const current = new AsyncLocalStorage<Machine>()

/** The one this code runs on: the real one, except inside of `onMachine`. */
export function machine(): Machine {
  return current.getStore() ?? THIS_MACHINE
}

/** Runs `work`, and all that it starts, as a process of another machine. */
export function onMachine<T>(other: Machine, work: () => T): T {
  return current.run(other, work)
}
