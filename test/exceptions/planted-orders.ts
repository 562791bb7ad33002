/** Errors of panels, wallets and files: a panel nobody knows yet, one known to leave its charges, and one known to lower them. */
import type { Database } from '../../src/db/database.ts'
import { HOUR_MS, nightMs } from '../pipeline/harness.ts'
import { history, payments, scriptedBook, type ScriptedBook } from '../pipeline/scripted-book.ts'
import { importLog } from '../proofs/proven-book.ts'
import type { PlantedWorld } from './planted.ts'
import { decide, resolve, walletBook } from './support.ts'

const IDS = ['1', '2', '3', '4', '5', '6', '7']
const RUNNING = { status: 'In progress', charge: '1.00000', remains: '1000' }
const PARTIAL = { status: 'Partial', charge: '1.00000', remains: '400' }
const LOWERED = { ...PARTIAL, charge: '0.60000' }
const BANK = "    accounts: [{ name: bank, type: bank, currency: USD, code: '1000' }]\n"

/** Three partial refunds that the wallet proves, so that it is known what the panel does with a charge. */
async function provenPanel(database: Database, refunded: typeof PARTIAL): Promise<ScriptedBook> {
  const book = await walletBook(database, IDS)
  for (const id of ['1', '2', '3']) book.vendors.orders.set(id, refunded)
  book.vendors.balance = '94.20000'
  await book.rig.night(nightMs(2))
  return book
}

function services(rate: string) {
  return [{ service: '1', name: 'Likes', type: 'Default', category: 'c', rate, min: '1', max: '9000' }]
}

