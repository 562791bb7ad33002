/**
 * Orders that stand for others and carry a charge: whether it was taken, or its children's were, is told by the wallet's
 * change since before it was made. Night 3 is the parents'; what came before, and what else moves the wallet, differs.
 */
import { expect, it } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { describeOnSqlite, newSqliteUrl, opened } from '../support/databases.ts'
import { expectReplays } from './counters-support.ts'
import { nightMs } from './harness.ts'
import { balanceOf, differencesOf, netCostByOrder, openCodes, ordersOf, storyOf } from './reads.ts'
import { history, payments, scriptedBook, type ScriptedBook } from './scripted-book.ts'

const UNEXPLAINED = 'panel MISSING_IN_BOOKS wallet'

/** Night 1 ties at 100; in night 2 the panel takes 0.77 that nothing explains. */
async function poisoned(database: Database): Promise<ScriptedBook> {
  const book = await scriptedBook(database)
  await book.rig.importEvidence(nightMs(1), payments('2026-03-01,panel,opening-balance,100,USD,,'))
  await book.rig.night(nightMs(1))
  book.vendors.balance = '99.23000'
  await book.rig.night(nightMs(2))
  expect(await openCodes(book.rig)).toEqual([UNEXPLAINED])
  return book
}

/** Listed by the panel's site without a charge: "70" of 2026-03-03, a day after the cut of night 2. */
async function listed({ rig }: ScriptedBook, night: number, ...orders: readonly (readonly [string, string])[]) {
  const rows = orders.map(([id, day]) => `${id},${day} 10:00:00,http://x,,0,3000,1,In progress,3000`)
  await rig.importOrders(nightMs(night), 'panel', history(...rows))
}

function parentOf(charge: string, ...orders: readonly string[]) {
  return { status: 'In progress', charge, orders }
}

function run(charge: string) {
  return { status: 'In progress', charge, remains: '1000' }
}

async function held({ rig }: ScriptedBook): Promise<readonly string[]> {
  return (await openCodes(rig)).filter((code) => code.includes('PARENT_CHARGE'))
}

describeOnSqlite('a parent made after a night that nothing explains', (fresh) => {
  it.each([
    ['whose children were charged', '4.50000', '90.23000', []],
    ['that was charged itself', '0.00000', '90.23000', ['charge 9.00000000 on 2026-03-03']],
  ])('%s is told by the change since', async (_, child, balance, story) => {
    const book = await poisoned(await fresh())
    const { rig, vendors } = book
    await listed(book, 3, ['70', '2026-03-03'])
    vendors.orders.set('70', parentOf('9.00000', '71', '72'))
    for (const id of ['71', '72']) vendors.orders.set(id, run(child))
    vendors.balance = balance
    await rig.night(nightMs(3))
    expect(await openCodes(rig)).toEqual([UNEXPLAINED])
    expect(await storyOf(rig, 'panel', 'order:70')).toEqual(story)
    await rig.night(nightMs(4))
    expect(await openCodes(rig)).toEqual([UNEXPLAINED])
    await expectReplays(rig, await opened(newSqliteUrl()))
  })

  it('is decided on the next look when a run could not be read on the first', async () => {
    const book = await poisoned(await fresh())
    const { rig, vendors } = book
    await listed(book, 3, ['70', '2026-03-03'])
    vendors.orders.set('70', parentOf('9.00000', '71'))
    vendors.orders.set('71', { status: 'In progress', charge: 'nine' })
    vendors.balance = '90.23000'
    await rig.night(nightMs(3))
    // What the wallet lacks is just the parent's charge, and may be its only run's.
    expect(await held(book)).toEqual(['panel PARENT_CHARGE order:70'])
    expect(await storyOf(rig, 'panel', 'order:70')).toEqual([])
    vendors.orders.set('71', run('9.00000'))
    await rig.night(nightMs(4))
    expect(await held(book)).toEqual([])
    expect(await netCostByOrder(rig, 'panel')).toEqual(new Map([['71', 900_000_000n]]))
  })

  it('whose runs come over several nights is told when they are all there, and never by a part of them', async () => {
    const book = await poisoned(await fresh())
    const { rig, vendors } = book
    // Both are debited whole, which the panel shows as charges of their runs: 9 + 6, of which 3 + 3 ran so far.
    await listed(book, 3, ['70', '2026-03-03'], ['80', '2026-03-03'])
    vendors.orders.set('70', parentOf('9.00000', '71'))
    vendors.orders.set('80', parentOf('6.00000', '81'))
    for (const id of ['71', '72', '73', '81', '82']) vendors.orders.set(id, run('3.00000'))
    vendors.balance = '84.23000'
    await rig.night(nightMs(3))
    expect(await held(book)).toEqual(['panel PARENT_CHARGE order:70', 'panel PARENT_CHARGE order:80'])
    vendors.orders.set('70', parentOf('9.00000', '71', '72', '73'))
    vendors.orders.set('80', parentOf('6.00000', '81', '82'))
    await rig.night(nightMs(4))
    expect(await openCodes(rig)).toEqual([UNEXPLAINED])
    expect(await balanceOf(rig, '5100:panel')).toBe(1_500_000_000n)
    expect(await balanceOf(rig, '1310:panel')).toBe(8_500_000_000n)
    await expectReplays(rig, await opened(newSqliteUrl()))
  })

  it('that is held for ever holds none of a later night', async () => {
    const book = await poisoned(await fresh())
    const { rig, vendors } = book
    await listed(book, 3, ['70', '2026-03-03'])
    vendors.orders.set('70', parentOf('9.00000', '71'))
    vendors.orders.set('71', run('0.00000'))
    vendors.balance = '89.00000' // The parent, and 1.23 by hand in the same night.
    await rig.night(nightMs(3))
    expect(await held(book)).toEqual(['panel PARENT_CHARGE order:70'])
    await listed(book, 4, ['80', '2026-03-04'])
    vendors.orders.set('80', parentOf('9.00000', '81'))
    vendors.orders.set('81', run('0.00000'))
    vendors.balance = '80.00000'
    await rig.night(nightMs(4))
    expect(await held(book)).toEqual(['panel PARENT_CHARGE order:70'])
    expect(await storyOf(rig, 'panel', 'order:80')).toEqual(['charge 9.00000000 on 2026-03-04'])
  })
})

