/**
 * Each kind of trouble does to a client what it says, takes effect or not as it says, and comes back for the same seed.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FAULT_KINDS, faultFor, takesEffect } from '../../src/sandbox/faults.ts'
import type { FaultKind } from '../../src/sandbox/faults.ts'
import { quietOptions, talkTo } from './small-world.ts'

const ORDER = { action: 'add', service: '1', link: 'x', quantity: '100' }

/** The connection ended without one. */
const NO_ANSWER = { status: 0 }

/** What a client sees of one order placed under the fault, and how many orders there are afterwards. */
async function placeUnder(fault: FaultKind) {
  const { panel, world } = await talkTo(quietOptions(), {
    faults: { seed: 1, rate: 0, kinds: [], holdMs: 1, script: [fault] },
  })
  const seen = await panel(ORDER).catch(() => NO_ANSWER)
  const after = await panel({ action: 'balance' })
  expect(after.status).toBe(200)
  return { seen, orders: world.panels.get('netpanel')?.orders.size }
}

describe('each kind over real HTTP', () => {
  test.each([
    ['429', { status: 429, json: { error: 'Rate limit exceeded' } }],
    ['502', { status: 502, json: { error: 'Provider error' } }],
    ['html-200', { status: 200, json: undefined, text: expect.stringContaining('<html') as unknown }],
    ['truncated-json', { status: 200, json: undefined, text: expect.stringMatching(/^\{"order/) as unknown }],
    ['slow-body', { status: 200, json: { order: expect.any(Number) as unknown } }],
    ['timeout-before', NO_ANSWER],
    ['timeout-after', NO_ANSWER],
    ['reset', NO_ANSWER],
  ] as const)('%s', async (fault, expected) => {
    const { seen, orders } = await placeUnder(fault)
    expect(seen).toMatchObject(expected)
    expect(orders).toBe(takesEffect(fault) ? 1 : 0)
  })
})

describe('the plan', () => {
  test('depends on seed and ordinal alone', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(10_000), (seed, ordinal) => {
        const plan = { seed, rate: 0.3, kinds: FAULT_KINDS }
        expect(faultFor(plan, ordinal)).toBe(faultFor({ ...plan }, ordinal))
      }),
    )
  })

  test('hits about its share of requests, with every kind', () => {
    const plan = { seed: 5, rate: 0.2, kinds: FAULT_KINDS }
    const faults = Array.from({ length: 5000 }, (_, ordinal) => faultFor(plan, ordinal)).filter(
      (fault) => fault !== undefined,
    )
    expect(faults.length).toBeGreaterThan(900)
    expect(faults.length).toBeLessThan(1100)
    expect(new Set(faults)).toEqual(new Set(FAULT_KINDS))
  })

  test('a script comes first and can keep requests healthy', () => {
    const plan = { seed: 5, rate: 1, kinds: ['502'], script: ['none', 'reset'] } as const
    expect([0, 1, 2].map((ordinal) => faultFor(plan, ordinal))).toEqual([undefined, 'reset', '502'])
  })

  test('a rate of nothing or no kinds means no faults', () => {
    expect(faultFor({ seed: 1, rate: 0, kinds: FAULT_KINDS }, 3)).toBeUndefined()
    expect(faultFor({ seed: 1, rate: 1, kinds: [] }, 3)).toBeUndefined()
  })
})
