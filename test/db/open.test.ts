/** Opening: what is refused, and in which words; integers as bigint; one prepared statement per text; waiting writers. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { openDatabase, openReadOnly } from '../../src/db/database.ts'
import { ConfigError, TransientError } from '../../src/domain/errors.ts'
import { packageRoot } from '../../src/db/migration-files.ts'
import { describeOnBothEngines } from '../support/both-engines.ts'
import { newFolder, newPostgresUrl, newSqliteUrl, opened } from '../support/databases.ts'
import { runNode } from '../support/run-node.ts'

describe('opening', () => {
  it.each([
    ['a directory that is missing', (folder: string) => join(folder, 'none', 'books.db'), 'DATABASE_DIRECTORY_MISSING'],
    ['a directory', (folder: string) => folder, 'DATABASE_IS_DIRECTORY'],
    ['a file that is no database', (folder: string) => join(folder, 'text'), 'NOT_A_DATABASE'],
    ['a kind of database there is none of', () => 'mysql://localhost/x', 'DATABASE_URL_UNKNOWN'],
    ['nothing', () => 'sqlite:', 'DATABASE_URL_UNKNOWN'],
  ])('refuses %s', async (_, url, code) => {
    const folder = newFolder()
    mkdirSync(join(folder, 'directory'))
    writeFileSync(join(folder, 'text'), 'this is a text of more than sixteen characters')
    const opening = openDatabase(url(folder))
    await expect(opening).rejects.toMatchObject({ code, exitCode: 2 })
    await expect(opening).rejects.toThrow(ConfigError)
  })

  it('refuses to make a database that it may only read', async () => {
    await expect(openReadOnly(newSqliteUrl())).rejects.toMatchObject({ code: 'DATABASE_MISSING' })
  })

  it('says which server cannot be reached, without the password', async () => {
    const opening = openDatabase('postgres://user:secret@127.0.0.1:1/books')
    await expect(opening).rejects.toThrow(TransientError)
    await expect(opening).rejects.toThrow(/127\.0\.0\.1:1\/books/)
    await expect(opening).rejects.not.toThrow(/secret/)
  })

  it('says that a database does not exist on its server', async () => {
    const url = Object.assign(new URL(await newPostgresUrl()), { pathname: '/nowhere' }).href
    await expect(openDatabase(url)).rejects.toMatchObject({ code: 'DATABASE_REFUSED', exitCode: 2 })
  })

  it('gives SQLite the settings a ledger needs', async () => {
    const { kysely } = await opened(newSqliteUrl())
    const pragma = async (name: string): Promise<unknown> => {
      const { rows } = await sql.raw<Record<string, unknown>>(`pragma ${name}`).execute(kysely)
      return rows[0]?.[name]
    }
    expect(await pragma('journal_mode')).toBe('wal')
    expect(await pragma('synchronous')).toBe(2n)
    expect(await pragma('foreign_keys')).toBe(1n)
    expect(await pragma('recursive_triggers')).toBe(1n)
  })
})

describeOnBothEngines('a handle', (fresh) => {
  it('gives every integer as bigint, past what a float can hold', async () => {
    const { kysely } = await fresh()
    const { rows } = await sql<Record<string, unknown>>`
      select 9007199254740993 as big, count(*) as many, sum(seq) as none, 1 as small from txn`.execute(kysely)
    expect(rows).toEqual([{ big: 9_007_199_254_740_993n, many: 0n, none: null, small: 1n }])
    const sums = await sql`select sum(n) as total from (select 9223372036854775000 as n) as one`.execute(kysely)
    expect(sums.rows).toEqual([{ total: 9_223_372_036_854_775_000n }])
  })

  it('runs one text many times and while it is still being read', async () => {
    const { kysely } = await fresh()
    for (let index = 0; index < 600; index += 1) {
      const { rows } = await sql`select ${sql.lit(index % 300)} as n`.execute(kysely)
      expect(rows).toEqual([{ n: BigInt(index % 300) }])
    }
  })
})

describe('writers of one SQLite file in several processes', () => {
  it('wait for each other, although each reads before it writes', async () => {
    const url = newSqliteUrl()
    const database = await opened(url)
    const program = `
      import { openDatabase } from ${JSON.stringify(join(packageRoot(), 'src/db/database.ts'))}
      const { kysely, close } = await openDatabase(${JSON.stringify(url)})
      for (let turn = 0; turn < 25; turn += 1) {
        await kysely.transaction().execute(async (trx) => {
          const books = await trx.selectFrom('book').select('id').execute()
          const id = BigInt(books.length + 1)
          await trx.insertInto('book').values({ id, name: 'book ' + id, currency: 'USD', time_zone: 'UTC' }).execute()
        })
      }
      await close()`
    await Promise.all([runNode(program), runNode(program)])
    const { rows } = await sql`select count(*) as n from book`.execute(database.kysely)
    expect(rows).toEqual([{ n: 50n }])
  })
})
