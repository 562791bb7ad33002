/** Webhooks as the vendors' documents show them, put into a book's spool as the receiver would. */
import { openSpool } from '../../src/db/spool.ts'
import { storeDeliveries } from '../../src/evidence/webhooks.ts'
import { runHooksPass, type HooksReport } from '../../src/pipeline/hooks-pass.ts'
import type { Rig } from '../pipeline/harness.ts'

export interface Told {
  readonly source: string
  readonly body: string
  readonly atMs: number
}

export function orderUpdate(id: number | string, status: string, charge: number, remains = 0): string {
  return JSON.stringify({ order_id: id, status, remains, start_count: 8421, charge })
}

export function conversion(payout: number, timestamp: string, ad = '459021B'): string {
  return JSON.stringify({
    event: 'conversion.tracked',
    data: { campaign_id: '982734A', ad_id: ad, payout, timestamp },
  })
}

/** All of them in one commit. */
export async function deliver(rig: Rig, told: readonly Told[]): Promise<void> {
  const spool = await openSpool(rig.database, 0)
  const common = { book: rig.book.name, contentType: 'application/json' }
  await storeDeliveries(
    spool.kysely,
    told.map(({ source, body, atMs }) => ({ ...common, source, receivedAtMs: atMs, body: Buffer.from(body) })),
  )
  await spool.close()
}

export async function hooksPass(rig: Rig, nowMs: number): Promise<HooksReport> {
  return runHooksPass(rig.environment(nowMs), { config: rig.config, book: rig.book, env: rig.env })
}
