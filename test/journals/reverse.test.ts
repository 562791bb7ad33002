/**
 * Reversals and replacements: a chain J, R, J', R', J'' leaves exactly what is in force, is never drafted again by itself,
 * and keeps every total that rounding goes on from.
 */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { abs, unitsPerMinor } from '../../src/domain/money/money.ts'
import { InputError } from '../../src/domain/errors.ts'
import type { SealedJournal } from '../../src/domain/journals/journal.ts'
import { EVERY_DAY, unsealedDays } from '../../src/journals/drafts.ts'
import { readAftermath } from '../../src/journals/links.ts'
import { proveJournals } from '../../src/journals/prove.ts'
import { journalLines, listJournals } from '../../src/journals/read.ts'
import { replaceJournal, reverseJournal, type Correction } from '../../src/journals/reverse.ts'
import { carriedRemainders } from '../../src/journals/totals.ts'
import type { Book } from '../../src/ledger/books.ts'
import { describeOnBothEngines } from '../support/both-engines.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { approve, newBook, post, units, type Event } from './support.ts'

const charge = (amount: string, day: string): Event => ['panel', 'charge', 'netpanel', amount, day]

type Way = typeof reverseJournal

async function correct(
  { kysely }: Database,
  book: Book,
  way: Way,
  document: string,
  more: Partial<Correction> = {},
): Promise<SealedJournal> {
  const correction = { document, why: 'wrong account', by: 'bob', atMs: 7, documentPrefix: 'ACMEADS', ...more }
  return kysely.transaction().execute((trx) => way(trx, book, correction))
}

async function problems({ kysely }: Database, book: Book): Promise<readonly string[]> {
  return (await proveJournals(kysely, book)).problems
}

