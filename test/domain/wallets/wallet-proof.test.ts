/** What proves a refund: the stages in their order, what was always proven, and what never is. */
import { describe, expect, it } from 'vitest'
import { unitsOf as units } from '../../../src/domain/money/money.ts'
import { roundingsUpTo, type RefundRounding } from '../../../src/domain/orders/refund.ts'
import type { PendingRefund } from '../../../src/domain/wallets/claim-amounts.ts'
import { proveRefunds, type ProofRequest } from '../../../src/domain/wallets/wallet-proof.ts'
import { canceled, completed, partial } from './waiting.ts'

const TWO: readonly RefundRounding[] = [
  { mode: 'half-up', decimals: 5 },
  { mode: 'floor', decimals: 5 },
]

interface Asked {
  readonly change: string | readonly string[]
  readonly whole?: string
  readonly pending: readonly PendingRefund[]
  readonly roundings?: readonly RefundRounding[]
  readonly decimals?: number
  /** The most that any charge of the panel was shown with. */
  readonly chargeDecimals?: number
}

function requestOf({ change, whole, pending, roundings = TWO, decimals = 5, chargeDecimals = 0 }: Asked): ProofRequest {
  const changes = typeof change === 'string' ? [change] : change
  return {
    changes: changes.map(units),
    whole: whole === undefined ? null : units(whole),
    pending,
    roundings: { cancel: roundings, partial: roundings, completion: roundings },
    walletDecimals: decimals,
    chargeDecimals,
  }
}

/** With charges of two decimals. */
function cents(pending: readonly PendingRefund[]): readonly PendingRefund[] {
  return pending.map((each) => ({ ...each, state: { ...each.state, chargeDecimals: 2 } }))
}

/** "1=1.00 2=0.50", or why not. */
function outcome(asked: Asked): string {
  const proof = proveRefunds(requestOf(asked))
  if (proof.kind === 'unproven') return proof.reason
  return proof.refunds
    .map(({ pending, refunded }) => `${pending.state.orderId}=${Number(refunded) / 1e8}`)
    .sort()
    .join(' ')
}

interface Case extends Asked {
  readonly name: string
  readonly expected: string
}

const EARLIER = { isNew: false, pass: 0 }

/** Worlds that were proven before claims were put together one by one: each must stay proven. */
const ALWAYS_PROVEN: readonly Case[] = [
  {
    name: 'all that waits comes to the difference',
    change: '3',
    pending: [canceled('1', '1'), canceled('2', '2')],
    expected: '1=1 2=2',
  },
  {
    name: 'one kind of refund was credited, the other not yet',
    change: '0.5',
    pending: [canceled('1', '7'), partial('2', '1', [1n, 2n])],
    expected: '2=0.5',
  },
  {
    name: 'partial refunds show that the panel rounds down',
    change: '0.06666',
    pending: [partial('1', '0.1', [2n, 3n])],
    expected: '1=0.06666',
  },
  {
    name: 'what is new comes to the change while an old difference stands',
    change: '1',
    whole: '-2.2',
    pending: [canceled('1', '9.99', EARLIER), canceled('2', '1')],
    expected: '2=1',
  },
  {
    name: 'a panel credits a day late',
    change: '1',
    pending: [canceled('1', '1', EARLIER), canceled('2', '3')],
    expected: '1=1',
  },
  {
    name: 'everything is claimed after the wallet had it',
    change: '0',
    whole: '3',
    pending: [canceled('1', '1'), canceled('2', '2')],
    expected: '1=1 2=2',
  },
  {
    name: 'what had ended earlier comes to the whole difference',
    change: '0.25',
    whole: '1',
    pending: [canceled('1', '1', EARLIER), canceled('2', '3')],
    expected: '1=1',
  },
  {
    name: 'a charge that fell and one that stayed, of a panel that does both',
    change: '1.4',
    pending: [canceled('1', '1'), partial('2', '1', [4n, 10n], { charge: '0.6' })],
    expected: '1=1 2=0.4',
  },
  {
    name: 'a refund that the panel takes back in part beside one it gives',
    change: '0.7',
    pending: [canceled('1', '1'), partial('2', '1', [2n, 10n], { refunded: '0.5' })],
    expected: '1=1 2=0.2',
  },
  {
    name: 'a completed order with an undelivered part',
    change: '0.25',
    pending: [completed('1', '1', [1n, 4n])],
    expected: '1=0.25',
  },
]

