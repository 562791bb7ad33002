/** One writer per book: the second waits outside, the dead are taken over, and who has lost the lease writes nothing. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { hostname } from 'node:os'
import { expect, it } from 'vitest'
import { loadMappings } from '../../src/config/mappings.ts'
import { landBatch, lastLandedBatch } from '../../src/log/landing.ts'
import { ensureBook } from '../../src/ledger/books.ts'
import { createRunHttpClient, planBook } from '../../src/pipeline/plan.ts'
import { landAndProcess, processLanded, underLease, type RunContext } from '../../src/pipeline/run-context.ts'
import { createProcessor, processBatch } from '../../src/pipeline/engine/process-batch.ts'
import { landSettings } from '../../src/pipeline/sync.ts'
import { withRun } from '../../src/pipeline/with-run.ts'
import { describeOnBothEngines } from '../support/both-engines.ts'
import { nightMs, type Rig } from './harness.ts'
import { scriptedBook } from './scripted-book.ts'

const NOW = nightMs(1)

/** Works inside a run of the rig's book, its settings landed. */
async function inRun<T>(rig: Rig, work: (context: RunContext) => Promise<T>): Promise<T> {
  const environment = rig.environment(NOW)
  const http = createRunHttpClient(rig.config.http, environment.clock)
  const { rules } = loadMappings(rig.config.mappings)
  const plan = planBook(rig.book, rules, { env: rig.env, clock: environment.clock, http, database: rig.database })
  const { result } = await withRun(environment, plan, 'import', { test: 'lease' }, async (context) => {
    await landSettings(context, plan)
    return work(context)
  })
  await http.close()
  return result
}

function ids(...orders: readonly string[]) {
  const body = Buffer.from(JSON.stringify(orders))
  const rest = { request: {}, fetchedAtMs: NOW, httpStatus: null, contentType: 'application/json' }
  return { kind: 'order-ids' as const, source: 'panel', body, ...rest }
}

async function holdLease(rig: Rig, holder: string, expiresAtMs: number): Promise<void> {
  const { kysely } = rig.database
  const book = await ensureBook(kysely, rig.book)
  await kysely
    .insertInto('lease')
    .values({ book: book.id, holder, expires_at_ms: BigInt(expiresAtMs) })
    .execute()
}

const LATER = 8_000_000_000_000

