/** Connections to PostgreSQL that the server ends, a standby, a database that lost what it confirmed, and the marks. */
import { sql, type Transaction } from 'kysely'
import pg from 'pg'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openDatabase, openReadOnly } from '../../src/db/database.ts'
import type { PostgresHandle } from '../../src/db/postgres.ts'
import type { Tables } from '../../src/db/tables.ts'
import { migrate } from '../../src/db/migrate.ts'
import { cuttingProxy } from '../support/cutting-proxy.ts'
import { newPostgresUrl } from '../support/databases.ts'
import { fakeOutage, type FakeOutage } from '../support/fake-outage.ts'

interface Rig {
  readonly url: string
  readonly database: PostgresHandle
  readonly outage: FakeOutage
  /** One statement on a connection of its own, by somebody else. */
  readonly administer: (statement: string) => Promise<unknown>
  readonly endAll: () => Promise<void>
}

async function rig(onWait?: (rig: Rig) => Promise<void>): Promise<Rig> {
  const url = await newPostgresUrl()
  const administer = async (statement: string): Promise<unknown> => {
    const client = new pg.Client(url)
    await client.connect()
    try {
      await client.query('set default_transaction_read_only = off')
      return await client.query(statement)
    } finally {
      await client.end()
    }
  }
  const waiting: { rig?: Rig } = {}
  const fake = fakeOutage()
  const outage = {
    ...fake,
    wait: async (ms: number) => {
      if (waiting.rig !== undefined) await onWait?.(waiting.rig)
      await fake.wait(ms)
    },
  }
  const database = await openDatabase(url, { outage })
  onTestFinished(() => database.close())
  if (database.dialect !== 'postgres') throw new Error('not PostgreSQL')
  const others = 'datname = current_database() and pid <> pg_backend_pid()'
  const endAll = async (): Promise<void> =>
    void (await administer(`select pg_terminate_backend(pid, 5000) from pg_stat_activity where ${others}`))
  return (waiting.rig = { url, database, outage, administer, endAll })
}

function slot(trx: Transaction<Tables> | PostgresHandle['kysely'], origin: string): Promise<unknown> {
  return trx.insertInto('rate_slot').values({ origin, next_us: 0n, now_us: 0n }).execute()
}

async function origins({ kysely }: PostgresHandle): Promise<readonly string[]> {
  const rows = await kysely.selectFrom('rate_slot').select('origin').orderBy('origin').execute()
  return rows.map(({ origin }) => origin)
}

describe('a connection the server ends', () => {
  it('while nobody uses it is replaced', async () => {
    const { database, endAll } = await rig()
    await slot(database.kysely, 'a')
    await endAll()
    await slot(database.kysely, 'b')
    await endAll()
    expect(await origins(database)).toEqual(['a', 'b'])
  })

  it('between two statements of a transaction does not end the process, and the transaction is done whole', async () => {
    const { database, endAll, outage } = await rig()
    let tries = 0
    await database.kysely.transaction().execute(async (trx) => {
      tries += 1
      await slot(trx, 'a')
      if (tries < 3) await endAll()
      await slot(trx, 'b')
    })
    expect(tries).toBe(3)
    expect(await origins(database)).toEqual(['a', 'b'])
    expect(outage.told).toHaveLength(2)
  })

  it('during a transaction that hides it is noticed when it is to be committed', async () => {
    const { database, endAll } = await rig()
    let tries = 0
    await database.kysely.transaction().execute(async (trx) => {
      tries += 1
      if (tries === 1) await endAll()
      await slot(trx, 'a').catch(() => undefined)
    })
    expect(await origins(database)).toEqual(['a'])
  })

  it('ends work that is not to wait with 75, and the next finds another connection', async () => {
    const { database, endAll } = await rig()
    const work = database.atOnce.transaction().execute(async (trx) => {
      await slot(trx, 'a')
      await endAll()
      await slot(trx, 'b')
    })
    await expect(work).rejects.toMatchObject({ code: 'DATABASE_LOST', exitCode: 75 })
    expect(await origins(database)).toEqual([])
  })

  it('does not repeat what failed for a reason of its own', async () => {
    const { database } = await rig()
    let tries = 0
    const work = database.kysely.transaction().execute(async (trx) => {
      tries += 1
      await slot(trx, 'a')
      await slot(trx, 'a')
    })
    await expect(work).rejects.toMatchObject({ code: '23505' })
    expect(tries).toBe(1)
  })
})

