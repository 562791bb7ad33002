import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { unitsOf as units } from '../../../src/domain/money/money.ts'
import { absorbAnswer, type OrderState, type OrderStatus } from '../../../src/domain/orders/order.ts'
import { decideRefund, proRataRefund, type RefundDecision } from '../../../src/domain/orders/refund.ts'
import type { ChargeSemantics, Verdict } from '../../../src/domain/orders/charge-semantics.ts'
import { NEVER_SEEN } from './never-seen.ts'

interface Answer {
  readonly status: OrderStatus
  readonly charge: string
  readonly remains?: bigint
}

function seen(quantity: bigint | null, answers: readonly Answer[], refunded = '0'): OrderState {
  let state: OrderState = { ...NEVER_SEEN, quantity, refunded: units(refunded) }
  for (const [index, { status, charge, remains }] of answers.entries()) {
    const answer = { status, charge: units(charge), chargeDecimals: 5, remains: remains ?? null, atMs: index }
    state = absorbAnswer(state, answer)
  }
  return state
}

const ROUNDING = { mode: 'half-up', decimals: 5 } as const

function semantics(verdict: Verdict): ChargeSemantics {
  return {
    verdicts: { cancel: verdict, partial: verdict, completion: verdict },
    roundings: { cancel: ROUNDING, partial: ROUNDING, completion: ROUNDING },
  }
}

function outcome(decision: RefundDecision): string {
  switch (decision.kind) {
    case 'none':
      return 'none'
    case 'proven':
      return `proven ${decision.refunded}`
    case 'pending':
      return `${decision.code} ${decision.claimed === null ? 'unknown' : decision.claimed}`
  }
}

const OPEN = { status: 'in-progress', charge: '4.50' } as const

interface Case {
  readonly name: string
  readonly verdict: Verdict
  readonly state: OrderState
  /** True when the newest answer shows a higher charge than the one before it. */
  readonly rose?: boolean
  readonly expected: string
}

const CASES: readonly Case[] = [
  { name: 'an open order claims nothing', verdict: 'net', state: seen(1000n, [OPEN]), expected: 'none' },
  {
    name: 'a fall on a net panel is the refund',
    verdict: 'net',
    state: seen(1000n, [OPEN, { status: 'partial', charge: '3.60', remains: 200n }]),
    expected: `proven ${units('0.90')}`,
  },
  {
    name: 'a fall on an unknown panel waits',
    verdict: 'unknown',
    state: seen(1000n, [OPEN, { status: 'partial', charge: '3.60', remains: 200n }]),
    expected: `CHARGE_SEMANTICS_AMBIGUOUS ${units('0.90')}`,
  },
  {
    name: 'canceled to zero on a net panel refunds everything',
    verdict: 'net',
    state: seen(1000n, [OPEN, { status: 'canceled', charge: '0.00', remains: 0n }]),
    expected: `proven ${units('4.50')}`,
  },
  {
    name: 'canceled at full charge on a net panel is a refund still missing',
    verdict: 'net',
    state: seen(1000n, [OPEN, { status: 'canceled', charge: '4.50', remains: 1000n }]),
    expected: `REFUND_MISSING ${units('4.50')}`,
  },
  {
    name: 'canceled at full charge on a gross panel waits for the wallet',
    verdict: 'gross',
    state: seen(1000n, [OPEN, { status: 'canceled', charge: '4.50', remains: 0n }]),
    expected: `REFUND_MISSING ${units('4.50')}`,
  },
  {
    name: 'partial at full charge without a quantity claims an unknown amount',
    verdict: 'gross',
    state: seen(null, [OPEN, { status: 'partial', charge: '4.50', remains: 200n }]),
    expected: 'REFUND_MISSING unknown',
  },
  {
    name: 'partial at full charge with the remains hidden claims an unknown amount',
    verdict: 'unknown',
    state: seen(1000n, [OPEN, { status: 'partial', charge: '4.50' }]),
    expected: 'CHARGE_SEMANTICS_AMBIGUOUS unknown',
  },
  {
    name: 'over-delivery claims nothing back',
    verdict: 'gross',
    state: seen(1000n, [OPEN, { status: 'partial', charge: '4.50', remains: -56n }]),
    expected: 'none',
  },
  {
    name: 'first seen canceled at zero has cost nothing, whatever the panel',
    verdict: 'unknown',
    state: seen(1000n, [{ status: 'canceled', charge: '0.00', remains: 1000n }]),
    expected: 'none',
  },
  {
    name: 'first seen partial on a net panel is already net',
    verdict: 'net',
    state: seen(1000n, [{ status: 'partial', charge: '3.60', remains: 200n }]),
    expected: 'none',
  },
  {
    name: 'first seen partial on an unknown panel is ambiguous',
    verdict: 'unknown',
    state: seen(1000n, [{ status: 'partial', charge: '3.60', remains: 200n }]),
    expected: `CHARGE_SEMANTICS_AMBIGUOUS ${units('0.72')}`,
  },
  {
    name: 'a completed order whose charge falls on a net panel is refunded (packages bill the upper bound)',
    verdict: 'net',
    state: seen(10n, [OPEN, { status: 'completed', charge: '2.25', remains: 5n }]),
    expected: `proven ${units('2.25')}`,
  },
  {
    name: 'a late refund on a completed order is the further fall',
    verdict: 'net',
    state: seen(10n, [
      OPEN,
      { status: 'completed', charge: '4.50' },
      { status: 'partial', charge: '4.05', remains: 1n },
    ]),
    expected: `proven ${units('0.45')}`,
  },
  {
    name: 'a refund already booked stays when nothing changes',
    verdict: 'gross',
    state: seen(1000n, [OPEN, { status: 'partial', charge: '4.50', remains: 200n }], '0.90'),
    expected: `proven ${units('0.90')}`,
  },
  {
    name: 'a refunded order that is open again keeps its refund until a person decides',
    verdict: 'gross',
    state: seen(1000n, [OPEN], '0.90'),
    expected: `STATUS_REGRESSION ${units('-0.90')}`,
  },
  {
    name: 'a refund the charge takes back in full on a net panel is reversed',
    verdict: 'net',
    state: seen(
      1000n,
      [OPEN, { status: 'completed', charge: '0.90' }, { status: 'completed', charge: '4.50' }],
      '3.60',
    ),
    rose: true,
    expected: 'proven 0',
  },
  {
    name: 'a cancellation taken back by completion at full charge is reversed on a net panel',
    verdict: 'net',
    state: seen(1000n, [OPEN, { status: 'canceled', charge: '0' }, { status: 'completed', charge: '4.50' }], '4.50'),
    rose: true,
    expected: 'proven 0',
  },
  {
    name: 'a refund taken back in part on a net panel is reversed by that part',
    verdict: 'net',
    state: seen(
      1000n,
      [OPEN, { status: 'completed', charge: '0.90' }, { status: 'completed', charge: '2.00' }],
      '3.60',
    ),
    rose: true,
    expected: `proven ${units('2.50')}`,
  },
  {
    name: 'a refund taken back before the panel was known to be net is reversed once it is',
    verdict: 'net',
    state: seen(1000n, [OPEN, { status: 'completed', charge: '4.50' }], '3.60'),
    expected: 'proven 0',
  },
  {
    name: 'a refund taken back on a panel that is not known asks a person',
    verdict: 'unknown',
    state: seen(
      1000n,
      [OPEN, { status: 'completed', charge: '0.90' }, { status: 'completed', charge: '4.50' }],
      '3.60',
    ),
    rose: true,
    expected: `STATUS_REGRESSION ${units('-3.60')}`,
  },
  {
    name: 'a gross panel that claims less than is booked asks a person',
    verdict: 'gross',
    state: seen(1000n, [OPEN, { status: 'partial', charge: '4.50', remains: 100n }], '3.60'),
    expected: `STATUS_REGRESSION ${units('-3.15')}`,
  },
  {
    name: 'a gross panel whose canceled order is completed after all asks a person',
    verdict: 'gross',
    state: seen(1000n, [OPEN, { status: 'completed', charge: '4.50', remains: 0n }], '4.50'),
    expected: `STATUS_REGRESSION ${units('-4.50')}`,
  },
  {
    name: 'a refund that differs from the claim by the last place of a rounding stays',
    verdict: 'gross',
    state: seen(3n, [OPEN, { status: 'partial', charge: '4.50', remains: 1n }], '1.50001'),
    expected: `proven ${units('1.50001')}`,
  },
  {
    name: 'a charge that falls while the order runs is not a refund',
    verdict: 'net',
    state: seen(1000n, [OPEN, { status: 'in-progress', charge: '4.00' }]),
    expected: `AMOUNT_DIFF ${units('0.50')}`,
  },
  {
    name: 'a free order claims nothing',
    verdict: 'gross',
    state: seen(1000n, [{ status: 'canceled', charge: '0' }]),
    expected: 'none',
  },
]

