/**
 * One simulated computer in a simulated world: time, wire, files and processes together, and commands typed at it. A
 * command is the real program, from its arguments to its exit code.
 */
import { onMachine, type EndedChild, type Listen, type Machine, type StartChild } from '../../../src/machine/machine.ts'
import { createRandom } from '../../../src/sandbox/world/random.ts'
import { runProgram } from '../../../src/cli/program.ts'
import { createFaults, type FaultRates, type Faults } from './faults.ts'
import { createFiles, type SimFiles } from './files.ts'
import { createNetwork, type Site } from './network.ts'
import type { PostgresInstance } from './postgres-instance.ts'
import { createProcesses, type Processes, type SimProcess } from './processes.ts'
import { createTimeline, type Timeline } from './timeline.ts'
import { createTrace, type Trace } from './trace.ts'

export interface CommandEnd {
  /** Null when it was killed. */
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Whoever sits at the terminal: gives the line that is asked for, having read what was printed on stderr. */
export type Person = (said: string) => string | Promise<string>

export interface Computer {
  readonly timeline: Timeline
  readonly faults: Faults
  readonly trace: Trace
  readonly files: SimFiles
  readonly processes: Processes
  /** Starts the program; time must be let pass for it to come to its end. */
  readonly start: (argv: readonly string[], signal?: AbortSignal, person?: Person) => Promise<CommandEnd>
  /** Starts it and lets time pass until it has ended. */
  readonly run: (argv: readonly string[], person?: Person) => Promise<CommandEnd>
  /** From now on the machine's clock is that much ahead of true time. */
  readonly skewClock: (ms: number) => void
}

export interface ComputerOptions {
  readonly seed: number
  readonly startMs: number
  readonly rates: FaultRates
  readonly env: Readonly<Record<string, string>>
  /** Where the deployment lives; another one in each run, so the trace leaves it out. */
  readonly folder: string
  /** What answers on the wire; they may read the time. */
  readonly sites: (timeline: Timeline) => readonly Site[]
  /** A process stands still for so long that its lease ends meanwhile. */
  readonly onFrozen: (ms: number) => void
  /** Each command runs in one of its own. */
  readonly hasContainers: boolean
  /** A process has ended, or was killed, and has said that. */
  readonly onEnd: (argv: readonly string[], stderr: string) => void
  /** The server, where the deployment has one. */
  readonly postgres: PostgresInstance | null
}

export function createComputer(options: ComputerOptions): Computer {
  const { seed, startMs, rates, env, folder, sites, postgres, onFrozen } = options
  const timeline = createTimeline(seed, startMs)
  const trace = createTrace(timeline.nowMs)
  const faults = createFaults(seed, rates)
  let skewMs = 0
  let ear: ((request: Request) => Promise<Response>) | null = null
  const processes = createProcesses(seed, timeline, { skewMs: () => skewMs, isAlone: options.hasContainers })
  const files = createFiles({ timeline, faults, trace, random: createRandom(seed, 'files'), onFrozen }, postgres)
  const network = createNetwork({ seed, timeline, faults, trace, sites: sites(timeline), onFrozen })

  const start: Computer['start'] = async (argv, signal = new AbortController().signal, person) => {
    const process = processes.start()
    const machine: Machine = {
      ...processes.machineOf(process),
      openTransport: network.transportOf(process),
      sdkAdapter: network.sdkAdapterOf(process),
      openEngine: files.openEngine(process),
      everyMinute: (task: () => void) => everyMinute(timeline, process, task),
      listen: async (answer: Parameters<Listen>[0]) => {
        const mine = (request: Request): Promise<Response> =>
          process.whileAlive(onMachine(machine, async () => answer(request)))
        ear = mine
        const close = async (): Promise<void> => void (ear = ear === mine ? null : ear)
        process.onKill(() => void close())
        return { url: DAEMON, close }
      },
      startChild: ({ args, signal: stop }: Parameters<StartChild>[0]) => process.whileAlive(startChild(args, stop)),
    }
    const stdout: string[] = []
    const stderr: string[] = []
    const sink = (lines: string[]) => ({
      write: (text: string) => void lines.push(text),
      isTty: false,
      columns: undefined,
    })
    const io = {
      version: 'simulated',
      env,
      stdout: sink(stdout),
      stderr: sink(stderr),
      nowMs: machine.nowMs,
      signal,
      ...(person === undefined ? {} : { readLine: async () => person(stderr.join('')) }),
    }
    trace.add(`${process.id} tieout ${argv.map((each) => each.replace(folder, '.')).join(' ')}`)
    const ended = onMachine(machine, () => runProgram(argv, io))
    const exitCode = await Promise.race([ended, process.killed])
    const printed = `${stdout.join('')}${stderr.join('')}`
    trace.add(`${process.id} ${exitCode === 'killed' ? 'is dead' : `exits ${exitCode}`}`, printed)
    options.onEnd(argv, stderr.join(''))
    // Nothing of an ended process goes on.
    if (exitCode !== 'killed') process.kill()
    return { exitCode: exitCode === 'killed' ? null : exitCode, stdout: stdout.join(''), stderr: stderr.join('') }
  }

  /** A process of its own: it outlives the one that started it. */
  const startChild = async (args: readonly string[], stop: AbortSignal): Promise<EndedChild> => {
    const { exitCode, stderr } = await start([...args, '--json'], stop)
    return { exitCode, endedBy: exitCode === null ? 'SIGKILL' : null, stderr }
  }

  return {
    timeline,
    faults,
    trace,
    files,
    processes,
    start,
    run: (argv, person) => timeline.drive(start(argv, undefined, person)),
    skewClock: (ms) => void (skewMs = ms),
  }
}

const MINUTE_MS = 60_000
const DAEMON = 'http://daemon.test'

function everyMinute(timeline: Timeline, process: SimProcess, task: () => void): () => void {
  let cancel: () => void = () => undefined
  let isOver = false
  const next = (): void => {
    cancel = timeline.at((Math.floor(timeline.nowMs() / MINUTE_MS) + 1) * MINUTE_MS, () => {
      void process.thawed().then(() => {
        if (!process.isAlive() || isOver) return
        next()
        task()
      })
    })
  }
  next()
  process.onKill(() => cancel())
  return () => {
    isOver = true
    cancel()
  }
}
