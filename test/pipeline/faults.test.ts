/** Vendors in trouble: what cannot be read is set aside with its reason, the rest is booked, and one clean night heals all. */
import { expect, it } from 'vitest'
import { foots } from '../../src/domain/wallets/control-totals.ts'
import { worldTruth } from '../../src/sandbox/world/truth.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { nightMs, type Rig } from './harness.ts'
import { balanceOf, differencesOf, exceptionsOf, netCostByOrder, openCodes, quarantined, storyOf } from './reads.ts'
import { sandboxBook, smallWorld, type SandboxBook } from './sandbox-book.ts'
import { history, payments, scriptedBook, stats } from './scripted-book.ts'

const TROUBLE = ['429', '502', 'timeout-before', 'timeout-after', 'html-200', 'truncated-json', 'reset'] as const
const ACCOUNTS = ['1310:netpanel', '1310:grosspanel', '1100:pub', '1300:ads'] as const

/** What each wallet and receivable holds, and what orders cost with what is still owed of it. */
async function figures({ rig }: SandboxBook) {
  const balances = []
  for (const account of ACCOUNTS) balances.push([account, await balanceOf(rig, account)] as const)
  return {
    balances,
    cost: (await costAndDue(rig, 'netpanel')) + (await costAndDue(rig, 'grosspanel')) + (await balanceOf(rig, '6900')),
  }
}

/**
 * What orders cost, and what the panel still owes of it. An order that faults let nobody see before it was finished may claim
 * in vain (O4): then it stands on 1330, and in an item, until it is denied.
 */
async function costAndDue(rig: Rig, panel: string): Promise<bigint> {
  const costs = [...(await netCostByOrder(rig, panel)).values()]
  return costs.reduce((sum, cost) => sum + cost, await balanceOf(rig, `1330:${panel}`))
}

describeOnSqlite('nights full of faults', (fresh) => {
  it.each([1, 2])('end with the same figures per order and account once clean nights follow, plan %i', async (plan) => {
    const size = smallWorld({ seed: 9, days: 4, ordersPerDay: 60 })
    const calm = await sandboxBook(await fresh(), size)
    const troubled = await sandboxBook(await fresh(), size)
    for (let night = 1; night <= 6; night += 1) {
      await calm.night(night)
      const inTrouble = night >= 2 && night <= 4
      await troubled.planFaults({ seed: plan * 100 + night, rate: inTrouble ? 0.4 : 0, kinds: TROUBLE })
      const report = await troubled.night(night)
      for (const step of report.steps) expect(foots(step.totals), step.step).toBe(true)
    }
    expect(await figures(troubled)).toEqual(await figures(calm))
    expect(await openCodes(calm.rig)).toEqual([])
    const expected = / REFUND_MISSING refunds$/
    expect((await openCodes(troubled.rig)).filter((code) => !expected.test(code))).toEqual([])
    for (const panel of worldTruth(troubled.world).panels) {
      expect(await balanceOf(troubled.rig, `1310:${panel.name}`)).toBe(panel.wallet)
    }
    const reasons = await quarantined(troubled.rig)
    expect(reasons.length).toBeGreaterThan(0)
    for (const { reason } of reasons) expect(reason).toMatch(/^\S.*[.\w)]$/)
  })
})

