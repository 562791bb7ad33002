/** A panel of canceled orders whose rule of refunds is learned, proposed and accepted, and what must hold every night. */
import { expect } from 'vitest'
import { proveClearing } from '../../../src/pipeline/proofs/clearing.ts'
import { scopeOfBook } from '../../../src/pipeline/proofs/scope.ts'
import { loadMappings } from '../../../src/config/mappings.ts'
import type { Database } from '../../../src/db/database.ts'
import { refundRules } from '../../../src/evidence/refund-rules.ts'
import type { NewLanding } from '../../../src/evidence/landing.ts'
import { nightMs } from '../harness.ts'
import { balanceOf, exceptionsOf, openCodes, ordersOf } from '../reads.ts'
import { panelBook, type PanelBook } from './book.ts'
import { walletOn, type PanelOrder, type PanelPlan } from './panel.ts'

export const PLAN: PanelPlan = {
  seed: 31,
  nights: 16,
  ordersPerNight: 6,
  decimals: { charge: 5, wallet: 5, refund: 5 },
  rounding: 'half-up',
  nets: 'none',
  canceled: 100,
  partial: 0,
}

export function decided(kind: NewLanding['kind'], source: string, night: number, body: unknown): NewLanding {
  return {
    kind,
    source,
    request: {},
    fetchedAtMs: nightMs(night) + 3_600_000,
    httpStatus: null,
    contentType: 'application/json',
    body: Buffer.from(JSON.stringify(body)),
  }
}

export const PERSON = { by: 'Ana', why: 'known for years' }

export function accepted(night: number): NewLanding {
  return decided('refund-rule', 'panel', night, { decide: 'accept', kind: 'cancel', ...PERSON })
}

export async function statusOf({ rig }: PanelBook): Promise<string> {
  const { id } = await rig.bookRow()
  const source = await rig.database.kysely
    .selectFrom('source')
    .select('id')
    .where('name', '=', 'panel')
    .executeTakeFirst()
  const rules = await refundRules(rig.database.kysely, id, source?.id ?? 0n)
  return rules.find(({ refundCase }) => refundCase === 'cancel')?.status ?? 'none'
}

/** The clearing account is what is due order by order, and the wallet's difference is what the exception says. */
export async function expectProven({ rig, orders }: PanelBook, plan: PanelPlan, night: number): Promise<void> {
  const held = [...(await ordersOf(rig, 'panel')).values()]
  const due = held.reduce((sum, { refundDue }) => sum + refundDue, 0n)
  expect(await balanceOf(rig, '1330:panel')).toBe(due)
  for (const { refunded, charged, refundDue } of held) {
    expect(refunded >= 0n && refunded <= charged && refundDue <= refunded).toBe(true)
  }
  const { rules } = loadMappings(rig.config.mappings)
  const scope = await scopeOfBook(rig.database.kysely, await rig.bookRow(), rig.book, rules)
  for (const { difference } of await proveClearing(scope)) expect(difference).toBe(0n)
  const difference = walletOn(plan, orders, night) - (await balanceOf(rig, '1310:panel'))
  const open = (await exceptionsOf(rig)).filter(({ object }) => object === 'wallet')
  expect(open.map(({ amount }) => amount)).toEqual(difference === 0n ? [] : [difference])
}

/** Lives until the rule is proposed, accepts it, and returns that night. */
export async function acceptedBook(
  database: Database,
  plan: PanelPlan,
  changed: (orders: readonly PanelOrder[]) => readonly PanelOrder[] = (orders) => orders,
  more?: string,
) {
  const book = await panelBook(database, plan, { more, changed })
  for (let night = 1; night <= plan.nights; night += 1) {
    await book.night(night)
    await expectProven(book, plan, night)
    if ((await statusOf(book)) !== 'proposed') continue
    expect(await openCodes(book.rig)).toContain('panel REFUND_RULE_PROPOSED refund-rule:cancel')
    await book.land([accepted(night)])
    expect(await statusOf(book)).toBe('accepted')
    expect(await openCodes(book.rig)).not.toContain('panel REFUND_RULE_PROPOSED refund-rule:cancel')
    return { book, night }
  }
  throw new Error('the rule was never proposed')
}
