/**
 * The command line: global flags, the list of commands, and one place where every failure becomes a message and an exit
 * code. A command is added by one line in COMMANDS.
 */
import { Command, CommanderError } from 'commander'
import { DEFAULT_CONFIG_FILE } from '../config/load.ts'
import { instantArgument } from './arguments.ts'
import { registerAlerts } from './commands/alerts.ts'
import { registerBackup } from './commands/backup.ts'
import { registerConfig } from './commands/config.ts'
import { registerConnect } from './commands/connect.ts'
import { registerConnections } from './commands/connections.ts'
import { registerDemo } from './commands/demo.ts'
import { registerDeliver } from './commands/deliver.ts'
import { registerDoctor } from './commands/doctor.ts'
import { registerEvidence } from './commands/evidence.ts'
import { registerDecide } from './commands/exception-decisions.ts'
import { registerExplain } from './commands/explain.ts'
import { registerExport } from './commands/export.ts'
import { registerJournals } from './commands/journals.ts'
import { registerLedger } from './commands/ledger.ts'
import { registerMappings } from './commands/mappings.ts'
import { registerOrders } from './commands/orders.ts'
import { registerPanel } from './commands/panel.ts'
import { registerPayelancer } from './commands/payelancer.ts'
import { registerReconcile } from './commands/reconcile.ts'
import { registerReport } from './commands/report.ts'
import { registerRuns } from './commands/runs.ts'
import { registerSandbox } from './commands/sandbox.ts'
import { registerServe } from './commands/serve.ts'
import { registerStatements } from './commands/statements.ts'
import { registerStatus } from './commands/status.ts'
import { registerSync } from './commands/sync.ts'
import { registerTargets } from './commands/targets.ts'
import { registerTodo } from './commands/todo.ts'
import { registerTrace } from './commands/trace.ts'
import { registerUndo } from './commands/undo.ts'
import { registerWebhooks } from './commands/webhooks.ts'
import { EXIT_CODES } from './exit-codes.ts'
import { commandMissing, reportFailure } from './failure.ts'
import type { CliIo } from './io.ts'
import { jsonText } from './output.ts'
import type { Registry } from './session.ts'

/** By the first word, in the order of the help. */
const COMMANDS: Readonly<Record<string, (registry: Registry) => void>> = {
  demo: registerDemo,
  config: registerConfig,
  doctor: registerDoctor,
  sync: registerSync,
  serve: registerServe,
  status: registerStatus,
  todo: registerTodo,
  explain: registerExplain,
  decide: registerDecide,
  undo: registerUndo,
  report: registerReport,
  trace: registerTrace,
  runs: registerRuns,
  webhooks: registerWebhooks,
  orders: registerOrders,
  panel: registerPanel,
  payelancer: registerPayelancer,
  evidence: registerEvidence,
  statements: registerStatements,
  reconcile: registerReconcile,
  ledger: registerLedger,
  journals: registerJournals,
  export: registerExport,
  connect: registerConnect,
  disconnect: registerConnect,
  connections: registerConnections,
  mappings: registerMappings,
  deliver: registerDeliver,
  targets: registerTargets,
  alerts: registerAlerts,
  backup: registerBackup,
  restore: registerBackup,
  sandbox: registerSandbox,
}

/** Global flags with a value behind them, and without. */
const VALUED: readonly string[] = ['--config', '--book', '--now']
const FLAGS: readonly string[] = ['--json', '--debug']

/** Runs one command line, without the program's name; returns the exit code. */
export async function runProgram(argv: readonly string[], io: CliIo): Promise<number> {
  let exitCode: number = EXIT_CODES.ok.code
  const flags = argv.slice(0, argv.includes('--') ? argv.indexOf('--') : argv.length)
  const options = { json: flags.includes('--json'), debug: flags.includes('--debug') }
  const program = createProgram(io, options.json)
  // A command that only has commands prints its help as an error; the error itself does not say whose help it was.
  let helped: Command = program
  program.addHelpText('beforeAll', ({ command }) => {
    helped = command
    return ''
  })
  for (const register of registersFor(argv)) register({ program, io, finish: (code) => (exitCode = code) })
  try {
    await program.parseAsync(argv, { from: 'user' })
    return exitCode
  } catch (error) {
    const isMissing = error instanceof CommanderError && error.code === 'commander.help'
    return reportFailure(isMissing ? commandMissing(helped, options.json) : error, io, options)
  }
}

/** Every command there is, as the help lists them. */
export function allCommands(io: CliIo): Command {
  const program = createProgram(io, false)
  for (const register of new Set(Object.values(COMMANDS))) register({ program, io, finish: () => undefined })
  return program
}

/** A line that names a command gets that one alone: building all of them would take longer than reading the configuration. */
function registersFor(argv: readonly string[]): Iterable<(registry: Registry) => void> {
  const named = COMMANDS[firstWord(argv)]
  return named === undefined ? new Set(Object.values(COMMANDS)) : [named]
}

/** After the global flags; empty when there is none, or anything else before it, such as --help. */
function firstWord(argv: readonly string[]): string {
  const [flag = '', ...rest] = argv
  if (VALUED.includes(flag)) return firstWord(rest.slice(1))
  if (FLAGS.includes(flag) || VALUED.some((each) => flag.startsWith(`${each}=`))) return firstWord(rest)
  return Object.hasOwn(COMMANDS, flag) ? flag : ''
}

function createProgram(io: CliIo, json: boolean): Command {
  return new Command('tieout')
    .description('Exact double-entry books of ad networks and SMM panels, proven against the vendors every night.')
    .version(json ? jsonText({ version: io.version }).trimEnd() : io.version, '--version', 'print the version')
    .option('--config <file>', 'the configuration', DEFAULT_CONFIG_FILE)
    .option('--book <name>', 'which book, when the configuration has several')
    .option('--json', 'one JSON document on stdout; failures as JSON on stderr')
    .option('--now <instant>', 'set the clock, to rehearse or reproduce a night', instantArgument)
    .option('--debug', 'print the stack of a failure')
    .exitOverride()
    .showSuggestionAfterError(true)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      // Usage errors are printed by reportFailure, so that --json holds for them too; help without a command is not.
      writeErr: (text) => {
        if (text.startsWith('Usage:') && !json) io.stderr.write(text)
      },
    })
}
