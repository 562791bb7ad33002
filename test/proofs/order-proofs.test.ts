/** The three-way match of a panel's orders: registry, answers and wallet log agree, or each planted error is named. */
import { expect, it } from 'vitest'
import { formatMoney } from '../../src/domain/money/money.ts'
import { loadMappings } from '../../src/config/mappings.ts'
import type { Database } from '../../src/db/database.ts'
import { readLines } from '../../src/evidence/statements/lines.ts'
import type { ThreeWayProof } from '../../src/pipeline/proofs/three-way.ts'
import { nightPage } from '../../src/pipeline/report/page.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { nightMs } from '../pipeline/harness.ts'
import { history, payments, scriptedBook } from '../pipeline/scripted-book.ts'
import { importBalanced, importLog, proofsOf } from './proven-book.ts'

const BANK = "    accounts: [{ name: bank, type: bank, currency: USD, code: '1000' }]\n"
const LOG = [
  'T1,Deposit,100.00,Completed,top-up,2026-02-27',
  'T2,Charge,-1.50,Completed,Order #1,2026-03-02',
  'T3,Charge,-2.00,Completed,Order #2,2026-03-02',
  'T4,Charge,-3.00,Completed,Order #3,2026-03-03',
  'T5,Refund,3.00,Completed,Refund of order #3,2026-03-04',
  'T6,Deposit,5.00,Completed,top-up,2026-03-09',
]

async function panelBook(database: Database) {
  const { rig, vendors } = await scriptedBook(database, { bookMore: BANK })
  await rig.importEvidence(nightMs(1), payments('2026-02-27,panel,opening-balance,100,USD,,'))
  const rows = ['1,1.5,Completed', '2,2,Completed', '3,3,Canceled'].map((row) => {
    const [id, charge, status] = row.split(',')
    vendors.orders.set(id ?? '', { status: status ?? '', charge: charge ?? '', remains: '0' })
    return `${id},2026-03-02 10:00:00,,${charge},0,1000,1,${status},0`
  })
  await rig.importOrders(nightMs(1), 'panel', history(...rows))
  vendors.balance = '96.50'
  await rig.night(nightMs(3))
  return { rig, vendors }
}

/** "vendor-wallet differ 2 0.30" */
function told({ differences }: ThreeWayProof): readonly string[] {
  return differences.map(
    ({ pair, verdict, order, difference }) => `${pair} ${verdict} ${order} ${formatMoney(difference)}`,
  )
}

async function openOf(database: Database): Promise<readonly string[]> {
  const rows = await database.kysely
    .selectFrom('exception')
    .select(['object', 'detail'])
    .where('object', 'like', 'three-way%')
    .where('status', '=', 'open')
    .orderBy('object')
    .execute()
  return rows.map(({ object, detail }) => `${object}: ${detail}`)
}

