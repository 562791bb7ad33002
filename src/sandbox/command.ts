/**
 * `tieout sandbox`: the demo world served until a signal ends it. It prints what a person needs to point a
 * configuration at it. The world's clock stands still until the control endpoint moves it, or follows a given clock.
 */
import { startSandbox } from './server.ts'
import { FAULT_KINDS } from './faults.ts'
import { defaultWorldOptions } from './world/options.ts'
import type { World } from './world/state.ts'
import { createWorld } from './world/world.ts'

export interface SandboxCommandOptions {
  readonly seed: number | string
  readonly port: number
  readonly startMs: number
  /** Days on which orders are placed, from the start; default 14. */
  readonly days?: number
  /** Over both panels together. */
  readonly ordersPerDay?: number
  /** Share of requests that suffer a fault, 0 to 1; default none. */
  readonly faultRate?: number
  /** `--real-time`: the clock the world follows. Without it the world stands still until told. */
  readonly followClock?: () => number
  readonly print: (line: string) => void
  /** Ends the run like a signal does. */
  readonly signal?: AbortSignal
}

const TICK_MS = 1000

/** Resolves after SIGINT, SIGTERM or the given signal, when the server is closed. */
export async function runSandbox(options: SandboxCommandOptions): Promise<void> {
  const { seed, startMs, port, days, ordersPerDay, faultRate = 0, followClock, print } = options
  const demo = {
    seed,
    startMs,
    ...(days === undefined ? {} : { days }),
    ...(ordersPerDay === undefined ? {} : { ordersPerDay }),
  }
  const world = createWorld(defaultWorldOptions(demo))
  const sandbox = await startSandbox({
    world,
    port,
    faults: { seed, rate: faultRate, kinds: FAULT_KINDS },
    ...(followClock === undefined ? {} : { followClock }),
  })
  // Listening for signals comes first: whoever reads the address may send one at once.
  const end = stopped(options.signal)
  for (const line of describeSandbox(world, sandbox.url)) print(line)
  const ticker =
    followClock === undefined
      ? undefined
      : setInterval(() => void sandbox.moveClock(Math.max(world.nowMs, followClock())), TICK_MS)
  await end
  clearInterval(ticker)
  await sandbox.close()
}

/** Base URLs, keys and the controls, as lines to print; keys here are the sandbox's own and no secrets. */
function describeSandbox(world: World, url: string): readonly string[] {
  const payelancer = [...world.publishers, ...world.advertisers].map(({ options }) => ({
    ...options,
    baseUrl: `${url}/payelancer`,
  }))
  const panels = [...world.panels.values()].map(({ options }) => ({
    ...options,
    baseUrl: `${url}/panels/${options.name}/api/v2`,
  }))
  const accounts = [...payelancer, ...panels]
  const widest = Math.max(...accounts.map(({ name }) => name.length))
  return [
    `Sandbox at ${url}, world clock ${new Date(world.nowMs).toISOString()}, seed ${world.options.seed}`,
    '',
    ...accounts.map(({ name, baseUrl }) => `  ${name.padEnd(widest)}  ${baseUrl}`),
    '',
    'Environment:',
    ...accounts.map(({ name, apiKey }) => `  ${keyVariable(name)}=${apiKey}`),
    '',
    'Move the clock:',
    `  curl -d '{"now":"${new Date(world.nowMs + 86_700_000).toISOString()}"}' ${url}/_sandbox/clock`,
    'The truth and the files a person could download:',
    `  ${url}/_sandbox/truth`,
    `  ${url}/_sandbox/payments.csv`,
    ...panels.map(({ name }) => `  ${url}/_sandbox/panels/${name}/orders.csv`),
  ]
}

/** The environment variable an account's key is printed under: netpanel → TIEOUT_NETPANEL_KEY. */
function keyVariable(name: string): string {
  return `TIEOUT_${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}_KEY`
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