describeOnSqlite('a reversal', (fresh) => {
  it('has the negated lines, the day and the range of what it takes back, and says so', async () => {
    const database = await fresh()
    const book = await newBook(database)
    await post(database, book, [charge('0.40332', '2026-11-01')])
    await approve(database, book)
    const reversal = await correct(database, book, reverseJournal, 'acmeads-20261101-1')
    expect(reversal).toMatchObject({
      id: 2n,
      document: 'ACMEADS-20261101-2',
      day: '2026-11-01',
      documentDate: '2026-11-01',
      fromSequence: 1n,
      toSequence: 1n,
      approvedBy: 'bob',
      link: {
        kind: 'reversal',
        subject: 1n,
        subjectDocument: 'ACMEADS-20261101-1',
        root: 1n,
        why: 'wrong account',
      },
    })
    expect(await journalLines(database.kysely, book, 2n)).toEqual([
      { account: '1310:netpanel', exact: units('0.40332'), rounded: units('0.40') },
      { account: '5100:netpanel', exact: units('-0.40332'), rounded: units('-0.40') },
    ])
    expect(await listJournals(database.kysely, book, EVERY_DAY)).toContainEqual(reversal)
    expect((await unsealedDays(database.kysely, book, EVERY_DAY)).days).toEqual([])
    expect(await problems(database, book)).toEqual([])
  })

  it('leaves its range undrafted when more arrives for the day, until it is replaced', async () => {
    const database = await fresh()
    const book = await newBook(database)
    await post(database, book, [charge('1', '2026-11-01')])
    await approve(database, book)
    await correct(database, book, reverseJournal, 'ACMEADS-20261101-1')
    await post(database, book, [charge('0.25', '2026-11-01')])
    const { approved } = await approve(database, book)
    expect(approved).toMatchObject([{ number: 3, fromSequence: 2n, toSequence: 2n, link: null }])
    expect(await journalLines(database.kysely, book, 3n)).toMatchObject([{ rounded: units('-0.25') }, {}])
    const replacement = await correct(database, book, replaceJournal, 'ACMEADS-20261101-1')
    expect(replacement).toMatchObject({ number: 4, fromSequence: 1n, toSequence: 1n })
    expect((await carriedRemainders(database.kysely, book)).map(({ rounded }) => rounded)).toEqual(
      ['-1.25', '1.25'].map(units),
    )
    expect(await problems(database, book)).toEqual([])
  })

  it('may be dated later, on the first open day or as asked, and never before its day', async () => {
    const database = await fresh()
    const book = await newBook(database)
    await post(database, book, [charge('1', '2026-10-05'), charge('1', '2026-10-06')])
    await approve(database, book)
    const first = await correct(database, book, reverseJournal, 'ACMEADS-20261005-1', { closedThrough: '2026-10-31' })
    const early = correct(database, book, reverseJournal, 'ACMEADS-20261006-1', { date: '2026-10-05' })
    await expect(early).rejects.toThrow('2026-10-05 is before 2026-10-06')
    const second = await correct(database, book, reverseJournal, 'ACMEADS-20261006-1', { date: '2026-11-03' })
    expect([first, second].map(({ documentDate }) => documentDate)).toEqual(['2026-11-01', '2026-11-03'])
  })

  it.each([
    ['before the date of what it takes back', { date: '2026-10-31' }, '2026-10-31 is before 2026-11-01, the date of'],
    ['in closed books', { date: '2026-11-10', closedThrough: '2026-11-10' }, 'closed through 2026-11-10'],
    ['after today', { date: '2026-11-21', today: '2026-11-20' }, '2026-11-21 is in the future: the accounting day is'],
  ])('cannot be dated %s, and says which day can', async (_, more, sentence) => {
    const database = await fresh()
    const book = await newBook(database)
    await post(database, book, [charge('1', '2026-10-05')])
    // The books were closed when it was approved, so it is dated on the first open day.
    await approve(database, book, { closedThrough: '2026-10-31' })
    await expect(correct(database, book, reverseJournal, 'ACMEADS-20261005-1', more)).rejects.toThrow(sentence)
    const last = { date: '2026-11-20', closedThrough: '2026-11-19', today: '2026-11-20' }
    expect(await correct(database, book, reverseJournal, 'ACMEADS-20261005-1', last)).toMatchObject({
      documentDate: '2026-11-20',
    })
  })

  it('and its replacement refuse what makes no sense, naming what is', async () => {
    const database = await fresh()
    const book = await newBook(database)
    await post(database, book, [charge('1', '2026-11-01')])
    await approve(database, book)
    const document = 'ACMEADS-20261101-1'
    const said = (way: Way, name: string): Promise<string> =>
      correct(database, book, way, name).then(({ document: made }) => made, String)
    expect(await said(reverseJournal, 'ACMEADS-20261101-9')).toContain('has no journal "ACMEADS-20261101-9"')
    expect(await said(replaceJournal, document)).toContain('is in force')
    expect(await said(reverseJournal, document)).toBe('ACMEADS-20261101-2')
    expect(await said(reverseJournal, document)).toContain('was reversed already, by ACMEADS-20261101-2')
    expect(await said(reverseJournal, 'ACMEADS-20261101-2')).toContain('is itself a reversal: it takes back')
    expect(await said(replaceJournal, 'ACMEADS-20261101-2')).toContain('is in force')
    expect(await said(replaceJournal, document)).toBe('ACMEADS-20261101-3')
    expect(await said(replaceJournal, document)).toContain('was replaced already, by ACMEADS-20261101-3')
    expect(await said(reverseJournal, 'ACMEADS-20261101-3')).toBe('ACMEADS-20261101-4')
    expect(await said(replaceJournal, 'ACMEADS-20261101-3')).toBe('ACMEADS-20261101-5')
    expect([...(await readAftermath(database.kysely, book))]).toEqual([
      [1n, { reversedBy: 'ACMEADS-20261101-2', replacedBy: 'ACMEADS-20261101-3' }],
      [3n, { reversedBy: 'ACMEADS-20261101-4', replacedBy: 'ACMEADS-20261101-5' }],
    ])
    expect(await problems(database, book)).toEqual([])
  })

  it('is sealed once when two reverse at the same time', async () => {
    const database = await fresh()
    const book = await newBook(database)
    await post(database, book, [charge('1', '2026-11-01')])
    await approve(database, book)
    const both = await Promise.allSettled(
      [1, 2, 3].map(() => correct(database, book, reverseJournal, 'ACMEADS-20261101-1')),
    )
    expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await problems(database, book)).toEqual([])
  })
})

