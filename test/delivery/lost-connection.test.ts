/**
 * A delivery whose connection to PostgreSQL is cut at any statement or COMMIT: it starts again from its marks, looks up
 * what it may have sent, and each journal is in the targets once.
 */
import { expect, it } from 'vitest'
import { openDatabase } from '../../src/db/database.ts'
import { goOn } from '../../src/pipeline/again.ts'
import { cuttingProxy, type Cut, type Statement } from '../support/cutting-proxy.ts'
import { fakePatience } from '../support/fake-patience.ts'
import { deliverAll, expectDelivered, prepareHard } from './boundaries.ts'
import { watchedEmulators } from './emulated-book.ts'

async function deliverThrough(copy: () => Promise<string>, decide: (statement: Statement) => Cut) {
  const emulated = await watchedEmulators('hard')
  const proxy = await cuttingProxy(await copy())
  const database = await openDatabase(proxy.url)
  try {
    proxy.cutWhere(decide)
    await goOn(fakePatience(), () => deliverAll(database, emulated))
    const all = { cuts: proxy.cuts(), commits: proxy.commits(), statements: proxy.statements() }
    proxy.cutWhere(() => null)
    await expectDelivered(database, emulated)
    return all
  } finally {
    await database.close()
    await emulated.talk.server.close()
  }
}

it('delivers each journal once, wherever the connection is cut', async () => {
  const { copy } = await prepareHard('postgres')
  const plain = await deliverThrough(copy, () => null)
  for (let at = 1; at <= plain.commits; at += 2) {
    const cut = at % 4 === 1 ? 'unanswered' : 'before'
    expect(await deliverThrough(copy, ({ commit }) => (commit === at ? cut : null))).toMatchObject({ cuts: 1 })
  }
  for (let at = 5; at <= plain.statements; at += 41) {
    const cut = at % 2 === 1 ? 'unanswered' : 'before'
    expect(await deliverThrough(copy, ({ n }) => (n === at ? cut : null))).toMatchObject({ cuts: 1 })
  }
})
