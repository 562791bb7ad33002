/** Answers that are booked after a newer one about the same order: they neither move the order back nor teach anything. */
import { expect, it } from 'vitest'
import { withBookRun } from '../../src/pipeline/book-run.ts'
import { landAndProcess } from '../../src/pipeline/run-context.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { nightMs, type Rig } from './harness.ts'
import { loweredBy, ordersOf, storyOf } from './reads.ts'
import { scriptedBook } from './scripted-book.ts'

const IDS = ['1', '2', '3'] as const
/** What a panel that lowers charges shows of a canceled order. */
const CANCELED = { status: 'Canceled', charge: '0.00000', remains: '1000', start_count: '0', currency: 'USD' }

/** Lands one answer about all orders, as read from the wire at `atMs`. */
async function book(rig: Rig, atMs: number): Promise<void> {
  const environment = rig.environment(nightMs(2))
  await withBookRun(environment, rig, 'import', { at: String(atMs) }, async (run) => {
    const landing = {
      kind: 'panel-statuses' as const,
      source: 'panel',
      request: { action: 'multiStatus', orders: IDS, purpose: 'poll' },
      fetchedAtMs: atMs,
      httpStatus: 200,
      contentType: 'application/json',
      body: Buffer.from(JSON.stringify(Object.fromEntries(IDS.map((id) => [id, CANCELED])))),
    }
    await landAndProcess(run, 'statuses', [landing])
  })
}

describeOnSqlite('an answer that a newer one overtook', (fresh) => {
  it('teaches nothing about the panel, and the same answer in its time does', async () => {
    const { rig, vendors } = await scriptedBook(await fresh())
    await rig.addOrders(nightMs(1), 'panel', IDS)
    for (const id of IDS) vendors.orders.set(id, { status: 'In progress', charge: '1.00000', remains: '500' })
    await rig.night(nightMs(1))
    const seenMs = (await ordersOf(rig, 'panel')).get('1')?.observedAtMs ?? 0
    await book(rig, seenMs - 1)
    expect(await loweredBy(rig, 'panel')).toEqual([])
    expect((await ordersOf(rig, 'panel')).get('1')).toMatchObject({ status: 'in-progress', observedAtMs: seenMs })
    await book(rig, seenMs + 1)
    expect(await loweredBy(rig, 'panel')).toEqual(['canceled'])
    expect((await ordersOf(rig, 'panel')).get('1')?.claim).toBe(100_000_000n)
    expect(await storyOf(rig, 'panel', 'order:1')).toHaveLength(1)
  })
})
