/** Verify: what the attacks do not show. Guards that were added, many findings of one kind, checks from other folders. */
import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { ensureBook } from '../../src/ledger/books.ts'
import { verifyLedger } from '../../src/ledger/verify/verify.ts'
import { describeOnBothEngines } from '../support/both-engines.ts'
import { newPostgresUrl, opened } from '../support/databases.ts'
import { THREE, charge, newBook, post } from '../support/ledger.ts'

describeOnBothEngines('verify', (fresh) => {
  it('finds a trigger that was added, one that was changed and a constraint that is gone', async () => {
    const { kysely, dialect } = await fresh()
    const damage =
      dialect === 'sqlite'
        ? [
            `create trigger mine after insert on posting begin select 1; end`,
            `drop trigger txn_no_update`,
            `create trigger txn_no_update before update on txn when 0 begin select 1; end`,
            `drop index txn_day`,
          ]
        : [
            `create trigger mine before insert on posting for each row execute function txn_no_update()`,
            `create or replace function insert_beyond_head() returns trigger language plpgsql as 'begin return null; end'`,
            `alter table txn drop constraint txn_amount_check`,
          ]
    for (const statement of damage) await sql.raw(statement).execute(kysely)
    const { findings } = await verifyLedger(kysely, null)
    expect(new Set(findings.map((finding) => finding.code))).toEqual(
      new Set(['GUARD_ADDED', 'GUARD_CHANGED', 'GUARD_MISSING']),
    )
  })

  it('finds a column that was added', async () => {
    const { kysely } = await fresh()
    await sql.raw('alter table posting add column note text').execute(kysely)
    const { findings } = await verifyLedger(kysely, null)
    expect(findings).toMatchObject([{ sentence: expect.stringContaining('posting') }])
  })

  it('says nothing of an index or a table that somebody keeps beside it', async () => {
    const { kysely } = await fresh()
    for (const statement of ['create table notes (id integer)', 'create index faster on posting (amount)'])
      await sql.raw(statement).execute(kysely)
    expect((await verifyLedger(kysely, null)).findings).toEqual([])
  })

  it('keeps a bounded number of findings of one kind and says how many more there are', async () => {
    const database = await fresh()
    const book = await newBook(database)
    for (let seq = 1; seq <= 30; seq += 1) {
      await database.kysely
        .insertInto('posting')
        .values({ book: book.id, seq: BigInt(seq), line: 1n, account: 1n, amount: 1n })
        .execute()
    }
    const { findings } = await verifyLedger(database.kysely, book)
    expect(findings).toHaveLength(21)
    expect(findings[20]).toMatchObject({ code: 'ORPHAN_POSTING', sentence: 'There are 10 more of this kind.' })
  })

  it('runs the checks of other folders for each book, and counts what it read', async () => {
    const database = await fresh()
    const [one, two] = [await newBook(database, 'one'), await newBook(database, 'two')]
    await post(database, one, THREE)
    await post(database, two, [charge('order:1', 1n)])
    const result = await verifyLedger(database.kysely, null, [
      async (_, book, findings) => {
        findings.add({ code: 'LANDING_CHANGED', book: book.name, sequence: null, sentence: 'Seen.' })
      },
    ])
    expect(result).toMatchObject({ books: 2, transactions: 4 })
    expect(result.findings.map((finding) => finding.book)).toEqual(['one', 'two'])
  })

  it('reads a book over several pages', async () => {
    const database = await fresh()
    const book = await newBook(database)
    const drafts = Array.from({ length: 4_500 }, (_, index) => charge(`order:${index}`, BigInt(index + 1)))
    await post(database, book, drafts)
    expect(await verifyLedger(database.kysely, book)).toEqual({ books: 1, transactions: 4_500, findings: [] })
  })
})

it.each([
  ['a default', 'alter table posting alter column amount set default 5', 'column posting.amount is not'],
  ['a rule', 'create rule away as on insert to posting do instead nothing', 'rule away on posting is not'],
  ['row security', 'alter table posting enable row level security', 'table posting is not'],
  ['a policy', 'create policy mine on posting using (amount > 0)', 'policy mine on posting is not'],
  ['a child table', 'create table more () inherits (posting)', 'child table more of posting is not'],
  ['a constraint', 'alter table posting add constraint mine check (amount > 0)', 'constraint mine on posting is not'],
  [
    'a right of others',
    'grant select, insert on posting to public',
    'Everybody has the right to insert on table posting',
  ],
  [
    'a trigger on events',
    `create function watch() returns event_trigger language plpgsql as 'begin end';
     create event trigger mine on ddl_command_end execute function watch()`,
    'The event trigger mine (ddl_command_end) is not part of tieout',
  ],
])('verify finds %s that PostgreSQL was given', async (_name, damage, sentence) => {
  const { kysely } = await opened(await newPostgresUrl())
  await sql.raw(damage).execute(kysely)
  const { findings } = await verifyLedger(kysely, null)
  expect(findings).toMatchObject([{ sentence: expect.stringContaining(sentence) }])
})

describeOnBothEngines('a book', (fresh) => {
  it('does not take other settings than it was made with', async () => {
    const database = await fresh()
    await ensureBook(database.kysely, { name: 'acme', currency: 'USD', timeZone: 'UTC' })
    const other = ensureBook(database.kysely, { name: 'acme', currency: 'USD', timeZone: 'Europe/Vienna' })
    await expect(other).rejects.toMatchObject({ code: 'BOOK_SETTINGS_FIXED', exitCode: 2 })
  })

  it('is not posted to while it holds rows that were never closed', async () => {
    const database = await fresh()
    const book = await newBook(database)
    const stray = { book: book.id, seq: 1n, line: 1n, account: 1n, amount: 1n }
    await database.kysely.insertInto('posting').values(stray).execute()
    await expect(post(database, book, THREE)).rejects.toMatchObject({ code: 'LEDGER_NOT_CLOSED', exitCode: 70 })
    await database.kysely.deleteFrom('posting').execute()
    expect(await post(database, book, THREE)).toMatchObject({ posted: 3 })
  })

  it('is made once by several that start together', async () => {
    const database = await fresh()
    const settings = { name: 'acme', currency: 'USD', timeZone: 'UTC' }
    const books = await Promise.all(Array.from({ length: 5 }, () => ensureBook(database.kysely, settings)))
    expect(new Set(books.map((book) => book.id)).size).toBe(1)
  })

  it('takes batches from several writers at once, one after the other', async () => {
    const database = await fresh()
    const book = await newBook(database)
    const batches = Array.from({ length: 6 }, (_, index) => post(database, book, [charge(`order:${index}`, 5n)]))
    const sequences = (await Promise.all(batches)).map((result) => result.headSequence)
    expect(sequences.sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6])
    expect((await verifyLedger(database.kysely, book)).findings).toEqual([])
  })
})
