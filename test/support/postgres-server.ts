/** Databases on the test server: named by the environment, so that every worker process finds it. */
import { randomUUID } from 'node:crypto'
import pg from 'pg'

export const POSTGRES_URL_VARIABLE = 'TIEOUT_TEST_POSTGRES_URL'
/** Where the server's programs are, for tests that start servers of their own. */
export const POSTGRES_MODULES_VARIABLE = 'TIEOUT_TEST_POSTGRES_MODULES'
export const TEMPLATE = 'tieout_template'

/** Creates a database, as a copy of `template` unless that is null, and returns its URL. */
export async function createPostgresDatabase(
  serverUrl: string,
  name: string = `tieout_${randomUUID().replaceAll('-', '')}`,
  template: string | null = TEMPLATE,
): Promise<string> {
  // By files: through the write-ahead log, which is the default, a copy takes twice the work.
  const copy = template === null ? '' : ` template ${template} strategy file_copy`
  await onServer(serverUrl, `create database ${name}${copy}`)
  return Object.assign(new URL(serverUrl), { pathname: `/${name}` }).href
}

/** Also while it is in use: processes that were killed leave connections behind for a moment. */
export async function dropPostgresDatabase(serverUrl: string, name: string): Promise<void> {
  await onServer(serverUrl, `drop database if exists ${name} with (force)`)
}

async function onServer(serverUrl: string, statement: string): Promise<void> {
  const client = new pg.Client(serverUrl)
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
