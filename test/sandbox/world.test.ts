/**
 * The simulated world keeps its promises: the same truth however the clock is moved, wallets that tie out at every
 * instant, and every kind of order, ending and correction the accounting has to survive.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CATALOGUE } from '../../src/sandbox/world/catalogue.ts'
import { defaultWorldOptions } from '../../src/sandbox/world/options.ts'
import { worldTruth } from '../../src/sandbox/world/truth.ts'
import type { PanelTruth } from '../../src/sandbox/world/truth.ts'
import { advanceTo, createWorld } from '../../src/sandbox/world/world.ts'
import { DAY_MS, HOUR_MS, quietOptions, START_MS } from './small-world.ts'

const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n)

function truthAt(options: Parameters<typeof createWorld>[0], ...instants: readonly number[]) {
  const world = createWorld(options)
  for (const ms of instants) advanceTo(world, ms)
  return worldTruth(world)
}

/** What the wallet is apart from what the panel's own entries make it: nothing, when it ties out. */
function unexplainedIn(panel: PanelTruth): bigint {
  const topUps = sum(panel.topUps.map((topUp) => topUp.amount))
  const gross = sum(panel.orders.map((order) => order.gross))
  const refunded = sum(panel.orders.map((order) => order.refunded))
  return panel.wallet - (panel.opening + topUps - gross + refunded)
}

describe('the clock', () => {
  test('whatever the steps to an instant, the truth there is the same', () => {
    const smallWorld = (seed: number) => defaultWorldOptions({ seed, startMs: START_MS, days: 4, ordersPerDay: 60 })
    const steps = fc.array(fc.integer({ min: 0, max: 5 * DAY_MS }), { maxLength: 12 })
    fc.assert(
      fc.property(fc.integer(), steps, fc.integer({ min: 0, max: 6 * DAY_MS }), (seed, offsets, endOffset) => {
        const end = START_MS + Math.max(endOffset, ...offsets)
        const inSteps = offsets.toSorted((left, right) => left - right).map((offset) => START_MS + offset)
        expect(truthAt(smallWorld(seed), ...inSteps, end)).toEqual(truthAt(smallWorld(seed), end))
      }),
      { numRuns: 25 },
    )
  })

  test('another panel in the world changes nothing at the first', () => {
    const options = defaultWorldOptions({ seed: 3, startMs: START_MS, ordersPerDay: 100 })
    const alone = { ...options, panels: options.panels.slice(0, 1) }
    const end = START_MS + 5 * DAY_MS
    expect(truthAt(alone, end).panels[0]).toEqual(truthAt(options, end).panels[0])
  })

  test('it never runs back', () => {
    const world = createWorld(quietOptions())
    advanceTo(world, START_MS + HOUR_MS)
    expect(() => advanceTo(world, START_MS)).toThrow(/cannot be set back/)
    expect(() => advanceTo(world, Number.NaN)).toThrow(RangeError)
    expect(world.nowMs).toBe(START_MS + HOUR_MS)
  })
})

