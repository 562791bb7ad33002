/** Orders placed from here: sent once whatever happens, kept as evidence, resolved by the wallet and by a person. */
import { describe, expect, it } from 'vitest'
import { payments } from './scripted-book.ts'
import type { Database } from '../../src/db/database.ts'
import { openDatabase } from '../../src/db/database.ts'
import { formatMoney } from '../../src/domain/money/money.ts'
import { readBatch } from '../../src/log/landing.ts'
import { findAdd, listAdds, type PanelAdd } from '../../src/evidence/panel-adds.ts'
import { findOrders } from '../../src/evidence/registry.ts'
import { withBookRun } from '../../src/pipeline/book-run.ts'
import { addLanding } from '../../src/pipeline/panel-writes/close-unanswered.ts'
import { requestOrders } from '../../src/pipeline/panel-writes/order-requests.ts'
import { placePanelOrder } from '../../src/pipeline/panel-writes/place.ts'
import { findService, quoteOrder } from '../../src/pipeline/panel-writes/quote.ts'
import { resolveUnknown, takeOrderWordBack } from '../../src/pipeline/panel-writes/resolve.ts'
import { textLanding } from '../../src/pipeline/panel-writes/write-landing.ts'
import { replayBook } from '../../src/pipeline/replay.ts'
import { landAndProcess } from '../../src/pipeline/run-context.ts'
import { observeServices } from '../../src/sources/panel/observe-services.ts'
import { describeOnSqlite, newSqliteUrl } from '../support/databases.ts'
import { DAY_MS, newRig, nightMs, START_MS, type Rig } from './harness.ts'
import { orderingPanel, type AddFault, type OrderingPanel } from './ordering-panel.ts'
import { exceptionsOf, openCodes, storyOf } from './reads.ts'

const NOW_MS = START_MS + 12 * 3_600_000
const LINK = 'https://example.com/page'
const BY_ANA = { by: 'Ana', why: 'it is in the list' }

interface Desk {
  readonly rig: Rig
  readonly panel: OrderingPanel
  readonly add: (fields?: Readonly<Record<string, unknown>>, service?: string) => Promise<PanelAdd>
  readonly request: Parameters<typeof placePanelOrder>[1]
}

async function desk(database: Database): Promise<Desk> {
  const panel = await orderingPanel()
  const rig = newRig(database, [{ name: 'panel', kind: 'panel', url: panel.url }], () => 'a-key-of-the-tests')
  const request = { config: rig.config, book: rig.book, env: rig.env, source: 'panel' }
  await rig.importEvidence(NOW_MS - 1000, payments('2026-02-01,panel,opening-balance,100,USD,,'))
  return {
    rig,
    panel,
    request,
    add: (fields = { link: LINK, quantity: 100 }, service = '1') =>
      placePanelOrder(rig.environment(NOW_MS), request, quote(panel, service, fields)),
  }
}

function quote(panel: OrderingPanel, service: string, fields: Readonly<Record<string, unknown>>) {
  const body = Buffer.from(JSON.stringify(panel.services))
  const observed = observeServices({ httpStatus: 200, contentType: 'application/json', body })
  if (observed.kind !== 'services') throw new Error(observed.reason)
  return quoteOrder(findService(observed, service), fields)
}

async function registered(rig: Rig, orderId: string) {
  return (await findOrders(rig.database.kysely, 1n, 1n, [orderId])).get(orderId)
}

