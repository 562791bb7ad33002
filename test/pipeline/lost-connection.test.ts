/**
 * A night on PostgreSQL whose connection is cut, at any statement and at any COMMIT, before it reaches the server or
 * after it was carried out: it starts again from its marks, and the books are those of a night nobody disturbed. One that
 * gets no connection for ten minutes has failed, and the next goes on where it stood.
 */
import { describe, expect, it, onTestFinished } from 'vitest'
import { openDatabase } from '../../src/db/database.ts'
import type { NightReport } from '../../src/pipeline/night.ts'
import { goOn } from '../../src/pipeline/again.ts'
import { cuttingProxy, type Cut, type CuttingProxy, type Statement } from '../support/cutting-proxy.ts'
import { newPostgresUrl } from '../support/databases.ts'
import { fakePatience, type FakePatience } from '../support/fake-patience.ts'
import { booksLeftBy, prepareNight, type Prepared } from './disturbed-night.ts'
import { nightMs, rigOn, type Rig } from './harness.ts'

const prepare = async (): Promise<Prepared> => prepareNight(await newPostgresUrl())

interface Through {
  readonly rig: Rig
  readonly proxy: CuttingProxy
  readonly patience: FakePatience
  readonly night: () => Promise<NightReport>
}

/** A copy of the book, reached through a proxy. */
async function reach(
  { book, url }: Prepared,
  onWait?: (waitedMs: number, proxy: CuttingProxy) => void,
): Promise<Through> {
  const proxy = await cuttingProxy(await newPostgresUrl({ copyOf: url }))
  const patience = fakePatience((waitedMs) => onWait?.(waitedMs, proxy))
  const database = await openDatabase(proxy.url)
  onTestFinished(() => database.close())
  const rig = rigOn(database, book.rig)
  const night = (): Promise<NightReport> => goOn(patience, (moved) => rig.night(nightMs(2), { progress: moved }))
  return { rig, proxy, patience, night }
}

async function nightOf(prepared: Prepared, decide: (statement: Statement) => Cut) {
  const { rig, proxy, patience, night } = await reach(prepared)
  proxy.cutWhere(decide)
  await night()
  const counted = { commits: proxy.commits(), cuts: proxy.cuts(), statements: proxy.statements() }
  proxy.cutWhere(() => null)
  const left = await booksLeftBy(rig)
  // The same connections for all of the nights would run the server out of them.
  await rig.database.close()
  return { ...counted, told: patience.told, left }
}

describe('a night whose connection to PostgreSQL is cut', () => {
  it('before any statement, or after it was carried out, leaves the books of an undisturbed one', async () => {
    const prepared = await prepare()
    const plain = await nightOf(prepared, () => null)
    expect(plain.left.runs.every(({ status }) => status === 'finished')).toBe(true)
    expect(plain.left.journals).not.toEqual([])
    for (let at = 3; at <= plain.statements; at += 23) {
      const cut = at % 2 === 1 ? 'unanswered' : 'before'
      // Once more on the way of the second attempt.
      const disturbed = await nightOf(prepared, ({ n }) => (n === at || n === at + 97 ? cut : null))
      expect(disturbed.cuts).toBe(2)
      expect(disturbed.left).toEqual(plain.left)
    }
  })

  it('at every COMMIT, kept or not, leaves the books of an undisturbed one', async () => {
    const prepared = await prepare()
    const plain = await nightOf(prepared, () => null)
    for (let at = 1; at <= plain.commits; at += 1) {
      const cut = at % 2 === 1 ? 'unanswered' : 'before'
      const disturbed = await nightOf(prepared, ({ commit }) => (commit === at ? cut : null))
      expect(disturbed.cuts).toBe(1)
      expect(disturbed.left).toEqual(plain.left)
      expect(disturbed.told).toEqual([
        expect.stringMatching(/^The connection to the PostgreSQL server at 127\.0\.0\.1:\d+\/\w+ was lost \(/),
      ])
    }
  })

  it('goes on when the server is back within ten minutes', async () => {
    const prepared = await prepare()
    const plain = await nightOf(prepared, () => null)
    const { rig, proxy, patience, night } = await reach(prepared, (waitedMs, way) => {
      if (waitedMs > 500_000) way.open()
    })
    proxy.cutWhere(({ n }) => {
      if (n === 150) proxy.close()
      return null
    })
    await night()
    expect(await booksLeftBy(rig)).toEqual(plain.left)
    expect(patience.waitedMs()).toBeGreaterThan(500_000)
    expect(patience.told).toHaveLength(1)
  })

  it('has failed after ten minutes, with exit code 75, and the next goes on where it stood', async () => {
    const prepared = await prepare()
    const plain = await nightOf(prepared, () => null)
    const { rig, proxy, patience, night } = await reach(prepared)
    proxy.cutWhere(({ n }) => {
      if (n === 150) proxy.close()
      return null
    })
    await expect(night()).rejects.toMatchObject({
      exitCode: 75,
      code: 'DATABASE_LOST',
      message: expect.stringMatching(/It was tried again for 10 minutes\.$/),
    })
    expect(patience.waitedMs()).toBeGreaterThan(580_000)
    expect(patience.waitedMs()).toBeLessThanOrEqual(600_000)
    proxy.open()
    proxy.cutWhere(() => null)
    const runs = await rig.database.kysely.selectFrom('run').select(['status']).orderBy('id', 'desc').execute()
    expect(runs[0]).toEqual({ status: 'running' })
    expect(await rig.night(nightMs(2))).toMatchObject({ resumed: true })
    expect(await booksLeftBy(rig)).toEqual(plain.left)
  })
})