describe('decideRefund', () => {
  for (const { name, verdict, state, rose, expected } of CASES) {
    it(name, () => expect(outcome(decideRefund(state, semantics(verdict), rose))).toBe(expected))
  }

  it('never proves more than was charged', () => {
    const answer = fc.record({
      status: fc.constantFrom<OrderStatus>('pending', 'in-progress', 'partial', 'completed', 'canceled', 'failed'),
      charge: fc.bigInt({ min: 0n, max: 10n ** 12n }),
      remains: fc.option(fc.bigInt({ min: -100n, max: 5000n })),
    })
    fc.assert(
      fc.property(
        fc.array(answer, { minLength: 1, maxLength: 6 }),
        fc.option(fc.bigInt({ min: 1n, max: 4000n })),
        fc.constantFrom<Verdict>('unknown', 'net', 'gross'),
        (answers, quantity, verdict) => {
          let state: OrderState = { ...NEVER_SEEN, quantity }
          for (const [atMs, each] of answers.entries()) {
            state = absorbAnswer(state, { ...each, chargeDecimals: 5, atMs })
            const decision = decideRefund(state, semantics(verdict))
            if (decision.kind !== 'proven') continue
            expect(decision.refunded >= 0n && decision.refunded <= (state.gross ?? 0n)).toBe(true)
            state = { ...state, refunded: decision.refunded }
          }
        },
      ),
    )
  })
})

describe('proRataRefund', () => {
  it('rounds as the panel does', () => {
    const charge = units('0.10')
    expect(proRataRefund(charge, 1n, 3n, { mode: 'half-up', decimals: 5 })).toBe(units('0.03333'))
    expect(proRataRefund(charge, 2n, 3n, { mode: 'half-up', decimals: 5 })).toBe(units('0.06667'))
    expect(proRataRefund(charge, 2n, 3n, { mode: 'floor', decimals: 5 })).toBe(units('0.06666'))
    expect(proRataRefund(charge, 9n, 3n, { mode: 'floor', decimals: 5 })).toBe(charge)
  })

  it.each(['ceil', 'half-up', 'half-even', 'ratio-6'] as const)('is never more than the charge, rounded %s', (mode) => {
    expect(proRataRefund(units('0.00564'), 4n, 5n, { mode: 'ceil', decimals: 2 })).toBe(units('0.00564'))
    expect(proRataRefund(units('0.90093'), 582n, 870n, { mode, decimals: 0 })).toBe(units('0.90093'))
  })
})