describeOnSqlite('placing an order', (fresh) => {
  it('registers it with service, quantity and day, keeps the wallet and the rate, and is booked by the next sync', async () => {
    const { rig, panel, add } = await desk(await fresh())
    expect(await add()).toMatchObject({
      state: 'placed',
      orderId: '23501',
      expected: 9_000_000n,
      balanceBefore: 10_000_000_000n,
      balanceAfter: 9_991_000_000n,
    })
    expect(await registered(rig, '23501')).toMatchObject({
      origin: 'added',
      service: '1',
      quantity: 100n,
      orderedAtMs: NOW_MS,
    })
    const rates = await rig.database.kysely.selectFrom('service_rate').selectAll().execute()
    expect(rates).toMatchObject([{ service: '1', rate: 90_000_000n, type: 'Default', min: 50n, max: 10_000n }])
    expect(panel.received.at(-2)).toEqual({ action: 'add', service: '1', link: LINK, quantity: '100' })
    await rig.night(nightMs(1))
    expect(await storyOf(rig, 'panel', 'order:23501')).toEqual(['charge 0.09000000 on 2026-03-01'])
    expect((await openCodes(rig)).filter((code) => !code.includes('WALLET_DIFFERS'))).toEqual([])
  })

  it('counts every run of a drip-feed and every comment', async () => {
    const { rig, add } = await desk(await fresh())
    await add({ link: LINK, quantity: 100, runs: 3, interval: 30 })
    await add({ link: LINK, comments: ['nice', 'great'] }, '2')
    await add({ username: 'me', min: 1, max: 5, delay: 0, posts: 4 }, '4')
    await add({ link: LINK }, '9')
    const orders = await Promise.all(['23501', '23502', '23503', '23504'].map((id) => registered(rig, id)))
    expect(orders.map((order) => order?.quantity)).toEqual([300n, 2n, 20n, null])
    const adds = await listAdds(rig.database.kysely, 1n, 1n, ['placed'])
    const prices = adds.map((each) => each.prices.map((price) => formatMoney(price)))
    expect(prices).toEqual([['0.27'], ['0.016'], ['0.131', '6.55'], ['4.99']])
  })

  it('never keeps the key', async () => {
    const { rig, add } = await desk(await fresh())
    await add()
    const { kysely } = rig.database
    for (let batch = 1; batch <= 5; batch += 1) {
      for (const item of await readBatch(kysely, 1n, batch)) {
        expect(`${JSON.stringify(item.request)}${item.body.toString('utf8')}`).not.toContain('a-key-of-the-tests')
      }
    }
  })

  it('sends nothing when the wallet cannot be read first', async () => {
    const { panel, add } = await desk(await fresh())
    panel.isWalletDead = true
    await expect(add()).rejects.toMatchObject({ code: 'WALLET_UNREAD', exitCode: 75 })
    expect(panel.count('add')).toBe(0)
  })

  it('replays to the same orders', async () => {
    const { rig, panel, add } = await desk(await fresh())
    await add()
    panel.nextAdd = 'placed-then-dropped'
    await add({ link: LINK, quantity: 200 })
    await rig.night(nightMs(1))
    const into = await openDatabase(newSqliteUrl())
    const book = await rig.bookRow()
    const identity = { name: book.name, currency: 'USD', timeZone: 'UTC' }
    const options = { nowMs: 0, signal: new AbortController().signal, onBatch: () => undefined }
    const report = await replayBook({ kysely: rig.database.kysely, book }, into, identity, options)
    expect(report.isSame).toBe(true)
    const all = ['sent', 'placed', 'refused', 'unknown', 'not-placed'] as const
    const again = await listAdds(into.kysely, 1n, 1n, all)
    expect(again).toEqual(await listAdds(rig.database.kysely, 1n, 1n, all))
    expect(again.map(({ state }) => state)).toEqual(['placed', 'unknown'])
    await into.close()
  })
})

const TWICE = /has an order like it \(".+"\): one from before, or this one, .* twice; the wallet did not move/