describeOnBothEngines('the database', (fresh) => {
  it.each([
    [{ currency: 'EUR' }, 1, 'has the day, currency and range'],
    [{ day: '2026-10-31' }, 1, 'has the day, currency and range'],
    [{}, 2, 'a reversal has the negated lines'],
  ])('refuses a reversal with %j of which the lines are %d-fold', async (changes, factor, message) => {
    const database = await fresh()
    const book = await newBook(database)
    await post(database, book, [charge('1', '2026-11-01')])
    await approve(database, book)
    const { kysely } = database
    const forged = kysely.transaction().execute(async (trx) => {
      const lines = await trx.selectFrom('journal_line').selectAll().execute()
      const negated = lines.map((line) => ({
        ...line,
        journal: 2n,
        exact: -line.exact * BigInt(factor),
        rounded: -line.rounded * BigInt(factor),
      }))
      await trx.insertInto('journal_line').values(negated).execute()
      const link = { book: book.id, journal: 2n, kind: 'reversal', subject: 1n, root: 1n, why: 'x' } as const
      await trx.insertInto('journal_link').values(link).execute()
      const row = await trx.selectFrom('journal').selectAll().executeTakeFirstOrThrow()
      await trx
        .insertInto('journal')
        .values({ ...row, id: 2n, number: 2n, document: 'A-2', ...changes })
        .execute()
    })
    await expect(forged).rejects.toThrow(message)
  })
})

const stepArbitrary = fc.oneof(
  fc.record({
    amount: fc.integer({ min: 1, max: 300_000_000 }).map(BigInt),
    day: fc.integer({ min: 1, max: 4 }).map((day) => `2026-11-0${day}`),
    source: fc.constantFrom('netpanel', 'grosspanel'),
  }),
  fc.constant('approve' as const),
  fc.record({ way: fc.constantFrom(reverseJournal, replaceJournal), nth: fc.nat({ max: 20 }) }),
)

describeOnSqlite('any sequence of sealing, reversing and replacing', (fresh) => {
  it('leaves the totals of what is in force, sums to zero, and drafts nothing twice', async () => {
    const database = await fresh()
    let books = 0
    const property = fc.asyncProperty(fc.array(stepArbitrary, { minLength: 3, maxLength: 14 }), async (steps) => {
      const book = await newBook(database, `Book ${(books += 1)}`)
      for (const step of steps) {
        if (step === 'approve') await approve(database, book)
        else if ('amount' in step) await post(database, book, [['panel', 'charge', step.source, step.amount, step.day]])
        else await tryCorrection(database, book, step)
        await checkTotals(database, book)
      }
    })
    await fc.assert(property, { numRuns: 25, seed: 11 })
  }, 60_000)
})

async function tryCorrection(
  database: Database,
  book: Book,
  { way, nth }: { readonly way: Way; readonly nth: number },
): Promise<void> {
  const journals = await listJournals(database.kysely, book, EVERY_DAY)
  const chosen = journals[nth % Math.max(1, journals.length)]
  if (chosen === undefined) return
  const before = await unsealedDays(database.kysely, book, EVERY_DAY)
  await correct(database, book, way, chosen.document).catch((error: unknown) => {
    if (!(error instanceof InputError)) throw error
  })
  expect(await unsealedDays(database.kysely, book, EVERY_DAY)).toEqual(before)
}

/** The oracle adds up the lines of the journals that nothing has taken back, and knows of no root and no link. */
async function checkTotals(database: Database, book: Book): Promise<void> {
  const { kysely } = database
  const journals = await listJournals(kysely, book, EVERY_DAY)
  const aftermath = await readAftermath(kysely, book)
  const inForce = journals.filter(({ id, link }) => link?.kind !== 'reversal' && !aftermath.has(id))
  const expected = new Map<string, { exact: bigint; rounded: bigint }>()
  for (const { id } of inForce) {
    for (const { account, exact, rounded } of await journalLines(kysely, book, id)) {
      const sum = expected.get(account) ?? { exact: 0n, rounded: 0n }
      expected.set(account, { exact: sum.exact + exact, rounded: sum.rounded + rounded })
    }
  }
  const { accounts, problems: found } = await proveJournals(kysely, book)
  expect(found).toEqual([])
  expect(accounts.reduce((sum, { rounded }) => sum + rounded, 0n)).toBe(0n)
  const out = journals.filter(({ id }) => aftermath.get(id)?.replacedBy === null).length
  for (const { account, exact, rounded, ledger, remainder, currency } of accounts) {
    const { exact: sum, rounded: delivered } = expected.get(account) ?? { exact: 0n, rounded: 0n }
    expect([account, exact, rounded]).toEqual([account, sum, delivered])
    expect(ledger).toBe(exact)
    // A journal that is out takes its own rounding with it: up to two units less than one each.
    expect(abs(remainder)).toBeLessThan(unitsPerMinor(currency) * BigInt(1 + 2 * out))
  }
}
