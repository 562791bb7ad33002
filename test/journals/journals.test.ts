import fc from 'fast-check'
import { sql } from 'kysely'
import { expect, it } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import type { HoldRule } from '../../src/domain/journals/journal.ts'
import { abs, unitsPerMinor } from '../../src/domain/money/money.ts'
import { draftJournals, EVERY_DAY } from '../../src/journals/drafts.ts'
import { proveJournals } from '../../src/journals/prove.ts'
import { journalLines, listJournals } from '../../src/journals/read.ts'
import { carriedRemainders } from '../../src/journals/totals.ts'
import { describeOnBothEngines } from '../support/both-engines.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { approve, newBook, post, units, type Event } from './support.ts'
import { dropTriggers } from '../support/unguarded.ts'

const charge = (amount: string, day: string): Event => ['panel', 'charge', 'netpanel', amount, day]

/** The five events of the worked example, one a day. */
const WORKED = ['0.40332', '0.00410', '0.33333', '0.33333', '0.33333'].map((amount, index) =>
  charge(amount, `2026-11-0${index + 1}`),
)

const noWallet = { file: 'quickbooks.yaml', accounts: new Map([['5100', 'Costs']]) }

async function rowCounts({ kysely }: Database): Promise<readonly bigint[]> {
  const journals = await kysely
    .selectFrom('journal')
    .select((eb) => eb.fn.countAll<bigint>().as('n'))
    .execute()
  const lines = await kysely
    .selectFrom('journal_line')
    .select((eb) => eb.fn.countAll<bigint>().as('n'))
    .execute()
  return [...journals, ...lines].map((row) => row.n)
}

describeOnSqlite('a draft', (fresh) => {
  it('is computed from the daily balances, in date order, and stores nothing', async () => {
    const database = await fresh()
    const book = await newBook(database)
    await post(database, book, WORKED.toReversed())
    const { ready } = await draftJournals(database.kysely, book, EVERY_DAY)
    expect(ready.map(({ lines }) => lines.find((line) => line.account === '5100:netpanel')?.rounded)).toEqual(
      ['0.40', '0.01', '0.33', '0.33', '0.34'].map(units),
    )
    expect(await rowCounts(database)).toEqual([0n, 0n])
  })

  it('rounds exactly as approval will, and is gone once approved', async () => {
    const database = await fresh()
    const book = await newBook(database)
    await post(database, book, WORKED)
    const { ready } = await draftJournals(database.kysely, book, EVERY_DAY)
    const { approved } = await approve(database, book)
    for (const [index, { id }] of approved.entries()) {
      expect(await journalLines(database.kysely, book, id)).toEqual(ready[index]?.lines)
    }
    expect((await draftJournals(database.kysely, book, EVERY_DAY)).ready).toEqual([])
    expect((await approve(database, book)).approved).toEqual([])
  })

  it('is limited to the days asked for and does not mix books or currencies', async () => {
    const database = await fresh()
    const book = await newBook(database)
    const other = await newBook(database, 'Other')
    await post(database, book, [charge('1', '2026-11-01'), ['panel', 'charge', 'netpanel', '2.7', '2026-11-02', 'JPY']])
    await post(database, other, [charge('7', '2026-11-02')])
    const { ready } = await draftJournals(database.kysely, book, { from: '2026-11-02', to: '2026-11-02' })
    expect(ready).toEqual([
      {
        day: '2026-11-02',
        currency: 'JPY',
        lines: [
          { account: '1310:netpanel', exact: units('-2.7'), rounded: units('-3') },
          { account: '5100:netpanel', exact: units('2.7'), rounded: units('3') },
        ],
      },
    ])
  })
})