/** What comes back, what the order is then, and whether the wallet fell. */
const OUTCOMES: readonly (readonly [string, AddFault, PanelAdd['state'], string, RegExp])[] = [
  ['400', { status: 400, body: { error: 'Missing parameter' } }, 'refused', 'bad-request', /Missing parameter/],
  ['401', { status: 401, body: { error: 'Invalid API key' } }, 'refused', 'unauthorized', /API key/],
  ['402', { status: 402, body: { error: 'Not enough funds' } }, 'refused', 'insufficient-balance', /top up/],
  ['404', { status: 404, body: { error: 'Incorrect service ID' } }, 'refused', 'not-found', /service/],
  ['429', { status: 429, body: { error: 'Rate limit exceeded' } }, 'refused', 'rate-limited', /limit/],
  [
    'an error in a 200',
    { status: 200, body: { error: 'neworder.error.invalid_link' } },
    'refused',
    'vendor-error',
    /invalid_link/,
  ],
  [
    'no funds in a 200',
    { status: 200, body: { error: 'Not enough funds on balance' } },
    'refused',
    'insufficient-balance',
    /top up/,
  ],
  ['a bare string', { status: 200, body: '"Incorrect service ID"' }, 'refused', 'not-found', /Incorrect/],
  ['403 in JSON', { status: 403, body: { error: 'API orders are off' } }, 'refused', 'forbidden', /API orders are off/],
  // What a second copy of the request would be told about the first: the wallet may be an older answer.
  ['a duplicate', { status: 200, body: { error: 'neworder.error.link_duplicate' } }, 'unknown', 'already-there', TWICE],
  ['a duplicate, 400', { status: 400, body: { error: 'Duplicate link' } }, 'unknown', 'already-there', TWICE],
  [
    'active',
    { status: 200, body: { error: 'You have active order with this link' } },
    'unknown',
    'already-there',
    TWICE,
  ],
  [
    'wait, 400',
    { status: 400, body: { error: 'Please wait until order being completed.' } },
    'unknown',
    'already-there',
    TWICE,
  ],
  // A proxy that gave up: the panel may still place the order, so an unmoved wallet proves nothing.
  ['408', { status: 408, body: { error: 'Request Timeout' } }, 'unknown', 'http-status', /did not move/],
  ['502 in JSON', { status: 502, body: { error: 'Provider' } }, 'unknown', 'upstream', /did not move/],
  ['500', { status: 500, body: { error: 'Oops' } }, 'unknown', 'unavailable', /did not move/],
  [
    '503',
    { status: 503, body: '' },
    'unknown',
    'unavailable',
    /failed on its side \(HTTP 503\); the wallet did not move/,
  ],
  ['504', { status: 504, body: '<html>Gateway Time-out</html>' }, 'unknown', 'unavailable', /did not move/],
  ['524', { status: 524, body: '<html>A timeout occurred</html>' }, 'unknown', 'unavailable', /did not move/],
  ['a redirect', { status: 302, body: '' }, 'unknown', 'http-status', /did not move/],
  ['a web page', { status: 200, body: '<html></html>' }, 'unknown', 'html', /did not move/],
  ['a firewall page', { status: 403, body: '<html>Just a moment</html>' }, 'unknown', 'forbidden', /did not move/],
  ["a proxy's 404", { status: 404, body: '<html>Not Found</html>' }, 'unknown', 'not-found', /did not move/],
  ["a proxy's 429", { status: 429, body: 'Too Many Requests' }, 'unknown', 'rate-limited', /did not move/],
  ['400 and nothing', { status: 400, body: '' }, 'unknown', 'bad-request', /did not move/],
  [
    'half an answer',
    { status: 200, body: '{"ord' },
    'unknown',
    'not-json',
    /\(5 characters\); the wallet did not move/,
  ],
  ['nothing', { status: 200, body: '' }, 'unknown', 'not-json', /an empty answer \(0 characters\); the wallet/],
  ['an id as a bare text', { status: 200, body: '"23501"' }, 'unknown', 'vendor-error', /did not move/],
  ['an answer without an id', { status: 200, body: { ok: true } }, 'unknown', 'unexpected-shape', /did not move/],
  ['a dropped connection', 'dropped', 'unknown', 'reset', /did not move/],
  ['placed, then dropped', 'placed-then-dropped', 'unknown', 'reset', /fell by 0\.09, the price/],
  ['placed, then a web page', 'placed-then-html', 'unknown', 'html', /fell by 0\.09, the price/],
  ['placed, then cut off', 'placed-then-cut-off', 'unknown', 'not-json', /fell by 0\.09, the price/],
]