describeOnSqlite('a parent of which nobody knows when it was made', (fresh) => {
  it('is not taken for its children because the wallet did not change when it was first seen', async () => {
    const book = await poisoned(await fresh())
    const { rig, vendors } = book
    vendors.balance = '90.23000' // It is debited in night 3, and first seen in night 4.
    await rig.night(nightMs(3))
    await rig.addOrders(nightMs(4), 'panel', ['70'])
    vendors.orders.set('70', parentOf('9.00000', '71'))
    vendors.orders.set('71', run('0.00000'))
    await rig.night(nightMs(4))
    expect(await held(book)).toEqual(['panel PARENT_CHARGE order:70'])
    expect(await storyOf(rig, 'panel', 'order:70')).toEqual([])
  })

  it('is booked when the wallet fell by just its charge since', async () => {
    const book = await poisoned(await fresh())
    const { rig, vendors } = book
    await rig.addOrders(nightMs(3), 'panel', ['70'])
    vendors.orders.set('70', parentOf('9.00000', '71'))
    vendors.orders.set('71', run('0.00000'))
    vendors.balance = '90.23000'
    await rig.night(nightMs(3))
    expect(await openCodes(rig)).toEqual([UNEXPLAINED])
    expect(await storyOf(rig, 'panel', 'order:70')).toEqual(['charge 9.00000000 on 2026-03-03'])
  })

  it('is held where its runs, found late, may be what did not move the wallet', async () => {
    const book = await poisoned(await fresh())
    const { rig, vendors } = book
    await rig.addOrders(nightMs(3), 'panel', ['70'])
    vendors.orders.set('70', parentOf('9.00000', '71', '72'))
    for (const id of ['71', '72']) vendors.orders.set(id, run('4.50000'))
    vendors.balance = '90.23000'
    await rig.night(nightMs(3))
    expect(await held(book)).toEqual(['panel PARENT_CHARGE order:70'])
  })

  it('and was listed late is told by the cut before it was made', async () => {
    const book = await poisoned(await fresh())
    const { rig, vendors } = book
    vendors.balance = '90.23000'
    await rig.night(nightMs(3))
    await listed(book, 4, ['70', '2026-03-03'])
    vendors.orders.set('70', parentOf('9.00000', '71'))
    vendors.orders.set('71', run('0.00000'))
    await rig.night(nightMs(4))
    expect(await openCodes(rig)).toEqual([UNEXPLAINED])
    expect(await storyOf(rig, 'panel', 'order:70')).toEqual(['charge 9.00000000 on 2026-03-03'])
  })
})

