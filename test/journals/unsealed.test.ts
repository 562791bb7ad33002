/**
 * What is unsealed is found by going from day to day, without reading what sealed days hold. It must be exactly what a
 * subtraction of all journals from all balances gives, whatever was posted, held or sealed in which order.
 */
import fc from 'fast-check'
import { sql } from 'kysely'
import { expect, it } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { EVERY_DAY, unsealedDays, type DayRange } from '../../src/journals/drafts.ts'
import type { Book } from '../../src/ledger/books.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { approve, mappings, newBook, post } from './support.ts'

/** "2026-01-05 USD 5100:netpanel 450": every account of every day and currency that does not come to zero. */
async function subtracted({ kysely }: Database, book: Book, { from, to }: DayRange): Promise<readonly string[]> {
  const { rows } = await sql<{ day: string; currency: string; key: string; exact: bigint }>`
    select day, currency, key, cast(sum(amount) as bigint) as exact
    from (
      select day, currency, account, debit - credit as amount from balance where book = ${book.id}
      union all
      select day, currency, line.account, -exact from journal
      join journal_line as line on line.book = journal.book and line.journal = journal.id
      where journal.book = ${book.id}
    ) as part
    join account on account.book = ${book.id} and account.id = part.account
    where day between ${from} and ${to}
    group by day, currency, key having sum(amount) <> 0`.execute(kysely)
  return rows.map(({ day, currency, key, exact }) => `${day} ${currency} ${key} ${exact}`).toSorted()
}

async function found({ kysely }: Database, book: Book, range: DayRange): Promise<readonly string[]> {
  const { days } = await unsealedDays(kysely, book, range)
  return days
    .flatMap(({ day, currency, exact }) => [...exact].map(([key, units]) => `${day} ${currency} ${key} ${units}`))
    .toSorted()
}

const dayArbitrary = fc.integer({ min: 1, max: 5 }).map((day) => `2026-01-0${day}`)
const rangeArbitrary = fc.tuple(dayArbitrary, dayArbitrary).map((ends): DayRange => {
  const [from = '', to = ''] = ends.toSorted()
  return { from, to }
})
/** A posting, or an approval of some days in which one currency's account may be missing from the mapping. */
const stepArbitrary = fc.oneof(
  fc.record({
    day: dayArbitrary,
    source: fc.constantFrom('netpanel', 'grosspanel'),
    currency: fc.constantFrom('USD', 'EUR'),
    amount: fc.integer({ min: 1, max: 500_000_000 }).map(BigInt),
  }),
  fc.record({ range: rangeArbitrary, isLacking: fc.boolean() }),
)

const LACKING = { ...mappings.chart, accounts: new Map([...mappings.chart.accounts].filter(([key]) => key !== '5100')) }

describeOnSqlite('what no journal has sealed', (fresh) => {
  it('is what balances and journals differ by, after any postings and approvals, for any days', async () => {
    const database = await fresh()
    let books = 0
    const property = fc.asyncProperty(
      fc.array(stepArbitrary, { minLength: 1, maxLength: 12 }),
      rangeArbitrary,
      async (steps, range) => {
        const book = await newBook(database, `book ${(books += 1)}`)
        for (const step of steps) {
          if ('range' in step) {
            const mapping = step.isLacking ? LACKING : mappings.chart
            await approve(database, book, { from: step.range.from, through: step.range.to, mapping })
          } else {
            const kind = step.amount % 3n === 0n ? 'top-up' : 'charge'
            await post(database, book, [['panel', kind, step.source, step.amount, step.day, step.currency]])
          }
        }
        for (const each of [EVERY_DAY, range])
          expect(await found(database, book, each)).toEqual(await subtracted(database, book, each))
      },
    )
    await fc.assert(property, { numRuns: 25, seed: 7 })
  }, 60_000)

  it('is looked up by key: amounts of sealed days are not read', async () => {
    const database = await fresh()
    if (database.dialect !== 'sqlite') throw new Error('the plan is that of SQLite')
    const book = await newBook(database)
    const plan: string[] = []
    const statements: string[] = []
    const { raw } = database
    const prepare = raw.prepare.bind(raw)
    Object.assign(raw, {
      prepare: (text: string) => {
        statements.push(text)
        return prepare(text)
      },
    })
    await unsealedDays(database.kysely, book, EVERY_DAY)
    for (const text of statements.filter((each) => each.includes('with recursive'))) {
      const nothing = Array.from({ length: text.split('?').length - 1 }, () => null)
      const rows = raw.prepare<unknown[], { detail: string }>(`explain query plan ${text}`).all(...nothing)
      plan.push(...rows.map(({ detail }) => detail))
    }
    const amounts = plan.filter((detail) => /^\w+ (balance|line|txn|posting)\b/.test(detail))
    expect(amounts.length).toBeGreaterThan(3)
    expect(amounts.filter((detail) => !/\(book=\? AND (account|journal|effective_date)/.test(detail))).toEqual([])
  })
})