describeOnSqlite('what can come of sending an order', (fresh) => {
  it.each(OUTCOMES)('%s: sent once, and told apart', async (_name, fault, state, outcome, says) => {
    const { rig, panel, add } = await desk(await fresh())
    panel.nextAdd = fault
    const placed = await add()
    expect(placed).toMatchObject({ state, outcome, orderId: null })
    expect(placed.detail).toMatch(says)
    expect(panel.count('add')).toBe(1)
    expect(await openCodes(rig)).toEqual(state === 'unknown' ? [`panel REQUEST_UNCERTAIN add:${placed.ref}`] : [])
    expect(placed.detail).not.toContain('next run')
    panel.nextAdd = 'placed'
    if (state === 'unknown') await expect(add()).rejects.toMatchObject({ code: 'ORDER_UNKNOWN' })
    else expect(await add()).toMatchObject({ state: 'placed' })
  })

  it.each([
    ['nothing', 0n, '0.09', 'did not move'],
    ['less', 8_000_000n, '0.01', 'fell by 0.08 where this order costs 0.09'],
    ['more', 10_000_000n, '-0.01', 'fell by 0.10 where this order costs 0.09'],
  ])(
    'placed, and the wallet fell by %s: registered, and open until the charge is seen',
    async (_name, fall, off, says) => {
      const { rig, panel, add } = await desk(await fresh())
      panel.onAdded = () => (panel.wallet += panel.charge - fall)
      const placed = await add()
      expect(placed).toMatchObject({ state: 'placed', orderId: '23501', outcome: 'wallet-differs' })
      expect(placed.detail).toContain(says)
      expect(await registered(rig, '23501')).toMatchObject({ origin: 'added', quantity: 100n })
      const object = `add:${placed.ref}`
      const [raised] = (await exceptionsOf(rig, 'open')).filter((each) => each.object === object)
      expect(raised).toMatchObject({ code: 'REQUEST_UNCERTAIN', detail: expect.stringContaining(says) })
      expect(formatMoney(raised?.amount ?? 0n)).toBe(off)
      await rig.night(nightMs(1))
      expect(await storyOf(rig, 'panel', 'order:23501')).toEqual(['charge 0.09000000 on 2026-03-01'])
      expect((await openCodes(rig)).filter((code) => code.includes(object))).toEqual([])
    },
  )

  it('whose charge is zero when it is first seen is open no longer', async () => {
    const { rig, panel, add } = await desk(await fresh())
    panel.onAdded = () => (panel.wallet += panel.charge)
    const { ref } = await add()
    // Canceled before the night, at a panel that lowers the charge.
    panel.orders.set('23501', { charge: 0n, status: 'Canceled' })
    await rig.night(nightMs(1))
    expect(await storyOf(rig, 'panel', 'order:23501')).toEqual([])
    expect((await openCodes(rig)).filter((code) => code.includes(`add:${ref}`))).toEqual([])
  })

  it.each([9_000_000n, 8_000_000n])('a refusal after which the wallet fell by %s is not believed', async (fall) => {
    const { panel, add } = await desk(await fresh())
    panel.nextAdd = { status: 400, body: { error: 'Something went wrong' } }
    const balance = panel.wallet
    Object.defineProperty(panel, 'wallet', { get: () => (panel.count('add') === 0 ? balance : balance - fall) })
    expect(await add()).toMatchObject({ state: 'unknown', outcome: 'bad-request' })
  })

  it.each([
    [8_900_000n, 'refused'],
    [9_000_000n, 'unknown'],
    [17_900_000n, 'unknown'],
    [18_100_000n, 'refused'],
  ])('no funds beside a wallet of %s: %s, since the request may have come twice', async (wallet, state) => {
    const { panel, add } = await desk(await fresh())
    panel.wallet = wallet
    panel.nextAdd = { status: 402, body: { error: 'Not enough funds' } }
    const placed = await add()
    expect(placed).toMatchObject({ state, outcome: 'insufficient-balance' })
    if (state === 'unknown') expect(placed.detail).toMatch(/enough for one such order and not for two: .* did not move/)
  })

  it('a duplicate names the order from before that the panel may mean, while it may be at work', async () => {
    const { rig, panel, add } = await desk(await fresh())
    await add()
    panel.nextAdd = { status: 200, body: { error: 'neworder.error.link_duplicate' } }
    const second = await add({ link: LINK, quantity: 200 })
    const names =
      'order 23501 of the panel, placed from here at 2026-03-01 12:00 UTC for the same page and service, was'
    expect(second).toMatchObject({ state: 'unknown', detail: expect.stringContaining(`twice; ${names} not over`) })
    const exceptions = await exceptionsOf(rig, 'open')
    expect(exceptions).toMatchObject([{ code: 'REQUEST_UNCERTAIN', detail: expect.stringContaining(names) }])
    const third = await add({ link: LINK, quantity: 300 })
    expect(third.detail).toContain(
      `order ${second.ref}, sent at 2026-03-01 12:00 UTC for the same page and service, may`,
    )
    const other = await add({ link: `${LINK}/other`, quantity: 100 })
    expect(other).toMatchObject({ state: 'unknown', detail: expect.not.stringContaining('the same page') })
  })

  it('a duplicate does not name an order that is over', async () => {
    const { rig, panel, add } = await desk(await fresh())
    await add()
    panel.orders.set('23501', { charge: 9_000_000n, status: 'Completed' })
    await rig.night(nightMs(1))
    panel.nextAdd = { status: 200, body: { error: 'neworder.error.link_duplicate' } }
    const more = await add({ link: LINK, quantity: 200 })
    expect(more.detail).toMatch(/if the request came to it twice; the wallet did not move$/)
  })

  it('the same once more is named first, and placed when a person says so or a day has gone by', async () => {
    const { rig, panel, request } = await desk(await fresh())
    const fields = { link: LINK, quantity: 100 }
    const place = (atMs: number, again?: true) =>
      placePanelOrder(rig.environment(atMs), { ...request, ...(again ? { again } : {}) }, quote(panel, '1', fields))
    expect(await place(NOW_MS)).toMatchObject({ state: 'placed', orderId: '23501' })
    await expect(place(NOW_MS + 180_000)).rejects.toThrow(
      'Exactly this order was placed 3 minutes ago, as order 23501. Nothing was sent.',
    )
    await expect(place(NOW_MS + 7_200_000)).rejects.toThrow('2 hours ago')
    expect(panel.count('add')).toBe(1)
    expect(await place(NOW_MS + 7_200_000, true)).toMatchObject({ state: 'placed', orderId: '23502' })
    await expect(place(NOW_MS - 60_000)).rejects.toThrow('less than a minute ago')
    expect(await place(NOW_MS + 7_200_000 + 86_400_000)).toMatchObject({ state: 'placed', orderId: '23503' })
    expect(panel.count('add')).toBe(3)
  })

  it('the same is refused while an earlier one is unknown, whatever was placed since and whoever wants it', async () => {
    const { rig, panel, request, add } = await desk(await fresh())
    const fields = { link: LINK, quantity: 100 }
    panel.nextAdd = { status: 502, body: {} }
    const { ref } = await add(fields)
    const word = { ref, by: 'ann', why: 'not on the site' }
    await resolveUnknown(rig.environment(NOW_MS), request, { ...word, orderId: null })
    panel.nextAdd = 'placed'
    expect(await add(fields)).toMatchObject({ state: 'placed' })
    expect(await takeOrderWordBack(rig.environment(NOW_MS), request, word)).toMatchObject({ state: 'unknown' })
    const again = placePanelOrder(rig.environment(NOW_MS), { ...request, again: true }, quote(panel, '1', fields))
    await expect(again).rejects.toThrow('it is not known whether it was placed')
    expect(panel.count('add')).toBe(2)
  })

  it('a wallet that others use as well proves nothing', async () => {
    const { panel, add } = await desk(await fresh())
    panel.nextAdd = { status: 502, body: {} }
    const balance = panel.wallet
    Object.defineProperty(panel, 'wallet', { get: () => (panel.count('add') === 0 ? balance : balance - 1_000_000n) })
    expect(await add()).toMatchObject({ state: 'unknown', detail: expect.stringContaining('proves nothing') })
  })

  it('a wallet that cannot be read afterwards leaves it open', async () => {
    const { panel, add } = await desk(await fresh())
    panel.nextAdd = { status: 502, body: {} }
    Object.defineProperty(panel, 'isWalletDead', { get: () => panel.count('add') > 0 })
    expect(await add()).toMatchObject({ state: 'unknown', balanceAfter: null })
  })
})