describeOnSqlite('two parents in one change', (fresh) => {
  it('are told apart by what they cost', async () => {
    const book = await poisoned(await fresh())
    const { rig, vendors } = book
    await listed(book, 3, ['70', '2026-03-03'], ['80', '2026-03-03'])
    vendors.orders.set('70', parentOf('9.00000', '71'))
    vendors.orders.set('71', run('0.00000'))
    vendors.orders.set('80', parentOf('4.00000', '81'))
    vendors.orders.set('81', run('4.00000'))
    vendors.balance = '86.23000'
    await rig.night(nightMs(3))
    expect(await openCodes(rig)).toEqual([UNEXPLAINED])
    expect(await netCostByOrder(rig, 'panel')).toEqual(
      new Map([
        ['70', 900_000_000n],
        ['81', 400_000_000n],
      ]),
    )
  })

  it('that cost the same are held when only one was charged', async () => {
    const book = await poisoned(await fresh())
    const { rig, vendors } = book
    await listed(book, 3, ['70', '2026-03-03'], ['80', '2026-03-03'])
    for (const id of ['70', '80']) vendors.orders.set(id, parentOf('9.00000', `${id}1`))
    vendors.orders.set('701', run('0.00000'))
    vendors.orders.set('801', run('0.00000'))
    vendors.balance = '90.23000'
    await rig.night(nightMs(3))
    expect(await held(book)).toEqual(['panel PARENT_CHARGE order:70', 'panel PARENT_CHARGE order:80'])
    expect(await netCostByOrder(rig, 'panel')).toEqual(new Map())
  })
})

describeOnSqlite('a parent beside a refund that waits', (fresh) => {
  it('is held when the refund of another order may just have met its charge', async () => {
    const book = await scriptedBook(await fresh())
    const { rig, vendors } = book
    await rig.importEvidence(nightMs(1), payments('2026-03-01,panel,opening-balance,100,USD,,'))
    await rig.importOrders(
      nightMs(1),
      'panel',
      history('5,2026-03-01 10:00:00,http://x,9.00000,0,1000,1,In progress,1000'),
    )
    vendors.orders.set('5', run('9.00000'))
    vendors.balance = '91.00000'
    await rig.night(nightMs(1))
    await listed(book, 2, ['70', '2026-03-02'])
    vendors.orders.set('5', { status: 'Canceled', charge: '9.00000', remains: '1000' })
    vendors.orders.set('70', parentOf('9.00000', '71'))
    vendors.orders.set('71', run('0.00000'))
    await rig.night(nightMs(2)) // Credited 9.00 and charged 9.00.
    expect(await held(book)).toEqual(['panel PARENT_CHARGE order:70'])
  })
})

