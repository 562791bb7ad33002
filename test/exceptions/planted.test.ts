/**
 * One planted error after the other in a world that is otherwise clean: each is found under its own code and object, and
 * nothing is invented beside it. Deliveries, statements and payouts have tables of their own, beside what raises them.
 */
import { expect, it } from 'vitest'
import { EXCEPTION_CODES, type ExceptionCode } from '../../src/domain/exception.ts'
import { CODE_RULES } from '../../src/domain/exceptions/code-rules.ts'
import { nightMs } from '../pipeline/harness.ts'
import { openCodes } from '../pipeline/reads.ts'
import { payments, stats, type ScriptedBook } from '../pipeline/scripted-book.ts'
import { sandboxBook, smallWorld } from '../pipeline/sandbox-book.ts'
import { describeDatabases } from '../support/databases.ts'
import { expectSameAfterReplay, walletBook } from './support.ts'

type Plant = (book: ScriptedBook) => Promise<unknown>

const IDS = ['1', '2', '3', '4', '5']
const PARTIAL = { status: 'Partial', charge: '1.00000', remains: '400' }

/** Three partial refunds that the wallet proves, so that the panel is known to leave its charge. */
async function provenGross({ rig, vendors }: ScriptedBook): Promise<void> {
  for (const id of ['1', '2', '3']) vendors.orders.set(id, PARTIAL)
  vendors.balance = '96.20000'
  await rig.night(nightMs(2))
}

/** The same for a panel that lowers it. */
async function provenNet({ rig, vendors }: ScriptedBook): Promise<void> {
  for (const id of ['1', '2', '3']) vendors.orders.set(id, { ...PARTIAL, charge: '0.60000' })
  vendors.balance = '96.20000'
  await rig.night(nightMs(2))
}

function services(rate: string) {
  return [{ service: '1', name: 'Likes', type: 'Default', category: 'c', rate, min: '1', max: '9000' }]
}