const CASES: readonly Case[] = [
  { name: 'an amount off by one unit', change: '1.00000001', pending: [canceled('1', '1')], expected: 'no reading' },
  { name: 'a wallet that fell', change: '-1', pending: [canceled('1', '1')], expected: 'no reading' },
  {
    name: 'two kinds that come to the same amount',
    change: '1',
    pending: [canceled('1', '1'), partial('2', '2', [1n, 2n])],
    expected: 'several readings',
  },
  {
    name: 'new ones that come to the same as the earlier ones',
    change: '1',
    pending: [canceled('1', '1', EARLIER), canceled('2', '1')],
    expected: 'several readings',
  },
  {
    name: 'all the earlier ones of one pass, at the price of a new one, as where the wallet follows a pass later',
    change: '2',
    pending: [canceled('1', '1', EARLIER), canceled('2', '1', EARLIER), canceled('3', '1')],
    expected: '1=1 2=1',
  },
  {
    name: 'an earlier one that has waited longer than that, at the price of a new one',
    change: '1',
    pending: [canceled('1', '1', { isNew: false, pass: -6 }), canceled('2', '1'), canceled('3', '2')],
    expected: 'several readings',
  },
  {
    name: 'two full refunds at a wallet of two decimals, though some charge of the panel had three',
    change: '8',
    pending: cents([canceled('1', '5'), canceled('2', '3')]),
    decimals: 2,
    chargeDecimals: 3,
    expected: '1=5 2=3',
  },
  {
    name: 'a full refund at a wallet of two decimals, beside one whose charge had four before it fell to nothing',
    change: '0.30',
    pending: cents([canceled('1', '0.30'), canceled('2', '0.2981', { charge: '0' })]),
    decimals: 2,
    expected: 'several readings',
  },
  {
    name: 'a share at a wallet of two decimals, where some charge of the panel had three',
    change: '1.67',
    pending: cents([partial('1', '5', [1n, 3n])]),
    decimals: 2,
    chargeDecimals: 3,
    roundings: roundingsUpTo(3),
    expected: 'several readings',
  },
  {
    name: 'earlier ones of two passes, at the price of a new one that may have come in place of any',
    change: '2',
    pending: [canceled('1', '1', { isNew: false, pass: -1 }), canceled('2', '1', EARLIER), canceled('3', '1')],
    expected: 'several readings',
  },
  {
    name: 'earlier ones that come to the whole difference, at the price of a new one',
    change: '2',
    whole: '2.5',
    pending: [
      canceled('1', '1', EARLIER),
      canceled('2', '1', EARLIER),
      canceled('3', '0.5', EARLIER),
      canceled('4', '1'),
    ],
    expected: 'several readings',
  },
  {
    name: 'two of three, of the same kind and the same night',
    change: '60.03',
    pending: [canceled('1', '11.01'), canceled('2', '20.02'), canceled('3', '40.01')],
    expected: '2=20.02 3=40.01',
  },
  {
    name: 'two of three of a wallet with so few units that chance is not excluded',
    change: '0.06',
    pending: [canceled('1', '0.01'), canceled('2', '0.02'), canceled('3', '0.04')],
    decimals: 2,
    expected: 'no reading',
  },
  {
    name: 'single claims that can be put together in two ways',
    change: '50',
    pending: [canceled('1', '20'), canceled('2', '30'), canceled('3', '50'), canceled('4', '77')],
    expected: 'several readings',
  },
  {
    name: 'a change that a top-up told of late was hiding',
    change: ['-47', '3'],
    pending: [canceled('1', '1'), canceled('2', '2')],
    expected: '1=1 2=2',
  },
  {
    name: 'a stage with two readings is not passed over for a later one',
    change: '1',
    whole: '9',
    pending: [canceled('1', '1'), partial('2', '2', [1n, 2n]), completed('3', '14', [1n, 2n])],
    expected: 'several readings',
  },
  {
    name: 'a difference that stood before the order ended is not its refund',
    change: '0',
    whole: '1',
    pending: [canceled('1', '1', { stoodBefore: '1' })],
    expected: 'no reading',
  },
  {
    name: 'a difference that stood before an order was placed is refunds of others',
    change: '2',
    whole: '3',
    pending: [canceled('1', '1', { isNew: false }), canceled('2', '2', { stoodBefore: '1' })],
    expected: '2=2',
  },
  {
    name: 'a difference that stood before an order was placed, and no other comes to, is no refund of both',
    change: '0',
    whole: '3',
    pending: [canceled('1', '1', { isNew: false }), canceled('2', '2', { stoodBefore: '3' })],
    expected: 'no reading',
  },
  {
    name: 'a difference that stood before an order was placed may be what another comes to',
    change: '0',
    whole: '3',
    pending: [canceled('1', '1', { isNew: false }), canceled('2', '2', { stoodBefore: '1' })],
    expected: '1=1 2=2',
  },
  {
    name: 'a refund of two decimals on a charge of four',
    change: '0.41',
    pending: [partial('1', '0.5678', [721n, 1000n])],
    roundings: roundingsUpTo(4),
    decimals: 4,
    expected: '1=0.41',
  },
  {
    name: 'an undelivered part rounded to six places first',
    change: '33.3333',
    pending: [partial('1', '100', [1n, 3n], { charge: '100', decimals: 4 }), canceled('2', '77', { decimals: 4 })],
    roundings: roundingsUpTo(8),
    decimals: 4,
    expected: '1=33.3333',
  },
  {
    name: 'roundings that disagree about the orders though they come to one sum',
    change: '0.3',
    pending: [partial('1', '0.29', [1n, 2n]), partial('2', '0.31', [1n, 2n])],
    roundings: [
      { mode: 'half-even', decimals: 2 },
      { mode: 'half-up', decimals: 3 },
    ],
    expected: 'several readings',
  },
  {
    name: 'a change of a refund, or of nothing where what was told late was there before',
    change: ['5', '0'],
    pending: [canceled('1', '5', EARLIER)],
    expected: 'several readings',
  },
  {
    name: 'all that waits, or one of it alone where what was told late was there before',
    change: ['8.00001', '3.00001'],
    pending: [canceled('1', '5', EARLIER), canceled('2', '3.00001', EARLIER)],
    expected: 'several readings',
  },
  {
    name: 'a full refund, or the undelivered half that a panel rounding to whole units would not refund at all',
    change: '0.4',
    pending: [canceled('1', '0.4'), partial('2', '0.8', [1n, 2n])],
    roundings: roundingsUpTo(5),
    expected: 'several readings',
  },
  {
    name: 'both kinds of which the one comes to whole units and the other to none',
    change: '3.00001',
    pending: [canceled('1', '3.00001'), partial('2', '0.8', [1n, 2n])],
    roundings: roundingsUpTo(5),
    expected: '1=3.00001',
  },
]

