/** The queue of differences: raised once, refreshed, closed when the evidence arrives, opened again when it comes back. */
import { expect, it } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import type { RaisedException } from '../../src/domain/exception.ts'
import { ensureBook } from '../../src/ledger/books.ts'
import { groupExceptions, listExceptions, openObjects, type ExceptionScope } from '../../src/reconcile/exceptions.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { closeWithin, raiseException } from '../support/exceptions.ts'

const MISSING: RaisedException = {
  source: 'panel',
  code: 'ORDER_UNKNOWN',
  object: 'order:1',
  amount: -150n,
  currency: 'USD',
  detail: 'first',
}

async function queueOn({ kysely }: Database) {
  const { id } = await ensureBook(kysely, { name: 'agency', currency: 'USD', timeZone: 'UTC' })
  return {
    raise: (changes: Partial<RaisedException>, atMs: number) =>
      raiseException(kysely, id, { ...MISSING, ...changes }, { batch: atMs, item: 1 }, atMs),
    close: (object: string, ms: number, scope: Partial<ExceptionScope> = {}) =>
      closeWithin(kysely, id, 'panel', { about: [object], ...scope }, { ms }),
    list: (filter: Parameters<typeof listExceptions>[2] = {}) => listExceptions(kysely, id, filter),
    objects: (codes: Parameters<typeof openObjects>[3]) => openObjects(kysely, id, 'panel', codes),
  }
}

describeOnSqlite('the exceptions queue', (fresh) => {
  it('keeps one exception per code and object, with when it was first and last seen', async () => {
    const queue = await queueOn(await fresh())
    await queue.raise({}, 10)
    await queue.raise({ amount: -100n, detail: 'second' }, 20)
    const all = await queue.list()
    expect(all).toMatchObject([
      { amount: -100n, detail: 'second', firstSeenMs: 10, lastSeenMs: 20, evidence: { batch: 20 }, status: 'open' },
    ])
  })

  it('closes an object, keeping what still stands and what was raised since', async () => {
    const queue = await queueOn(await fresh())
    await queue.raise({}, 10)
    await queue.raise({ code: 'ANSWER_UNREAD' }, 15)
    await queue.raise({ code: 'CURRENCY' }, 20)
    await queue.raise({ object: 'order:2' }, 10)
    await queue.close('order:1', 30, { codes: ['ORDER_UNKNOWN', 'CURRENCY'], raisedBeforeBatch: 20 })
    expect((await queue.list({ status: 'closed' })).map(({ code }) => code)).toEqual(['ORDER_UNKNOWN'])
    await queue.close('order:1', 40)
    const closed = await queue.list({ status: 'closed' })
    expect(closed.map(({ code, closedAtMs }) => [code, closedAtMs])).toEqual([
      ['ANSWER_UNREAD', 40],
      ['CURRENCY', 40],
      ['ORDER_UNKNOWN', 30],
    ])
    expect((await queue.list({ status: 'open' })).map(({ object }) => object)).toEqual(['order:2'])
  })

  it('opens a closed exception again as old as its new opening, and knows when it was first seen', async () => {
    const queue = await queueOn(await fresh())
    await queue.raise({}, 10)
    await queue.close('order:1', 20)
    await queue.raise({}, 30)
    expect(await queue.list()).toMatchObject([
      { status: 'open', firstSeenMs: 10, openedMs: 30, lastSeenMs: 30, closedAtMs: null },
    ])
  })

  it('is listed by status, source and code, and groups by what a summary prints', async () => {
    const queue = await queueOn(await fresh())
    await queue.raise({}, 10)
    await queue.raise({ object: 'order:2', amount: 50n }, 10)
    await queue.raise({ object: 'order:3', amount: null, currency: null }, 10)
    await queue.raise({ source: 'other', code: 'SOURCE_FAILED', object: 'source', amount: null }, 10)
    await queue.close('order:2', 20)
    await queue.raise({ object: 'order:4', amount: 7n }, 10)
    expect(await queue.list({ source: 'other' })).toHaveLength(1)
    expect(await queue.list({ code: 'SOURCE_FAILED' })).toHaveLength(1)
    expect((await queue.list()).map(({ status }) => status)).toEqual(['open', 'open', 'open', 'open', 'closed'])
    expect(groupExceptions(await queue.list({ status: 'open', source: 'panel' }))).toEqual([
      { source: 'panel', code: 'ORDER_UNKNOWN', currency: 'USD', count: 3, amount: 157n, unknown: 1 },
    ])
    expect([...(await queue.objects(['ORDER_UNKNOWN']))].toSorted()).toEqual(['order:1', 'order:3', 'order:4'])
  })
})
