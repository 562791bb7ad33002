/**
 * A night on PostgreSQL whose connection is cut, at any statement and at any COMMIT, before it reaches the server or
 * after it was carried out: it goes on, and what it leaves is what a night nobody disturbed leaves, once. One that gets
 * no connection for ten minutes has failed, and the next goes on where it stood.
 */
import { describe, expect, it, onTestFinished } from 'vitest'
import { openDatabase } from '../../src/db/database.ts'
import { cuttingProxy, type Cut, type CuttingProxy, type Statement } from '../support/cutting-proxy.ts'
import { newPostgresUrl } from '../support/databases.ts'
import { fakeOutage, type FakeOutage } from '../support/fake-outage.ts'
import { nightMs, rigOn, type Rig } from './harness.ts'
import { fingerprintsOf } from './reads.ts'
import { payments, scriptedBook, stats, type ScriptedBook } from './scripted-book.ts'

interface Prepared {
  readonly book: ScriptedBook
  readonly url: string
}

/** A book with one night behind it and something to post in the next. Nothing is connected to its database. */
async function prepare(): Promise<Prepared> {
  const url = await newPostgresUrl()
  const database = await openDatabase(url)
  const book = await scriptedBook(database)
  const { rig, vendors } = book
  await rig.importEvidence(nightMs(1), payments('2026-03-01,panel,opening-balance,100,USD,,'))
  await rig.addOrders(nightMs(1), 'panel', ['1', '2', '3'])
  for (const id of ['1', '2', '3']) vendors.orders.set(id, { status: 'In progress', charge: '1.00' })
  vendors.balance = '97.00'
  await rig.night(nightMs(1))
  vendors.orders.set('2', { status: 'Partial', charge: '0.60', remains: '4' })
  vendors.balance = '97.40'
  vendors.publisher = stats('publisher', 2000, 60, '172.75')
  await database.close()
  return { book, url }
}

interface Through {
  readonly rig: Rig
  readonly proxy: CuttingProxy
  readonly outage: FakeOutage
}

/** A copy of the book, reached through a proxy. */
async function reach(
  { book, url }: Prepared,
  onWait?: (waitedMs: number, proxy: CuttingProxy) => void,
): Promise<Through> {
  const proxy = await cuttingProxy(await newPostgresUrl({ copyOf: url }))
  const outage = fakeOutage((waitedMs) => onWait?.(waitedMs, proxy))
  const database = await openDatabase(proxy.url, { outage })
  onTestFinished(() => database.close())
  return { rig: rigOn(database, book.rig), proxy, outage }
}

async function nightOf(prepared: Prepared, decide: (statement: Statement) => Cut) {
  const { rig, proxy, outage } = await reach(prepared)
  proxy.cutWhere(decide)
  const { steps } = await rig.night(nightMs(2))
  proxy.cutWhere(() => null)
  const { statements, commits, cuts } = { statements: proxy.statements(), commits: proxy.commits(), cuts: proxy.cuts() }
  return { statements, commits, cuts, outage, left: await leftBy(rig, steps) }
}

/** Everything a night leaves: no transaction, landed item, journal or count may be there twice or be missing. */
async function leftBy({ database, ...rig }: Rig, steps: readonly object[]) {
  const { kysely } = database
  const landing = kysely.selectFrom('landing').select(['batch', 'item', 'kind', 'body_sha256'])
  const landed = await landing.orderBy('batch').orderBy('item').execute()
  return {
    ...(await fingerprintsOf({ database, ...rig })),
    runs: await kysely.selectFrom('run').select(['kind', 'status', 'arguments']).orderBy('id').execute(),
    journals: await kysely.selectFrom('journal').select(['document', 'status']).orderBy('id').execute(),
    landed: landed.map(({ body_sha256, ...row }) => ({ ...row, body: body_sha256.toString('hex') })),
    leases: await kysely.selectFrom('lease').selectAll().execute(),
    steps,
  }
}

