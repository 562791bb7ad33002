/** A panel's nights landed as bytes and processed: no server, no clock. */
import type { Database } from '../../../src/db/database.ts'
import { landBatch, type NewLanding } from '../../../src/evidence/landing.ts'
import { createProcessor, processBatch, type Processor } from '../../../src/pipeline/process/process-batch.ts'
import { newRig, nightMs, type Rig } from '../harness.ts'
import { history, payments } from '../scripted-book.ts'
import {
  answerOf,
  busyNights,
  isAskedOn,
  OPENING,
  ordersOfPanel,
  textOf,
  walletOn,
  type PanelOrder,
  type PanelPlan,
} from './panel.ts'

export interface PanelBook {
  readonly rig: Rig
  readonly orders: readonly PanelOrder[]
  readonly land: (items: readonly NewLanding[]) => Promise<void>
  readonly night: (night: number) => Promise<void>
}

export interface PanelOptions {
  /** More keys of the panel in tieout.yaml. */
  readonly more?: string | undefined
  /** What happens to the orders otherwise than planned. */
  readonly changed?: (orders: readonly PanelOrder[]) => readonly PanelOrder[]
}

export async function panelBook(
  database: Database,
  plan: PanelPlan,
  { more, changed = (orders) => orders }: PanelOptions = {},
): Promise<PanelBook> {
  const rig = newRig(
    database,
    [{ name: 'panel', kind: 'panel', url: 'http://127.0.0.1:9/api/v2', more }],
    () => 'unused',
  )
  await rig.importEvidence(nightMs(1), payments(`2026-03-01,panel,opening-balance,${textOf(OPENING, 8)},USD,,`))
  const orders = changed(ordersOfPanel(plan))
  const busy = busyNights(plan)
  let processor: Processor | null = null
  const land = async (items: readonly NewLanding[]): Promise<void> => {
    const book = await rig.bookRow()
    processor ??= createProcessor(database, book)
    const landed = await database.kysely.transaction().execute((trx) => landBatch(trx, book.id, items))
    await processBatch(processor, landed)
  }
  const night = async (number: number): Promise<void> => {
    const atMs = nightMs(number)
    const placed = orders.filter((order) => order.placed === number)
    const day = new Date(atMs - 86_400_000).toISOString().slice(0, 10)
    const rows = placed.map(
      ({ id, gross, quantity }) =>
        `${id},${day} 10:00:00,http://x,${textOf(gross, plan.decimals.charge)},0,${quantity},1,In progress,${quantity}`,
    )
    if (rows.length > 0) {
      await rig.importOrders(atMs, 'panel', history(...rows))
      processor = null
    }
    const wallet = walletOn(plan, orders, number)
    const asked = orders.filter((order) => isAskedOn(order, number))
    const moved = busy.has(number) ? 1_000_000n : 0n
    await land([balance(plan, wallet - moved, 'before', atMs)])
    for (let at = 0; at < asked.length; at += 100)
      await land([statuses(plan, asked.slice(at, at + 100), number, atMs + 1_000)])
    await land([balance(plan, wallet, 'after', atMs + 2_000)])
  }
  return { rig, orders, land, night }
}

export function balance(plan: PanelPlan, wallet: bigint, moment: 'before' | 'after', atMs: number): NewLanding {
  const body = { balance: textOf(wallet, plan.decimals.wallet), currency: 'USD' }
  return answer('panel-balance', { action: 'balance', moment }, body, atMs)
}

function statuses(plan: PanelPlan, orders: readonly PanelOrder[], night: number, atMs: number): NewLanding {
  const body = Object.fromEntries(orders.map((order) => [order.id, answerOf(plan, order, night)]))
  return answer(
    'panel-statuses',
    { action: 'multiStatus', orders: orders.map(({ id }) => id), purpose: 'poll' },
    body,
    atMs,
  )
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
