/** What a real PostgreSQL server says when it is in trouble, raised by the server itself in the middle of a transaction. */
import { sql } from 'kysely'
import pg from 'pg'
import { expect, it, onTestFinished } from 'vitest'
import { openDatabase } from '../../src/db/database.ts'
import { newPostgresUrl } from '../support/databases.ts'

/** A table guard that raises what `trouble` holds: its SQLSTATE, as often as it says. */
const GUARD = `
create sequence trouble_count;
create table trouble (sqlstate text, times bigint);
create function raise_trouble() returns trigger language plpgsql as $$
declare wanted trouble%rowtype;
begin
  select * into wanted from trouble;
  -- A sequence is not undone with its transaction.
  if found and nextval('trouble_count') <= wanted.times then
    raise exception 'as the server says it' using errcode = wanted.sqlstate;
  end if;
  return new;
end $$;
create trigger raise_trouble before insert on rate_slot for each row execute function raise_trouble();`

async function troubled(sqlstate: string, times: number) {
  const url = await newPostgresUrl()
  const client = new pg.Client(url)
  await client.connect()
  await client.query(GUARD)
  await client.query('insert into trouble values ($1, $2)', [sqlstate, times])
  await client.end()
  const database = await openDatabase(url)
  onTestFinished(() => database.close())
  let tries = 0
  const post = (origin: string): Promise<void> =>
    database.kysely.transaction().execute(async (trx) => {
      tries += 1
      await trx.insertInto('rate_slot').values({ origin, next_us: 0n, now_us: 0n }).execute()
    })
  const origins = async (): Promise<readonly string[]> => {
    const { rows } = await sql<{ origin: string }>`select origin from rate_slot order by origin`.execute(
      database.kysely,
    )
    return rows.map(({ origin }) => origin)
  }
  return { post, origins, tries: () => tries }
}

it.each([
  ['08000', 'DATABASE_LOST'],
  ['08003', 'DATABASE_LOST'],
  ['08006', 'DATABASE_LOST'],
  ['57P01', 'DATABASE_LOST'],
  ['57P02', 'DATABASE_LOST'],
  ['57P03', 'DATABASE_LOST'],
  ['57P05', 'DATABASE_LOST'],
  ['25P03', 'DATABASE_LOST'],
  ['53300', 'DATABASE_LOST'],
  ['25006', 'DATABASE_READ_ONLY'],
  ['40001', 'DATABASE_CONFLICT'],
  ['40P01', 'DATABASE_CONFLICT'],
  ['53100', 'DATABASE_DISK_FULL'],
  ['53200', 'DATABASE_NO_MEMORY'],
  ['53000', 'DATABASE_EXHAUSTED'],
  ['53400', 'DATABASE_EXHAUSTED'],
  ['58030', 'DATABASE_DISK_FAILS'],
])('%s is %s: nothing is kept, nothing repeated, and the next work goes on', async (sqlstate, code) => {
  const { post, origins, tries } = await troubled(sqlstate, 1)
  await expect(post('a')).rejects.toMatchObject({ code, exitCode: 75 })
  expect(tries()).toBe(1)
  expect(await origins()).toEqual([])
  await post('a')
  expect(await origins()).toEqual(['a'])
})

it.each(['XX001', 'XX002', '22003', '57014'])(
  '%s is no trouble of the database: it comes as it is',
  async (sqlstate) => {
    const { post, origins, tries } = await troubled(sqlstate, 1)
    await expect(post('a')).rejects.toMatchObject({ code: sqlstate })
    expect(tries()).toBe(1)
    expect(await origins()).toEqual([])
  },
)