describeOnSqlite('a source that is dead', (fresh) => {
  it('is stale until it answers again, and the others are booked meanwhile', async () => {
    const { rig, vendors } = await scriptedBook(await fresh())
    await rig.night(nightMs(1))
    vendors.dead.add('panel')
    vendors.publisher = stats('publisher', 1100, 55, '170.00')
    const report = await rig.night(nightMs(2))
    expect(await openCodes(rig)).toEqual(['panel SOURCE_FAILED source'])
    expect(await storyOf(rig, 'pub', 'counter:earnings')).toEqual(['earn 7.50000000 on 2026-03-02'])
    expect(report.steps.find((step) => step.step === 'poll:panel')?.status).toBe('running')
    expect(rig.warnings.some((line) => line.startsWith('panel: '))).toBe(true)
    vendors.dead.clear()
    await rig.night(nightMs(3))
    expect(await openCodes(rig)).toEqual([])
    const closed = (await exceptionsOf(rig, 'closed')).find(({ code }) => code === 'SOURCE_FAILED')
    expect(closed?.closedAtMs).toBe(nightMs(3))
  })

  it('that dies over its counters is read the next night, and the span is told', async () => {
    const { rig, vendors } = await scriptedBook(await fresh())
    await rig.night(nightMs(1))
    vendors.dead.add('advertiser')
    await rig.night(nightMs(2))
    expect(await openCodes(rig)).toContain('ads SOURCE_FAILED source')
    vendors.dead.clear()
    vendors.advertiser = stats('advertiser', 9900, 95, '420.37')
    await rig.night(nightMs(3))
    expect(await storyOf(rig, 'ads', 'counter:spent')).toEqual(['spend 8.00000000 on 2026-03-03'])
    expect((await openCodes(rig)).filter((code) => code.startsWith('ads'))).toEqual([])
    expect(rig.warnings).toContainEqual(expect.stringMatching(/^ads: no reading between 2026-03-02 and 2026-03-03/))
  })
})

const ORDERS = ['11', '12', '13'].map((id) => `${id},2026-03-01 10:00:00,,1.00000,0,1000,1,In progress,1000`)