describeOnSqlite('a parent beside a refund that comes with it', (fresh) => {
  async function waiting(database: Database): Promise<ScriptedBook> {
    const book = await scriptedBook(database)
    const { rig, vendors } = book
    await rig.importEvidence(nightMs(1), payments('2026-03-01,panel,opening-balance,100,USD,,'))
    const rows = ['5', '6'].map((id) => `${id},2026-03-01 10:00:00,http://x,,0,1000,1,In progress,1000`)
    await rig.importOrders(nightMs(1), 'panel', history(...rows))
    vendors.orders.set('5', run('12.00000'))
    vendors.orders.set('6', run('3.00000'))
    vendors.balance = '85.00000'
    await rig.night(nightMs(1))
    await listed(book, 2, ['70', '2026-03-02'])
    vendors.orders.set('70', parentOf('9.00000', '71'))
    vendors.orders.set('71', run('0.00000'))
    return book
  }

  it('is booked together with it, when nothing else comes to the change', async () => {
    const book = await waiting(await fresh())
    const { rig, vendors } = book
    vendors.orders.set('6', { status: 'Canceled', charge: '3.00000', remains: '1000' })
    vendors.balance = '79.00000' // Charged 9.00, credited 3.00.
    await rig.night(nightMs(2))
    expect(await openCodes(rig)).toEqual([])
    expect(await storyOf(rig, 'panel', 'order:70')).toEqual(['charge 9.00000000 on 2026-03-02'])
    expect((await storyOf(rig, 'panel', 'order:6')).at(-1)).toMatch(/^refund 3\.00000000/)
    await expectReplays(rig, await opened(newSqliteUrl()))
  })

  it('proves no other refund that what is left of both comes to', async () => {
    const book = await waiting(await fresh())
    const { rig, vendors } = book
    for (const [id, charge] of [
      ['5', '12.00000'],
      ['6', '3.00000'],
    ] as const)
      vendors.orders.set(id, { status: 'Canceled', charge, remains: '1000' })
    vendors.balance = '88.00000' // 3.00 more: the refund of 6, or that of 5 less the parent.
    await rig.night(nightMs(2))
    expect(await storyOf(rig, 'panel', 'order:70')).toEqual([])
    expect(await held(book)).toEqual(['panel PARENT_CHARGE order:70'])
    const orders = await ordersOf(rig, 'panel')
    expect([orders.get('5')?.refunded, orders.get('6')?.refunded]).toEqual([0n, 0n])
  })

  it('and was booked itself is no exception because runs of nothing follow', async () => {
    const book = await waiting(await fresh())
    const { rig, vendors } = book
    vendors.balance = '76.00000'
    await rig.night(nightMs(2))
    expect(await openCodes(rig)).toEqual([])
    vendors.orders.set('70', parentOf('9.00000', '71', '72'))
    vendors.orders.set('72', run('0.00000'))
    await rig.night(nightMs(3))
    expect(await openCodes(rig)).toEqual([])
    // One that costs something is.
    vendors.orders.set('70', parentOf('9.00000', '71', '72', '73'))
    vendors.orders.set('73', run('3.00000'))
    await rig.night(nightMs(4))
    expect(await held(book)).toEqual(['panel PARENT_CHARGE order:70'])
  })
})

describeOnSqlite('a parent that is canceled half-way', (fresh) => {
  it.each([
    // The panel lowers its charge to what ran: 6.00 of 9.00.
    ['at a panel that lowers its charge', '6.00000', '94.00000', ['charge 6.00000000 on 2026-03-02'], []],
    // It leaves it, so what was paid back is nobody's claim: nothing is guessed.
    ['at a panel that leaves it', '9.00000', '94.00000', [], ['panel PARENT_CHARGE order:70', UNEXPLAINED]],
  ])('%s before anybody looked', async (_, charge, balance, story, codes) => {
    const { rig, vendors } = await scriptedBook(await fresh())
    await rig.importEvidence(nightMs(1), payments('2026-03-01,panel,opening-balance,100,USD,,'))
    await rig.night(nightMs(1))
    await rig.importOrders(nightMs(2), 'panel', history('70,2026-03-02 10:00:00,http://x,,0,3000,1,In progress,3000'))
    vendors.orders.set('70', { status: 'Canceled', charge, orders: ['71', '72'] })
    for (const id of ['71', '72']) vendors.orders.set(id, { status: 'Completed', charge: '0.00000' })
    vendors.balance = balance
    await rig.night(nightMs(2))
    expect(await storyOf(rig, 'panel', 'order:70')).toEqual(story)
    expect([...(await openCodes(rig))].sort()).toEqual([...codes].sort())
  })

  it('after its runs were found to be charged stays theirs, whatever else moved the wallet', async () => {
    const book = await poisoned(await fresh())
    const { rig, vendors } = book
    await listed(book, 3, ['70', '2026-03-03'])
    vendors.orders.set('70', parentOf('9.00000', '71', '72'))
    for (const id of ['71', '72']) vendors.orders.set(id, run('3.00000'))
    vendors.balance = '93.23000'
    await rig.night(nightMs(3))
    expect(await held(book)).toEqual([])
    vendors.orders.set('70', { status: 'Canceled', charge: '6.00000', orders: ['71', '72'] })
    vendors.balance = '93.13000'
    await rig.night(nightMs(4))
    expect(await held(book)).toEqual([])
    expect(await balanceOf(rig, '5100:panel')).toBe(600_000_000n)
  })
})

