/** The history of the queue: a line for each change and none for a quiet night, read as of any instant, and never rewritten. */
import { sql } from 'kysely'
import { expect, it } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import type { RaisedException } from '../../src/domain/exception.ts'
import { ensureBook } from '../../src/ledger/books.ts'
import { exceptionNumbered, listExceptions } from '../../src/reconcile/exceptions.ts'
import { exceptionsAt, historyOf } from '../../src/reconcile/exceptions/history.ts'
import { raiseExceptions } from '../../src/reconcile/exceptions/raise.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { closeWithin } from '../support/exceptions.ts'

const WALLET: RaisedException = {
  source: 'panel',
  code: 'WALLET_DIFFERS',
  object: 'wallet',
  amount: -320_000_000n,
  currency: 'USD',
  detail: 'the wallet holds 3.20 less',
}

async function queueOn({ kysely }: Database) {
  const { id } = await ensureBook(kysely, { name: 'agency', currency: 'USD', timeZone: 'UTC' })
  return {
    id,
    kysely,
    raise: (raised: readonly RaisedException[], atMs: number) =>
      raiseExceptions(kysely, id, raised, { batch: atMs, item: 1 }, atMs),
    close: (object: string, atMs: number) =>
      closeWithin(kysely, id, 'panel', { about: [object] }, { ms: atMs, evidence: { batch: atMs, item: 2 } }),
    events: async (number: number) =>
      (await historyOf(kysely, id, number)).map(({ atMs, event }) => `${atMs} ${event}`),
    count: async () =>
      Number((await sql<{ n: bigint }>`select count(*) as n from exception_event`.execute(kysely)).rows[0]?.n),
    openAt: async (atMs: number) =>
      (await exceptionsAt(kysely, id, atMs)).map(({ number, amount }) => `E-${number} ${amount}`),
  }
}

describeOnSqlite('the history of an exception', (fresh) => {
  it('has a line for each change, with the evidence that made it', async () => {
    const queue = await queueOn(await fresh())
    await queue.raise([WALLET], 10)
    await queue.raise([WALLET], 20)
    await queue.raise([{ ...WALLET, detail: 'the same in other words' }], 30)
    await queue.raise([{ ...WALLET, amount: -100n }], 40)
    await queue.close('wallet', 50)
    await queue.close('wallet', 60)
    await queue.raise([WALLET], 70)
    expect(await queue.events(1)).toEqual(['10 opened', '40 changed', '50 closed', '70 reopened'])
    const [, , closed] = await historyOf(queue.kysely, queue.id, 1)
    expect(closed).toMatchObject({ amount: -100n, evidence: { batch: 50, item: 2 }, by: null })
    expect(await exceptionNumbered(queue.kysely, queue.id, 1)).toMatchObject({ status: 'open', lastSeenMs: 70 })
  })

  it('tells what was open at an instant, and with which amount', async () => {
    const queue = await queueOn(await fresh())
    await queue.raise([WALLET], 10)
    await queue.raise([{ ...WALLET, object: 'order:1', code: 'REFUND_MISSING', amount: 5n }], 20)
    await queue.raise([{ ...WALLET, amount: -100n }], 30)
    await queue.close('order:1', 40)
    await queue.close('wallet', 50)
    const days = [9, 10, 25, 30, 45, 55]
    expect(await Promise.all(days.map(queue.openAt))).toEqual([
      [],
      ['E-1 -320000000'],
      ['E-1 -320000000', 'E-2 5'],
      ['E-1 -100', 'E-2 5'],
      ['E-1 -100'],
      [],
    ])
  })

  it('grows by nothing when thousands are found again unchanged, and numbers them in their order', async () => {
    const queue = await queueOn(await fresh())
    const many = Array.from({ length: 1201 }, (_, index) => ({ ...WALLET, object: `order:${index}` }))
    await queue.raise(many, 10)
    expect(await queue.count()).toBe(1201)
    await queue.raise(many, 20)
    expect(await queue.count()).toBe(1201)
    const found = await listExceptions(queue.kysely, queue.id, { status: 'open' })
    expect(found.every(({ object, number, lastSeenMs }) => object === `order:${number - 1}` && lastSeenMs === 20)).toBe(
      true,
    )
  })

  it('counts the last of several about the same object', async () => {
    const queue = await queueOn(await fresh())
    await queue.raise([WALLET, { ...WALLET, amount: 7n }], 10)
    expect(await queue.openAt(10)).toEqual(['E-1 7'])
  })
})