describeOnSqlite('an answer that cannot be read', (fresh) => {
  const REFUSED = {
    'a page of a firewall': { status: 200, type: 'text/html', body: '<html>Just a moment</html>' },
    'a refused key': { status: 401, type: 'application/json', body: '{"error":"Invalid API key"}' },
  } as const
  const GARBLED = {
    'half an answer': { status: 200, type: 'application/json', body: '{"11":{"charge":"1.0' },
    'an error inside 200': { status: 200, type: 'application/json', body: '{"error":"Incorrect request"}' },
    nothing: { status: 200, type: 'application/json', body: '' },
  } as const

  async function threeOrders(database: Parameters<typeof scriptedBook>[0]) {
    const { rig, vendors } = await scriptedBook(database)
    await rig.importEvidence(nightMs(1), payments('2026-03-01,panel,opening-balance,100,USD,,'))
    await rig.importOrders(nightMs(1), 'panel', history(...ORDERS))
    for (const id of ['11', '12', '13']) vendors.orders.set(id, { status: 'In progress', charge: '1.00000' })
    vendors.balance = '97.00000'
    return { rig, vendors }
  }

  it.each([
    ['a page of a firewall', 'ANSWER_UNREAD'],
    ['a refused key', 'SOURCE_FAILED'],
  ] as const)('(%s) is set aside with its reason, and the orders are read the next night', async (name, code) => {
    const { rig, vendors } = await threeOrders(await fresh())
    vendors.instead.set(1, REFUSED[name])
    const report = await rig.night(nightMs(1))
    expect([...(await openCodes(rig))].sort()).toEqual([`panel ${code} statuses`])
    const raised = (await exceptionsOf(rig)).find((each) => each.object === 'statuses')
    expect(raised?.detail).toMatch(/3 orders were not read\.$/)
    const [bad] = await quarantined(rig)
    expect(bad?.object).toBe('3 orders')
    expect(bad?.reason).not.toBe('')
    expect(report.steps.find((step) => step.step === 'poll:panel')?.totals.rows.quarantined).toBe(3n)
    expect(differencesOf(await rig.night(nightMs(2)))['panel']).toBe('0.00000000')
    expect(await openCodes(rig)).toEqual([])
  })

  it.each([
    ['a page of a firewall', 'ANSWER_UNREAD'],
    ['a refused key', 'SOURCE_FAILED'],
  ] as const)('(%s) is no quiet night though the wallet ties', async (name, code) => {
    const { rig, vendors } = await threeOrders(await fresh())
    await rig.night(nightMs(1))
    expect(await openCodes(rig)).toEqual([])
    vendors.instead.set(2, REFUSED[name])
    expect(differencesOf(await rig.night(nightMs(2)))['panel']).toBe('0.00000000')
    expect(await openCodes(rig)).toEqual([`panel ${code} statuses`])
    vendors.instead.set(3, REFUSED[name])
    await rig.night(nightMs(3))
    expect(await openCodes(rig)).toEqual([`panel ${code} statuses`])
    await rig.night(nightMs(4))
    expect(await openCodes(rig)).toEqual([])
  })

  it.each(['half an answer', 'an error inside 200', 'nothing'] as const)(
    '(%s) is asked again order by order, and ties out the same night',
    async (name) => {
      const { rig, vendors } = await threeOrders(await fresh())
      vendors.instead.set(1, GARBLED[name])
      expect(differencesOf(await rig.night(nightMs(1)))['panel']).toBe('0.00000000')
      expect(await openCodes(rig)).toEqual([])
      expect((await quarantined(rig)).map(({ object }) => object)).toEqual(['3 orders'])
    },
  )

  it('because of one poisoned order does not keep the others out', async () => {
    const { rig, vendors } = await threeOrders(await fresh())
    vendors.instead.set(1, GARBLED['half an answer'])
    vendors.instead.set(3, GARBLED['half an answer'])
    await rig.night(nightMs(1))
    expect(await openCodes(rig)).toEqual(['panel ANSWER_UNREAD order:12'])
    expect(await balanceOf(rig, '5100:panel')).toBe(200_000_000n)
    expect(differencesOf(await rig.night(nightMs(2)))['panel']).toBe('0.00000000')
    expect(await openCodes(rig)).toEqual([])
  })

  it('about one order leaves the others alone, and closes when the order can be read', async () => {
    const { rig, vendors } = await scriptedBook(await fresh())
    await rig.importEvidence(nightMs(1), payments('2026-03-01,panel,opening-balance,100,USD,,'))
    await rig.addOrders(nightMs(1), 'panel', ['1', '2', '3', '4', '5', '6'])
    vendors.orders.set('1', { status: 'In progress', charge: '1.00' })
    vendors.orders.set('2', { status: 'In progress', charge: 'free' })
    vendors.orders.set('3', { status: 'In progress', charge: '' })
    vendors.orders.set('4', { status: 'Levitating', charge: '1.00' })
    vendors.orders.set('5', 'left out')
    vendors.orders.set('6', { status: 'In progress', charge: '1.00', currency: 'EUR' })
    vendors.balance = '97.00'
    await rig.night(nightMs(1))
    expect(await openCodes(rig)).toEqual([
      'panel ANSWER_UNREAD order:2',
      'panel ANSWER_UNREAD order:4',
      'panel CHARGE_UNKNOWN charges',
      'panel CURRENCY order:6',
      'panel ORDER_UNKNOWN order:5',
    ])
    expect(await balanceOf(rig, '5100:panel')).toBe(100_000_000n)
    for (const id of ['2', '3', '4', '5', '6']) vendors.orders.set(id, { status: 'In progress', charge: '0.50' })
    vendors.balance = '96.50'
    expect(differencesOf(await rig.night(nightMs(2)))['panel']).toBe('0.00000000')
    expect(await openCodes(rig)).toEqual([])
  })

  it('about an order that was readable before is closed when it is readable again', async () => {
    const { rig, vendors } = await scriptedBook(await fresh())
    await rig.addOrders(nightMs(1), 'panel', ['1'])
    vendors.orders.set('1', { status: 'In progress', charge: '1.00' })
    await rig.night(nightMs(1))
    vendors.orders.delete('1')
    await rig.night(nightMs(2))
    expect(await openCodes(rig)).toContain('panel ORDER_UNKNOWN order:1')
    vendors.orders.set('1', { status: 'In progress', charge: '1.00' })
    await rig.night(nightMs(3))
    expect(await openCodes(rig)).not.toContain('panel ORDER_UNKNOWN order:1')
  })

  it.each([
    ['another currency', { status: 'In progress', charge: '1.00', currency: 'VND' }, 'CURRENCY'],
    ['an unknown status', { status: 'Levitating', charge: '1.00' }, 'ANSWER_UNREAD'],
    ['a word that it is unknown', undefined, 'ORDER_UNKNOWN'],
  ] as const)('that no answer came about one order is over once one comes with %s', async (_, row, code) => {
    const { rig, vendors } = await scriptedBook(await fresh())
    await rig.addOrders(nightMs(1), 'panel', ['1'])
    for (let nth = 1; nth <= 20; nth += 1)
      vendors.instead.set(nth, { status: 429, type: 'application/json', body: '{"error":"Too many requests"}' })
    await rig.night(nightMs(1))
    expect(await openCodes(rig)).toContain('panel SOURCE_FAILED order:1')
    vendors.instead.clear()
    if (row !== undefined) vendors.orders.set('1', row)
    await rig.night(nightMs(2))
    expect(await aboutOrder(rig)).toEqual([`panel ${code} order:1`])
    expect(await waiting(rig)).toBe(code === 'ANSWER_UNREAD' ? 1 : 0)
  })

  it('stands with the last word about one order, whatever was said before', async () => {
    const { rig, vendors } = await scriptedBook(await fresh())
    await rig.addOrders(nightMs(1), 'panel', ['1'])
    vendors.orders.set('1', { status: 'In progress', charge: '1.00', currency: 'VND' })
    await rig.night(nightMs(1))
    expect(await aboutOrder(rig)).toEqual(['panel CURRENCY order:1'])
    vendors.orders.set('1', { status: 'Levitating', charge: '1.00' })
    await rig.night(nightMs(2))
    expect(await aboutOrder(rig)).toEqual(['panel ANSWER_UNREAD order:1'])
    vendors.orders.delete('1')
    await rig.night(nightMs(3))
    expect(await aboutOrder(rig)).toEqual(['panel ORDER_UNKNOWN order:1'])
    expect(await waiting(rig)).toBe(0)
  })

  it('that no answer came about one order is over when it is left out beside one that is answered', async () => {
    const { rig, vendors } = await scriptedBook(await fresh())
    await rig.addOrders(nightMs(1), 'panel', ['1'])
    for (let nth = 1; nth <= 20; nth += 1)
      vendors.instead.set(nth, { status: 429, type: 'application/json', body: '{"error":"Too many requests"}' })
    await rig.night(nightMs(1))
    vendors.instead.clear()
    await rig.addOrders(nightMs(2), 'panel', ['2'])
    vendors.orders.set('1', 'left out')
    vendors.orders.set('2', { status: 'Levitating', charge: '1.00' })
    await rig.night(nightMs(2))
    expect(await aboutOrder(rig)).toEqual(['panel ORDER_UNKNOWN order:1'])
  })

  it('stays set aside while one of two exceptions that tell of it is open', async () => {
    const { rig, vendors } = await scriptedBook(await fresh())
    await rig.addOrders(nightMs(1), 'panel', ['1'])
    const always = (status: number, type: string, body: string): void => {
      for (let nth = 1; nth <= 60; nth += 1) vendors.instead.set(nth, { status, type, body })
    }
    always(200, 'text/html', '<html>')
    await rig.night(nightMs(1))
    always(429, 'application/json', '{"error":"Too many requests"}')
    await rig.night(nightMs(2))
    expect(await aboutOrder(rig)).toEqual(['panel ANSWER_UNREAD order:1', 'panel SOURCE_FAILED order:1'])
    vendors.instead.clear()
    await rig.addOrders(nightMs(3), 'panel', ['2'])
    vendors.orders.set('1', 'left out')
    vendors.orders.set('2', { status: 'In progress', charge: '1.00' })
    await rig.night(nightMs(3))
    expect(await aboutOrder(rig)).toEqual(['panel ANSWER_UNREAD order:1', 'panel ORDER_UNKNOWN order:1'])
    expect(await waiting(rig)).toBe(1)
  })

  it('stays about an order of which an error text says nothing', async () => {
    const { rig, vendors } = await scriptedBook(await fresh())
    await rig.addOrders(nightMs(1), 'panel', ['1'])
    for (let nth = 1; nth <= 20; nth += 1)
      vendors.instead.set(nth, { status: 429, type: 'application/json', body: '{"error":"Too many requests"}' })
    await rig.night(nightMs(1))
    vendors.instead.clear()
    vendors.orders.set('1', { error: 'Too many requests' })
    await rig.night(nightMs(2))
    expect(await aboutOrder(rig)).toContain('panel SOURCE_FAILED order:1')
  })
})