describe('a night whose connection to PostgreSQL is cut', () => {
  it('before any statement, or after it was carried out, leaves what an undisturbed one leaves', async () => {
    const prepared = await prepare()
    const plain = await nightOf(prepared, () => null)
    expect(plain.left.runs.at(-1)).toMatchObject({ kind: 'sync', status: 'finished' })
    expect(plain.left.journals).not.toEqual([])
    // A prime step falls on other statements in each night; what is repeated has its own cuts.
    for (const offset of [1, 20, 39, 58]) {
      const at = (cut: Cut) => (statement: Statement) => (statement.n % 73 === offset ? cut : null)
      for (const cut of ['before', 'unanswered'] as const) {
        const disturbed = await nightOf(prepared, at(cut))
        expect(disturbed.cuts).toBeGreaterThan(2)
        expect(disturbed.left).toEqual(plain.left)
      }
    }
  })

  it('at every COMMIT, kept or not, leaves what an undisturbed one leaves', async () => {
    const prepared = await prepare()
    const plain = await nightOf(prepared, () => null)
    const kept = await nightOf(prepared, ({ commit }) => (commit === null ? null : 'unanswered'))
    expect(kept.cuts).toBe(plain.commits)
    expect(kept.left).toEqual(plain.left)
    const twice = await nightOf(prepared, ({ commit }) => (commit !== null && commit % 2 === 1 ? 'before' : null))
    expect(twice.commits).toBe(2 * plain.commits)
    expect(twice.left).toEqual(plain.left)
    expect(twice.outage.told[0]).toMatch(
      /^The connection to the PostgreSQL server at 127\.0\.0\.1:\d+\/\w+ was lost \(/,
    )
    expect(twice.outage.told[1]).toMatch(/^The database can be used again after a second; the work goes on\.$/)
  })

  it('goes on when the server is back within ten minutes', async () => {
    const prepared = await prepare()
    const plain = await nightOf(prepared, () => null)
    const { rig, proxy, outage } = await reach(prepared, (waitedMs, way) => {
      if (waitedMs > 500_000) way.open()
    })
    proxy.cutWhere(({ n }) => {
      if (n === 150) proxy.close()
      return null
    })
    const { steps } = await rig.night(nightMs(2))
    expect(await leftBy(rig, steps)).toEqual(plain.left)
    expect(outage.waitedMs()).toBeGreaterThan(500_000)
    expect(outage.told).toHaveLength(2)
  })

  it('has failed after ten minutes, with exit code 75, and the next goes on where it stood', async () => {
    const prepared = await prepare()
    const plain = await nightOf(prepared, () => null)
    const { rig, proxy, outage } = await reach(prepared)
    proxy.cutWhere(({ n }) => {
      if (n === 150) proxy.close()
      return null
    })
    await expect(rig.night(nightMs(2))).rejects.toMatchObject({
      exitCode: 75,
      code: 'DATABASE_LOST',
      message: expect.stringMatching(/It was tried again for 10 minutes\.$/),
    })
    expect(outage.waitedMs()).toBeGreaterThan(580_000)
    expect(outage.waitedMs()).toBeLessThanOrEqual(600_000)
    proxy.open()
    proxy.cutWhere(() => null)
    const runs = await rig.database.kysely.selectFrom('run').select(['status']).orderBy('id', 'desc').execute()
    expect(runs[0]).toEqual({ status: 'running' })
    // Nobody could give the lease back; another machine waits until it runs out.
    await rig.database.kysely.deleteFrom('lease').execute()
    const report = await rig.night(nightMs(2))
    expect(report.resumed).toBe(true)
    const { digest, runs: recorded, journals } = await leftBy(rig, [])
    expect({ digest, runs: recorded, journals }).toEqual({
      digest: plain.left.digest,
      runs: plain.left.runs,
      journals: plain.left.journals,
    })
  })
})