describeOnSqlite('the three-way match', (fresh) => {
  it('agrees about every order that is charged, refunded and logged alike', async () => {
    const database = await fresh()
    const { rig } = await panelBook(database)
    await importLog(rig, nightMs(12), 'panel', ...LOG)
    const [proof] = (await proofsOf(rig)).orders
    expect(proof).toMatchObject({ orders: 3, found: 0, log: { first: '2026-02-27', last: '2026-03-09' } })
    expect(proof?.sums['registry-vendor']).toEqual({ agree: { count: 3, amount: 0n } })
    expect(proof?.sums['vendor-wallet']).toEqual({ agree: { count: 3, amount: 0n } })
    expect(await openOf(database)).toEqual([])
  })

  it('alone proves a wallet log: no line of it is open, or counts as one that nothing settled', async () => {
    const { rig } = await panelBook(await fresh())
    await importLog(rig, nightMs(12), 'panel', ...LOG)
    await importBalanced(rig, nightMs(12), 'bank', '2026-03-05,COFFEE,-5.00,95.00')
    await rig.night(nightMs(13))
    const { kysely } = rig.database
    const row = await rig.bookRow()
    const open = await readLines(kysely, row.id, { open: true })
    expect(open.map(({ description }) => description)).toEqual(['COFFEE'])
    const ask = { night: null, knownAtMs: null }
    const { quality } = await nightPage(kysely, row, rig.book, loadMappings(), ask)
    expect(quality.currencies).toMatchObject([{ currency: 'USD', lines: 1, unmatched: { count: 1, in: 0n } }])
  })

  it.each<[string, (log: readonly string[]) => readonly string[], string]>([
    [
      'a charge of another amount',
      (log) => log.map((row) => row.replace('-2.00', '-2.30')),
      'vendor-wallet differ 2 0.30',
    ],
    ['a charge that is missing', (log) => log.filter((row) => !row.startsWith('T3')), 'vendor-wallet missing 2 -2.00'],
    ['a refund that never came', (log) => log.filter((row) => !row.startsWith('T5')), 'vendor-wallet differ 3 3.00'],
    [
      'an order nobody registered',
      (log) => [...log, 'T7,Charge,-0.70,Completed,Order #99,2026-03-05'],
      'wallet-registry missing 99 0.70',
    ],
    [
      'a charge taken twice',
      (log) => [...log, 'T8,Charge,-1.50,Completed,Order #1,2026-03-03'],
      'vendor-wallet differ 1 1.50',
    ],
  ])('names %s, and only that', async (_what, plant, found) => {
    const database = await fresh()
    const { rig } = await panelBook(database)
    await importLog(rig, nightMs(12), 'panel', ...plant(LOG))
    const [proof] = (await proofsOf(rig)).orders
    if (proof === undefined) throw new Error('one panel is proven')
    expect(told(proof)).toEqual([found])
    expect(await openOf(database)).toHaveLength(1)
  })

  it('names an order that the panel charged otherwise than it was listed', async () => {
    const { rig, vendors } = await panelBook(await fresh())
    await rig.importOrders(nightMs(3), 'panel', history('4,2026-03-03 10:00:00,,1.10,0,1000,1,Completed,0'))
    vendors.orders.set('4', { status: 'Completed', charge: '1.25', remains: '0' })
    vendors.balance = '95.25'
    await rig.night(nightMs(4))
    const [proof] = (await proofsOf(rig)).orders
    expect(proof === undefined ? [] : told(proof)).toEqual(['registry-vendor differ 4 0.15'])
  })

  it.each([
    ['more than', '4.20', '4.70', '-0.50'],
    ['less than', '4.70', '4.20', '0.50'],
  ])(
    'names an order the panel never answered about whose log has %s its history',
    async (_what, listed, logged, back) => {
      const database = await fresh()
      const { rig, vendors } = await panelBook(database)
      vendors.orders.set('5', 'left out')
      await rig.importOrders(nightMs(3), 'panel', history(`5,2026-03-03 10:00:00,,${listed},0,1000,1,Completed,0`))
      const log = [...LOG.slice(0, -1), `T9,Charge,-${logged},Completed,Order #5,2026-03-03`, LOG.at(-1) ?? '']
      await importLog(rig, nightMs(12), 'panel', ...log)
      expect(await openOf(database)).toEqual([
        `three-way:5: order 5: ${listed} in the imported history, ${logged} in the wallet log, no answer of the panel yet (USD); tieout trace panel:5`,
      ])
      const sign = back.startsWith('-') ? ['Refund', back.slice(1)] : ['Charge', `-${back}`]
      // What puts it right at the panel shows in the next log, and the exception closes by itself.
      await importLog(
        rig,
        nightMs(13),
        'panel',
        `T10,${sign[0]},${sign[1]},Completed,Order #5,2026-03-10`,
        'T11,Deposit,1.00,Completed,top-up,2026-03-11',
      )
      expect(await openOf(database)).toEqual([])
    },
  )

  it('says what each side has of an order, one exception for each order', async () => {
    const database = await fresh()
    const { rig, vendors } = await panelBook(database)
    await rig.importOrders(nightMs(3), 'panel', history('4,2026-03-03 10:00:00,,4.20,0,1000,1,Completed,0'))
    vendors.orders.set('4', { status: 'Completed', charge: '4.70', remains: '0' })
    vendors.balance = '91.80'
    await rig.night(nightMs(4))
    const log = LOG.map((row) => row.replace('-2.00', '-2.30'))
    await importLog(rig, nightMs(12), 'panel', ...log, 'T9,Charge,-4.70,Completed,Order #4,2026-03-03')
    expect(await openOf(database)).toEqual([
      'three-way:2: order 2: 2.00 in the imported history, 2.00 by the panel, 2.30 in the wallet log (USD); tieout trace panel:2',
      'three-way:4: order 4: 4.20 in the imported history, 4.70 by the panel, 4.70 in the wallet log (USD); tieout trace panel:4',
    ])
  })

  it('shows the wallet by month, log against books', async () => {
    const { rig } = await panelBook(await fresh())
    await importLog(rig, nightMs(12), 'panel', ...LOG)
    const [wallet] = (await proofsOf(rig, '2026-03')).wallets
    expect(wallet?.months).toMatchObject([
      { month: '2026-03', from: '2026-03-01', to: '2026-03-09', difference: { topUps: 500_000_000n, charges: 0n } },
    ])
  })
})