describeOnSqlite('a source that gave no answer', (fresh) => {
  const LIMITED = { status: 429, body: '{"error":"Too many requests"}' }

  it('says so no more about its wallet once it answers in another currency', async () => {
    const { rig, vendors } = await scriptedBook(await fresh())
    vendors.balanceInstead = LIMITED
    await rig.night(nightMs(1))
    expect(await openCodes(rig)).toContain('panel SOURCE_FAILED wallet')
    vendors.balanceInstead = { status: 200, body: '{"balance":"100.00","currency":"VND"}' }
    await rig.night(nightMs(2))
    expect((await openCodes(rig)).filter((each) => each.startsWith('panel'))).toEqual(['panel CURRENCY wallet'])
    expect(await waiting(rig)).toBe(0)
  })

  it.each(['<html>', '{"error":"out of order"}'])(
    'says so no more about its wallet once %s comes, which makes no sense',
    async (body) => {
      const { rig, vendors } = await scriptedBook(await fresh())
      vendors.dead.add('panel')
      await rig.night(nightMs(1))
      expect(await openCodes(rig)).toContain('panel SOURCE_FAILED source')
      vendors.dead.clear()
      vendors.balanceInstead = LIMITED
      await rig.night(nightMs(2))
      expect(await openCodes(rig)).toContain('panel SOURCE_FAILED wallet')
      vendors.balanceInstead = { status: 200, body }
      await rig.night(nightMs(3))
      expect((await openCodes(rig)).filter((each) => each.startsWith('panel'))).toEqual(['panel ANSWER_UNREAD wallet'])
      expect(await waiting(rig)).toBe(1)
    },
  )

  it('says so no more about its catalogue once one comes that makes no sense', async () => {
    const { rig, vendors } = await scriptedBook(await fresh())
    vendors.servicesInstead = LIMITED
    await rig.night(nightMs(1))
    expect(await openCodes(rig)).toContain('panel SOURCE_FAILED catalogue')
    vendors.servicesInstead = { status: 200, body: '<html>' }
    await rig.night(nightMs(2))
    expect((await openCodes(rig)).filter((each) => each.endsWith('catalogue'))).toEqual([
      'panel ANSWER_UNREAD catalogue',
    ])
  })

  it('says so still about the orders of one request, when another one is answered with nonsense', async () => {
    const { rig, vendors } = await scriptedBook(await fresh())
    const ids = Array.from({ length: 5000 }, (_, at) => String(at + 1))
    await rig.addOrders(nightMs(1), 'panel', ids)
    // More requests than one batch holds.
    const limited = { status: 429, type: 'application/json', body: LIMITED.body }
    const nonsense = { status: 200, type: 'text/html', body: '<html>' }
    vendors.instead.set(1, limited)
    for (let nth = 2; nth <= 200; nth += 1) vendors.instead.set(nth, nonsense)
    await rig.night(nightMs(1))
    expect(await openCodes(rig)).toContain('panel SOURCE_FAILED statuses')
  })

  it('says so no more about its counter once it answers in another role', async () => {
    const { rig, vendors } = await scriptedBook(await fresh())
    vendors.dead.add('publisher')
    await rig.night(nightMs(1))
    expect(await openCodes(rig)).toContain('pub SOURCE_FAILED source')
    vendors.dead.clear()
    vendors.publisher = stats('advertiser', 1, 1, '1.00')
    await rig.night(nightMs(2))
    expect((await openCodes(rig)).filter((each) => each.startsWith('pub'))).toEqual(['pub ANSWER_UNREAD counter'])
    expect(await waiting(rig)).toBe(1)
  })
})

async function aboutOrder(rig: Rig): Promise<readonly string[]> {
  return (await openCodes(rig)).filter((each) => each.endsWith('order:1'))
}

/** Rows in quarantine that nothing has ended yet. */
async function waiting({ database }: Rig): Promise<number> {
  const rows = await database.kysely.selectFrom('quarantine').select('about').where('ended', 'is', null).execute()
  return rows.length
}
