/** What the daemon has open while it runs, and that all of it is closed again in whatever way it ends. */
import { everySecret, requireSecrets } from '../../config/every-secret.ts'
import { databaseUrl } from '../../config/load.ts'
import { loadMappings } from '../../config/mappings.ts'
import type { Config } from '../../config/model.ts'
import { resolveSecret, type Environment } from '../../config/secrets.ts'
import { openExisting, openReadOnly, type Database } from '../../db/database.ts'
import { migrate, requireTables } from '../../db/migrate.ts'
import { openSpool, type Spool } from '../../db/spool.ts'
import type { Secret } from '../../http/secret.ts'
import { ensureBook } from '../../ledger/books.ts'
import type { ScheduledBook } from '../../pipeline/serve/scheduler.ts'
import { readHookSecrets, type HookSecrets } from '../../web/hook-secrets.ts'
import { createLog, type Log } from '../../web/log.ts'
import type { Session } from '../session.ts'

export interface Opened {
  readonly config: Config
  readonly database: Database
  /** Cannot write, so looking at the state never waits for whoever writes. */
  readonly reader: Database
  readonly spool: Spool
  readonly books: readonly ScheduledBook[]
  readonly secrets: HookSecrets
  /** Null when the report is not shown in a browser. */
  readonly reportPassword: Secret | null
  readonly log: Log
  /** UTC milliseconds; with --now it starts there and runs on. */
  readonly nowMs: () => number
  /** Whether that is another clock than the machine's, which processes of its own must then be told. */
  readonly isShifted: boolean
}

/** While the engine waits for a locked SQLite file, the daemon answers nobody; it looks again at its next wake. */
const BUSY_TIMEOUT_MS = 5_000

/** Throws ConfigError before anything is opened when a secret is missing or unfit, a mapping is wrong, or there is no database. */
export async function withOpened<T>(session: Session, work: (opened: Opened) => Promise<T>): Promise<T> {
  const config = session.config()
  const { env, stdout } = session.io
  loadMappings(config.mappings)
  const configured = secretsInUse(config, env)
  const secrets = readHookSecrets(config, env)
  const { reportPassword: reference } = config.serve
  const reportPassword = reference === undefined ? null : resolveSecret(reference, env)
  const url = databaseUrl(config, env)
  const clock = runningClock(session)
  const log = createLog({
    write: (line) => stdout.write(line),
    secrets: [...secrets.secrets, ...configured],
    nowMs: clock.nowMs,
  })
  const database = await openExisting(url, { busyTimeoutMs: BUSY_TIMEOUT_MS })
  try {
    await requireTables(database)
    await migrate(database, clock.nowMs())
    const books = await scheduledBooks(config, database)
    const spool = await openSpool(database, clock.nowMs())
    const reader = await openReadOnly(url)
    try {
      return await work({ config, database, reader, spool, books, secrets, reportPassword, log, ...clock })
    } finally {
      await reader.close()
      await spool.close()
    }
  } finally {
    await database.close()
  }
}

function runningClock({ clock, io }: Session): Pick<Opened, 'nowMs' | 'isShifted'> {
  const aheadMs = clock.nowMs() - io.nowMs()
  // Without --now both are the same clock, read twice.
  const isShifted = Math.abs(aheadMs) > 1000
  return { nowMs: isShifted ? () => io.nowMs() + aheadMs : io.nowMs, isShifted }
}

/**
 * All of them, so that none stands in the log, and a night does not fail hours later for want of one. A rehearsal asks
 * nobody and tells nobody.
 */
function secretsInUse(config: Config, env: Environment): readonly Secret[] {
  const all = everySecret(config)
  return requireSecrets(config.sandbox === undefined ? all : all.filter(([about]) => about === 'database'), env)
}

/** A rehearsal's vendors and nights are simulated, so its books are shown but not scheduled. */
async function scheduledBooks(config: Config, { kysely }: Database): Promise<readonly ScheduledBook[]> {
  const books: ScheduledBook[] = []
  for (const { name, currency, timeZone, schedule } of config.books) {
    const { id } = await ensureBook(kysely, { name, currency, timeZone })
    if (config.sandbox === undefined) books.push({ id, name, schedule })
  }
  return books
}
