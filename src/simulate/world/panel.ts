/**
 * A panel by its document: orders whose charge falls when they are refunded, one wallet, and a person who exports the
 * order list of the panel's site now and then. Sources: the panel's API document and what real panels were seen to do.
 */
import { createRandom, type Random } from '../../sandbox/world/random.ts'
import type { SiteReply, SiteRequest } from '../kernel/network.ts'
import type { Books } from '../oracles/books.ts'
import { amountText, cutTo, ONE } from './amounts.ts'
import type { Act, Finding, Part } from './part.ts'

const DAY_MS = 86_400_000

export interface PanelPlan {
  readonly kind: 'panel'
  readonly name: string
  readonly decimals: number
  readonly orders: readonly OrderPlan[]
}

export interface OrderPlan {
  readonly id: string
  readonly atMs: number
  readonly gross: bigint
  readonly quantity: number
  readonly endsMs: number
  readonly ending: 'Completed' | 'Partial' | 'Canceled'
  /** Not delivered when it ends. */
  readonly remains: number
}

export function planPanel(seed: number, name: string, startMs: number, nights: number): PanelPlan {
  const random: Random = createRandom(seed, 'panel', name)
  const decimals = random.pick([2, 4, 5])
  const orders: OrderPlan[] = []
  for (let night = 0; night < nights; night += 1) {
    const count = random.int(0, 5)
    for (let nth = 0; nth < count; nth += 1) {
      const atMs = startMs + night * DAY_MS + random.int(0, DAY_MS - 1)
      const quantity = random.int(1, 90) * 100
      const ending = random.pick(['Completed', 'Completed', 'Partial', 'Canceled'] as const)
      orders.push({
        id: String(1000 + orders.length * 7),
        atMs,
        gross: cutTo(BigInt(random.int(1_000_000, 900_000_000)), decimals),
        quantity,
        endsMs: atMs + random.int(60_000, 3 * DAY_MS),
        ending,
        remains: ending === 'Completed' ? 0 : ending === 'Canceled' ? quantity : random.int(1, quantity - 1),
      })
    }
  }
  return { kind: 'panel', name, decimals, orders }
}

interface OrderNow {
  readonly charge: bigint
  readonly status: string
  readonly remains: number
}

export function createPanel(plan: PanelPlan): Part {
  const host = `${plan.name}.panel.test`
  const key = `KEY_${plan.name.toUpperCase().replaceAll('-', '_')}`
  let nowMs = 0
  const opening = 1000n * ONE
  const known = (): readonly OrderPlan[] => plan.orders.filter((order) => order.atMs <= nowMs)
  const now = (order: OrderPlan): OrderNow => {
    if (order.endsMs > nowMs) return { charge: order.gross, status: 'In progress', remains: order.quantity }
    const refund = cutTo((order.gross * BigInt(order.remains)) / BigInt(order.quantity), plan.decimals)
    return { charge: order.gross - refund, status: order.ending, remains: order.remains }
  }
  const balance = (): bigint => known().reduce((left, order) => left - now(order).charge, opening)
  const reply = (value: unknown): SiteReply => ({
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(value),
  })
  const statusOf = (id: string): unknown => {
    const order = known().find((each) => each.id === id)
    if (order === undefined) return { error: 'Incorrect order ID' }
    const { charge, status, remains } = now(order)
    return {
      charge: amountText(charge, plan.decimals),
      start_count: '0',
      status,
      remains: String(remains),
      currency: 'USD',
    }
  }
  const answer = ({ body }: SiteRequest): SiteReply => {
    const form = new URLSearchParams(body)
    switch (form.get('action')) {
      case 'balance':
        return reply({ balance: amountText(balance(), plan.decimals), currency: 'USD' })
      case 'services':
        return reply([])
      case 'status':
        return reply(statusOf(form.get('order') ?? ''))
      case 'multiStatus':
        return reply(Object.fromEntries((form.get('orders') ?? '').split(',').map((id) => [id, statusOf(id)])))
      default:
        return { ...reply({ error: 'Incorrect request' }), status: 400 }
    }
  }
  return {
    name: plan.name,
    sites: [{ host, answer }],
    config: {
      sources: [
        `name: ${plan.name}\ntype: panel\nbaseUrl: http://${host}/api/v2\napiKey: { env: ${key} }\ncurrency: USD\ntimeZone: UTC\nrequestsPerMinute: 60000\nallowHigherRate: true`,
      ],
    },
    env: { [key]: 'secret' },
    advance: (ms) => void (nowMs = Math.max(nowMs, ms)),
    acts: (fromMs, throughMs) => orderList(plan, fromMs, throughMs),
    check: (books, when) =>
      checkOrders(
        plan,
        known().map((order) => [order, now(order)] as const),
        books,
        when,
      ),
  }
}

/** Every evening the panel's page of orders is exported, with the orders of the day. */
function orderList(plan: PanelPlan, fromMs: number, throughMs: number): readonly Act[] {
  const fresh = plan.orders.filter(({ atMs }) => atMs > fromMs && atMs <= throughMs)
  if (fresh.length === 0) return []
  const rows = fresh.map(({ id, atMs, gross, quantity }) =>
    [
      id,
      new Date(atMs).toISOString().slice(0, 19).replace('T', ' '),
      'https://x.test/p',
      amountText(gross, plan.decimals),
      '0',
      quantity,
      'Service',
      'In progress',
      quantity,
    ].join(','),
  )
  const content = `ID,Date,Link,Charge,Start count,Quantity,Service,Status,Remains\n${rows.join('\n')}\n`
  const name = `${plan.name}-${throughMs}.csv`
  return [
    { atMs: throughMs, file: { name, content }, argv: ['orders', 'import', `files/${name}`, '--source', plan.name] },
  ]
}

/** Per order: what the books hold as its net cost is what it cost, or an exception names it. */
function checkOrders(
  plan: PanelPlan,
  orders: readonly (readonly [OrderPlan, OrderNow])[],
  books: Books,
  when: 'night' | 'end',
): readonly Finding[] {
  const cost = new Map<string, bigint>()
  for (const { object, amount, account } of books.postedOf(plan.name)) {
    if (account.startsWith('1310:')) cost.set(object, (cost.get(object) ?? 0n) - amount)
  }
  if (when === 'night') return []
  const excepted = new Set(books.openExceptions().map(({ object }) => object))
  return orders.flatMap(([order, { charge }]) => {
    const object = `order:${order.id}`
    const booked = cost.get(object) ?? 0n
    if (booked === charge || excepted.has(object)) return []
    const says = `${plan.name} order ${order.id} (${order.ending}) cost ${amountText(charge, 8)} and is booked as ${amountText(booked, 8)}`
    return [{ oracle: 'panel-order', says }]
  })
}
