/** `tieout alerts list|check|test`: what is wrong now, look again, and whether a channel can be reached. */
import type { Command } from 'commander'
import { evaluateAlerts } from '../../alerts/evaluate.ts'
import { testNotice } from '../../alerts/notice.ts'
import { channelStates, waitingPerChannel } from '../../alerts/queue.ts'
import { createAlertHttpClient, speakThrough } from '../../alerts/speak.ts'
import { listAlerts } from '../../alerts/state.ts'
import type { AlertsConfig } from '../../config/alert-model.ts'
import { databaseUrl } from '../../config/load.ts'
import { didYouMean } from '../../config/suggest.ts'
import { openExisting, type Database } from '../../db/database.ts'
import { migrate, requireTables } from '../../db/migrate.ts'
import { withScratch } from '../../db/scratch.ts'
import { ConfigError, InputError } from '../../domain/errors.ts'
import type { ExitName } from '../exit-codes.ts'
import { readBook } from '../open-book.ts'
import { printable } from '../output.ts'
import { handle, type Registry, type Session } from '../session.ts'
import { alertLines, alertView, channelLines, channelViews, reportLines, reportView } from '../views/alerts.ts'

export function registerAlerts(registry: Registry): void {
  const alerts = registry.program.command('alerts').description('what a person should hear about, and who is told')
  attachList(registry, alerts)
  attachCheck(registry, alerts)
  attachTest(registry, alerts)
}

function attachList(registry: Registry, alerts: Command): void {
  const list = alerts
    .command('list')
    .description('open alerts of a book, and whether the channels work')
    .option('--all', 'those that are over too')
  handle<{ readonly all?: boolean }>(registry, list, (session, { all = false }) =>
    readBook(session, async ({ kysely, book }) => {
      const found = await listAlerts(kysely, book.id, all ? undefined : 'open')
      const channels = channelViews(
        session.config().alerts?.channels ?? [],
        await channelStates(kysely),
        await waitingPerChannel(kysely, book.id),
      )
      session.show({ book: book.name, alerts: found.map(alertView), channels }, () => [
        ...alertLines(session, found, session.clock.nowMs()),
        '',
        ...channelLines(session, channels),
      ])
      return 'ok'
    }),
  )
}

function attachCheck(registry: Registry, alerts: Command): void {
  const check = alerts
    .command('check')
    .description('look at every book now, and tell the channels what is new')
    .option('--dry-run', 'only print what would be said, keep and send nothing')
  handle<{ readonly dryRun?: boolean }>(registry, check, async (session, { dryRun = false }) => {
    const config = session.config()
    alertsOf(session)
    const database = await openExisting(databaseUrl(config, session.io.env))
    try {
      await requireTables(database)
      return dryRun
        ? await withScratch(database, (scratch) => look(session, scratch, { isSilent: true }))
        : await look(session, database, { isAsked: true })
    } finally {
      await database.close()
    }
  })
}

/** Exit code 1 when something is wrong or a channel could not be told. */
async function look(
  session: Session,
  database: Database,
  options: { readonly isSilent?: boolean; readonly isAsked?: boolean },
): Promise<ExitName> {
  const { io, clock } = session
  await migrate(database, clock.nowMs())
  // What a channel answered is part of the report.
  const environment = { database, clock, env: io.env, signal: io.signal, warn: () => undefined }
  const report = await evaluateAlerts(environment, session.config(), options)
  const dryRun = options.isSilent === true
  session.show(reportView(report, dryRun), () => reportLines(session, report, dryRun))
  const isQuiet = report.open.length === 0 && report.channels.every(({ error }) => error === null)
  return isQuiet ? 'ok' : 'findings'
}

function attachTest(registry: Registry, alerts: Command): void {
  const test = alerts
    .command('test')
    .argument('<channel>', 'its name in the configuration')
    .description('send a test message through one channel')
  handle(registry, test, async (session, _options, [name = '']) => {
    const { io, clock } = session
    const { channels } = alertsOf(session)
    const channel = channels.find((each) => each.name === name)
    if (channel === undefined) throw unknownChannel(name, channels)
    const http = createAlertHttpClient()
    try {
      const said = await speakThrough(channel, io.env, http)(testNotice(name, clock.nowMs()), io.signal)
      const error = said.ok ? null : said.message
      session.show({ channel: name, type: channel.type, delivered: said.ok, error }, () => [
        error ?? `Channel ${name} took the test message; see that it arrived.`,
      ])
      return said.ok ? 'ok' : 'findings'
    } finally {
      await http.close()
    }
  })
}

function alertsOf(session: Session): AlertsConfig {
  const { alerts, file } = session.config()
  if (alerts !== undefined) return alerts
  throw new ConfigError(
    'ALERTS_MISSING',
    `${file} has no section alerts.`,
    'Add one; docs/alerts.md shows how. An empty one, "alerts: {}", watches with the default thresholds.',
  )
}

function unknownChannel(name: string, channels: AlertsConfig['channels']): InputError {
  const names = channels.map((each) => each.name)
  const hint = names.length === 0 ? 'None is configured.' : `They are ${names.join(', ')}.${didYouMean(name, names)}`
  return new InputError('CHANNEL_UNKNOWN', `There is no channel "${printable(name)}".`, hint)
}
