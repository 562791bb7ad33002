/** A run that stops between landing and booking, a night run twice, and a dry run: nothing is lost, doubled or kept. */
import { sql } from 'kysely'
import { expect, it } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { withScratch } from '../../src/db/scratch.ts'
import { lastLandedBatch } from '../../src/log/landing.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { nightMs, rigOn } from './harness.ts'
import { differencesOf, fingerprintsOf, netCostByOrder } from './reads.ts'
import { sandboxBook, smallWorld, type SandboxBook } from './sandbox-book.ts'

const SIZE = { seed: 9, ordersPerDay: 40 }

async function processedBatch({ database }: { readonly database: Database }): Promise<bigint> {
  return (await database.kysely.selectFrom('processed').select('batch').executeTakeFirstOrThrow()).batch
}

/** From now on the database refuses to keep a wallet reading: processing a balance fails after it has been landed. */
async function breakWallets({ kysely }: Database): Promise<() => Promise<void>> {
  await sql`create trigger broken before insert on wallet_reading begin select raise(abort, 'the disk is full'); end`.execute(
    kysely,
  )
  return async () => void (await sql`drop trigger broken`.execute(kysely))
}

async function twin(fresh: () => Promise<Database>): Promise<SandboxBook> {
  const book = await sandboxBook(await fresh(), smallWorld(SIZE))
  for (const night of [1, 2, 3]) await book.night(night)
  return book
}

describeOnSqlite('a run that stops between landing and booking', (fresh) => {
  it('is finished by the next: what was landed is booked exactly once', async () => {
    const book = await sandboxBook(await fresh(), smallWorld(SIZE))
    const { rig } = book
    for (const night of [1, 2]) await book.night(night)
    const mend = await breakWallets(rig.database)
    await expect(book.night(3)).rejects.toThrow('the disk is full')
    const { id } = await rig.bookRow()
    const landed = await lastLandedBatch(rig.database.kysely, id)
    expect(BigInt(landed)).toBe((await processedBatch(rig)) + 1n)
    await mend()
    const report = await book.night(3)
    expect(report.resumed).toBe(true)
    expect(rig.warnings).toContain('booked 1 landed batches that an earlier run had left')
    expect(report.steps.find((step) => step.step === 'recover')?.totals.rows.in).toBe(1n)
    expect(BigInt(await lastLandedBatch(rig.database.kysely, id))).toBe(await processedBatch(rig))
    expect((await fingerprintsOf(rig)).digest).toBe((await fingerprintsOf((await twin(fresh)).rig)).digest)
  })

  it('stops at a signal after the current batch and goes on later', async () => {
    const book = await sandboxBook(await fresh(), smallWorld(SIZE))
    const { rig } = book
    for (const night of [1, 2]) await book.night(night)
    const stop = new AbortController()
    const progress = (step: string): void => {
      if (step === 'poll:netpanel') stop.abort(new Error('interrupted'))
    }
    await expect(book.night(3, { signal: stop.signal, progress })).rejects.toThrow('interrupted')
    const report = await book.night(3)
    expect(report.resumed).toBe(true)
    expect((await fingerprintsOf(rig)).digest).toBe((await fingerprintsOf((await twin(fresh)).rig)).digest)
  })
})

describeOnSqlite('the same night', (fresh) => {
  it('run again posts nothing and changes no balance', async () => {
    const book = await sandboxBook(await fresh(), smallWorld(SIZE))
    for (const night of [1, 2, 3]) await book.night(night)
    const before = await fingerprintsOf(book.rig)
    const report = await book.rig.night(nightMs(3))
    expect(await fingerprintsOf(book.rig)).toEqual(before)
    expect(report.resumed).toBe(false)
    expect(report.imports.every((file) => file.alreadyImported)).toBe(true)
    const posted = report.steps.reduce((sum, step) => sum + step.totals.rows.posted, 0n)
    expect(posted).toBe(0n)
  })

  it('in a dry run shows what would happen and keeps nothing', async () => {
    const book = await sandboxBook(await fresh(), smallWorld(SIZE))
    for (const night of [1, 2]) await book.night(night)
    const { rig } = book
    const { id } = await rig.bookRow()
    const before = { ...(await fingerprintsOf(rig)), landed: await lastLandedBatch(rig.database.kysely, id) }
    await book.live(3)
    const dry = await withScratch(rig.database, async (scratch) => {
      const copy = rigOn(scratch, rig)
      const report = await copy.night(nightMs(3))
      return { report, ...(await fingerprintsOf(copy)), orders: (await netCostByOrder(copy, 'netpanel')).size }
    })
    expect({ ...(await fingerprintsOf(rig)), landed: await lastLandedBatch(rig.database.kysely, id) }).toEqual(before)
    expect(await rig.database.kysely.selectFrom('lease').selectAll().execute()).toEqual([])
    const report = await rig.night(nightMs(3))
    expect(differencesOf(report)).toEqual(differencesOf(dry.report))
    expect((await fingerprintsOf(rig)).digest).toBe(dry.digest)
    expect((await netCostByOrder(rig, 'netpanel')).size).toBe(dry.orders)
  })
})
