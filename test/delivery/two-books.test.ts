/**
 * Two books whose names begin alike, delivered into one company: every journal of both is there, each its own, whatever
 * the days, amounts and ledger ranges have in common; and a number that is taken is nobody's to adopt.
 */
import { dirname, join } from 'node:path'
import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { lastingIdOf } from '../../src/ledger/book-identity.ts'
import { findBook } from '../../src/ledger/books.ts'
import { approve, newBook, post } from '../journals/support.ts'
import { run, type Ran } from '../cli/support.ts'
import { opened } from '../support/databases.ts'
import { documentsAt, emulators, ENV, joined, NAMES, type Emulated } from './emulated-book.ts'

const BOOKS = ['acmeads-north', 'acmeads-south'] as const

interface Shared extends Emulated {
  readonly database: Database
  readonly type: (book: string, ...argv: string[]) => Promise<Ran>
}

/** Both with a journal of the same day over the same ledger range with the same amounts. */
async function sharedCompany(documentPrefix?: string): Promise<Shared> {
  const emulated = await emulators('plain', undefined, BOOKS)
  const database = await opened(`sqlite:${join(dirname(emulated.configPath), 'tieout.db')}`)
  for (const [index, name] of BOOKS.entries()) {
    const book = await newBook(database, name)
    await post(database, book, [['panel', 'charge', 'netpanel', '1.25', '2026-11-01']])
    await approve(database, book, { documentPrefix })
    const config = emulated.config.books[index]
    if (config === undefined) throw new Error('a book is missing')
    await joined(database, book, { ...emulated, book: config })
  }
  const type = (book: string, ...argv: string[]): Promise<Ran> =>
    run(['--config', emulated.configPath, '--book', book, ...argv], { env: ENV })
  return { ...emulated, database, type }
}

describe('two books in one company', () => {
  it('have each journal there once, under the id of its book, and see nothing of each other', async () => {
    const shared = await sharedCompany()
    const ids = await Promise.all(
      BOOKS.map(async (name) => lastingIdOf(shared.database.kysely, (await findBook(shared.database.kysely, name)).id)),
    )
    for (const book of BOOKS) {
      expect(await shared.type(book, 'deliver')).toMatchObject({
        exitCode: 0,
        stdout: 'quickbooks: 1 entry created, 1 read back and equal.\nxero: 1 entry created, 1 read back and equal.\n',
      })
    }
    const expected = ids.map((id) => `${id}-20261101-1`).toSorted()
    for (const name of NAMES) expect(await documentsAt(shared, name)).toEqual(expected)
    for (const book of BOOKS) {
      expect(await shared.type(book, 'targets', 'drift', '--all')).toMatchObject({ exitCode: 0 })
      const tied = await shared.type(book, 'targets', 'tie-out')
      expect(tied.stdout).toContain('quickbooks ties out: 2 accounts, no difference.')
      expect(tied.stdout).toContain('xero ties out: 2 accounts, no difference.')
      expect(tied.exitCode).toBe(0)
    }
  })

  it('that were given one prefix: the second is refused with its reason, and makes no second entry', async () => {
    const shared = await sharedCompany('ACMEADSN')
    const [north, south] = BOOKS
    expect((await shared.type(north, 'deliver')).exitCode).toBe(0)
    const second = await shared.type(south, 'deliver')
    expect(second).toMatchObject({ exitCode: 1 })
    expect(second.stdout).toContain('1 refused: the target said no for good')
    const history = await shared.type(south, 'targets', 'history', 'ACMEADSN-20261101-1')
    const text = history.stdout.replaceAll(/\s+/g, ' ')
    expect(text).toMatch(
      /holds an entry of .* under ACMEADSN-20261101-1 .* the id of this book is [0-9A-F]{8}\. Nothing/,
    )
    expect(text).toContain('then: tieout deliver --retry ACMEADSN-20261101-1 --target quickbooks')
    for (const name of NAMES) expect(await documentsAt(shared, name)).toEqual(['ACMEADSN-20261101-1'])
    expect(await shared.type(north, 'targets', 'drift', '--all')).toMatchObject({ exitCode: 0 })
  })

  it('that both take one entry for theirs: the tie-out of both says that one is missing', async () => {
    const shared = await sharedCompany('ACMEADSN')
    const [north, south] = BOOKS
    expect((await shared.type(north, 'deliver')).exitCode).toBe(0)
    expect((await shared.type(south, 'deliver')).exitCode).toBe(1)
    await adoptedBySouth(shared.database)
    for (const [book, other] of [
      [north, south],
      [south, north],
    ] as const) {
      const tied = await shared.type(book, 'targets', 'tie-out')
      const text = tied.stdout.replaceAll(/\s+/g, ' ')
      expect(text).toMatch(
        new RegExp(
          `ACMEADSN-20261101-1 is id \\S+ in the target, which book ${other} takes for its own too: one entry`,
        ),
      )
      expect(tied.exitCode).toBe(1)
    }
  })
})

/** Behind the guards' back: the second book's rows delivered as the entries of the first. */
async function adoptedBySouth({ kysely }: Database): Promise<void> {
  const theirs = sql`(select remote_id from outbox as first where first.book = 1 and first.target = outbox.target)`
  for (const state of ['queued', 'sending', 'delivered']) {
    const [id, version] = state === 'delivered' ? [theirs, sql`'0'`] : [sql`null`, sql`null`]
    const [holder, until] = state === 'sending' ? [sql`'h'`, sql`1`] : [sql`null`, sql`null`]
    await sql`
      insert into outbox_attempt
        (book, target, journal, part, n, at_ms, from_state, to_state, request_key, message, remote_id, holder, by_person)
      select book, target, journal, part, history + 1, 1, state, ${state}, 'k', 'as it was', ${id}, 'h', 'ann'
      from outbox where book = 2`.execute(kysely)
    await sql`
      update outbox set state = ${state}, history = history + 1, remote_id = ${id}, remote_version = ${version},
        holder = ${holder}, holder_until_ms = ${until}
      where book = 2`.execute(kysely)
  }
}
