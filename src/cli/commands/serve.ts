/**
 * `tieout serve`: the daemon. It runs each night when it is due as a process of its own, takes webhooks, and answers
 * /healthz and /metrics. The first Ctrl-C or SIGTERM lets the current batch finish, the second stops at once.
 */
import { once } from 'node:events'
import { schedule } from 'node-cron'
import { machine } from '../../machine/machine.ts'
import { nextDueMs } from '../../domain/time/schedule.ts'
import { wholeNumberArgument } from '../arguments.ts'
import type { ExitName } from '../exit-codes.ts'
import type { CliIo } from '../io.ts'
import { withOpened, type Opened } from '../serve/open.ts'
import { startWeb } from '../serve/web.ts'
import { startWatch } from '../serve/watch.ts'
import { startWork } from '../serve/work.ts'
import { handle, type Registry, type Session } from '../session.ts'

interface ServeOptions {
  readonly host?: string
  readonly port?: number
}

const EVERY_MINUTE = '* * * * *'

export function registerServe(registry: Registry): void {
  const command = registry.program
    .command('serve')
    .description('run every night when it is due, take webhooks, answer /healthz and /metrics')
    .option('--host <address>', 'where to listen; default as configured, else 127.0.0.1')
    .option('--port <number>', 'the port, 0 takes a free one; default as configured, else 8700', wholeNumberArgument)
  handle<ServeOptions>(registry, command, runServe)
}

async function runServe(session: Session, options: ServeOptions): Promise<ExitName> {
  const { io } = session
  return withOpened<ExitName>(session, async (opened) => {
    const { serve } = opened.config
    const web = await startWeb(opened, { host: options.host ?? serve.host, port: options.port ?? serve.port })
    tellWhatIsServed(opened, web.url)
    // The process then ends with a code of its own (crash.ts); whoever keeps it running starts it again.
    const logCrash = (err: Error): void => opened.log.error({ err }, 'the daemon ended by an error that nothing caught')
    process.on('uncaughtExceptionMonitor', logCrash)
    try {
      await workUntilStopped(opened, io)
    } finally {
      process.off('uncaughtExceptionMonitor', logCrash)
      await web.close()
    }
    opened.log.info({}, 'stopped')
    return 'ok'
  })
}

/** The alarm clock only wakes: whether something is due is decided from the database (pipeline/serve/scheduler.ts). */
async function workUntilStopped(opened: Opened, io: CliIo): Promise<void> {
  const daemon = startWork(opened, io)
  const watch = startWatch(opened, io)
  const wake = (): void => {
    daemon.wake()
    watch.wake()
  }
  const stopAlarm = startAlarm(wake)
  try {
    // Not yet for alerts: what was missed while nobody served is about to be caught up.
    daemon.wake()
    if (!io.signal.aborted) await once(io.signal, 'abort')
    opened.log.info({}, 'stopping after the current batch; a second signal stops at once')
  } finally {
    await stopAlarm()
    await daemon.idle()
    await watch.idle()
  }
}

/** In UTC, because local times that a clock change skips or repeats have confused every cron. */
function startAlarm(wake: () => void): () => void | Promise<void> {
  const { everyMinute } = machine()
  if (everyMinute !== null) return everyMinute(wake)
  const alarm = schedule(EVERY_MINUTE, wake, { timezone: 'Etc/UTC', suppressMissedWarning: true })
  return () => alarm.destroy()
}

function tellWhatIsServed({ log, books, secrets, config, nowMs }: Opened, url: string): void {
  const hooks = secrets.targets.map(({ book, source }) => ({ book, source, address: `${url}/hooks/${source}/…` }))
  log.info({ url, webhooks: hooks }, 'listening')
  if (config.sandbox !== undefined)
    log.warn({}, 'this is a rehearsal: its nights are run by tieout sync, not by a schedule')
  for (const { name, schedule: night } of books) {
    const nextDue = new Date(nextDueMs(night, nowMs())).toISOString()
    log.info({ book: name, at: night.at, timeZone: night.timeZone, nextDue }, 'scheduled')
  }
}
