/** Connections to PostgreSQL that the server ends, and a standby: the transaction is undone, and nothing is repeated. */
import type { Transaction } from 'kysely'
import pg from 'pg'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openDatabase, openReadOnly } from '../../src/db/database.ts'
import type { PostgresHandle } from '../../src/db/postgres.ts'
import type { Tables } from '../../src/db/tables.ts'
import { newPostgresUrl } from '../support/databases.ts'

interface Rig {
  readonly url: string
  readonly database: PostgresHandle
  /** One statement on a connection of its own, by somebody else. */
  readonly administer: (statement: string) => Promise<unknown>
  readonly endAll: () => Promise<void>
}

async function rig(): Promise<Rig> {
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
  const database = await openDatabase(url)
  onTestFinished(() => database.close())
  if (database.dialect !== 'postgres') throw new Error('not PostgreSQL')
  const others = 'datname = current_database() and pid <> pg_backend_pid()'
  const endAll = async (): Promise<void> =>
    void (await administer(`select pg_terminate_backend(pid, 5000) from pg_stat_activity where ${others}`))
  return { url, database, administer, endAll }
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

  it('between two statements of a transaction does not end the process: the work ends with 75, the next goes on', async () => {
    const { database, endAll } = await rig()
    let tries = 0
    const work = database.kysely.transaction().execute(async (trx) => {
      tries += 1
      await slot(trx, 'a')
      await endAll()
      await slot(trx, 'b')
    })
    await expect(work).rejects.toMatchObject({ code: 'DATABASE_LOST', exitCode: 75 })
    expect(tries).toBe(1)
    expect(await origins(database)).toEqual([])
  })

  it('during a transaction that hides it is noticed when it is to be committed', async () => {
    const { database, endAll } = await rig()
    const work = database.kysely.transaction().execute(async (trx) => {
      await endAll()
      await slot(trx, 'a').catch(() => undefined)
    })
    await expect(work).rejects.toMatchObject({ code: 'DATABASE_LOST' })
    expect(await origins(database)).toEqual([])
  })

  it('is told from what failed for a reason of its own', async () => {
    const { database } = await rig()
    const work = database.kysely.transaction().execute(async (trx) => {
      await slot(trx, 'a')
      await slot(trx, 'a')
    })
    await expect(work).rejects.toMatchObject({ code: '23505' })
  })
})

describe('a standby', () => {
  it('that takes no writes ends the work with 75, until it takes them', async () => {
    const { url, database, administer, endAll } = await rig()
    const name = new URL(url).pathname.slice(1)
    await administer(`alter database ${name} set default_transaction_read_only = on`)
    await endAll()
    const message = expect.stringContaining('takes no writes: it is a standby') as string
    const refused = { code: 'DATABASE_READ_ONLY', exitCode: 75, message }
    await expect(slot(database.kysely, 'a')).rejects.toMatchObject(refused)
    await administer(`alter database ${name} set default_transaction_read_only = off`)
    await endAll()
    await slot(database.kysely, 'a')
    expect(await origins(database)).toEqual(['a'])
  })

  it('is what a handle that may only read expects', async () => {
    const { url } = await rig()
    const reader = await openReadOnly(url)
    await expect(slot(reader.kysely, 'a')).rejects.toMatchObject({ code: '25006' })
    await reader.close()
  })
})