describeOnSqlite('an order of unknown outcome', (fresh) => {
  async function lost(database: Database) {
    const made = await desk(database)
    made.panel.nextAdd = 'placed-then-dropped'
    const { ref } = await made.add()
    made.panel.nextAdd = 'placed'
    return { ...made, ref }
  }

  it('is never sent again, while another order is', async () => {
    const { panel, add, ref } = await lost(await fresh())
    await expect(add()).rejects.toMatchObject({ code: 'ORDER_UNKNOWN', message: expect.stringContaining(`(${ref})`) })
    expect(panel.count('add')).toBe(1)
    expect(await add({ link: LINK, quantity: 300 })).toMatchObject({ state: 'placed', orderId: '23502' })
  })

  it('is registered when a person gives its id, and booked by the next sync', async () => {
    const { rig, request, ref } = await lost(await fresh())
    const word = { ref, orderId: '23501', ...BY_ANA }
    const resolved = await resolveUnknown(rig.environment(NOW_MS), request, word)
    expect(resolved).toMatchObject({ state: 'placed', orderId: '23501' })
    expect(resolved.detail).toContain('; Ana says: placed as 23501 (it is in the list)')
    expect(await registered(rig, '23501')).toMatchObject({ origin: 'added', quantity: 100n, orderedAtMs: NOW_MS })
    expect((await exceptionsOf(rig, 'closed')).map(({ code }) => code)).toContain('REQUEST_UNCERTAIN')
    await rig.night(nightMs(1))
    expect(await storyOf(rig, 'panel', 'order:23501')).toEqual(['charge 0.09000000 on 2026-03-01'])
  })

  it('is closed when a person says it was not placed, and may then be sent again', async () => {
    const { rig, request, add, ref } = await lost(await fresh())
    await resolveUnknown(rig.environment(NOW_MS), request, { ref, orderId: null, ...BY_ANA })
    expect(await openCodes(rig)).toEqual([])
    expect(await add()).toMatchObject({ state: 'placed' })
  })

  it('keeps a word that was landed before names were asked for', async () => {
    const { rig, request, ref } = await lost(await fresh())
    await withBookRun(rig.environment(NOW_MS), request, 'panel-resolve', {}, async (run) => {
      const old = addLanding(run, 'panel', { phase: 'resolved', ref, orderId: null })
      await landAndProcess(run, 'resolve', [textLanding(old, 'a person says it was not placed')])
    })
    const kept = await findAdd(rig.database.kysely, 1n, 1n, ref)
    expect(kept).toMatchObject({ state: 'not-placed', detail: expect.stringMatching(/; a person says: not placed$/) })
  })

  it('takes no id that the panel does not know, that is another order, or twice', async () => {
    const { rig, request, add, ref } = await lost(await fresh())
    await add({ link: LINK, quantity: 300 })
    const resolve = (orderId: string) => resolveUnknown(rig.environment(NOW_MS), request, { ref, orderId, ...BY_ANA })
    await expect(resolve('777')).rejects.toMatchObject({ code: 'ORDER_NOT_THERE' })
    await expect(resolve('23502')).rejects.toMatchObject({ code: 'ORDER_TAKEN' })
    await resolve('23501')
    await expect(resolve('23501')).rejects.toMatchObject({ code: 'ORDER_NOT_UNKNOWN' })
    expect(await findAdd(rig.database.kysely, 1n, 1n, ref)).toMatchObject({ orderId: '23501' })
  })
})