describeOnBothEngines('approval', (fresh) => {
  it('seals days in date order with numbers, ranges and a hash', async () => {
    const database = await fresh()
    const book = await newBook(database)
    await post(database, book, [charge('2', '2026-11-02'), charge('1', '2026-11-01')])
    const { approved } = await approve(database, book, { by: 'ann', atMs: 5 })
    // The log was empty when they were approved.
    expect(approved.map(({ heads }) => heads.replace(/[0-9a-f]{16}/g, 'HASH'))).toEqual(['2:HASH', '2:HASH'])
    expect(approved.map(({ hash, heads: _heads, ...journal }) => [journal, hash.length])).toEqual([
      [
        {
          id: 1n,
          number: 1,
          document: 'ACMEADS-20261101-1',
          day: '2026-11-01',
          documentDate: '2026-11-01',
          currency: 'USD',
          fromSequence: 1n,
          toSequence: 2n,
          approvedBy: 'ann',
          approvedAtMs: 5,
          link: null,
          status: 'approved',
        },
        64,
      ],
      [expect.objectContaining({ id: 2n, number: 1, document: 'ACMEADS-20261102-1', day: '2026-11-02' }), 64],
    ])
    expect(await listJournals(database.kysely, book, EVERY_DAY)).toEqual(approved)
  })

  it("puts what arrives later for a sealed day into that day's next journal", async () => {
    const database = await fresh()
    const book = await newBook(database)
    await post(database, book, [charge('0.40332', '2026-11-01')])
    await approve(database, book)
    await post(database, book, [charge('0.0041', '2026-11-01')])
    const { approved } = await approve(database, book)
    expect(approved).toMatchObject([
      { number: 2, document: 'ACMEADS-20261101-2', day: '2026-11-01', fromSequence: 2n, toSequence: 2n },
    ])
    expect(await journalLines(database.kysely, book, 2n)).toEqual([
      { account: '1310:netpanel', exact: units('-0.0041'), rounded: units('-0.01') },
      { account: '5100:netpanel', exact: units('0.0041'), rounded: units('0.01') },
    ])
  })

  it('of one currency leaves the others of the day open', async () => {
    const database = await fresh()
    const book = await newBook(database)
    await post(database, book, [charge('1', '2026-11-01'), ['panel', 'charge', 'netpanel', '2', '2026-11-01', 'EUR']])
    const rule: HoldRule = ({ currency }) =>
      currency === 'EUR' ? { cause: 'policy', unmapped: [], reason: 'not yet' } : undefined
    const first = await approve(database, book, { rule })
    expect(first.approved.map(({ currency }) => currency)).toEqual(['USD'])
    const { ready } = await draftJournals(database.kysely, book, EVERY_DAY)
    expect(ready.map(({ day, currency }) => [day, currency])).toEqual([['2026-11-01', 'EUR']])
    const second = await approve(database, book)
    expect(second.approved).toMatchObject([{ currency: 'EUR', fromSequence: 1n, document: 'ACMEADS-20261101-2' }])
    expect((await proveJournals(database.kysely, book)).problems).toEqual([])
  })

  it('dates a journal of a closed day on the first open day, and keeps the day', async () => {
    const database = await fresh()
    const book = await newBook(database)
    await post(database, book, [charge('1', '2026-10-30'), charge('1', '2026-11-02')])
    const { approved } = await approve(database, book, { closedThrough: '2026-10-31' })
    expect(approved.map(({ day, documentDate }) => [day, documentDate])).toEqual([
      ['2026-10-30', '2026-11-01'],
      ['2026-11-02', '2026-11-02'],
    ])
    const november = await listJournals(database.kysely, book, { from: '2026-11-01', to: '2026-11-30' })
    expect(november).toHaveLength(2)
  })

  it('holds a day with an unmapped account whole, and seals it once the account is mapped', async () => {
    const database = await fresh()
    const book = await newBook(database)
    await post(database, book, [charge('1', '2026-11-01')])
    const { approved, held } = await approve(database, book, { mapping: noWallet })
    expect(approved).toEqual([])
    expect(held.map((each) => [each.day, each.unmapped])).toEqual([['2026-11-01', ['1310:netpanel']]])
    expect(held[0]?.reason).toContain('quickbooks.yaml does not map account 1310:netpanel')
    expect(await rowCounts(database)).toEqual([0n, 0n])
    expect((await approve(database, book)).approved).toHaveLength(1)
  })

  it('seals only the days it is given: a backfill waits for review', async () => {
    const database = await fresh()
    const book = await newBook(database)
    await post(database, book, [charge('1', '2026-01-15'), charge('1', '2026-11-19')])
    await approve(database, book, { from: '2026-11-19', through: '2026-11-19' })
    const { ready } = await draftJournals(database.kysely, book, EVERY_DAY)
    expect(ready.map((draft) => draft.day)).toEqual(['2026-01-15'])
    const { approved } = await approve(database, book)
    expect(approved).toMatchObject([{ id: 2n, day: '2026-01-15', number: 1 }])
  })

  it('numbers the journals of a day through its currencies', async () => {
    const database = await fresh()
    const book = await newBook(database)
    await post(database, book, [charge('1', '2026-11-01'), ['panel', 'charge', 'netpanel', '1', '2026-11-01', 'EUR']])
    const { approved } = await approve(database, book)
    expect(approved.map(({ currency, document }) => [currency, document])).toEqual([
      ['EUR', 'ACMEADS-20261101-1'],
      ['USD', 'ACMEADS-20261101-2'],
    ])
  })

  it('seals a day once when two approve at the same time', async () => {
    const database = await fresh()
    const book = await newBook(database)
    await post(database, book, WORKED)
    const results = await Promise.all([approve(database, book), approve(database, book), approve(database, book)])
    expect(results.map(({ approved }) => approved.length).toSorted((a, b) => a - b)).toEqual([0, 0, WORKED.length])
    expect(await listJournals(database.kysely, book, EVERY_DAY)).toHaveLength(WORKED.length)
    expect((await proveJournals(database.kysely, book)).problems).toEqual([])
  })
})

