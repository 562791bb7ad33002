/**
 * The panel's stand-in answers as the vendor document says, over real HTTP: every action, every parameter set, every
 * documented error, and the one difference between net and gross panels.
 */
import { describe, expect, test } from 'vitest'
import { CATALOGUE } from '../../src/sandbox/world/catalogue.ts'
import { worldTruth } from '../../src/sandbox/world/truth.ts'
import { advanceTo } from '../../src/sandbox/world/world.ts'
import { ask, DAY_MS, HOUR_MS, quietOptions, START_MS, talkTo } from './small-world.ts'

const RICH = quietOptions({ openingBalance: '5000.00000' })

describe('reading an account', () => {
  test('balance is text with the panel’s decimals, and a currency', async () => {
    const { panel } = await talkTo(quietOptions())
    expect(await panel({ action: 'balance' })).toMatchObject({
      status: 200,
      json: { balance: '100.84292', currency: 'USD' },
    })
  })

  test('services lists the catalogue with every value as text', async () => {
    const { panel } = await talkTo(quietOptions())
    const { json } = await panel({ action: 'services' })
    expect(json).toHaveLength(CATALOGUE.length)
    expect(json).toEqual(
      expect.arrayContaining([
        {
          service: '1',
          name: 'Followers',
          type: 'Default',
          rate: '0.90',
          min: '50',
          max: '10000',
          category: 'First Category',
        },
      ]),
    )
  })
})

describe('adding an order', () => {
  const link = 'https://social.example/p/1'
  test.each([
    ['Default', { service: '1', link, quantity: '500' }, '0.45000', 500],
    ['Default with runs', { service: '1', link, quantity: '100', runs: '3', interval: '60' }, '0.27000', 300],
    ['SEO', { service: '5', link, keywords: 'one,two', quantity: '333' }, '0.45684', 333],
    ['Custom Comments', { service: '2', link, comments: `${'fine\r\n'.repeat(10)}\n \n` }, '0.08000', 10],
    [
      'Custom Comments Package',
      { service: '4', username: 'mychannel', min: '2', max: '7', delay: '10', posts: '3' },
      '0.13755',
      21,
    ],
    [
      'Custom Comments Package of one post',
      { service: '4', username: 'mychannel', min: '2', max: '7', delay: '10', old_posts: '1', expiry: '2026-12-31' },
      '0.04585',
      7,
    ],
    ['Poll', { service: '6', link, quantity: '10', answer_number: '2' }, '0.02150', 10],
    ['Invites from Groups', { service: '8', link, groups: 'one\ntwo', quantity: '20' }, '0.08400', 20],
    ['Package', { service: '9', link }, '4.99000', 1000],
  ])('%s is charged at once and is Pending', async (_name, fields, charge, quantity) => {
    const { panel, world } = await talkTo(RICH)
    const added = await panel({ action: 'add', ...fields })
    const order = String((added.json as { readonly order: number }).order)
    expect(added).toMatchObject({ status: 200, json: { order: Number(order) } })
    expect((await panel({ action: 'status', order })).json).toEqual({
      charge,
      start_count: '0',
      status: 'Pending',
      remains: String(quantity),
      currency: 'USD',
    })
    const truth = worldTruth(world).panels[0]
    expect((truth?.opening ?? 0n) - (truth?.wallet ?? 0n)).toBe(truth?.orders[0]?.gross)
  })

  test.each([
    ['a Subscriptions service', { service: '7', link }, 400, /must be created from the customer site/],
    ['no service', { link }, 400, /Missing parameter: service/],
    ['an unknown service', { service: '99', link }, 404, /Incorrect service ID/],
    ['no link', { service: '1', quantity: '100' }, 400, /Missing parameter: link/],
    ['no quantity', { service: '1', link }, 400, /Missing parameter: quantity/],
    ['half a quantity', { service: '1', link, quantity: '50.5' }, 400, /whole number/],
    ['too few', { service: '1', link, quantity: '49' }, 400, /minimal 50/],
    ['too many', { service: '1', link, quantity: '10001' }, 400, /maximum 10000/],
    ['runs without an interval', { service: '1', link, quantity: '50', runs: '2' }, 400, /interval/],
    ['SEO without keywords', { service: '5', link, quantity: '100' }, 400, /keywords/],
    ['too few comments', { service: '2', link, comments: 'one\n\ntwo' }, 400, /minimal 10/],
    ['a package of comments without a delay', { service: '4', username: 'me', min: '1', max: '2' }, 400, /delay/],
    ['min above max', { service: '4', username: 'me', min: '3', max: '2', delay: '1' }, 400, /min and max/],
    [
      'an expiry that is no date',
      { service: '4', username: 'me', min: '1', max: '2', delay: '1', expiry: 'soon' },
      400,
      /YYYY-MM-DD/,
    ],
    ['a poll without an answer', { service: '6', link, quantity: '10' }, 400, /answer_number/],
    ['invites without groups', { service: '8', link, quantity: '20' }, 400, /groups/],
    ['more than the wallet holds', { service: '2', link, comments: 'fine\n'.repeat(1500) }, 402, /Not enough funds/],
  ])('%s is refused and moves no money', async (_name, fields, status, message) => {
    const { panel, world } = await talkTo(quietOptions({ openingBalance: '10.00000' }))
    const answer = await panel({ action: 'add', ...fields })
    expect(answer.status).toBe(status)
    expect(answer.json).toEqual({ error: expect.stringMatching(message) as unknown })
    expect(worldTruth(world).panels[0]).toMatchObject({ wallet: 1_000_000_000n, orders: [] })
  })
})

