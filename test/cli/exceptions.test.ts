/** The inbox from the command line, and how a summary counts it. */
import { expect, it } from 'vitest'
import { ensureBook } from '../../src/ledger/books.ts'
import { groupExceptions, type StoredException } from '../../src/reconcile/exceptions.ts'
import { newBook } from '../journals/support.ts'
import { closeWithin, raiseException } from '../support/exceptions.ts'
import { newFolder } from './support.ts'

it('refuses a source the book does not have, and names those it has', async () => {
  const folder = newFolder()
  await newBook(await folder.database(), 'agency')
  const ran = await folder.run('todo', '--source', 'zzz')
  expect(ran).toMatchObject({ exitCode: 2, stdout: '' })
  expect(ran.stderr).toMatch(/Book "agency" has no source "zzz"\.\nIts sources are netpanel\./)
  expect((await folder.run('todo', '--source', 'netpanl')).stderr).toMatch(/Did you mean "netpanel"\?/)
  expect((await folder.run('todo', '--source', 'netpanel')).exitCode).toBe(0)
})

it('are counted once per source and code, those without an amount with the others', () => {
  const groups = groupExceptions([
    exception({ object: 'order:1' }),
    exception({ object: 'order:2', amount: -150_000_000n, currency: 'USD' }),
    exception({ object: 'order:3', amount: 25_000_000n, currency: 'USD' }),
    exception({ object: 'order:4', source: 'other' }),
    exception({ object: 'order:5', code: 'CLAIMS_HELD', amount: 1n, currency: 'EUR' }),
  ])
  expect(groups).toEqual([
    { source: 'netpanel', code: 'REFUND_MISSING', currency: 'USD', count: 3, amount: 175_000_000n, unknown: 1 },
    { source: 'other', code: 'REFUND_MISSING', currency: null, count: 1, amount: null, unknown: 1 },
    { source: 'netpanel', code: 'CLAIMS_HELD', currency: 'EUR', count: 1, amount: 1n, unknown: 0 },
  ])
})

it('says that an amount is unknown, and leaves what is not about money empty', async () => {
  const folder = newFolder()
  const { kysely } = await folder.database()
  const { id } = await ensureBook(kysely, { name: 'agency', currency: 'USD', timeZone: 'UTC' })
  const raise = (object: string, currency: string | null) =>
    raiseException(
      kysely,
      id,
      { source: 'netpanel', code: 'ANSWER_UNREAD', object, amount: null, currency, detail: 'no charge' },
      { batch: 1, item: 1 },
      Date.UTC(2026, 2, 19),
    )
  await raise('order:1', 'USD')
  await raise('wallet', null)
  const { stdout } = await folder.run('todo')
  expect(stdout).toMatch(/netpanel +unknown +USD +1d +ANSWER_UNREAD order:1: no charge\n {4}The vendor answered/)
  expect(stdout).toMatch(/netpanel +1d +ANSWER_UNREAD wallet: no charge/)
  const listed = JSON.parse((await folder.run('todo', '--json')).stdout)
  expect(listed.items).toMatchObject([
    { object: 'order:1', amount: null },
    { object: 'wallet', amount: null },
  ])
})

it('says in one sentence that there are none, and how long closed ones were open', async () => {
  const folder = newFolder()
  const { kysely } = await folder.database()
  const { id } = await ensureBook(kysely, { name: 'agency', currency: 'USD', timeZone: 'UTC' })
  expect((await folder.run('todo')).stdout).toBe('Nothing waits for a person.\n')
  expect((await folder.run('todo', '--all', '--code', 'CLAIMS_HELD')).stdout).toBe('Nothing that waits is like that.\n')
  const about = { source: 'netpanel', object: 'order:1', amount: 1n, currency: 'USD', detail: 'x' }
  const [raisedMs, closedMs] = [Date.UTC(2026, 1, 1), Date.UTC(2026, 1, 4)]
  await raiseException(kysely, id, { ...about, code: 'REFUND_MISSING' }, { batch: 1, item: 1 }, raisedMs)
  await closeWithin(kysely, id, 'netpanel', { about: ['order:1'] }, { ms: closedMs })
  expect((await folder.run('todo', '--all')).stdout).toMatch(/E-1 +closed .* 3d +REFUND_MISSING order:1: x\n\n/)
})

function exception(changes: Partial<StoredException>): StoredException {
  const about = { source: 'netpanel', code: 'REFUND_MISSING', object: 'order:1', amount: null, currency: null }
  const seen = { status: 'open' as const, detail: '', firstSeenMs: 0, openedMs: 0, lastSeenMs: 0, closedAtMs: null }
  const kept = { number: 1, owner: null, resolution: null, evidence: { batch: 1, item: 1 } }
  return { ...about, ...seen, ...kept, ...changes }
}