describe('a standby', () => {
  it('is waited for until it takes writes', async () => {
    const settled = async ({ administer, database, outage, endAll }: Rig): Promise<void> => {
      if (outage.waitedMs() < 60_000) return
      await administer(`alter database ${await nameOf(database)} set default_transaction_read_only = off`)
      await endAll()
    }
    const { database, administer, endAll, outage } = await rig(settled)
    await slot(database.kysely, 'a')
    await administer(`alter database ${await nameOf(database)} set default_transaction_read_only = on`)
    await endAll()
    await slot(database.kysely, 'b')
    expect(await origins(database)).toEqual(['a', 'b'])
    expect(outage.told[0]).toMatch(/takes no writes: it is a standby/)
  })

  it('that stays one has failed the work after ten minutes', async () => {
    const { database, administer, endAll } = await rig()
    await administer(`alter database ${await nameOf(database)} set default_transaction_read_only = on`)
    await endAll()
    const message = expect.stringMatching(/is a standby.*It was tried again for 10 minutes\.$/) as string
    await expect(slot(database.kysely, 'a')).rejects.toMatchObject({
      code: 'DATABASE_READ_ONLY',
      exitCode: 75,
      message,
    })
  })

  it('is what a handle that may only read expects', async () => {
    const { url } = await rig()
    const reader = await openReadOnly(url)
    await expect(slot(reader.kysely, 'a')).rejects.toMatchObject({ code: '25006' })
    await reader.close()
  })
})

async function nameOf({ atOnce }: PostgresHandle): Promise<string> {
  const { rows } = await sql<{ name: string }>`select current_database() as name`.execute(atOnce)
  return rows[0]?.name ?? ''
}

describe('the marks of transactions', () => {
  it('are one while a process lives and none when it has ended', async () => {
    const { url, database, administer } = await rig()
    for (const origin of ['a', 'b', 'c']) await slot(database.kysely, origin)
    expect(await administer('select id from commit_mark')).toMatchObject({ rowCount: 1 })
    await database.close()
    expect(await administer('select id from commit_mark')).toMatchObject({ rowCount: 0 })
    expect(url).not.toBe('')
  })

  it('tell a database that has lost what it confirmed', async () => {
    const { database, administer } = await rig()
    await slot(database.kysely, 'a')
    // As an older copy would be.
    await administer('truncate commit_mark, rate_slot')
    await expect(slot(database.kysely, 'b')).rejects.toMatchObject({ code: 'DATABASE_BEHIND', exitCode: 75 })
    expect(await origins(database)).toEqual([])
  })

  it('let a process that can go on say so once, and begin anew', async () => {
    const losses: string[] = []
    const url = await newPostgresUrl()
    const database = await openDatabase(url, { outage: fakeOutage(), onLoss: ({ code }) => void losses.push(code) })
    onTestFinished(() => database.close())
    if (database.dialect !== 'postgres') throw new Error('not PostgreSQL')
    await slot(database.kysely, 'a')
    await sql`truncate commit_mark, rate_slot`.execute(database.atOnce)
    await expect(slot(database.kysely, 'b')).rejects.toMatchObject({ code: 'DATABASE_BEHIND' })
    await slot(database.kysely, 'c')
    await slot(database.kysely, 'd')
    expect(await origins(database)).toEqual(['c', 'd'])
    expect(losses).toEqual(['DATABASE_BEHIND'])
  })

  it.each(['kept', 'not kept'])('tell of a COMMIT nobody could be asked about whether it was %s', async (fate) => {
    const url = await newPostgresUrl()
    const proxy = await cuttingProxy(url, async () => proxy.close())
    // Gone for longer than is waited.
    const database = await openDatabase(proxy.url, { outage: fakeOutage() })
    onTestFinished(() => database.close())
    if (database.dialect !== 'postgres') throw new Error('not PostgreSQL')
    await slot(database.kysely, 'a')
    let isOver = false
    proxy.cutWhere(({ commit }) => {
      if (isOver) return null
      if (commit !== null) isOver = true
      return commit === null ? null : fate === 'kept' ? 'unanswered' : 'before'
    })
    const lost = slot(database.kysely, 'b')
    await expect(lost).rejects.toMatchObject({ code: 'DATABASE_LOST', exitCode: 75 })
    proxy.open()
    await slot(database.kysely, 'c')
    await slot(database.kysely, 'd')
    expect(await origins(database)).toEqual(fate === 'kept' ? ['a', 'b', 'c', 'd'] : ['a', 'c', 'd'])
  })

  it('are not needed to make the table they are in', async () => {
    const url = await newPostgresUrl({ empty: true })
    const database = await openDatabase(url, { outage: fakeOutage() })
    onTestFinished(() => database.close())
    expect(await migrate(database, 0)).not.toEqual([])
    await slot(database.kysely, 'a')
    const marks = await database.kysely
      .selectFrom('commit_mark' as 'rate_slot')
      .selectAll()
      .execute()
    expect(marks).toHaveLength(1)
  })
})
