/** `tieout sandbox`: the vendors' stand-ins on this machine, for rehearsals and for developing without accounts. */
import { runSandbox } from '../../sandbox/command.ts'
import { instantArgument, serverArgument, shareArgument, wholeNumberArgument } from '../arguments.ts'
import { handle, type Registry } from '../session.ts'

interface SandboxOptions {
  readonly port: number
  readonly seed: number
  readonly start?: number
  readonly days?: number
  readonly ordersPerDay?: number
  readonly faults?: number
  readonly hooksUrl?: string
  readonly autoConsent?: boolean
  readonly realTime?: boolean
}

const DAY_MS = 86_400_000

export function registerSandbox(registry: Registry): void {
  const command = registry.program
    .command('sandbox')
    .description('serve simulated vendors and accounting systems on 127.0.0.1 until Ctrl-C')
    .option('--port <number>', 'the port; 0 takes a free one', wholeNumberArgument, 8600)
    .option('--seed <number>', 'the same seed gives the same world', wholeNumberArgument, 1)
    .option('--start <instant>', "where the world's clock starts; default today 00:00 UTC", instantArgument)
    .option('--days <number>', 'on how many days orders are placed', wholeNumberArgument)
    .option('--orders-per-day <number>', 'over both panels together', wholeNumberArgument)
    .option('--faults <share>', 'share of requests that fail in a documented way, 0 to 1', shareArgument)
    .option('--hooks-url <url>', 'where tieout serve listens: webhooks are sent there', serverArgument)
    .option('--auto-consent', 'QuickBooks and Xero let every app in without showing their page')
    .option('--real-time', "let the world's clock follow this machine's")
  handle<SandboxOptions>(registry, command, async ({ io, clock }, options) => {
    const { port, seed, days, ordersPerDay, faults, hooksUrl, autoConsent = false, realTime = false } = options
    const startMs = options.start ?? Math.floor(clock.nowMs() / DAY_MS) * DAY_MS
    await runSandbox({
      port,
      seed,
      startMs,
      autoConsent,
      ...(days === undefined ? {} : { days }),
      ...(ordersPerDay === undefined ? {} : { ordersPerDay }),
      ...(faults === undefined ? {} : { faultRate: faults }),
      ...(hooksUrl === undefined ? {} : { hooksUrl }),
      ...(realTime ? { followClock: clock.nowMs } : {}),
      print: (line) => io.stdout.write(`${line}\n`),
      signal: io.signal,
    })
    return 'ok'
  })
}