/** What is planted, and every exception that is open after it. */
const PLANTED: readonly (readonly [ExceptionCode, string, Plant])[] = [
  [
    'MISSING_IN_BOOKS',
    'panel MISSING_IN_BOOKS wallet',
    async ({ rig, vendors }) => {
      vendors.balance = '94.99000'
      await rig.night(nightMs(2))
    },
  ],
  [
    'ROUNDING',
    'panel ROUNDING wallet',
    async ({ rig, vendors }) => {
      vendors.balance = '94.99999'
      await rig.night(nightMs(2))
    },
  ],
  [
    'CURRENCY_MISMATCH',
    'panel CURRENCY_MISMATCH order:1',
    async ({ rig, vendors }) => {
      vendors.orders.set('1', { status: 'In progress', charge: '1.00000', remains: '900', currency: 'INR' })
      await rig.night(nightMs(2))
    },
  ],
  [
    'MISSING_AT_VENDOR',
    'panel MISSING_AT_VENDOR order:1',
    async ({ rig, vendors }) => {
      vendors.orders.delete('1')
      await rig.night(nightMs(2))
    },
  ],
  [
    'BAD_PAYLOAD',
    'panel BAD_PAYLOAD order:1',
    async ({ rig, vendors }) => {
      vendors.orders.set('1', { status: 'In progress', charge: 'a lot', remains: '900' })
      await rig.night(nightMs(2))
    },
  ],
  [
    'AMOUNT_DIFF',
    'panel AMOUNT_DIFF order:1',
    async ({ rig, vendors }) => {
      vendors.orders.set('1', { status: 'In progress', charge: '0.80000', remains: '900' })
      await rig.night(nightMs(2))
    },
  ],
  [
    'CHARGE_SEMANTICS_AMBIGUOUS',
    'panel CHARGE_SEMANTICS_AMBIGUOUS order:1',
    async ({ rig, vendors }) => {
      vendors.orders.set('1', { ...PARTIAL, charge: '0.60000' })
      await rig.night(nightMs(2))
    },
  ],
  [
    'REFUND_MISSING',
    'panel REFUND_MISSING order:4',
    async (book) => {
      await provenGross(book)
      book.vendors.orders.set('4', PARTIAL)
      await book.rig.night(nightMs(3))
    },
  ],
  [
    'REFUND_EXCESS',
    'panel REFUND_EXCESS refund:4',
    async (book) => {
      await provenNet(book)
      book.vendors.orders.set('4', { ...PARTIAL, charge: '0.50000' })
      book.vendors.balance = '96.70000'
      await book.rig.night(nightMs(3))
    },
  ],
  [
    'STATUS_REGRESSION',
    'panel STATUS_REGRESSION order:1',
    async (book) => {
      await provenGross(book)
      book.vendors.orders.set('1', { status: 'In progress', charge: '1.00000', remains: '400' })
      await book.rig.night(nightMs(3))
    },
  ],
  [
    'LATE_REFUND',
    'panel LATE_REFUND late-refund:4:2026-04',
    async (book) => {
      await provenNet(book)
      book.vendors.orders.set('4', { status: 'Completed', charge: '1.00000', remains: '0' })
      await book.rig.night(nightMs(3))
      book.vendors.orders.set('4', { ...PARTIAL, charge: '0.60000' })
      book.vendors.balance = '96.60000'
      // Long enough for the order to be asked about again.
      await book.rig.night(nightMs(34))
    },
  ],
  [
    'RATE_CHANGED',
    'panel RATE_CHANGED service:1',
    async ({ rig, vendors }) => {
      vendors.services = services('1.00')
      await rig.night(nightMs(2))
      vendors.services = services('1.10')
      await rig.night(nightMs(3))
    },
  ],
  [
    'PARENT_CHARGE',
    // A wallet that explains neither is a difference of its own.
    'panel MISSING_IN_BOOKS wallet, panel PARENT_CHARGE order:9',
    async ({ rig, vendors }) => {
      await rig.addOrders(nightMs(1), 'panel', ['9'])
      vendors.orders.set('9', { status: 'Completed', charge: '1.00000', remains: '0', orders: ['1', '2'] })
      vendors.balance = '94.50000'
      await rig.night(nightMs(2))
    },
  ],
  [
    'DUPLICATE',
    'panel DUPLICATE',
    ({ rig }) =>
      rig.importEvidence(
        nightMs(2),
        payments('2026-03-02,panel,top-up,5.00,USD,P-1,', '2026-03-02,panel,top-up,5.00,USD,P-1,'),
      ),
  ],
  [
    'EVIDENCE_REFUSED',
    'pub EVIDENCE_REFUSED',
    ({ rig }) => rig.importEvidence(nightMs(2), payments('2026-03-02,pub,opening-counter,100,USD,,')),
  ],
  [
    'STALE_SOURCE',
    'ads STALE_SOURCE source',
    async ({ rig, vendors }) => {
      vendors.dead.add('advertiser')
      await rig.night(nightMs(2))
    },
  ],
  [
    'COUNTER_DECREASE',
    'pub COUNTER_DECREASE counter',
    async ({ rig, vendors }) => {
      vendors.publisher = stats('publisher', 1100, 55, '100.00')
      await rig.night(nightMs(2))
    },
  ],
  [
    'COUNTER_RESET',
    'pub COUNTER_RESET counter',
    async ({ rig, vendors }) => {
      vendors.publisher = stats('publisher', 10, 1, '0.40')
      await rig.night(nightMs(2))
    },
  ],
  [
    'COUNTER_GAP',
    'pub COUNTER_GAP',
    async ({ rig, vendors }) => {
      vendors.dead.add('publisher')
      await rig.night(nightMs(2))
      vendors.dead.delete('publisher')
      vendors.publisher = stats('publisher', 1100, 55, '164.00')
      await rig.night(nightMs(3))
    },
  ],
  [
    'COUNTER_CLOCK',
    // This machine's clock, so every counter.
    'ads COUNTER_CLOCK counter, pub COUNTER_CLOCK counter',
    async ({ rig, vendors }) => {
      vendors.publisher = stats('publisher', 1100, 55, '164.00')
      await rig.night(nightMs(732))
    },
  ],
]

describeDatabases('a planted error', (fresh) => {
  it.each(PLANTED)('of %s is found, and nothing else', async (code, expected, plant) => {
    const book = await walletBook(await fresh(), IDS)
    await plant(book)
    const open = await openCodes(book.rig)
    const wanted = expected.split(', ')
    expect(open.map((each, index) => each.slice(0, wanted[index]?.length))).toEqual(wanted)
    expect(expected).toContain(code)
    await expectSameAfterReplay(book.rig)
  })

  it('is found by nobody in a clean world, where claims only wait until the panel is known', async () => {
    const book = await sandboxBook(await fresh(), smallWorld({ seed: 11, days: 4, ordersPerDay: 20 }))
    for (const night of [1, 2, 3, 4]) await book.night(night)
    const open = await openCodes(book.rig)
    expect(open.filter((each) => !each.includes(' CHARGE_SEMANTICS_AMBIGUOUS order:'))).toEqual([])
  })
})

it('knows for every code whose it is, by when, and how it ends', () => {
  expect(Object.keys(EXCEPTION_CODES).filter((code) => CODE_RULES[code] === undefined)).toEqual([])
})
