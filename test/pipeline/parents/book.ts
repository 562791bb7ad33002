/** Nights of a panel with parents, landed as bytes and processed: no server, no clock. */
import type { Database } from '../../../src/db/database.ts'
import { landBatch, type NewLanding } from '../../../src/evidence/landing.ts'
import { createProcessor, processBatch, type Processor } from '../../../src/pipeline/process/process-batch.ts'
import { newRig, nightMs, type Rig } from '../harness.ts'
import { history, payments } from '../scripted-book.ts'
import { OPENING_UNITS, runCharge, runsOn, textOf, walletOn, type Parent, type ParentWorld } from './world.ts'

export interface ParentBook {
  readonly rig: Rig
  readonly night: (night: number) => Promise<void>
}

export async function parentBook(database: Database, world: ParentWorld): Promise<ParentBook> {
  const { plan, parents, refunds } = world
  const rig = newRig(database, [{ name: 'panel', kind: 'panel', url: 'http://127.0.0.1:9/api/v2' }], () => 'unused')
  await rig.importEvidence(nightMs(1), payments(`2026-03-01,panel,opening-balance,${OPENING_UNITS}.00,USD,,`))
  let processor: Processor | null = null
  const land = async (items: readonly NewLanding[]): Promise<void> => {
    const book = await rig.bookRow()
    processor ??= createProcessor(database, book)
    const landed = await database.kysely.transaction().execute((trx) => landBatch(trx, book.id, items))
    await processBatch(processor, landed)
  }
  const listed = async (night: number, rows: readonly (readonly [string, number])[]): Promise<void> => {
    if (rows.length === 0) return
    const csv = rows.map(([id, made]) => {
      const day = new Date(nightMs(made) - 86_400_000).toISOString().slice(0, 10)
      return `${id},${day} 10:00:00,http://x,,0,1000,1,In progress,1000`
    })
    await rig.importOrders(nightMs(night), 'panel', history(...csv))
    processor = null
  }
  const order = (status: string, charge: number, more: object = {}) => ({
    status,
    charge: textOf(charge, plan.decimals),
    start_count: '0',
    remains: '1000',
    currency: 'USD',
    ...more,
  })
  const night = async (number: number): Promise<void> => {
    const atMs = nightMs(number)
    if (number === 1)
      await listed(
        1,
        refunds.map(({ id }) => [id, 1] as const),
      )
    const found = parents.filter((parent) => parent.found === number)
    await listed(
      number,
      found.flatMap(({ id, made, isDated }) => (isDated ? [[id, made] as const] : [])),
    )
    const undated = found.filter(({ isDated }) => !isDated).map(({ id }) => id)
    if (undated.length > 0) {
      await rig.addOrders(atMs, 'panel', undated)
      processor = null
    }
    const wallet = { balance: textOf(walletOn(world, number), plan.decimals), currency: 'USD' }
    await land([answer('panel-balance', { action: 'balance', moment: 'before' }, wallet, atMs)])
    const known = parents.filter((parent) => parent.found <= number)
    const first = new Map<string, unknown>(
      refunds.map(({ id, price, canceled }) => [id, order(canceled <= number ? 'Canceled' : 'In progress', price)]),
    )
    for (const parent of known)
      first.set(parent.id, order('In progress', parent.price, { orders: idsOf(parent, number) }))
    const second = known.flatMap((parent) =>
      idsOf(parent, number).map((id, nth) => [id, order('In progress', runCharge(parent, nth))] as const),
    )
    for (const some of [[...first], second]) {
      if (some.length === 0) continue
      const orders = some.map(([id]) => id)
      const request = { action: 'multiStatus', orders, purpose: 'poll' }
      await land([answer('panel-statuses', request, Object.fromEntries(some), atMs + 1_000)])
    }
    await land([answer('panel-balance', { action: 'balance', moment: 'after' }, wallet, atMs + 2_000)])
  }
  return { rig, night }
}

function idsOf(parent: Parent, night: number): readonly string[] {
  return Array.from({ length: runsOn(parent, night) }, (_, at) => String(Number(parent.id) + at + 1))
}

function answer(kind: NewLanding['kind'], request: unknown, body: unknown, fetchedAtMs: number): NewLanding {
  return {
    kind,
    source: 'panel',
    request,
    fetchedAtMs,
    httpStatus: 200,
    contentType: 'application/json',
    body: Buffer.from(JSON.stringify(body)),
  }
}