describeOnBothEngines('a sealed journal', (fresh) => {
  it.each([
    ["update journal set day = '2026-01-01'", 'a sealed journal never changes'],
    ["update journal set hash = hash, document = 'X'", 'a sealed journal never changes'],
    ["update journal set status = 'verified'", 'its status only goes on'],
    ['delete from journal', 'never deleted'],
    ['update journal_line set rounded = rounded + 1000000', 'never change'],
    ['delete from journal_line', 'never'],
    [
      'insert into journal_line (book, journal, account, exact, rounded) select book, 1, max(id), 1, 0 from account group by book',
      'takes no more lines',
    ],
  ])('refuses: %s', async (statement, message) => {
    const database = await fresh()
    const book = await newBook(database)
    await post(database, book, [charge('1', '2026-11-01')])
    await approve(database, book)
    await post(database, book, [['publisher', 'earn', 'pub', '1', '2026-11-02']])
    await expect(sql.raw(statement).execute(database.kysely)).rejects.toThrow(message)
  })

  it('goes from approved to delivered to verified, and not back', async () => {
    const database = await fresh()
    const book = await newBook(database)
    await post(database, book, [charge('1', '2026-11-01')])
    await approve(database, book)
    for (const status of ['delivered', 'verified'] as const) {
      await database.kysely.updateTable('journal').set({ status }).where('book', '=', book.id).execute()
    }
    expect(await listJournals(database.kysely, book, EVERY_DAY)).toMatchObject([{ status: 'verified' }])
    const back = database.kysely.updateTable('journal').set({ status: 'approved' }).where('book', '=', book.id)
    await expect(back.execute()).rejects.toThrow('its status only goes on')
  })

  it('cannot be written unless its lines sum to zero and are all there', async () => {
    const database = await fresh()
    const book = await newBook(database)
    await post(database, book, [charge('1', '2026-11-01')])
    await expect(
      database.kysely.transaction().execute(async (trx) => {
        await trx
          .insertInto('journal_line')
          .values({ book: book.id, journal: 1n, account: 1n, exact: 5n, rounded: 0n })
          .execute()
        await sql`insert into journal (book, id, day, number, document, document_date, currency, from_seq, to_seq, status,
          approved_by, approved_at_ms, line_count, hash) select ${book.id}, 1, '2026-11-01', 1, 'A-1', '2026-11-01', 'USD', 1, 1,
          'approved', 'ann', 0, 2, hash from head`.execute(trx)
      }),
    ).rejects.toThrow('a journal sums to zero')
  })
})

