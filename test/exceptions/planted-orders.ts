/** Errors of panels, wallets and files. */
import { HOUR_MS, nightMs } from '../pipeline/harness.ts'
import { payments, scriptedBook } from '../pipeline/scripted-book.ts'
import type { PlantedWorld } from './planted.ts'
import { decide, resolve, walletBook } from './support.ts'

const IDS = ['1', '2', '3', '4', '5', '6', '7']
const RUNNING = { status: 'In progress', charge: '1.00000', remains: '1000' }
const CANCELED = { status: 'Canceled', charge: '0.00000', remains: '1000' }

export const ORDER_WORLDS: readonly PlantedWorld[] = [
  {
    name: 'a panel that nobody knows yet',
    plant: async (database) => {
      const { rig, vendors } = await walletBook(database, IDS)
      await rig.importEvidence(
        nightMs(1),
        payments(
          '2026-03-09,pub,opening-counter,100,USD,,',
          '2026-02-20,panel,bonus,5.00,USD,P-1,',
          '2026-02-20,panel,bonus,5.00,USD,P-1,',
        ),
      )
      await rig.addOrders(nightMs(1), 'panel', ['8', '9'])
      vendors.orders.set('8', { status: 'In progress', remains: '1000' })
      vendors.orders.set('9', { status: 'Completed', charge: '1.00000', remains: '0', orders: ['6', '7'] })
      vendors.orders.set('1', { ...RUNNING, currency: 'INR' })
      vendors.orders.delete('2')
      vendors.orders.set('3', { ...RUNNING, charge: 'a lot' })
      vendors.orders.set('5', { status: 'Partial', charge: '1.00000', remains: '400' })
      vendors.balance = '97.53000'
      await rig.night(nightMs(2))
      vendors.dead.add('advertiser')
      await rig.night(nightMs(7))
      return {
        database,
        rig,
        mend: async () => {
          for (const id of IDS) vendors.orders.set(id, RUNNING)
          for (const id of ['8', '9']) vendors.orders.set(id, { ...RUNNING, charge: '0.00000' })
          vendors.balance = '93.00000'
          vendors.dead.delete('advertiser')
          for (const night of [8, 9, 10, 11]) await rig.night(nightMs(night))
        },
      }
    },
    found: [
      'ads SOURCE_FAILED source unknown: fetch-failure',
      'panel ANSWER_UNREAD order:3 unknown: panel-statuses',
      'panel CHARGE_UNKNOWN charges 0.00 USD: panel-balance',
      'panel CURRENCY order:1 1.00 INR: panel-statuses',
      'panel FILE_UNREAD repeated:evidence-3.csv:3 5.00 USD: evidence-file',
      'panel ORDER_UNKNOWN order:2 unknown: panel-statuses',
      'panel ORDERS_UNCLEAR runs 1.00 USD: panel-balance',
      'panel WALLET_DIFFERS wallet 4.13 USD: panel-balance',
      'pub FILE_UNREAD opening-counter:evidence-3.csv:2 100.00 USD: evidence-file',
    ],
    left: [
      'panel FILE_UNREAD repeated:evidence-3.csv:3 5.00 USD: evidence-file',
      'panel ORDERS_UNCLEAR runs 1.00 USD: panel-balance',
      'pub FILE_UNREAD opening-counter:evidence-3.csv:2 100.00 USD: evidence-file',
    ],
  },
  {
    name: 'a garbled pass, and a top-up that never came',
    plant: async (database) => {
      const { rig, vendors } = await scriptedBook(database)
      const dear = { status: 'In progress', charge: '60.00000', remains: '1000' }
      await rig.importEvidence(nightMs(1), payments('2026-03-01,panel,opening-balance,200,USD,,'))
      await rig.importEvidence(nightMs(1) + HOUR_MS, payments('2026-03-02,panel,top-up,50,USD,T-1,'))
      await rig.addOrders(nightMs(1), 'panel', ['1', '2'])
      for (const id of ['1', '2']) vendors.orders.set(id, dear)
      vendors.balance = '80.00000'
      for (const night of [1, 2, 3, 4]) await rig.night(nightMs(night))
      for (const id of ['1', '2']) vendors.orders.set(id, CANCELED)
      await rig.night(nightMs(5))
      return {
        database,
        rig,
        mend: async () => {
          for (const id of ['1', '2']) vendors.orders.set(id, dear)
          vendors.balance = '130.00000'
          await rig.night(nightMs(6))
        },
      }
    },
    found: [
      'panel CLAIMS_HELD claims 120.00 USD: panel-balance',
      'panel TOP_UP_MISSING unseen:top-up:T-1 50.00 USD: panel-balance',
    ],
    left: [],
  },
  {
    name: 'a refund that does not come',
    plant: async (database) => {
      const { rig, vendors } = await walletBook(database, ['1'])
      vendors.orders.set('1', { status: 'Partial', charge: '1.00000', remains: '400' })
      for (const night of [2, 3, 9]) await rig.night(nightMs(night))
      return {
        database,
        rig,
        mend: async () => {
          vendors.balance = '99.40000'
          await rig.night(nightMs(10))
        },
      }
    },
    found: ['panel REFUND_MISSING refunds 0.40 USD: panel-balance'],
    left: [],
  },
  {
    name: 'one person who decides what needs two',
    plant: async (database) => {
      const { rig, vendors } = await walletBook(database, [])
      vendors.balance = '60.00000'
      for (const night of [1.5, 2]) await rig.night(nightMs(night))
      const journals = { ...rig.book.journals, differentApprover: true }
      const strict = { ...rig, book: { ...rig.book, journals } }
      const alone = resolve(strict, 2, 'WALLET_DIFFERS', 'write-off')
      await alone.then(
        () => Promise.reject(new Error('one person decided it')),
        () => undefined,
      )
      return {
        database,
        rig,
        mend: async () => {
          const word = { decide: 'assign', to: 'Ada', by: 'Bea', why: 'knows the panel' } as const
          await decide(strict, nightMs(2) + 13 * HOUR_MS, 1, word)
          await resolve(strict, 2, 'WALLET_DIFFERS', 'write-off', { hours: 14 })
        },
      }
    },
    found: ['panel WALLET_DIFFERS wallet -40.00 USD: panel-balance'],
    left: [],
  },
]