describe('what was always proven stays proven', () => {
  it.each(ALWAYS_PROVEN)('$name', (asked) => {
    expect(outcome(asked)).toBe(asked.expected)
  })
})

describe('proveRefunds', () => {
  it.each(CASES)('$name: $expected', (asked) => {
    expect(outcome(asked)).toBe(asked.expected)
  })

  it('puts no single refunds together while it is not known what an order cost', () => {
    // 216.87 + 3437.2 + 12.68 came back, and an order whose charge is hidden took 135.03.
    const pending = [canceled('1', '531.95'), canceled('2', '2987.09'), canceled('3', '12.68'), canceled('4', '900.5')]
    const request = { ...requestOf({ change: '3531.72', pending, decimals: 2 }), pending: cents(pending) }
    expect(proveRefunds(request)).toMatchObject({ kind: 'proven' })
    expect(proveRefunds({ ...request, hasUnknownCharges: true })).toMatchObject({ kind: 'unproven' })
  })

  it('leaves open which of two roundings a refund has while the runs of drip-feeds may be rounded by as much', () => {
    // 86.6133 of an order of 500 with 153 left, and four runs of 6.938 that were debited as 27.751.
    const pending = [partial('1', '283.05', [153n, 500n], { decimals: 3 }), canceled('2', '409.156', { decimals: 3 })]
    const asked = { pending, roundings: roundingsUpTo(3), decimals: 3 }
    const untold = { sinceCut: units('0.004'), ever: 0n }
    const request = requestOf({ ...asked, change: '495.77' })
    expect(proveRefunds(request)).toMatchObject({ kind: 'proven' })
    expect(proveRefunds({ ...request, untold })).toEqual({ kind: 'unproven', reason: 'several readings' })
    // A full refund has no other amount.
    const full = { ...request, changes: [units('409.156')], pending: pending.slice(1), untold }
    expect(proveRefunds(full)).toMatchObject({ kind: 'proven' })
  })

  it('takes no difference for a refund that the rounding of drip-feed runs may be as well', () => {
    // Three runs of 0.00512 were debited as 0.01535; 0.00001 of a refund is what its status claims beyond what came.
    const pending = [canceled('1', '0.00001')]
    const request = { ...requestOf({ change: '0', pending, decimals: 5 }), whole: units('0.00001') }
    expect(proveRefunds(request)).toMatchObject({ kind: 'proven' })
    const untold = { sinceCut: 0n, ever: units('0.00003') }
    expect(proveRefunds({ ...request, untold })).toEqual({ kind: 'unproven', reason: 'several readings' })
    const larger = { ...request, whole: units('0.00004'), pending: [canceled('1', '0.00004')], untold }
    expect(proveRefunds(larger)).toMatchObject({ kind: 'proven' })
  })

  it('names the rounding that fits', () => {
    const asked = { change: '0.06666', pending: [partial('1', '0.1', [2n, 3n])] }
    expect(proveRefunds(requestOf(asked))).toMatchObject({ roundings: { partial: { mode: 'floor', decimals: 5 } } })
  })

  it('names none where a full refund shows none', () => {
    expect(proveRefunds(requestOf({ change: '1', pending: [canceled('1', '1')] }))).toMatchObject({ roundings: {} })
  })

  it('puts single refunds at one price together only as far as whole pieces leave chance no room', () => {
    // At 0.01 a piece, all of them in lots of 500: 31 sums, and 48 numbers that they may come to.
    const order = (id: string, quantity: bigint, gross: string): PendingRefund =>
      canceled(id, gross, { quantity, decimals: 5 })
    const pieces = [4000n, 2500n, 9000n, 7000n, 1500n]
    const alike = pieces.map((each, at) => order(`${at + 1}`, each, `${each / 100n}`))
    const stray = canceled('9', '0.12345', { decimals: 5 })
    expect(outcome({ change: '155', pending: [...alike, stray] })).toBe('no reading')
    const apart = pieces.map((each, at) => order(`${at + 1}`, each, `${each / 100n}.0${at + 1}13`))
    expect(outcome({ change: '155.0639', pending: [...apart, stray] })).toBe('1=40.0113 2=25.0213 3=90.0313')
  })

  it('puts no more than the newest claims together, and none that come to it by chance', () => {
    const many = Array.from({ length: 40 }, (_, index) => canceled(`${index + 1}`, `${index + 1}.${index + 1}`))
    expect(outcome({ change: '3.3', pending: many, decimals: 5 })).toBe('no reading')
  })
})