describeOnSqlite('a subscription whose posts come later', (fresh) => {
  it('and raise its charge is still its posts, though a night before is unexplained', async () => {
    const book = await poisoned(await fresh())
    const { rig, vendors } = book
    await listed(book, 3, ['70', '2026-03-03'])
    vendors.orders.set('70', parentOf('4.50000', '71'))
    for (const id of ['71', '72']) vendors.orders.set(id, run('4.50000'))
    vendors.balance = '94.73000'
    await rig.night(nightMs(3))
    expect(await held(book)).toEqual([])
    vendors.orders.set('70', parentOf('9.00000', '71', '72'))
    vendors.balance = '90.23000'
    await rig.night(nightMs(4))
    expect(await openCodes(rig)).toEqual([UNEXPLAINED])
    expect(await netCostByOrder(rig, 'panel')).toEqual(
      new Map([
        ['71', 450_000_000n],
        ['72', 450_000_000n],
      ]),
    )
    await expectReplays(rig, await opened(newSqliteUrl()))
  })

  it('and whose rise the wallet shows beside them is held', async () => {
    const book = await poisoned(await fresh())
    const { rig, vendors } = book
    await listed(book, 3, ['70', '2026-03-03'])
    vendors.orders.set('70', parentOf('4.50000', '71'))
    for (const id of ['71', '72']) vendors.orders.set(id, run('4.50000'))
    vendors.balance = '94.73000'
    await rig.night(nightMs(3))
    vendors.orders.set('70', parentOf('9.00000', '71', '72'))
    vendors.balance = '85.73000'
    await rig.night(nightMs(4))
    expect(await held(book)).toEqual(['panel PARENT_CHARGE order:70'])
    expect(await storyOf(rig, 'panel', 'order:70')).toEqual([])
  })
})

describeOnSqlite('a parent whose charge the panel hides', (fresh) => {
  it('is never booked by its list, and what the wallet lacks for it is a difference', async () => {
    const { rig, vendors } = await scriptedBook(await fresh(), { panelMore: 'chargeFromHistory: true' })
    await rig.importEvidence(nightMs(1), payments('2026-03-01,panel,opening-balance,100,USD,,'))
    await rig.night(nightMs(1))
    await rig.importOrders(
      nightMs(2),
      'panel',
      history('70,2026-03-02 10:00:00,http://x,9.00000,0,3000,1,In progress,3000'),
    )
    vendors.orders.set('70', { status: 'In progress', runs: '3', orders: ['71'] })
    vendors.orders.set('71', run('3.00000'))
    vendors.balance = '91.00000'
    await rig.night(nightMs(2))
    expect(await netCostByOrder(rig, 'panel')).toEqual(new Map([['71', 300_000_000n]]))
    expect(await openCodes(rig)).toEqual([UNEXPLAINED])
    expect((await ordersOf(rig, 'panel')).get('70')?.pending).toBe(null)
  })
})

describeOnSqlite('a parent that shows a charge of nothing', (fresh) => {
  it.each([
    ['canceled before it named a run', 'Canceled', []],
    ['completed', 'Completed', ['71']],
    ['canceled', 'Canceled', ['71']],
  ])('and was first seen %s is not booked by the price it was listed at', async (_, status, runs) => {
    const { rig, vendors } = await scriptedBook(await fresh())
    await rig.importEvidence(nightMs(1), payments('2026-03-01,panel,opening-balance,100,USD,,'))
    await rig.night(nightMs(1))
    const row = '70,2026-03-02 10:00:00,http://x,9.00000,0,3000,1,In progress,3000'
    await rig.importOrders(nightMs(2), 'panel', history(row))
    vendors.orders.set('70', { status, charge: '0.00000', orders: runs })
    for (const id of runs) vendors.orders.set(id, run('9.00000'))
    if (runs.length > 0) vendors.balance = '91.00000'
    for (const night of [2, 3]) await rig.night(nightMs(night))
    expect(await storyOf(rig, 'panel', 'order:70')).toEqual([])
    expect(await openCodes(rig)).toEqual([])
    // Nor is it one of the three orders that show what the panel does to a charge.
    const learned = await rig.database.kysely.selectFrom('charge_semantics').select('net_cases').execute()
    expect(learned).toEqual([])
    await expectReplays(rig, await opened(newSqliteUrl()))
  })
})