export const ORDER_WORLDS: readonly PlantedWorld[] = [
  {
    name: 'a panel that nobody knows yet',
    plant: async (database) => {
      const { rig, vendors } = await walletBook(database, IDS)
      await rig.importEvidence(
        nightMs(1),
        payments(
          '2026-03-02,pub,opening-counter,100,USD,,',
          '2026-02-20,panel,bonus,5.00,USD,P-1,',
          '2026-02-20,panel,bonus,5.00,USD,P-1,',
        ),
      )
      await rig.addOrders(nightMs(1), 'panel', ['9'])
      vendors.orders.set('9', { status: 'Completed', charge: '1.00000', remains: '0', orders: ['6', '7'] })
      vendors.orders.set('1', { ...RUNNING, currency: 'INR' })
      vendors.orders.delete('2')
      vendors.orders.set('3', { ...RUNNING, charge: 'a lot' })
      vendors.orders.set('4', { ...RUNNING, charge: '0.80000' })
      vendors.orders.set('5', LOWERED)
      vendors.balance = '97.53000'
      vendors.services = services('1.00')
      await rig.night(nightMs(2))
      vendors.services = services('1.10')
      vendors.dead.add('advertiser')
      await rig.night(nightMs(3))
      return {
        database,
        rig,
        mend: async () => {
          for (const id of IDS) vendors.orders.set(id, RUNNING)
          vendors.balance = '98.00000'
          vendors.dead.delete('advertiser')
          for (const night of [4, 5, 6, 7]) await rig.night(nightMs(night))
        },
      }
    },
    found: [
      'ads STALE_SOURCE source unknown: fetch-failure',
      'panel AMOUNT_DIFF order:4 0.20 USD: panel-statuses',
      'panel BAD_PAYLOAD order:3 unknown: panel-statuses',
      'panel CHARGE_SEMANTICS_AMBIGUOUS order:5 0.40 USD: panel-statuses',
      'panel CURRENCY_MISMATCH order:1 1.00 INR: panel-statuses',
      'panel DUPLICATE bonus:evidence-3.csv:3 5.00 USD: evidence-file',
      'panel MISSING_AT_VENDOR order:2 unknown: panel-statuses',
      'panel MISSING_IN_BOOKS wallet -0.47 USD: panel-balance',
      'panel PARENT_CHARGE order:9 1.00 USD: panel-statuses',
      'panel RATE_CHANGED service:1 unknown: panel-services',
      'pub EVIDENCE_REFUSED opening-counter:evidence-3.csv:2 100.00 USD: evidence-file',
    ],
    left: [
      'panel DUPLICATE bonus:evidence-3.csv:3 5.00 USD: evidence-file',
      'pub EVIDENCE_REFUSED opening-counter:evidence-3.csv:2 100.00 USD: evidence-file',
    ],
  },
  {
    name: 'a panel that leaves its charges',
    plant: async (database) => {
      const { rig, vendors } = await provenPanel(database, PARTIAL)
      vendors.orders.set('4', PARTIAL)
      vendors.orders.set('1', { ...RUNNING, remains: '400' })
      vendors.balance = '94.19999'
      await rig.night(nightMs(3))
      return {
        database,
        rig,
        mend: async () => {
          vendors.orders.set('1', PARTIAL)
          vendors.balance = '94.60000'
          await rig.night(nightMs(4))
        },
      }
    },
    found: [
      'panel REFUND_MISSING order:4 0.40 USD: panel-statuses',
      'panel ROUNDING wallet -0.00001 USD: panel-balance',
      'panel STATUS_REGRESSION order:1 -0.40 USD: panel-statuses',
    ],
    left: [],
  },
  {
    name: 'a panel that lowers its charges',
    plant: async (database) => {
      const { rig, vendors } = await provenPanel(database, LOWERED)
      vendors.orders.set('4', { ...PARTIAL, charge: '0.50000' })
      vendors.orders.set('5', { status: 'Completed', charge: '1.00000', remains: '0' })
      vendors.balance = '94.70000'
      await rig.night(nightMs(3))
      vendors.orders.set('5', LOWERED)
      vendors.balance = '95.10000'
      // Long enough for a finished order to be asked about again.
      await rig.night(nightMs(34))
      return {
        database,
        rig,
        mend: async () => {
          vendors.orders.set('4', LOWERED)
          vendors.balance = '95.00000'
          await rig.night(nightMs(65))
        },
      }
    },
    found: [
      'panel LATE_REFUND late-refund:5:2026-04 0.40 USD: panel-statuses',
      'panel REFUND_EXCESS refund:4 0.10 USD: panel-statuses',
    ],
    left: ['panel LATE_REFUND late-refund:5:2026-04 0.40 USD: panel-statuses'],
  },
  {
    name: 'one person who decides what needs two',
    plant: async (database) => {
      const { rig, vendors } = await walletBook(database, [])
      vendors.balance = '60.00000'
      await rig.night(nightMs(2))
      const journals = { ...rig.book.journals, differentApprover: true }
      const strict = { ...rig, book: { ...rig.book, journals } }
      const alone = resolve(strict, 2, 'MISSING_IN_BOOKS', 'write-off')
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
          await resolve(strict, 2, 'MISSING_IN_BOOKS', 'write-off', { hours: 14 })
        },
      }
    },
    found: [
      'panel MISSING_IN_BOOKS wallet -40.00 USD: panel-balance',
      'panel PERMISSION MISSING_IN_BOOKS wallet 40.00 USD: exception-decision',
    ],
    left: ['panel PERMISSION MISSING_IN_BOOKS wallet 40.00 USD: exception-decision'],
  },
  {
    name: "a panel's wallet log",
    plant: async (database) => {
      const { rig, vendors } = await scriptedBook(database, { bookMore: BANK })
      await rig.importEvidence(nightMs(1), payments('2026-02-27,panel,opening-balance,100,USD,,'))
      vendors.orders.set('1', { status: 'Completed', charge: '1.5', remains: '0' })
      await rig.importOrders(nightMs(1), 'panel', history('1,2026-03-02 10:00:00,,1.5,0,1000,1,Completed,0'))
      vendors.balance = '98.50'
      await rig.night(nightMs(3))
      const log = (charge: string) => ['T1,Deposit,100.00,Completed,top-up,2026-02-27', charge]
      await importLog(rig, nightMs(12), 'panel', ...log('T2,Charge,-1.80,Completed,Order #1,2026-03-02'))
      return {
        database,
        rig,
        mend: () => importLog(rig, nightMs(13), 'panel', 'T3,Refund,0.30,Completed,Refund of order #1,2026-03-03'),
      }
    },
    found: ['panel ORDERS_DIFFER three-way:1 0.30 USD: proofs'],
    left: [],
  },
]
