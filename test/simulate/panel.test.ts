/** The simulated panel against what was captured of real ones: reference rows, not our rules. */
import { describe, expect, test } from 'vitest'
import { planPanel } from './world/panel/draw.ts'
import type { OrderPlan, PanelPlan, Rounding, ScriptPlan } from './world/panel/plan.ts'
import { shareOf } from './world/panel/rounding.ts'
import { createVendor } from './world/panel/vendor.ts'
import { createWire } from './world/panel/wire.ts'

const START_MS = Date.UTC(2026, 2, 1)
const HOUR_MS = 3_600_000

const HALF_UP: Rounding = { mode: 'half-up', decimals: 5 }
const SCRIPT: ScriptPlan = {
  shows: { cancel: 'net', partial: 'net', completion: 'net' },
  rounding: { partial: HALF_UP, completion: HALF_UP },
  formula: 'share',
  decimals: 5,
  walletDecimals: 5,
  listDecimals: 5,
  walletCut: 'floor',
  sharePercent: 100,
  packageUnit: 'thousand',
  timeZone: 'UTC',
  multi: 'multiStatus',
  unknownIds: 'row',
  errors: 'document',
  chargeForm: 'text',
  balanceForm: 'text',
  remainsForm: 'text',
  overDelivery: 'minus',
  canceledRemains: 'all',
  startForm: 'text',
  currencyForm: 'own',
  spelling: 'document',
  refusesTwins: false,
  parentForm: 'none',
}

const ORDER: OrderPlan = {
  id: '2',
  atMs: START_MS + HOUR_MS,
  service: 'default',
  quantity: 1000,
  gross: 3_490_000,
  family: null,
  typedMs: null,
  isListed: true,
  endsMs: START_MS + 2 * HOUR_MS,
  ending: 'Partial',
  remains: 900,
  creditAfterMs: HOUR_MS,
  againAfterMs: null,
  late: null,
  forgottenMs: null,
}

const PLAN: PanelPlan = {
  kind: 'panel',
  name: 'panel-1',
  startMs: START_MS,
  script: SCRIPT,
  currency: 'USD',
  isCurrencyKnown: true,
  isSuspending: false,
  opening: 10_000_000_000,
  openingStatedMs: START_MS + HOUR_MS,
  chargeFromHistory: false,
  bookZone: 'UTC',
  csv: 'orders-page',
  orders: [ORDER],
  wallet: [],
  rates: [],
  exports: [],
  scans: [],
  adds: [],
  mistyped: [],
}

function ask(plan: PanelPlan, hours: number, form: Readonly<Record<string, string>>): string {
  const vendor = createVendor(plan)
  vendor.advance(START_MS + hours * HOUR_MS)
  const body = new URLSearchParams({ key: 'secret', ...form }).toString()
  const url = new URL('http://panel-1.panel.test/api/v2')
  return createWire(plan, vendor)({ method: 'POST', url, headers: {}, body }).body
}

