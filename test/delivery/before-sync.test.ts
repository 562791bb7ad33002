/** A delivery of a book that nothing was read into yet: what it lands before the book's settings no later run could process. */
import { expect, it } from 'vitest'
import { loadMappings } from '../../src/config/mappings.ts'
import { lastLandedBatch } from '../../src/log/landing.ts'
import { recordDelivery } from '../../src/pipeline/delivery/record.ts'
import { landSettings } from '../../src/pipeline/sync.ts'
import { withRun } from '../../src/pipeline/with-run.ts'
import { listExceptions } from '../../src/reconcile/exceptions.ts'
import { newBook } from '../journals/support.ts'
import { newSqliteUrl, opened } from '../support/databases.ts'
import { environmentOf } from './delivered-book.ts'
import { START_MS } from './support.ts'

const identity = { name: 'acme-ads', currency: 'USD', timeZone: 'UTC' }
const stopped = { kind: 'unavailable' as const, message: 'Xero does not answer.', untilMs: null }
const told = [{ target: 'xero', learnt: { unbuilt: null, stopped, findings: [], checked: [] } }]

it('is not kept before the first run of the book, and is afterwards', async () => {
  const database = await opened(newSqliteUrl())
  const book = await newBook(database, identity.name)
  const said: string[] = []
  const environment = {
    ...environmentOf({ database, clock: { ms: START_MS } }),
    warn: (_source: string, sentence: string) => void said.push(sentence),
  }
  const record = (): Promise<void> => recordDelivery(environment, book, { ...identity, targets: [] }, told)
  await record()
  expect(await lastLandedBatch(database.kysely, book.id)).toBe(0)
  expect(said.join()).toContain('nothing has been read into book "acme-ads" yet. Run: tieout sync.')
  const { rules } = loadMappings()
  await withRun(environment, identity, 'delivery', {}, (context) =>
    landSettings(context, { ...identity, recognition: 'order', rules, sources: [], money: null }),
  )
  await record()
  const open = await listExceptions(database.kysely, book.id, { status: 'open' })
  expect(open.map(({ code, source }) => [source, code])).toEqual([['xero', 'DELIVERY_FAILED']])
})