describeOnSqlite('cancel and refill', (fresh) => {
  it('give one outcome per order and make each due at once', async () => {
    const { rig, panel, request, add } = await desk(await fresh())
    await add()
    panel.orders.set('23501', { charge: 9_000_000n, status: 'Completed' })
    await rig.night(nightMs(1))
    expect((await registered(rig, '23501'))?.dueAtMs).toBeGreaterThan(nightMs(1))
    panel.request = [
      { order: 23501, cancel: { status: 'success' } },
      { order: 2, error: 'Incorrect order ID' },
      { order: '3', cancel: 1 },
      { order: 4, cancel: { error: 'cannot be canceled' } },
    ]
    const results = await requestOrders(rig.environment(nightMs(1)), request, 'cancel', ['23501', '2', '3', '4', '5'])
    expect(results).toEqual([
      { orderId: '23501', result: 'requested', says: 'the panel took the request' },
      { orderId: '2', result: 'refused', says: 'Incorrect order ID' },
      { orderId: '3', result: 'requested', says: 'the panel took the request' },
      { orderId: '4', result: 'refused', says: 'cannot be canceled' },
      { orderId: '5', result: 'missing', says: 'the answer left this order out' },
    ])
    expect(await registered(rig, '23501')).toMatchObject({ dueAtMs: 0 })
    const before = panel.received.length
    await rig.night(nightMs(1) + DAY_MS)
    const asked = panel.received.slice(before).flatMap((form) => (form['orders'] ?? '').split(','))
    expect(asked).toEqual(expect.arrayContaining(['23501', '3', '5']))
    // Refused ids that nobody registered are typing errors.
    expect(asked).not.toContain('2')
  })

  it('are sent once, and one without an answer may have been taken', async () => {
    const { rig, panel, request } = await desk(await fresh())
    panel.request = '<html></html>'
    expect(await requestOrders(rig.environment(NOW_MS), request, 'cancel', ['1'])).toMatchObject([
      { result: 'unanswered' },
    ])
    panel.request = { refill: '7' }
    expect(await requestOrders(rig.environment(NOW_MS), request, 'refill', ['1', '2'])).toEqual([
      { orderId: '1', result: 'requested', says: 'refill 7' },
      { orderId: '2', result: 'requested', says: 'refill 7' },
    ])
    panel.request = { error: 'Incorrect order ID' }
    expect(await requestOrders(rig.environment(NOW_MS), request, 'refill', ['3'])).toMatchObject([
      { result: 'refused' },
    ])
    expect([panel.count('cancel'), panel.count('refill')]).toEqual([1, 3])
  })
})

