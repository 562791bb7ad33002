/** Texts that a database, an index or a terminal cannot take, in every field that is stored: none of them stops a batch. */
import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { openCodes, quarantined } from '../pipeline/reads.ts'
import { history } from '../pipeline/scripted-book.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { poisonedBook } from './poisoned-book.ts'

/** Does not compress, so that no index stores it. */
const LONG = randomBytes(20_000).toString('base64url')
const TEXTS = [
  ['a zero character', '\u0000'],
  ['a zero character between letters', 'a\u0000b'],
  ['half a character', '\ud800'],
  ['twenty thousand letters', LONG],
  ['what moves the cursor of a terminal', '\u202e\u001b[2J'],
] as const

const STATUS = { action: 'multiStatus', orders: ['1', '2'], purpose: 'poll' }

describeOnSqlite('a hostile text', (fresh) => {
  it.each(TEXTS)('in an answer stops nothing: %s', async (_name, text) => {
    const { process, rig } = await poisonedBook(await fresh())
    const json = (value: unknown): string => JSON.stringify(value)
    const order = { status: 'Completed', charge: '1.00', remains: '0', currency: 'USD' }
    const statuses = (row: Readonly<Record<string, unknown>>) => ({
      kind: 'panel-statuses' as const,
      source: 'panel',
      request: STATUS,
      body: json({ 1: { ...order, ...row }, 2: order, [text]: order }),
    })
    for (const field of ['status', 'charge', 'currency', 'remains', 'start_count', 'error'])
      await process(statuses({ [field]: text }))
    await process(statuses({ charge: null, orders: [text, '7'] }))
    await process(statuses({ orders: [text], old_orders: [`${text}x`] }))
    const service = { service: '5', name: 'n', type: 't', rate: '0.90', min: '1', max: '9', category: 'c' }
    for (const field of ['service', 'name', 'type', 'rate', 'min', 'category']) {
      const body = json([{ ...service, [field]: text }])
      await process({ kind: 'panel-services', source: 'panel', body })
    }
    const balance = { action: 'balance', moment: 'after' }
    for (const row of [{ balance: text, currency: 'USD' }, { balance: '1.00', currency: text }, { error: text }])
      await process({ kind: 'panel-balance', source: 'panel', request: balance, body: json(row) })
    const stats = { impressions: '1', clicks: '1', earnings: '1.00' }
    for (const row of [{ role: text }, { error: text }, { stats: { ...stats, earnings: text } }])
      await process({
        kind: 'payelancer-stats',
        source: 'pub',
        body: json({ success: true, role: 'publisher', stats, ...row }),
      })
    const delivery = (body: string) => ({ receivedAtMs: 1, receptions: 1, contentType: text.slice(0, 9), text: body })
    const hooks = [
      { order_id: text, status: 'x' },
      { order_id: '9', status: text },
    ].flatMap((row) => [json(row), new URLSearchParams({ ...row }).toString()])
    await process({ kind: 'webhook', source: 'panel', body: json(hooks.map(delivery)) })
    const conversion = { event: text, data: { payout: text, timestamp: text } }
    await process({ kind: 'webhook', source: 'pub', body: json([delivery(json(conversion))]) })
    const told = [...(await openCodes(rig)), ...(await quarantined(rig)).map(({ reason }) => reason)].join('\n')
    for (const hidden of ['\u0000', '\u001b', '\u202e']) expect(told).not.toContain(hidden)
    expect(Math.max(...told.split('\n').map(({ length }) => length))).toBeLessThan(1100)
  })

  it.each(TEXTS)('in a file stops nothing: %s', async (_name, text) => {
    const { rig, laterMs } = await poisonedBook(await fresh())
    const row = ['2026-03-01', 'panel', 'top-up', '5.00', 'USD', 'T-1', 'note']
    const rows = row.map((_, index) => row.map((cell, at) => (at === index ? `${cell}${text}` : cell)).join(','))
    await rig.importEvidence(laterMs(), ['date,source,kind,amount,currency,reference,note', ...rows, ''].join('\n'))
    const order = ['7', '2026-03-01 10:00:00', 'http://x', '1.00', '0', '100', '5', 'Completed', '0']
    const orders = order.map((_, index) => order.map((cell, at) => (at === index ? `${cell}${text}` : cell)).join(','))
    await rig.importOrders(laterMs(), 'panel', history(...orders))
    expect((await quarantined(rig)).every(({ reason }) => reason.length <= 1000)).toBe(true)
  })
})
