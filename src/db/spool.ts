/**
 * Where webhook deliveries are kept until they are landed. On PostgreSQL these are tables like any other. On SQLite they
 * are in a file of their own beside the books (`tieout.db-webhooks`), because SQLite has one writer to a file: in the
 * books' file a delivery would wait for whatever the night is just writing.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Kysely } from 'kysely'
import type { Database } from './database.ts'
import { migrate } from './migrate.ts'
import { packageRoot } from './migration-files.ts'
import { openSqlite } from './sqlite.ts'
import type { Tables } from './tables.ts'

export interface Spool {
  readonly kysely: Kysely<Tables>
  /** Tells one spool from another: sequences start again in each. */
  readonly token: string
  readonly close: () => Promise<void>
}

/** The file of a database's spool; null for a database in memory, which has none. */
export function spoolPath(path: string): string | null {
  return path === ':memory:' || path === '' ? null : `${path}-webhooks`
}

/**
 * Opens the spool for writing and makes it when there is none. What cannot be stored at once fails, since its sender sends
 * it again. Throws ConfigError when its file cannot be used.
 */
export async function openSpool(database: Database, nowMs: number): Promise<Spool> {
  if (database.dialect === 'postgres') return sharing(database.kysely)
  const handle = openSqlite(spoolPath(database.raw.name) ?? ':memory:', { readOnly: false })
  await migrate(handle, nowMs, join(packageRoot(), 'migrations', 'spool'))
  return { kysely: handle.kysely, token: await tokenOf(handle.kysely), close: handle.close }
}

/** Opens the spool for reading; null when nothing has ever been received. */
export async function openSpoolToRead(database: Database): Promise<Spool | null> {
  if (database.dialect === 'postgres') return sharing(database.kysely)
  const path = spoolPath(database.raw.name)
  if (path === null || !existsSync(path)) return null
  const handle = openSqlite(path, { readOnly: true })
  try {
    return { kysely: handle.kysely, token: await tokenOf(handle.kysely), close: handle.close }
  } catch {
    // Another process has just made the file and not yet its tables: nothing has been received.
    await handle.close()
    return null
  }
}

async function sharing(kysely: Kysely<Tables>): Promise<Spool> {
  return { kysely, token: await tokenOf(kysely), close: async () => undefined }
}

async function tokenOf(kysely: Kysely<Tables>): Promise<string> {
  return (await kysely.selectFrom('webhook_spool').select('token').executeTakeFirstOrThrow()).token
}