describe('a quote', () => {
  it.each([
    [{ runs: 2 }, 200n],
    [{ interval: 30 }, 100n],
    [{ runs: 2, interval: 30 }, 200n],
  ])('takes %j of a drip-feed, each optional as documented', async (drip, total) => {
    const panel = await orderingPanel()
    expect(quote(panel, '1', { link: LINK, quantity: 100, ...drip })).toMatchObject({ quantity: total, order: drip })
  })

  it.each([
    ['1', { link: LINK, quantity: 49 }, 'ORDER_QUANTITY', /at least 50/],
    ['1', { link: LINK, quantity: 10_001 }, 'ORDER_QUANTITY', /at most 10000/],
    ['1', { quantity: 100 }, 'ORDER_FIELDS', /link: needed/],
    ['1', { link: LINK }, 'ORDER_FIELDS', /quantity: needed/],
    ['1', { link: LINK, quantity: 100, runs: 0 }, 'ORDER_FIELDS', /runs: at least 1/],
    ['1', { link: LINK, quantity: 100, comments: ['x'] }, 'ORDER_FIELDS', /comments: not a parameter/],
    ['2', { link: LINK, comments: [] }, 'ORDER_FIELDS', /comments/],
    ['4', { username: 'me', min: 5, max: 1, delay: 0 }, 'ORDER_FIELDS', /max: cannot be less than min/],
    ['4', { username: 'me', min: 1, max: 1, delay: 0, expiry: '2026-02-30' }, 'ORDER_FIELDS', /expiry: not a date/],
    ['7', {}, 'SUBSCRIPTION', /site only/],
    ['99', { link: LINK }, 'SERVICE_TYPE', /"Mystery"/],
    ['12345', {}, 'SERVICE_UNKNOWN', /no readable service 12345/],
  ])('of service %s for %j is refused: %s', async (service, fields, code, says) => {
    const panel = await orderingPanel()
    const ask = () => quote(panel, service, fields)
    expect(ask).toThrow(says)
    expect(ask).toThrow(expect.objectContaining({ code }))
  })
})