describe('a simulated panel', () => {
  test('lowers the charge of a partial order as smmparty.com was captured', () => {
    const row = { charge: '0.00349', start_count: '3572', status: 'Partial', remains: '900', currency: 'USD' }
    expect(JSON.parse(ask(PLAN, 3, { action: 'status', order: '2' }))).toEqual(row)
  })

  test('credits the wallet some time after the charge fell', () => {
    const balance = (hours: number): unknown => JSON.parse(ask(PLAN, hours, { action: 'balance' }))
    expect(balance(2.5)).toEqual({ balance: '99.96510', currency: 'USD' })
    expect(balance(3)).toEqual({ balance: '99.99651', currency: 'USD' })
  })

  test('takes a second credit back, and debits again what it had given back of an order it delivers after all', () => {
    const balances = (order: Partial<OrderPlan>): readonly string[] =>
      [3, 5, 7].map((hours) => ask({ ...PLAN, orders: [{ ...ORDER, ...order }] }, hours, { action: 'balance' }))
    const [once, paid] = ['{"balance":"99.99651","currency":"USD"}', '{"balance":"99.96510","currency":"USD"}']
    const twice = '{"balance":"100.02792","currency":"USD"}'
    expect(balances({ againAfterMs: HOUR_MS, againTakenMs: START_MS + 6 * HOUR_MS })).toEqual([once, twice, once])
    const reopened = { atMs: START_MS + 6 * HOUR_MS, status: 'In progress' } as const
    expect(balances({ reopened })).toEqual([once, once, paid])
    expect(ask({ ...PLAN, orders: [{ ...ORDER, reopened }] }, 7, { action: 'status', order: '2' })).toContain(
      '"charge":"0.03490","start_count":"3572","status":"In progress"',
    )
  })

  test('gives back while it delivers, and shows what a newer script of it shows', () => {
    const early = { atMs: START_MS + 2 * HOUR_MS, remains: 500 }
    const order = { ...ORDER, endsMs: START_MS + 9 * HOUR_MS, ending: 'Completed' as const, remains: 0, early }
    const plan: PanelPlan = { ...PLAN, orders: [order] }
    expect(ask(plan, 3, { action: 'status', order: '2' })).toContain('"charge":"0.01745"')
    const hiding: PanelPlan = {
      ...plan,
      script: { ...SCRIPT, chargeForm: 'none' },
      upgrade: { atMs: START_MS + 4 * HOUR_MS, chargeForm: 'text' },
    }
    expect(ask(hiding, 3, { action: 'status', order: '2' })).not.toContain('charge')
    expect(ask(hiding, 5, { action: 'status', order: '2' })).toContain('"charge":"0.01745"')
  })

  test('leaves the charge as it was where the script is gross', () => {
    const shows = { cancel: 'gross', partial: 'gross', completion: 'gross' } as const
    const plan = { ...PLAN, script: { ...SCRIPT, shows } }
    expect(ask(plan, 3, { action: 'status', order: '2' })).toContain('"charge":"0.03490"')
  })

  test('writes a charge as a binary fraction with all its digits', () => {
    const plan: PanelPlan = {
      ...PLAN,
      script: { ...SCRIPT, chargeForm: 'long-number' },
      orders: [{ ...ORDER, gross: 194_500_000 }],
    }
    const answer = ask(plan, 1.5, { action: 'status', order: '2' })
    expect(answer).toContain('"charge":1.9450000000000000621724893790087662637233734130859375,')
  })

  test.each([
    ['row', '{"2":{"error":"Incorrect order ID"}}'],
    ['bare', '{"2":"Incorrect order ID"}'],
    ['left-out', '[]'],
    ['left-out-400', '{"error":"Incorrect order ID"}'],
  ] as const)('says of orders it does not know, by %s', (unknownIds, answer) => {
    const plan = { ...PLAN, script: { ...SCRIPT, unknownIds } }
    expect(ask(plan, 0, { action: 'multiStatus', orders: '2' })).toBe(answer)
  })

  test('has a parent without a charge, and runs that the wallet does not pay again', () => {
    const { family: _none, id: _id, ...child } = ORDER
    const children = ['37595771', '37596003'].map((id) => ({ ...child, id, ending: 'Completed' as const, remains: 0 }))
    const parent = { ...ORDER, gross: 6_980_000, ending: 'Completed' as const, remains: 0 }
    const plan: PanelPlan = {
      ...PLAN,
      orders: [{ ...parent, family: { kind: 'drip-feed', children, areChildrenListed: false } }],
    }
    const row = { status: 'Done', runs: '2', orders: ['37595771', '37596003'] }
    expect(JSON.parse(ask(plan, 3, { action: 'status', order: '2' }))).toEqual(row)
    expect(ask(plan, 3, { action: 'balance' })).toContain('"99.93020"')
  })

  test.each([
    // 1.00 × 1/8 = 0.125
    ['half-up', 13_000_000n],
    ['half-even', 12_000_000n],
    ['floor', 12_000_000n],
    ['ceil', 13_000_000n],
  ] as const)('rounds %s', (mode, refund) => {
    expect(shareOf(100_000_000n, 1, 8, { mode, decimals: 2 })).toBe(refund)
  })

  test('rounds a share to six places first where its script does (SMMProject)', () => {
    // 0.333333 of 9000.0000, not a third of it.
    expect(shareOf(900_000_000_000n, 1, 3, { mode: 'ratio-6', decimals: 4 })).toBe(299_999_700_000n)
  })
})

describe('the plan of a panel', () => {
  const draw = {
    seed: 7,
    name: 'panel-1',
    startMs: START_MS,
    nights: 6,
    lite: false,
    bookZone: 'UTC',
    currencies: ['USD'] as const,
  }

  test('is the same for the same seed, and plain data', () => {
    const plan = planPanel(draw)
    expect(planPanel(draw)).toEqual(plan)
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan)
  })

  test('has each order from a stream of its own, so that more nights leave the first ones alone', () => {
    const times = (nights: number): readonly (readonly [string, number])[] =>
      planPanel({ ...draw, nights }).orders.flatMap(({ id, atMs }) => (Number(id) < 1200 ? [[id, atMs] as const] : []))
    expect(times(9)).toEqual(times(6))
  })
})
