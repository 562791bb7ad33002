/** Alerts over time, in a real database and through real HTTP: said once, kept through crashes, over once. */
import { expect, it } from 'vitest'
import { claim, pendingDeliveries } from '../../src/alerts/queue.ts'
import { listAlerts } from '../../src/alerts/state.ts'
import { withScratch } from '../../src/db/scratch.ts'
import { finishRun, startRun } from '../../src/pipeline/runs.ts'
import { raiseException } from '../support/exceptions.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { HOUR_MS, START_MS, watch } from './watched-book.ts'

const LOW = 'Warning: agency: the wallet of panel is low'
const EMPTY = 'CRITICAL, worse than before: agency: the wallet of panel is low'
const OVER = 'Resolved: agency: low balance on panel (now 1000.00 USD)'

const FAILED = ['CRITICAL', 'Resolved'].map((word) => `${word}: agency: the night 2026-03-19 (run 1) failed`)

describeOnSqlite('alerts', (fresh) => {
  it('say once that something is wrong and once that it is over, however often they are looked at', async () => {
    const database = await fresh()
    const { wallet, look, chat, book, config } = await watch(database)
    await wallet(99)
    for (let times = 0; times < 100; times += 1) await look()
    expect(chat.heard()).toEqual([LOW])
    expect(await listAlerts(database.kysely, book.id)).toMatchObject([
      { status: 'open', timesSeen: 1, object: 'panel' },
    ])
    await wallet(1000)
    for (let times = 0; times < 3; times += 1) await look()
    expect(chat.heard()).toEqual([LOW, OVER])
    expect(await listAlerts(database.kysely, book.id)).toMatchObject([{ status: 'resolved', resolvedAtMs: START_MS }])
    expect(config.alerts?.channels).toHaveLength(2)
  })

  it('write nothing while there is nothing new, so that a daemon that looks every minute keeps nobody waiting', async () => {
    const database = await fresh()
    const { wallet, look, at, book } = await watch(database)
    await wallet(99)
    const seen: number[] = []
    for (const minute of [0, 1, 5, 9, 10, 11, 20]) {
      at(minute / 60)
      await look()
      const [alert] = await listAlerts(database.kysely, book.id)
      seen.push(alert?.timesSeen ?? 0)
    }
    expect(seen).toEqual([1, 1, 1, 1, 2, 2, 3])
  })

  it('say it again after a day and when it gets worse, and tell each channel only what it wants to hear', async () => {
    const { wallet, look, at, chat, sms } = await watch(await fresh())
    await wallet(99)
    await look()
    at(23)
    await look()
    expect(chat.heard()).toHaveLength(1)
    at(24)
    await look()
    await wallet(10)
    await look()
    expect(chat.heard()).toEqual([LOW, 'Warning, still: agency: the wallet of panel is low', EMPTY])
    expect(sms.heard()).toEqual([EMPTY])
    await wallet(1000)
    await look()
    expect(sms.heard()).toEqual([EMPTY, OVER])
  })

  it('wait for a channel that is down, with growing pauses, and do not keep the others waiting', async () => {
    const { wallet, look, at, chat, sms, warnings } = await watch(await fresh())
    sms.answer(404)
    await wallet(10)
    const hours = [0, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 1.2]
    const asked: number[] = []
    for (const hour of hours) {
      at(hour)
      await look()
      asked.push(sms.asked())
    }
    // Pauses of 1, 2, 4, 8 minutes: not at every look.
    expect(asked).toEqual([1, 1, 2, 2, 2, 3, 4, 5])
    expect(chat.heard()).toHaveLength(1)
    expect(warnings).toHaveLength(5)
    expect(warnings[0]).toMatch(/^Webhook channel "sms" does not exist; make a new webhook/)
    sms.answer(200)
    at(3)
    await look()
    await look()
    expect(sms.heard()).toEqual(['CRITICAL: agency: the wallet of panel is low'])
    expect(chat.heard()).toHaveLength(1)
  })

  it('send in order what waited, without what has become pointless', async () => {
    const { wallet, look, at, sms } = await watch(await fresh())
    sms.answer(404)
    await wallet(10)
    for (const hour of [0, 24, 48]) {
      at(hour)
      await look()
    }
    await wallet(1000)
    at(50)
    sms.answer(200)
    const report = await look()
    expect(sms.heard()).toEqual(['CRITICAL: agency: the wallet of panel is low', OVER])
    expect(report.channels).toMatchObject([
      { channel: 'chat', delivered: 1 },
      { channel: 'sms', delivered: 2 },
    ])
  })

  it('give up a message the channel itself refuses, so that it does not keep the next one waiting', async () => {
    const { wallet, look, at, sms } = await watch(await fresh())
    sms.answer(400)
    await wallet(10)
    for (const hour of [0, 1, 2]) {
      at(hour)
      await look()
    }
    sms.answer(200)
    await wallet(1000)
    at(4)
    await look()
    expect(sms.heard()).toEqual([OVER])
  })

  it('are sent by the next look when the process died before sending', async () => {
    const database = await fresh()
    const { wallet, look, chat } = await watch(database)
    await wallet(99)
    await look({ isSilent: true })
    expect(chat.heard()).toEqual([])
    await look()
    await look()
    expect(chat.heard()).toEqual([LOW])
  })

  it('that wait are sent although the books cannot be looked at', async () => {
    const database = await fresh()
    const { wallet, look, chat } = await watch(database)
    await wallet(99)
    await look({ isSilent: true })
    await database.kysely.schema.dropTable('wallet_reading').execute()
    await expect(look()).rejects.toThrow(/wallet_reading/)
    expect(chat.heard()).toEqual([LOW])
  })

  it('are sent again, and only after a while, when the process died while sending', async () => {
    const database = await fresh()
    const { wallet, look, at, chat } = await watch(database)
    await wallet(99)
    await look({ isSilent: true })
    const [pending] = await pendingDeliveries(database.kysely, 'chat', 10)
    if (pending === undefined) throw new Error('nothing is pending')
    expect(await claim(database.kysely, 'chat', pending, START_MS)).toBe(true)
    expect(await claim(database.kysely, 'chat', pending, START_MS)).toBe(false)
    await look()
    expect(chat.heard()).toEqual([])
    at(1)
    await look()
    expect(chat.heard()).toEqual([LOW])
  })

  it('are not said twice by two processes that look at once', async () => {
    const { wallet, look, chat } = await watch(await fresh())
    await wallet(99)
    await Promise.all(Array.from({ length: 8 }, () => look()))
    expect(chat.heard()).toEqual([LOW])
  })

  it('keep nothing of a look that is rolled back', async () => {
    const database = await fresh()
    const { wallet, look, book, chat } = await watch(database)
    await wallet(99)
    const report = await withScratch(database, (scratch) => look({ isSilent: true }, scratch))
    expect(report.said).toMatchObject([{ event: 'opened', channels: ['chat'] }])
    expect(await listAlerts(database.kysely, book.id)).toEqual([])
    await look()
    expect(chat.heard()).toEqual([LOW])
  })

  it('see a failed run with its reason, a run that stopped as asked not at all, and a finished one as its end', async () => {
    const database = await fresh()
    const { kysely } = database
    const { look, chat, book, at } = await watch(database, 'runLate: false, sourceStale: false')
    const run = await startRun(kysely, book.id, 'sync', { night: '2026-03-19' }, START_MS)
    await kysely.updateTable('run').set({ summary: '{"stopped":true}' }).where('book', '=', book.id).execute()
    await look()
    expect(chat.heard()).toEqual([])
    await kysely
      .updateTable('run')
      .set({ summary: '{"failure":"The disk is full."}' })
      .where('book', '=', book.id)
      .execute()
    const report = await look()
    expect(report.open[0]?.detail).toContain('The disk is full.')
    at(1)
    await finishRun(kysely, run, 'finished', '{}', START_MS + HOUR_MS)
    await look()
    expect(chat.heard()).toEqual(FAILED)
  })

  it('see a run that somebody is working on as no failure', async () => {
    const database = await fresh()
    const { look, book } = await watch(database, 'runLate: false, sourceStale: false')
    await startRun(database.kysely, book.id, 'sync', { night: '2026-03-19' }, START_MS)
    const expires_at_ms = BigInt(Date.now() + 60_000)
    await database.kysely.insertInto('lease').values({ book: book.id, holder: 'host/1/x', expires_at_ms }).execute()
    expect((await look()).open).toEqual([])
    await database.kysely.updateTable('lease').set({ expires_at_ms: 0n }).execute()
    expect((await look()).open).toMatchObject([{ rule: 'runFailed' }])
  })

  it('see a run that failed and is tried again as failed until it ends well', async () => {
    const database = await fresh()
    const { look, chat, book } = await watch(database, 'runLate: false, sourceStale: false')
    const { kysely } = database
    const run = await startRun(kysely, book.id, 'sync', { night: '2026-03-19' }, START_MS)
    await kysely.updateTable('run').set({ summary: '{"failure":"The disk is full."}' }).execute()
    for (const holder of ['host/1/x', null, 'host/2/y']) {
      await kysely.deleteFrom('lease').execute()
      const expires_at_ms = BigInt(Date.now() + 60_000)
      if (holder !== null) await kysely.insertInto('lease').values({ book: book.id, holder, expires_at_ms }).execute()
      await look()
    }
    await finishRun(kysely, run, 'finished', '{}', START_MS)
    await look()
    expect(chat.heard()).toEqual(FAILED)
  })

  it('see a night that nobody ran, but not one whose grace lasts, and take no single source for a night', async () => {
    const database = await fresh()
    const { kysely } = database
    const { look, book, at } = await watch(database, 'sourceStale: false, runLate: { graceMinutes: 120 }')
    const finished = async (hour: number, args: Readonly<Record<string, string>>): Promise<void> => {
      const ms = START_MS + hour * HOUR_MS
      await finishRun(kysely, await startRun(kysely, book.id, 'sync', args, ms), 'finished', '{}', ms)
    }
    await finished(-12 + 1, { night: '2026-03-19' })
    // The next night is due at 00:15: 12.25 hours after the start.
    at(14.2)
    expect((await look()).open).toEqual([])
    at(14.3)
    expect((await look()).open).toMatchObject([{ rule: 'runLate', severity: 'warning' }])
    await finished(14.2, { night: '2026-03-20', source: 'panel' })
    expect((await look()).open).toHaveLength(1)
    await finished(14, { night: '2026-03-20' })
    expect((await look()).open).toEqual([])
  })

  it('see exceptions as one alert per source and code', async () => {
    const database = await fresh()
    const { look, book, at } = await watch(database, 'sourceStale: false, runLate: false')
    for (const object of ['order:1', 'order:2', 'order:3']) {
      const raised = {
        source: 'panel',
        code: 'REFUND_MISSING',
        object,
        amount: -300_000_000n,
        currency: 'USD',
        detail: '',
      } as const
      await raiseException(database.kysely, book.id, raised, { batch: 1, item: 1 }, START_MS)
    }
    expect((await look()).open).toEqual([])
    at(6 * 24)
    const { open } = await look()
    expect(open).toMatchObject([{ rule: 'exceptionsOpen', object: 'panel REFUND_MISSING USD' }])
    expect(open[0]?.detail).toContain('3 open, the oldest for 6 days, the largest 3.00 USD')
  })
})
