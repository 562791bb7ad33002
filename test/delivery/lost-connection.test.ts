/**
 * A delivery whose connection to PostgreSQL is cut at any statement or COMMIT: it goes on, and each journal is in the
 * targets once. What the targets answered is kept, and nothing is sent again that was sent.
 */
import { expect, it } from 'vitest'
import { openDatabase } from '../../src/db/database.ts'
import { cuttingProxy, type Cut, type Statement } from '../support/cutting-proxy.ts'
import { fakeOutage } from '../support/fake-outage.ts'
import { deliverAll, expectDelivered, prepareHard } from './boundaries.ts'
import { watchedEmulators } from './emulated-book.ts'

async function deliverThrough(copy: () => Promise<string>, decide: (statement: Statement) => Cut) {
  const emulated = await watchedEmulators('hard')
  const proxy = await cuttingProxy(await copy())
  const database = await openDatabase(proxy.url, { outage: fakeOutage() })
  try {
    proxy.cutWhere(decide)
    await deliverAll(database, emulated)
    proxy.cutWhere(() => null)
    const requests = emulated.between.count()
    await expectDelivered(database, emulated)
    return { cuts: proxy.cuts(), requests }
  } finally {
    await database.close()
    await emulated.talk.server.close()
  }
}

it('delivers each journal once, with no request more than an undisturbed delivery', async () => {
  const { copy } = await prepareHard('postgres')
  const plain = await deliverThrough(copy, () => null)
  const decisions: readonly ((statement: Statement) => Cut)[] = [
    ({ commit }) => (commit === null ? null : 'unanswered'),
    ({ commit }) => (commit !== null && commit % 2 === 1 ? 'before' : null),
    ({ n }) => (n % 61 === 7 ? 'before' : null),
    ({ n }) => (n % 61 === 30 ? 'unanswered' : null),
  ]
  for (const decide of decisions) {
    const { cuts, requests } = await deliverThrough(copy, decide)
    expect(cuts).toBeGreaterThan(1)
    expect(requests).toBe(plain.requests)
  }
})
