/** What a real PostgreSQL server says when it is in trouble, raised by the server itself in the middle of a transaction. */
import { sql } from 'kysely'
import pg from 'pg'
import { expect, it, onTestFinished } from 'vitest'
import { openDatabase } from '../../src/db/database.ts'
import { newPostgresUrl } from '../support/databases.ts'
import { fakeOutage } from '../support/fake-outage.ts'

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
  const outage = fakeOutage()
  const database = await openDatabase(url, { outage })
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
  return { post, origins, outage, tries: () => tries }
}

const PASSING = [
  '08000',
  '08003',
  '08006',
  '57P01',
  '57P02',
  '57P03',
  '57P05',
  '25P03',
  '53300',
  '25006',
  '40001',
  '40P01',
]

it.each(PASSING)('%s passes: the transaction is done again whole, and once', async (sqlstate) => {
  const { post, origins, outage, tries } = await troubled(sqlstate, 2)
  await post('a')
  expect(await origins()).toEqual(['a'])
  expect(tries()).toBe(3)
  expect(outage.told).toHaveLength(2)
})

it.each([
  ['57P03', 'DATABASE_LOST'],
  ['25006', 'DATABASE_READ_ONLY'],
  ['40001', 'DATABASE_CONFLICT'],
])('%s that does not pass within ten minutes has failed the work with 75', async (sqlstate, code) => {
  const { post, origins } = await troubled(sqlstate, 1_000_000)
  const message = expect.stringMatching(/It was tried again for 10 minutes\.$/) as string
  await expect(post('a')).rejects.toMatchObject({ code, exitCode: 75, message })
  expect(await origins()).toEqual([])
})

it.each([
  ['53100', 'DATABASE_DISK_FULL'],
  ['53200', 'DATABASE_NO_MEMORY'],
  ['53000', 'DATABASE_EXHAUSTED'],
  ['53400', 'DATABASE_EXHAUSTED'],
  ['58030', 'DATABASE_DISK_FAILS'],
])('%s needs a person: nothing is kept, nothing tried again, and the next command goes on', async (sqlstate, code) => {
  const { post, origins, outage, tries } = await troubled(sqlstate, 1)
  await expect(post('a')).rejects.toMatchObject({ code, exitCode: 75 })
  expect(tries()).toBe(1)
  expect(outage.waitedMs()).toBe(0)
  expect(await origins()).toEqual([])
  await post('a')
  expect(await origins()).toEqual(['a'])
})

it.each(['XX001', 'XX002', '22003', '57014'])(
  '%s is no passing trouble: it comes as it is, at once',
  async (sqlstate) => {
    const { post, origins, tries } = await troubled(sqlstate, 1)
    await expect(post('a')).rejects.toMatchObject({ code: sqlstate })
    expect(tries()).toBe(1)
    expect(await origins()).toEqual([])
  },
)
