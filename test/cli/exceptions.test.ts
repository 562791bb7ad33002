/** The exceptions queue from the command line, and how a summary counts it. */
import { expect, it } from 'vitest'
import { groupExceptions, type StoredException } from '../../src/reconcile/exceptions.ts'
import { newBook } from '../journals/support.ts'
import { newFolder } from './support.ts'

it('refuses a source the book does not have, and names those it has', async () => {
  const folder = newFolder()
  await newBook(await folder.database(), 'agency')
  const ran = await folder.run('exceptions', 'list', '--source', 'zzz')
  expect(ran).toMatchObject({ exitCode: 2, stdout: '' })
  expect(ran.stderr).toMatch(/Book "agency" has no source "zzz"\.\nIts sources are netpanel\./)
  expect((await folder.run('exceptions', 'list', '--source', 'netpanl')).stderr).toMatch(/Did you mean "netpanel"\?/)
  expect((await folder.run('exceptions', 'list', '--source', 'netpanel')).exitCode).toBe(0)
})

it('are counted once per source and code, those without an amount with the others', () => {
  const groups = groupExceptions([
    exception({ object: 'order:1' }),
    exception({ object: 'order:2', amount: -150_000_000n, currency: 'USD' }),
    exception({ object: 'order:3', amount: 25_000_000n, currency: 'USD' }),
    exception({ object: 'order:4', source: 'other' }),
    exception({ object: 'order:5', code: 'DUPLICATE', amount: 1n, currency: 'EUR' }),
  ])
  expect(groups).toEqual([
    { source: 'netpanel', code: 'REFUND_MISSING', currency: 'USD', count: 3, amount: 175_000_000n },
    { source: 'other', code: 'REFUND_MISSING', currency: null, count: 1, amount: 0n },
    { source: 'netpanel', code: 'DUPLICATE', currency: 'EUR', count: 1, amount: 1n },
  ])
})

function exception(changes: Partial<StoredException>): StoredException {
  const about = { source: 'netpanel', code: 'REFUND_MISSING', object: 'order:1', amount: null, currency: null }
  const seen = { status: 'open' as const, detail: '', firstSeenMs: 0, lastSeenMs: 0, closedAtMs: null }
  return { ...about, ...seen, evidence: { batch: 1, item: 1 }, ...changes }
}
