/** Want − have: one transaction of the difference, none where there is none, and wants of one list that go on from each other. */
import { expect, it } from 'vitest'
import type { Database } from '../../../src/db/database.ts'
import type { PostingRules } from '../../../src/domain/posting-rules.ts'
import { ensureBook, ensureSources } from '../../../src/ledger/books.ts'
import { postTransactions } from '../../../src/ledger/post.ts'
import { bring, draftsOf, moneyWant, type Want, type Wanted } from '../../../src/pipeline/engine/want.ts'
import { describeOnBothEngines } from '../../support/both-engines.ts'

const none = new Map<string, never>()
const RULES: PostingRules = {
  file: 'posting-rules.yaml',
  bySourceKind: {
    panel: {
      always: new Map([['charge', { debit: '5100', credit: '1310:{source}' }]]),
      byRecognition: { order: none },
    },
    publisher: { always: none, byRecognition: { order: none } },
    advertiser: { always: none, byRecognition: { order: none } },
  },
  money: new Map([['opening-money', { debit: '{account}', credit: '3900' }]]),
}

async function booksOn({ kysely }: Database) {
  const book = await ensureBook(kysely, { name: 'agency', currency: 'USD', timeZone: 'UTC' })
  const ids = await kysely
    .transaction()
    .execute((trx) => ensureSources(trx, book, [{ name: 'netpanel', kind: 'panel' }]))
  const source = {
    name: 'netpanel',
    kind: 'panel',
    currency: 'USD',
    timeZone: 'UTC',
    id: ids.get('netpanel') ?? 0n,
  } as const
  const books = { db: kysely, book: book.id, rules: RULES }
  return {
    source,
    books,
    bring: async (...wanted: readonly Wanted[]) => bring(books, source, wanted),
    post: async (...wanted: readonly Wanted[]) => {
      const drafts = await bring(books, source, wanted)
      if (drafts.length > 0) await kysely.transaction().execute((trx) => postTransactions(trx, book, drafts, 1))
      return drafts.map(({ object, version, amount, cumulative }) => [object, version, amount, cumulative])
    },
  }
}

function charge(object: string, total: Wanted['total'], date = '2026-03-01'): Wanted {
  return { object, kind: 'charge', total, date, rule: 'O1', evidence: { batch: 1, item: 1 } }
}

describeOnBothEngines('what is wanted', (fresh) => {
  it('is posted as the difference to what is booked, and not again', async () => {
    const { post } = await booksOn(await fresh())
    expect(await post(charge('order:1', 500n), charge('order:2', 0n))).toEqual([['order:1', 1, 500n, 500n]])
    expect(await post(charge('order:1', 500n))).toEqual([])
    expect(await post(charge('order:1', 300n))).toEqual([['order:1', 2, -200n, 300n]])
    expect(await post(charge('order:1', (booked) => booked + 50n))).toEqual([['order:1', 3, 50n, 350n]])
    expect(await post(charge('order:1', 0n))).toEqual([['order:1', 4, -350n, 0n]])
  })

  it('of one object goes on from the want before it', async () => {
    const { bring: drafts } = await booksOn(await fresh())
    const made = await drafts(charge('order:1', 500n, '2026-03-31'), charge('order:1', 0n, '2026-04-01'))
    expect(made.map(({ version, amount, effectiveDate }) => [version, amount, effectiveDate])).toEqual([
      [1, 500n, '2026-03-31'],
      [2, -500n, '2026-04-01'],
    ])
    expect(made.map(({ postings }) => postings.map(({ account, amount }) => `${account} ${amount}`))).toEqual([
      ['5100 500', '1310:netpanel -500'],
      ['1310:netpanel 500', '5100 -500'],
    ])
  })

  it('is not asked of the ledger where the caller keeps what is booked', async () => {
    const { books, source } = await booksOn(await fresh())
    const money = { kind: 'opening-money', account: '1000:bank', source: '', sign: -1n } as const
    const want: Want = {
      ...moneyWant(books, { source, currency: 'EUR' }, { ...charge('opening', 70n), kind: 'opening-overdrawn' }, money),
      have: { version: 4, cumulative: 20n },
    }
    const [draft] = await draftsOf(books, [want])
    expect(draft).toMatchObject({ version: 5, amount: 50n, cumulative: 70n, currency: 'EUR', source: 'netpanel' })
    expect(draft?.postings).toEqual([
      { account: '3900', amount: 50n },
      { account: '1000:bank', amount: -50n },
    ])
  })

  it('is left out where the rules of the postings do not know its kind', async () => {
    const { bring: drafts } = await booksOn(await fresh())
    expect(await drafts({ ...charge('bonus', 5n), kind: 'bonus-used' })).toEqual([])
  })
})
