/**
 * A panel whose site lets one download what its wallet did (domain.md 2.2): of one order it took more than it says anywhere
 * else. The list of orders and the answers agree; only the wallet and its log know.
 */
import type { SiteReply } from '../../kernel/network.ts'
import type { Books } from '../../oracles/books.ts'
import type { Finding } from '../part.ts'
import { toldOf } from '../told.ts'
import { bankOf, dayText, evidence, eveningMs, money, type Scene, type Story } from './story.ts'

const OPENING = 100_000
const TOP_UP = 3000
/** All before the world begins; a log proves nothing of its own first and last day. */
const [OPENED, PLACED, PAID] = [-6, -3, -1] as const

interface Order {
  readonly id: string
  readonly cents: number
  readonly taken: number
}

export function panelLog(scene: Scene): Story {
  const { name, cents, reference, laterDay } = scene
  const [whole, part] = cents
  const first = Number(reference.slice(-5)) + 10_000
  const more = 1 + (whole % 70)
  const orders: readonly Order[] = [part, part + 111, part + 222].map((each, nth) => ({
    id: String(first + nth),
    cents: each,
    taken: nth === 1 ? each + more : each,
  }))
  const balance = orders.reduce((sum, { taken }) => sum - taken, OPENING + TOP_UP)
  const history = orders.map(
    (order) => `${order.id},${dayText(scene, PLACED)} 10:00:00,,${money(order.cents)},0,1000,1,Completed,0`,
  )
  const log = [
    ['T1', 'Deposit', OPENING, 'top-up', OPENED - 1],
    ...orders.map(({ id, taken }, nth) => [`T${nth + 2}`, 'Charge', -taken, `Order #${id}`, PLACED] as const),
    ['T9', 'Deposit', TOP_UP, 'top-up', PAID],
  ] as const
  const rows = log.map(
    ([of, kind, amount, note, day]) => `${of},${kind},${money(amount)},Completed,${note},${dayText(scene, day)}`,
  )
  const file = (nth: string, content: string): { name: string; content: string } => ({
    name: `${name}-${nth}.csv`,
    content,
  })
  const listed = file(
    'orders',
    `ID,Date,Link,Charge,Start count,Quantity,Service,Status,Remains\n${history.join('\n')}\n`,
  )
  const logged = file('log', `Reference,Type,Amount,Status,Note,Date\n${rows.join('\n')}\n`)
  const said = ['--source', name, '--time-zone', 'UTC']
  return {
    // Proofs are made where there are money accounts.
    config: { sources: [configOf(name)], accounts: [bankOf(scene, null)] },
    sites: [{ host: `${name}.panel.test`, answer: ({ body }) => answered(new URLSearchParams(body), orders, balance) }],
    acts: [
      evidence(scene, 0, [
        [OPENED, name, 'opening-balance', OPENING, ''],
        [PAID, name, 'top-up', TOP_UP, `${reference}T`],
      ]),
      { atMs: eveningMs(scene, 0), file: listed, argv: ['orders', 'import', `files/${listed.name}`, ...said] },
      {
        atMs: eveningMs(scene, laterDay),
        file: logged,
        argv: ['statements', 'import', `files/${logged.name}`, '--account', name],
      },
    ],
    // What it took without a word is in suspense, once a person says so.
    holds: [{ account: `1310:${name}`, cents: balance }],
    check: (books, when) => (when === 'end' ? checkTold(scene, orders, books) : []),
  }
}

/** Of the order that cost more than was said, and of no other. */
function checkTold(scene: Scene, orders: readonly Order[], books: Books): readonly Finding[] {
  const told = toldOf(books, scene.name).filter(({ code }) => code === 'ORDERS_DIFFER')
  return orders.flatMap(({ id, cents, taken }) => {
    const isTold = told.some(({ object }) => object.endsWith(`:${id}`))
    if (isTold === (cents !== taken)) return []
    const says = `order ${id} of ${scene.name} was to cost ${money(cents)} and the log has ${money(taken)}, which is ${isTold ? '' : 'not '}told`
    return [{ oracle: 'desk-log', says }]
  })
}

function configOf(name: string): string {
  return [
    `name: ${name}`,
    'type: panel',
    `baseUrl: http://${name}.panel.test/api/v2`,
    'apiKey: { env: KEY_DESK }',
    'currency: USD',
  ].join('\n')
}

const SERVICES = [
  {
    service: '1',
    name: 'Followers',
    type: 'Default',
    rate: '0.90',
    min: '50',
    max: '10000',
    category: 'First Category',
  },
]

function answered(form: URLSearchParams, orders: readonly Order[], balance: number): SiteReply {
  switch (form.get('action') ?? '') {
    case 'balance':
      return reply({ balance: money(balance), currency: 'USD' })
    case 'services':
      return reply(SERVICES)
    case 'status':
      return reply(statusOf(orders, form.get('order') ?? ''))
    default: {
      const ids = (form.get('orders') ?? '').split(',')
      return reply(Object.fromEntries(ids.map((id) => [id, statusOf(orders, id)])))
    }
  }
}

function statusOf(orders: readonly Order[], id: string): unknown {
  const order = orders.find((each) => each.id === id)
  if (order === undefined) return { error: 'Incorrect order ID' }
  return { charge: money(order.cents), start_count: '10', status: 'Completed', remains: '0', currency: 'USD' }
}

function reply(body: unknown): SiteReply {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
}
