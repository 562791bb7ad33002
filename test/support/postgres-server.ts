/** Databases on the test server: named by the environment, so that every worker process finds it. */
import { randomUUID } from 'node:crypto'
import pg from 'pg'

export const POSTGRES_URL_VARIABLE = 'TIEOUT_TEST_POSTGRES_URL'
export const TEMPLATE = 'tieout_template'

/** Creates a database, as a copy of `template` unless that is null, and returns its URL. */
export async function createPostgresDatabase(
  serverUrl: string,
  name: string = `tieout_${randomUUID().replaceAll('-', '')}`,
  template: string | null = TEMPLATE,
): Promise<string> {
  const client = new pg.Client(serverUrl)
  await client.connect()
  try {
    if (template === null) await client.query(`drop database if exists ${name}`)
    await client.query(`create database ${name}${template === null ? '' : ` template ${template}`}`)
  } finally {
    await client.end()
  }
  return Object.assign(new URL(serverUrl), { pathname: `/${name}` }).href
}