describe('panels', () => {
  const options = defaultWorldOptions({ seed: 2026, startMs: START_MS })

  test('opening plus top-ups minus charges plus refunds is the wallet at every instant', () => {
    const world = createWorld(options)
    for (let hour = 0; hour <= 24 * 21; hour += 7) {
      advanceTo(world, START_MS + hour * HOUR_MS)
      for (const panel of worldTruth(world).panels) {
        expect(unexplainedIn(panel)).toBe(0n)
        expect(panel.wallet).toBeGreaterThanOrEqual(0n)
        expect(panel.grossTotal).toBe(sum(panel.orders.map((order) => order.gross)))
        expect(panel.refundedTotal).toBe(sum(panel.orders.map((order) => order.refunded)))
      }
    }
  })

  test('no refund is more than its charge, and an order’s refunds add up', () => {
    for (const panel of truthAt(options, START_MS + 21 * DAY_MS).panels) {
      for (const order of panel.orders) {
        expect(order.refunded).toBeLessThanOrEqual(order.gross)
        expect(sum(order.refunds.map((refund) => refund.amount))).toBe(order.refunded)
        expect(order.remains).toBeGreaterThanOrEqual(0)
        expect(order.remains).toBeLessThanOrEqual(order.quantity)
      }
    }
  })

  test('the demo world has at least 5,000 orders of all types, with every final status on both panels', () => {
    const { panels } = truthAt(options, START_MS + 25 * DAY_MS)
    expect(panels.flatMap((panel) => panel.orders).length).toBeGreaterThanOrEqual(5000)
    for (const { orders } of panels) {
      expect(new Set(orders.map((order) => order.type))).toEqual(new Set(CATALOGUE.map((service) => service.type)))
      expect(new Set(orders.map((order) => order.type)).size).toBe(8)
      const finals = ['Completed', 'Done', 'Partial', 'Canceled', 'Failed']
      expect(new Set(orders.map((order) => order.status))).toEqual(new Set(finals))
    }
  })

  test('ids rise and leave gaps, as they count the orders of all users', () => {
    for (const { orders } of truthAt(options, START_MS + 2 * DAY_MS).panels) {
      const steps = orders.slice(1).map((order, index) => order.id - (orders[index]?.id ?? 0))
      expect(Math.min(...steps)).toBeGreaterThanOrEqual(1)
      expect(Math.max(...steps)).toBeGreaterThan(1)
    }
  })

  test('completed orders become Partial days later, with a refund on both panels', () => {
    const early = truthAt(options, START_MS + 8 * DAY_MS)
    const late = truthAt(options, START_MS + 16 * DAY_MS)
    early.panels.forEach((panel, index) => {
      const later = new Map(late.panels[index]?.orders.map((order) => [order.id, order]))
      const reopened = panel.orders.filter(
        (order) =>
          (order.status === 'Completed' || order.status === 'Done') && later.get(order.id)?.status === 'Partial',
      )
      expect(reopened.length).toBeGreaterThan(20)
      expect(reopened.some((order) => (later.get(order.id)?.refunded ?? 0n) > order.refunded)).toBe(true)
    })
  })

  test('a Custom Comments Package completes with its undelivered slice refunded', () => {
    const orders = truthAt(options, START_MS + 16 * DAY_MS).panels.flatMap((panel) => panel.orders)
    const refunded = orders.filter(
      (order) => order.type === 'Custom Comments Package' && order.status === 'Completed' && order.refunded > 0n,
    )
    expect(refunded.length).toBeGreaterThan(20)
    for (const order of refunded) expect(order.remains).toBeGreaterThan(0)
  })

  test('the status, the refund and the wallet change in the same instant', () => {
    const { panels } = truthAt(options, START_MS + 3 * DAY_MS)
    const order = panels[0]?.orders.find((candidate) => candidate.status === 'Canceled' && candidate.gross > 0n)
    const atMs = order?.refunds[0]?.atMs ?? 0
    const orderAt = (ms: number) => truthAt(options, ms).panels[0]?.orders.find(({ id }) => id === order?.id)
    expect(orderAt(atMs - 1)).toMatchObject({ refunded: 0n })
    expect(orderAt(atMs - 1)?.status).not.toBe('Canceled')
    expect(orderAt(atMs)).toMatchObject({ refunded: order?.gross, status: 'Canceled' })
  })

  test('amounts have no more decimals than the panel shows', () => {
    const [net] = options.panels
    if (net === undefined) throw new Error('the demo world has panels')
    const coarse = { ...options, panels: [{ ...net, decimals: 2, openingBalance: '100.84' }] }
    const [panel] = truthAt(coarse, START_MS + 5 * DAY_MS).panels
    const amounts = panel?.orders.flatMap((order) => [order.gross, order.refunded]) ?? []
    expect(amounts.length).toBeGreaterThan(100)
    expect(amounts.every((amount) => amount % 1_000_000n === 0n)).toBe(true)
  })

  test('a large world can forget settled orders without losing their sums', () => {
    const forgetful = { ...options, forgetAfterDays: 1 }
    const end = START_MS + 25 * DAY_MS
    const full = truthAt(options, end).panels
    truthAt(forgetful, end).panels.forEach((panel, index) => {
      expect(panel.orders.length).toBe(0)
      expect(panel.ordersPlaced).toBe(full[index]?.orders.length)
      expect(panel.grossTotal).toBe(full[index]?.grossTotal)
      expect(panel.refundedTotal).toBe(full[index]?.refundedTotal)
      expect(panel.wallet).toBe(full[index]?.wallet)
    })
  })
})

describe('Payelancer accounts', () => {
  const days = Array.from({ length: 30 }, (_, day) => truthAt(quietOptions(), START_MS + day * DAY_MS))
  const publishers = days.map((truth) => truth.publishers[0])
  const advertisers = days.map((truth) => truth.advertisers[0])

  test('a publisher starts with a history, and earnings are what was earned minus what was clawed back', () => {
    expect(publishers[0]).toMatchObject({ openingCounter: 16_250_000_000n, openingReceivable: 6_250_000_000n })
    for (const now of publishers) {
      expect(now?.earnings).toBe((now?.openingCounter ?? 0n) + (now?.totalEarned ?? 0n) - (now?.totalClawedBack ?? 0n))
    }
    expect(publishers.at(-1)?.totalClawedBack).toBeGreaterThan(0n)
  })

  test('a clawback lowers earnings while impressions and clicks do not fall', () => {
    const world = createWorld(quietOptions())
    let falls = 0
    let before = worldTruth(world).publishers[0]
    for (let minute = 4; minute < 30 * 24 * 60; minute += 4) {
      advanceTo(world, START_MS + minute * 60_000)
      const now = worldTruth(world).publishers[0]
      if (before === undefined || now === undefined) throw new Error('the world has a publisher')
      expect(now.impressions).toBeGreaterThanOrEqual(before.impressions)
      expect(now.clicks).toBeGreaterThanOrEqual(before.clicks)
      if (now.earnings < before.earnings) falls += 1
      before = now
    }
    expect(falls).toBeGreaterThan(2)
  })

  test('an ad wallet is its opening plus top-ups minus the rise of spent, and credits lower spent', () => {
    for (const now of advertisers) {
      if (now === undefined) throw new Error('the world has an advertiser')
      const topUps = sum(now.topUps.map((topUp) => topUp.amount))
      expect(now.wallet).toBe(now.openingWallet + topUps - (now.spent - now.openingSpent))
      expect(now.wallet).toBeGreaterThanOrEqual(0n)
    }
    const last = advertisers.at(-1)
    expect(last?.credits.length).toBeGreaterThan(2)
    expect(last?.topUps.length).toBeGreaterThan(2)
    expect(last?.topUps.every((topUp) => topUp.amount >= 2_500_000_000n)).toBe(true)
  })
})

describe('options that cannot be', () => {
  test.each([
    [{ name: 'pub' }, /name of its own/],
    [{ decimals: 9 }, /decimals must be 0 to 8/],
    [{ decimals: 2 }, /needs more decimals/],
    [{ openingBalance: 'much' }, /not a decimal amount/],
  ])('%j is refused', (panel, message) => {
    expect(() => createWorld(quietOptions(panel))).toThrow(message)
  })
})
