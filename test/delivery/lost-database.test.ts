/**
 * A database that is lost and made anew from the same inputs: the book has another id, and the company holds everything
 * of before. Nothing goes there a second time before somebody says whose it is. Real emulators over HTTP.
 */
import { rmSync, writeFileSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { lastingIdOf } from '../../src/ledger/book-identity.ts'
import { findBook } from '../../src/ledger/books.ts'
import { run, type Ran } from '../cli/support.ts'
import { approve, newBook, post } from '../journals/support.ts'
import { opened } from '../support/databases.ts'
import { documentsAt, emulators, ENV, joined, NAMES, type Emulated } from './emulated-book.ts'

interface Made extends Emulated {
  readonly database: Database
  readonly lastingId: string
  readonly type: (...argv: string[]) => Promise<Ran>
}

/** One charge a day from 2026-11-01. */
async function made(emulated: Emulated, amounts: readonly string[], documentPrefix?: string): Promise<Made> {
  const path = databasePath(emulated)
  const database = await opened(`sqlite:${path}`)
  const book = await newBook(database, 'acme-ads')
  for (const [index, amount] of amounts.entries()) {
    await post(database, book, [['panel', 'charge', 'netpanel', amount, `2026-11-0${index + 1}`]])
  }
  await approve(database, book, { documentPrefix })
  await joined(database, book, emulated)
  const type = (...argv: string[]): Promise<Ran> => run(['--config', emulated.configPath, ...argv], { env: ENV })
  return { ...emulated, database, lastingId: await lastingIdOf(database.kysely, book.id), type }
}

function databasePath({ configPath }: Emulated): string {
  return join(dirname(configPath), 'tieout.db')
}

const DAYS = ['1.25', '2.25', '3.25'] as const

/** Delivered to both companies; then the database is gone, and another one is made of these amounts. */
async function lost(anew: readonly string[] = DAYS, documentPrefix?: string): Promise<{ before: Made; after: Made }> {
  const emulated = await emulators('plain')
  if (documentPrefix !== undefined) {
    const text = readFileSync(emulated.configPath, 'utf8')
    const stated = text.replace('  - name: acme-ads', `  - name: acme-ads\n    documentPrefix: ${documentPrefix}`)
    writeFileSync(emulated.configPath, stated)
  }
  const before = await made(emulated, DAYS, documentPrefix)
  expect(await before.type('deliver')).toMatchObject({ exitCode: 0 })
  await before.database.close()
  for (const end of ['', '-wal', '-shm']) rmSync(`${databasePath(emulated)}${end}`, { force: true })
  return { before, after: await made(emulated, anew, documentPrefix) }
}

function flat({ stdout, stderr }: Ran): string {
  return `${stdout} ${stderr}`.replaceAll(/\s+/g, ' ')
}

describe('a database that was lost and made anew', () => {
  it('delivers nothing a second time, and says what stands there and the two commands', async () => {
    const { before, after } = await lost()
    const id = before.lastingId
    expect((await findBook(after.database.kysely, 'acme-ads')).id).toBe(1n)
    const stopped = await after.type('deliver')
    for (const name of NAMES) {
      expect(await documentsAt(after, name)).toHaveLength(3)
      expect(flat(stopped)).toContain(`3, 6.75 USD, of 2026-11-01 to 2026-11-03 (book ${id})`)
      expect(flat(stopped)).toContain(`tieout targets take-over ${id} --target ${name} --why WHY`)
      expect(flat(stopped)).toContain(`tieout targets another-book ${id} --target ${name} --why WHY`)
    }
    expect(stopped.exitCode).toBe(1)
    const open = await after.type('todo', '--json')
    expect(open.stdout.match(/DELIVERY_FAILED/g)).toHaveLength(2)
  })

  it('goes on beside them once somebody says that they are of another book', async () => {
    const { before, after } = await lost()
    const id = before.lastingId
    for (const name of NAMES) {
      const said = await after.type('targets', 'another-book', id, '--target', name, '--why', 'the shop in Lyon')
      expect(said).toMatchObject({ exitCode: 0 })
      expect(said.stdout).toContain(`3, 6.75 USD, of 2026-11-01 to 2026-11-03 (book ${id})`)
    }
    expect(await after.type('deliver')).toMatchObject({ exitCode: 0 })
    for (const name of NAMES) expect(await documentsAt(after, name)).toHaveLength(6)
    const tied = await after.type('targets', 'tie-out')
    expect(tied.exitCode).toBe(0)
    expect(tied.stdout).toContain(
      `xero: entries of other tieout books here: 3, 6.75 USD, of 2026-11-01 to 2026-11-03 (book ${id}); said to be another book.`,
    )
    const words = await after.database.kysely.selectFrom('target_word').selectAll().execute()
    expect(words.map(({ action, why, by_person: by }) => [action, why, by !== ''])).toEqual([
      ['another', 'the shop in Lyon', true],
      ['another', 'the shop in Lyon', true],
    ])
  })

  it.each([undefined, 'ACMEADSN'])('adopts everything once its id is taken over (prefix %s)', async (prefix) => {
    const { before, after } = await lost(DAYS, prefix)
    expect(await after.type('deliver')).toMatchObject({ exitCode: 1 })
    for (const name of NAMES) {
      const said = await after.type('targets', 'take-over', before.lastingId, '--target', name, '--why', 'disk lost')
      expect(said).toMatchObject({ exitCode: 0 })
    }
    const delivered = await after.type('deliver')
    expect(delivered.stdout).toContain('quickbooks: 0 entries created, 3 found there already and adopted, 3 read back')
    expect(delivered.stdout).toContain('xero: 0 entries created, 3 found there already and adopted, 3 read back')
    expect(delivered.exitCode).toBe(0)
    for (const name of NAMES) expect(await documentsAt(after, name)).toHaveLength(3)
    expect(await after.type('targets', 'drift', '--all')).toMatchObject({ exitCode: 0 })
    const tied = await after.type('targets', 'tie-out')
    expect(tied.stdout).toContain('quickbooks ties out: 2 accounts, no difference.')
    expect(tied.stdout).toContain('xero ties out: 2 accounts, no difference.')
    const open = await after.type('todo', '--json')
    expect(open.stdout).not.toContain('DELIVERY_FAILED')
  })

  it('sends nothing of a day that differs, says both sums, and sends what is new', async () => {
    const { before, after } = await lost(['1.25', '9.75', '3.25', '4.25'])
    for (const name of NAMES)
      await after.type('targets', 'take-over', before.lastingId, '--target', name, '--why', 'disk lost')
    const delivered = await after.type('deliver')
    expect(delivered.stdout).toContain('quickbooks: 1 entry created, 2 found there already and adopted, 3 read back')
    expect(delivered.exitCode).toBe(1)
    for (const name of NAMES) expect(await documentsAt(after, name)).toHaveLength(4)
    const open = await after.type('todo', '--json')
    expect(open.stdout.match(/DELIVERY_FAILED/g)).toHaveLength(2)
    expect(open.stdout).toContain(`Ours: 9.75 USD. There: 2.25 USD in ${before.lastingId}-20261102-1 (id `)
  })

  it.each([
    [['12345'], '"12345" is no id of a book'],
    [['ZZZZZZZZ'], 'No entry of quickbooks from 2026-01-01 on carries the id ZZZZZZZZ.'],
    [['OWN'], 'is the id of this book itself'],
    [['THEIRS', '--why', ' '], 'The reason is empty.'],
  ])('refuses %j with a sentence', async ([id = '', ...more], sentence) => {
    const { before, after } = await lost()
    const ids = new Map([
      ['OWN', after.lastingId],
      ['THEIRS', before.lastingId],
    ])
    const argv = ['targets', 'take-over', ids.get(id) ?? id, '--target', 'quickbooks', '--why', 'lost', ...more]
    const refused = await after.type(...argv)
    expect(refused.exitCode).toBe(2)
    expect(flat(refused)).toContain(sentence)
    expect(await after.database.kysely.selectFrom('target_word').selectAll().execute()).toEqual([])
  })
})