describeOnSqlite('what rounding the runs of a drip-feed leaves', (fresh) => {
  /** Three runs of a whole of 10.00000, debited at once; the runs are rounded down, or up. */
  const WORLDS = [
    ['more than its runs', '3.33333', { '5100:panel': 999_999_000n, '6950': 1_000n }],
    ['less than its runs', '3.33334', { '5100:panel': 1_000_002_000n, '6950': -2_000n }],
  ] as const

  async function ran(book: ScriptedBook, parent: Readonly<Record<string, unknown>>, charge: string): Promise<void> {
    book.vendors.orders.set('70', parent)
    for (const id of ['71', '72', '73']) book.vendors.orders.set(id, run(charge))
  }

  async function started(database: Database): Promise<ScriptedBook> {
    const book = await scriptedBook(database)
    await book.rig.importEvidence(nightMs(1), payments('2026-03-01,panel,opening-balance,100,USD,,'))
    await book.rig.night(nightMs(1))
    return book
  }

  async function everExcepted({ rig }: ScriptedBook): Promise<number> {
    const { kysely } = rig.database
    return (await kysely.selectFrom('exception').select('code').where('object', '=', 'wallet').execute()).length
  }

  it.each(WORLDS)('of a whole that the panel shows, %s, is proven and no exception', async (_, charge, expected) => {
    const book = await started(await fresh())
    const { rig, vendors } = book
    await rig.addOrders(nightMs(2), 'panel', ['70'])
    await ran(book, parentOf('10.00000', '71', '72', '73'), charge)
    vendors.balance = '90.00000'
    for (const night of [2, 3]) {
      expect(differencesOf(await rig.night(nightMs(night)))).toMatchObject({ panel: '0.00000000' })
      expect(await openCodes(rig)).toEqual([])
    }
    expect(await everExcepted(book)).toBe(0)
    for (const [account, amount] of Object.entries(expected)) expect(await balanceOf(rig, account)).toBe(amount)
    await expectReplays(rig, await opened(newSqliteUrl()))
  })

  it.each(WORLDS)('of a whole that a history lists, %s, is proven, also by night', async (_, charge, expected) => {
    const book = await poisoned(await fresh())
    const { rig, vendors } = book
    await rig.importOrders(
      nightMs(3),
      'panel',
      history('70,2026-03-03 10:00:00,http://x,10.00000,0,3000,1,In progress,3000'),
    )
    await ran(book, { status: 'In progress', runs: '3', orders: ['71', '72', '73'] }, charge)
    vendors.balance = '89.23000'
    await rig.night(nightMs(3))
    expect(await openCodes(rig)).toEqual([UNEXPLAINED])
    for (const [account, amount] of Object.entries(expected)) expect(await balanceOf(rig, account)).toBe(amount)
    expect(await balanceOf(rig, '1310:panel')).toBe(9_000_000_000n)
    await expectReplays(rig, await opened(newSqliteUrl()))
  })

  it.each([
    ['nobody shows', { status: 'In progress', runs: '3', orders: ['71', '72', '73'] }, []],
    ['comes to another remainder', parentOf('10.00000', '71', '72', '73'), ['panel MISSING_IN_BOOKS wallet']],
    ['was just its runs', parentOf('9.99999', '71', '72', '73'), ['panel MISSING_IN_BOOKS wallet']],
  ])('of a whole that %s is not booked from a bound', async (_, parent, codes) => {
    const book = await started(await fresh())
    const { rig, vendors } = book
    await rig.addOrders(nightMs(2), 'panel', ['70'])
    await ran(book, parent, '3.33333')
    vendors.balance = '89.99999' // 0.00002 less than the runs come to.
    for (const night of [2, 3]) {
      expect(differencesOf(await rig.night(nightMs(night)))).toMatchObject({ panel: '-0.00002000' })
      expect((await openCodes(rig)).filter((code) => code.endsWith(' wallet'))).toEqual(codes)
    }
    expect(await balanceOf(rig, '6950')).toBe(0n)
    // What the panel takes by hand later is no remainder, however small.
    vendors.balance = '89.99997'
    await rig.night(nightMs(4))
    expect((await openCodes(rig)).filter((code) => code.endsWith(' wallet'))).toHaveLength(1)
    expect(await balanceOf(rig, '6950')).toBe(0n)
    await expectReplays(rig, await opened(newSqliteUrl()))
  })
})