describeOnSqlite('the proof of journals', (fresh) => {
  it('holds after any order of postings, late arrivals, backfills and approvals', async () => {
    const database = await fresh()
    const cents = fc.bigInt({ min: 1n, max: 300_000_000n })
    const day = fc.integer({ min: 1, max: 9 }).map((n) => `2026-11-0${n}`)
    const kind = fc.constantFrom<Event[0]>('panel', 'publisher', 'advertiser')
    const round = fc.record({
      events: fc.array(fc.tuple(kind, cents, day, fc.constantFrom('USD', 'JPY', 'KWD')), { maxLength: 6 }),
      through: day,
    })
    let n = 0
    await fc.assert(
      fc.asyncProperty(fc.array(round, { minLength: 1, maxLength: 8 }), async (rounds) => {
        n += 1
        const book = await newBook(database, `Book ${n}`)
        for (const { events, through } of rounds) {
          await post(database, book, events.map(toEvent))
          await approve(database, book, { through })
          const { accounts, problems } = await proveJournals(database.kysely, book)
          expect(problems).toEqual([])
          for (const { currency, remainder } of accounts) {
            expect(abs(remainder)).toBeLessThan(unitsPerMinor(currency))
          }
        }
      }),
      { numRuns: 15 },
    )
  })

  it('states the carried remainder of every account', async () => {
    const database = await fresh()
    const book = await newBook(database)
    await post(database, book, WORKED)
    await approve(database, book)
    expect(await carriedRemainders(database.kysely, book)).toEqual([
      {
        currency: 'USD',
        account: '1310:netpanel',
        exact: units('-1.40741'),
        rounded: units('-1.41'),
        remainder: units('0.00259'),
      },
      {
        currency: 'USD',
        account: '5100:netpanel',
        exact: units('1.40741'),
        rounded: units('1.41'),
        remainder: units('-0.00259'),
      },
    ])
  })

  it('names what was changed behind the back of the database', async () => {
    const database = await fresh()
    const book = await newBook(database)
    await post(database, book, [charge('1', '2026-11-01')])
    await approve(database, book)
    await dropTriggers(database.kysely, 'journal_line')
    await sql`update journal_line set exact = exact * 2, rounded = rounded * 2`.execute(database.kysely)
    const { problems } = await proveJournals(database.kysely, book)
    expect(problems).toEqual([
      'USD 1310:netpanel: journals have -2.00000000, the ledger has -1.00000000 in sealed ranges.',
      'USD 1310:netpanel: delivered -2.00000000 is a whole minor unit or more from -1.00000000.',
      'USD 5100:netpanel: journals have 2.00000000, the ledger has 1.00000000 in sealed ranges.',
      'USD 5100:netpanel: delivered 2.00000000 is a whole minor unit or more from 1.00000000.',
      'ACMEADS-20261101-1: its content no longer matches its hash.',
    ])
  })
})

const EVENT_OF = {
  panel: ['charge', 'netpanel'],
  publisher: ['earn', 'pub'],
  advertiser: ['spend', 'ads'],
} as const

function toEvent([sourceKind, amount, day, currency]: [Event[0], bigint, string, string]): Event {
  const [kind, source] = EVENT_OF[sourceKind]
  return [sourceKind, kind, source, amount, day, currency]
}
