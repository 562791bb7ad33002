/**
 * `tieout sandbox`: the demo world served until a signal ends it. It prints what a person needs to point a
 * configuration at it. The world's clock stands still until the control endpoint moves it, or follows a given clock.
 */
import { describeSandbox } from './describe.ts'
import { describeTargets } from './targets/describe.ts'
import { NO_TARGET_FAULTS, TARGET_FAULTS } from './targets/fault-plan.ts'
import { startSandbox } from './server.ts'
import { FAULT_KINDS } from './faults.ts'
import { withHooks } from './hooks.ts'
import { defaultWorldOptions } from './world/options.ts'
import { createWorld } from './world/world.ts'

export interface SandboxCommandOptions {
  readonly seed: number | string
  readonly port: number
  readonly startMs: number
  /** Days on which orders are placed, from the start; default 14. */
  readonly days?: number
  /** Over both panels together. */
  readonly ordersPerDay?: number
  /** Whether the accounting systems let every app in without a page; default no. */
  readonly autoConsent?: boolean
  /** Share of requests that suffer a fault, 0 to 1; default none. */
  readonly faultRate?: number
  /** Where `tieout serve` listens, without a slash at the end: webhooks go there. Without it there are none. */
  readonly hooksUrl?: string
  /** `--real-time`: the clock the world follows. Without it the world stands still until told. */
  readonly followClock?: () => number
  readonly print: (line: string) => void
  /** Ends the run like a signal does. */
  readonly signal?: AbortSignal
}

const TICK_MS = 1000

/** Resolves after SIGINT, SIGTERM or the given signal, when the server is closed. */
export async function runSandbox(options: SandboxCommandOptions): Promise<void> {
  const {
    seed,
    startMs,
    port,
    days,
    ordersPerDay,
    faultRate = 0,
    autoConsent = false,
    hooksUrl,
    followClock,
    print,
  } = options
  const demo = {
    seed,
    startMs,
    ...(days === undefined ? {} : { days }),
    ...(ordersPerDay === undefined ? {} : { ordersPerDay }),
  }
  const settings = defaultWorldOptions(demo)
  const world = createWorld(hooksUrl === undefined ? settings : withHooks(settings, hooksUrl))
  const sandbox = await startSandbox({
    world,
    port,
    faults: { seed, rate: faultRate, kinds: FAULT_KINDS },
    targets: { seed, autoConsent, faults: { ...NO_TARGET_FAULTS, seed, rate: faultRate, kinds: TARGET_FAULTS } },
    ...(followClock === undefined ? {} : { followClock }),
  })
  // Listening for signals comes first: whoever reads the address may send one at once.
  const end = stopped(options.signal)
  const lines = [...describeSandbox(world, sandbox.url), ...describeTargets(sandbox.targets, sandbox.url, startMs)]
  for (const line of lines) print(line)
  const ticker =
    followClock === undefined
      ? undefined
      : setInterval(() => void sandbox.moveClock(Math.max(world.nowMs, followClock())), TICK_MS)
  await end
  clearInterval(ticker)
  await sandbox.close()
}

async function stopped(signal: AbortSignal | undefined): Promise<void> {
  if (signal?.aborted === true) return
  await new Promise<void>((resolve) => {
    const stop = (): void => {
      process.off('SIGINT', stop)
      process.off('SIGTERM', stop)
      resolve()
    }
    process.on('SIGINT', stop)
    process.on('SIGTERM', stop)
    signal?.addEventListener('abort', stop, { once: true })
  })
}
