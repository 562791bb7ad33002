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
import { leftBy, prepareNight, type Prepared } from './disturbed-night.ts'
import { nightMs, rigOn, type Rig } from './harness.ts'

const prepare = async (): Promise<Prepared> => prepareNight(await newPostgresUrl())

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
  const { commits, cuts } = { commits: proxy.commits(), cuts: proxy.cuts() }
  return { commits, cuts, outage, left: await leftBy(rig, steps) }
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
    expect(kept.cuts).toBe(kept.commits)
    expect(kept.left).toEqual(plain.left)
    const twice = await nightOf(prepared, ({ commit }) => (commit !== null && commit % 2 === 1 ? 'before' : null))
    expect(twice.commits).toBe(2 * twice.cuts)
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