describeOnBothEngines('the lease of a book', (fresh) => {
  it('turns a second run away while the first works, naming the book and the process', async () => {
    const { rig } = await scriptedBook(await fresh())
    await inRun(rig, async () => {
      await expect(rig.night(NOW)).rejects.toMatchObject({
        code: 'BOOK_BUSY',
        exitCode: 75,
        message: `Another run is working on book "agency" (process ${process.pid} on ${hostname()}).`,
      })
    })
    expect((await rig.night(NOW)).resumed).toBe(false)
  })

  it('is given back when a run fails', async () => {
    const { rig } = await scriptedBook(await fresh())
    await expect(inRun(rig, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
    expect(await rig.database.kysely.selectFrom('lease').selectAll().execute()).toEqual([])
    await rig.night(NOW)
  })

  it('of a process that has died is taken over at once', async () => {
    const { rig } = await scriptedBook(await fresh())
    const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' })
    await once(child, 'exit')
    await holdLease(rig, `${hostname()}/${child.pid}/left-behind`, Date.now() + 50_000)
    await rig.night(NOW)
  })

  it('of another machine is respected until it runs out', async () => {
    const { rig } = await scriptedBook(await fresh())
    await holdLease(rig, 'elsewhere/1/alive', Date.now() + 50_000)
    await expect(rig.night(NOW)).rejects.toMatchObject({ code: 'BOOK_BUSY' })
    await rig.database.kysely.updateTable('lease').set({ expires_at_ms: 1n }).execute()
    await rig.night(NOW)
  })

  it('that was taken while a clock was years ahead does not last for years', async () => {
    const { rig } = await scriptedBook(await fresh())
    await holdLease(rig, 'elsewhere/1/gone', LATER)
    await rig.night(NOW)
  })

  it('once lost lets nothing be landed', async () => {
    const { rig } = await scriptedBook(await fresh())
    const losing = inRun(rig, async (context) => {
      await landAndProcess(context, 'ids:panel', [ids('1')])
      const landed = await lastLandedBatch(context.database.kysely, context.book.id)
      await context.database.kysely.updateTable('lease').set({ holder: 'elsewhere/1/new' }).execute()
      await expect(landAndProcess(context, 'ids:panel', [ids('2')])).rejects.toMatchObject({ code: 'LEASE_LOST' })
      expect(await lastLandedBatch(context.database.kysely, context.book.id)).toBe(landed)
    })
    await expect(losing).rejects.toMatchObject({ code: 'LEASE_LOST' })
    const orders = await rig.database.kysely.selectFrom('panel_order').select('order_id').execute()
    expect(orders).toEqual([{ order_id: '1' }])
    // What another process took over is not given back by the one that lost it.
    expect(await rig.database.kysely.selectFrom('lease').select('holder').execute()).toEqual([
      { holder: 'elsewhere/1/new' },
    ])
  })

  it('once lost is the reason, whatever the other process has made of what was landed', async () => {
    const { rig } = await scriptedBook(await fresh())
    const losing = inRun(rig, async (context) => {
      const { database, book } = context
      const landed = await underLease(context, (trx) => landBatch(trx, book.id, [ids('1')]))
      await database.kysely.updateTable('lease').set({ holder: 'elsewhere/1/new' }).execute()
      await processBatch(createProcessor(database, book), landed)
      await expect(processLanded(context, landed)).rejects.toMatchObject({ code: 'LEASE_LOST', exitCode: 75 })
    })
    await expect(losing).rejects.toMatchObject({ code: 'LEASE_LOST' })
  })

  it('once lost lets no settings be landed', async () => {
    const { rig } = await scriptedBook(await fresh())
    const losing = inRun(rig, async (context) => {
      const { config, book, env } = rig
      const http = createRunHttpClient(config.http, context.clock)
      const { rules } = loadMappings(config.mappings)
      const others = { ...book, timeZone: 'Europe/Berlin' }
      const plan = planBook(others, rules, { env, clock: context.clock, http, database: rig.database })
      const landed = await lastLandedBatch(context.database.kysely, context.book.id)
      await context.database.kysely.updateTable('lease').set({ holder: 'elsewhere/1/new' }).execute()
      await expect(landSettings(context, plan)).rejects.toMatchObject({ code: 'LEASE_LOST' })
      expect(await lastLandedBatch(context.database.kysely, context.book.id)).toBe(landed)
      await http.close()
    })
    await expect(losing).rejects.toMatchObject({ code: 'LEASE_LOST' })
  })

  it('once lost ends no step, and no run that another process has taken up', async () => {
    const { rig } = await scriptedBook(await fresh())
    const { kysely } = rig.database
    const standing = inRun(rig, async (context) => {
      await landAndProcess(context, 'ids:panel', [ids('1')])
      // It stood still; who has the book now counts more in the same step, and goes on.
      await kysely.updateTable('lease').set({ holder: 'elsewhere/1/new' }).execute()
      const counts = JSON.stringify({ rows: { in: '7' }, money: {} })
      await kysely.updateTable('run_step').set({ counts }).execute()
      await expect(context.finishStep('ids:panel')).rejects.toMatchObject({ code: 'LEASE_LOST' })
    })
    await expect(standing).rejects.toMatchObject({ code: 'LEASE_LOST', exitCode: 75 })
    const steps = kysely.selectFrom('run_step').select(['status', 'counts']).where('step', '=', 'ids:panel')
    expect(await steps.execute()).toEqual([{ status: 'running', counts: '{"rows":{"in":"7"},"money":{}}' }])
    const runs = await kysely.selectFrom('run').select(['status', 'summary']).execute()
    expect(runs).toEqual([{ status: 'running', summary: '{}' }])
  })
})