describe('asking for orders', () => {
  test('multiStatus answers each id on its own, unknown ones with an error inside the 200', async () => {
    const { panel } = await talkTo(RICH)
    const added = await panel({ action: 'add', service: '9', link: 'x' })
    const { order } = added.json as { readonly order: number }
    expect(await panel({ action: 'multiStatus', orders: `${order}, 7,abc` })).toMatchObject({
      status: 200,
      json: {
        [order]: { charge: '4.99000', status: 'Pending', remains: '1000' },
        7: { error: 'Incorrect order ID' },
        abc: { error: 'Incorrect order ID' },
      },
    })
  })

  test.each([
    ['no ids', '', /Missing parameter/],
    ['more than 100 ids', Array.from({ length: 101 }, (_, id) => id).join(','), /Too many orders: 101/],
  ])('multiStatus with %s is a bad request', async (_name, orders, message) => {
    const { panel } = await talkTo(quietOptions())
    const answer = await panel({ action: 'multiStatus', orders })
    expect(answer.status).toBe(400)
    expect(answer.text).toMatch(message)
  })

  test('an unknown order is 404, or an error in a 200 on panels that answer so', async () => {
    const plain = await talkTo(quietOptions())
    const odd = await talkTo(quietOptions({ errorIn200: true }))
    const error = { error: 'Incorrect order ID' }
    expect(await plain.panel({ action: 'status', order: '1' })).toMatchObject({ status: 404, json: error })
    expect(await odd.panel({ action: 'status', order: '1' })).toMatchObject({ status: 200, json: error })
  })

  test('status takes many orders only on panels that share that habit', async () => {
    const plain = await talkTo(quietOptions())
    const other = await talkTo(quietOptions({ multiAction: 'status' }))
    const fields = { action: 'status', orders: '1,2' }
    const error = { error: 'Incorrect order ID' }
    expect((await plain.panel(fields)).status).toBe(400)
    expect(await other.panel(fields)).toMatchObject({ status: 200, json: { 1: error, 2: error } })
  })

  test('a net panel lowers the charge when it refunds, a gross panel never does, and both credit the wallet', async () => {
    const { panel, world } = await talkTo(quietOptions())
    for (const [name, key, charge] of [
      ['netpanel', 'net-key', '0.00000'],
      ['grosspanel', 'gross-key', '4.99000'],
    ] as const) {
      const added = await panel({ action: 'add', service: '9', link: 'x' }, name, key)
      const order = String((added.json as { readonly order: number }).order)
      expect((await panel({ action: 'cancel', orders: order }, name, key)).status).toBe(200)
      advanceTo(world, world.nowMs + HOUR_MS)
      expect((await panel({ action: 'status', order }, name, key)).json).toMatchObject({
        status: 'Canceled',
        charge,
        remains: '1000',
      })
      expect((await panel({ action: 'balance' }, name, key)).json).toMatchObject({ balance: '100.84292' })
    }
  })

  test('every status row of a living world agrees with the truth', async () => {
    const options = quietOptions()
    const busy = { ...options, panels: options.panels.map((panel) => ({ ...panel, ordersPerDay: 100 })) }
    const { panel, world } = await talkTo(busy)
    advanceTo(world, START_MS + 3 * DAY_MS)
    for (const truth of worldTruth(world).panels) {
      const orders = truth.orders.slice(-100)
      const key = truth.semantics === 'net' ? 'net-key' : 'gross-key'
      const answer = await panel(
        { action: 'multiStatus', orders: orders.map((order) => order.id).join(',') },
        truth.name,
        key,
      )
      const rows = answer.json as Readonly<Record<string, Readonly<Record<string, string>>>>
      expect(Object.keys(rows)).toHaveLength(100)
      for (const order of orders) {
        const cost = truth.semantics === 'net' ? order.gross - order.refunded : order.gross
        const row = rows[String(order.id)]
        expect(row).toMatchObject({ status: order.status, remains: String(order.remains) })
        expect(BigInt((row?.['charge'] ?? '').replace('.', '')) * 1000n).toBe(cost)
      }
    }
  })
})

