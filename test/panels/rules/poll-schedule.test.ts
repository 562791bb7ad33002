import { describe, expect, it } from 'vitest'
import { newOrder } from '../../../src/evidence/registered-order.ts'
import type { OrderState } from '../../../src/panels/rules/order.ts'
import type { OrderStatus } from '../../../src/panels/rules/status.ts'
import { DUE_EVERY_RUN, nextPollAfterRefusalMs, nextPollMs } from '../../../src/panels/rules/o8-poll-schedule.ts'

const DAY_MS = 86_400_000
const ENDED_MS = 1_000 * DAY_MS

function order(status: OrderStatus | null, terminalAtMs: number | null, observedAtMs: number | null): OrderState {
  return { ...newOrder('1', 'typed-in', { batch: 1, item: 0 }), status, terminalAtMs, observedAtMs }
}

describe('nextPollMs', () => {
  it.each([null, 'pending', 'in-progress', 'unknown'] as const)(
    'asks about an order that is %s in every run',
    (status) => {
      expect(nextPollMs(order(status, null, ENDED_MS))).toBe(DUE_EVERY_RUN)
    },
  )

  it.each([
    [0, 1],
    [0.5, 1],
    [0.97, 2],
    [1, 2],
    [2, 3],
    [5.5, 6],
    [6, 7],
    [7, 14],
    [14, 28],
    [28, 56],
    [55.9, 56],
    [56, 60],
    [60, 90],
    [359, 360],
    [364, 390],
    [365, null],
    [800, null],
  ])('asks about an order seen %d days after its end again on day %s', (ageDays, nextDays) => {
    for (const status of ['completed', 'partial', 'canceled', 'failed'] as const) {
      const next = nextPollMs(order(status, ENDED_MS, ENDED_MS + ageDays * DAY_MS))
      expect(next).toBe(nextDays === null ? null : ENDED_MS + nextDays * DAY_MS - DAY_MS / 24)
    }
  })

  it('is always later than the answer it follows', () => {
    for (let ageDays = 0; ageDays < 365; ageDays += 0.25) {
      const observedAtMs = ENDED_MS + ageDays * DAY_MS
      expect(nextPollMs(order('completed', ENDED_MS, observedAtMs))).toBeGreaterThan(observedAtMs)
    }
  })
})

describe('nextPollAfterRefusalMs', () => {
  const never = { status: null }

  it.each([1, 2])('asks again in the next run after refusal %i', (refusals) => {
    expect(nextPollAfterRefusalMs(never, ENDED_MS, refusals)).toBe(DUE_EVERY_RUN)
  })

  it.each([
    [3, 1],
    [4, 2],
    [5, 4],
    [9, 64],
    [10, 64],
    [13, 64],
  ])('asks again after refusal %i in about %i days', (refusals, days) => {
    const at = nextPollAfterRefusalMs(never, ENDED_MS, refusals) ?? 0
    expect((at - ENDED_MS) / DAY_MS).toBeLessThan(days)
    expect((at - ENDED_MS) / DAY_MS).toBeGreaterThan(days - 0.1)
  })

  it('believes the panel in the end, but never about an order that is booked and open', () => {
    expect(nextPollAfterRefusalMs(never, ENDED_MS, 14)).toBeNull()
    expect(nextPollAfterRefusalMs({ status: 'completed' }, ENDED_MS, 14)).toBeNull()
    expect(nextPollAfterRefusalMs({ status: 'in-progress' }, ENDED_MS, 1000)).toBeGreaterThan(ENDED_MS)
  })
})