describe('canceling and refilling', () => {
  test('cancel answers row by row and takes effect later, once', async () => {
    const { panel, world } = await talkTo(RICH)
    const added = await panel({ action: 'add', service: '1', link: 'x', quantity: '1000' })
    const { order } = added.json as { readonly order: number }
    const rows = [
      { order, cancel: { status: 'success' } },
      { order: 2, error: 'Incorrect order ID' },
    ]
    expect((await panel({ action: 'cancel', orders: `${order},2` })).json).toEqual(rows)
    expect((await panel({ action: 'cancel', orders: `${order},2` })).json).toEqual(rows)
    expect((await panel({ action: 'status', order: String(order) })).json).toMatchObject({ charge: '0.90000' })
    advanceTo(world, START_MS + HOUR_MS)
    expect(worldTruth(world).panels[0]?.orders[0]).toMatchObject({ refunds: [{}] })
    expect((await panel({ action: 'cancel', orders: String(order) })).json).toEqual([
      { order, error: 'Order cannot be canceled' },
    ])
    expect((await panel({ action: 'cancel', orders: '' })).status).toBe(400)
  })

  test('an order canceled in progress pays for what was delivered', async () => {
    const { panel, world } = await talkTo(RICH)
    for (let index = 0; index < 20; index += 1) {
      await panel({ action: 'add', service: '1', link: 'x', quantity: '10000' })
    }
    advanceTo(world, START_MS + 4 * HOUR_MS)
    const running = worldTruth(world).panels[0]?.orders.filter(
      (order) => order.status === 'In progress' && order.remains < 9000 && order.remains > 3000,
    )
    expect(running?.length).toBeGreaterThan(0)
    await panel({ action: 'cancel', orders: running?.map((order) => order.id).join(',') ?? '' })
    advanceTo(world, world.nowMs + HOUR_MS)
    const after = worldTruth(world).panels[0]?.orders ?? []
    const stopped = after.filter((order) => running?.some(({ id }) => id === order.id))
    expect(stopped.every((order) => order.status === 'Partial')).toBe(true)
    for (const order of stopped) expect(order.refunded).toBe((order.gross / 10_000n) * BigInt(order.remains))
  })

  test('refill promises nothing about money', async () => {
    const { panel, world } = await talkTo(RICH)
    const added = await panel({ action: 'add', service: '9', link: 'x' })
    const order = String((added.json as { readonly order: number }).order)
    expect((await panel({ action: 'refill', order })).status).toBe(400)
    expect((await panel({ action: 'refill', order: '1' })).status).toBe(404)
    expect((await panel({ action: 'refill' })).status).toBe(400)
    for (let index = 0; index < 10; index += 1) await panel({ action: 'add', service: '9', link: 'x' })
    advanceTo(world, START_MS + 2 * DAY_MS)
    const done = worldTruth(world).panels[0]?.orders.find((candidate) => candidate.status === 'Completed')
    const balance = (await panel({ action: 'balance' })).text
    expect((await panel({ action: 'refill', order: String(done?.id) })).json).toEqual({ refill: '1' })
    expect((await panel({ action: 'balance' })).text).toBe(balance)
  })
})

describe('requests that are wrong as such', () => {
  test('a wrong key is 401, an unknown action 400, an unknown panel 404', async () => {
    const { panel } = await talkTo(quietOptions())
    expect(await panel({ action: 'balance' }, 'netpanel', 'wrong')).toMatchObject({
      status: 401,
      json: { error: 'Invalid API key' },
    })
    expect((await panel({ action: 'orders' })).status).toBe(400)
    expect((await panel({}, 'netpanel')).status).toBe(400)
    expect((await panel({ action: 'balance' }, 'nopanel')).status).toBe(404)
  })

  test('only form-encoded POST is taken', async () => {
    const { sandbox } = await talkTo(quietOptions())
    const url = `${sandbox.url}/panels/netpanel/api/v2`
    expect((await ask(`${url}?key=net-key&action=balance`, 'GET', {})).status).toBe(400)
    expect((await ask(url, 'POST', { 'content-type': 'application/json' }, '{}')).status).toBe(400)
  })
})

test('request 1,001 of a minute is refused, per vendor, until the minute is over', async () => {
  const { panel, payelancer, world } = await talkTo(quietOptions(), { rateLimitPerMinute: 3, rateClock: 'world' })
  for (let request = 1; request <= 3; request += 1) expect((await panel({ action: 'balance' })).status).toBe(200)
  expect(await panel({ action: 'balance' })).toMatchObject({ status: 429, json: { error: 'Rate limit exceeded' } })
  expect((await payelancer('stats.php', 'pub-key')).status).toBe(200)
  advanceTo(world, START_MS + 60_000)
  expect((await panel({ action: 'balance' })).status).toBe(200)
})
