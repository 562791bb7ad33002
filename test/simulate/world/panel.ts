/**
 * A panel of the plainest kind: it lowers an order's charge by what was not delivered, and its wallet has that at once. What
 * is about faults here: answers that are lost or doubled, orders that are placed by the program, and a wallet that must agree.
 */
import { createRandom } from '../../../src/sandbox/world/random.ts'
import type { SiteReply } from '../kernel/network.ts'
import type { Books } from '../oracles/books.ts'
import { amountText } from './amounts.ts'
import { evidenceAct } from './evidence.ts'
import { createPeople } from './panel-people.ts'
import type { Finding, Part } from './part.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** What one unit costs: whole numbers of the last of four decimals, so that no share has to be rounded. */
const LAST_PLACE = 10_000
const DECIMALS = 4

/** Instants are UTC milliseconds, amounts counts of 10⁻⁸. */
export interface PanelPlan {
  readonly kind: 'panel'
  readonly name: string
  readonly startMs: number
  readonly opening: number
  /** Ordered on the panel's site, and typed by somebody on the evening after. */
  readonly orders: readonly OrderPlan[]
  /** Ordered with the program. */
  readonly adds: readonly AddPlan[]
  readonly topUps: readonly TopUpPlan[]
}

interface EndPlan {
  readonly quantity: number
  /** Of one of them. */
  readonly price: number
  readonly ending: 'Completed' | 'Partial' | 'Canceled'
  readonly remains: number
}

interface OrderPlan extends EndPlan {
  readonly id: string
  readonly atMs: number
  readonly endsMs: number
}

export interface AddPlan extends EndPlan {
  /** The link, which tells it apart. */
  readonly name: string
  readonly atMs: number
  readonly endsAfterMs: number
}

interface TopUpPlan {
  readonly atMs: number
  readonly amount: number
  readonly reference: string
}

export interface Entry extends OrderPlan {
  readonly link: string
}

export interface PanelChoice {
  readonly seed: number
  readonly name: string
  readonly startMs: number
  readonly nights: number
}

export function planPanel({ seed, name, startMs, nights }: PanelChoice): PanelPlan {
  const lastMs = startMs + nights * DAY_MS
  const nightsOf = Array.from({ length: nights }, (_, night) => night)
  return {
    kind: 'panel',
    name,
    startMs,
    opening: 50_000_000_000,
    orders: nightsOf.flatMap((night) => {
      const random = createRandom(seed, 'panel', name, 'orders', night)
      return Array.from({ length: random.int(1, 5) }, (_, nth): OrderPlan => {
        const each = createRandom(seed, 'panel', name, 'order', night, nth)
        const atMs = startMs + night * DAY_MS + each.int(0, DAY_MS - 1)
        // Its whole charge is seen on some night before it falls.
        const endsMs = Math.max(atMs, Math.min(lastMs, atMs + each.int(30, 70) * HOUR_MS))
        return { id: String(1000 + night * 100 + nth * 7), atMs, endsMs, ...drawEnd(each) }
      })
    }),
    adds: nightsOf.flatMap((night): readonly AddPlan[] => {
      const random = createRandom(seed, 'panel', name, 'add', night)
      if (!random.chance(0.4)) return []
      const atMs = startMs + night * DAY_MS + random.int(0, DAY_MS - 1)
      return [{ name: `${name}-add-${night}`, atMs, endsAfterMs: random.int(2, 40) * HOUR_MS, ...drawEnd(random) }]
    }),
    topUps: nightsOf.flatMap((night): readonly TopUpPlan[] => {
      const random = createRandom(seed, 'panel', name, 'top-up', night)
      if (!random.chance(0.3)) return []
      const atMs = startMs + night * DAY_MS + random.int(0, 22 * HOUR_MS)
      return [{ atMs, amount: random.int(5, 50) * 100_000_000, reference: `TOP-${name}-${night}` }]
    }),
  }
}

function drawEnd(random: ReturnType<typeof createRandom>): EndPlan {
  const quantity = random.int(2, 90) * 10
  const ending = random.pick(['Completed', 'Completed', 'Partial', 'Canceled'] as const)
  const remains = { Completed: 0, Partial: random.int(1, quantity - 1), Canceled: quantity }[ending]
  return { quantity, price: random.int(1, 90) * LAST_PLACE, ending, remains }
}

/** What an order cost at first, and what came back of it by an instant. */
const grossOf = ({ quantity, price }: EndPlan): bigint => BigInt(quantity * price)
const backOf = ({ endsMs, remains, price }: OrderPlan, ms: number): bigint =>
  endsMs <= ms ? BigInt(remains * price) : 0n

/** The panel's table of orders and its wallet. */
export interface Vendor {
  readonly entries: () => readonly Entry[]
  readonly balance: () => bigint
  readonly place: (name: string) => Entry | null
  /** Instants at which requests to place it came. */
  readonly arrivals: (name: string) => readonly number[]
  readonly nowMs: () => number
}

function createVendor(plan: PanelPlan): Vendor & { readonly advance: (ms: number) => void } {
  let nowMs = plan.startMs
  const placed: Entry[] = []
  const arrived = new Map<string, number[]>()
  const entries = (): readonly Entry[] => [
    ...plan.orders.filter(({ atMs }) => atMs <= nowMs).map((order) => ({ ...order, link: `site-${order.id}` })),
    ...placed,
  ]
  return {
    entries,
    nowMs: () => nowMs,
    advance: (ms) => void (nowMs = Math.max(nowMs, ms)),
    arrivals: (name) => arrived.get(name) ?? [],
    balance: () => {
      const topUps = plan.topUps.filter(({ atMs }) => atMs <= nowMs)
      const paid = topUps.reduce((sum, { amount }) => sum + BigInt(amount), BigInt(plan.opening))
      return entries().reduce((sum, each) => sum - grossOf(each) + backOf(each, nowMs), paid)
    },
    place: (name) => {
      arrived.set(name, [...(arrived.get(name) ?? []), nowMs])
      const add = plan.adds.find((each) => each.name === name)
      if (add === undefined) return null
      const { endsAfterMs, name: link, ...rest } = add
      const entry = { ...rest, link, id: String(90_000 + placed.length), atMs: nowMs, endsMs: nowMs + endsAfterMs }
      placed.push(entry)
      return entry
    },
  }
}

export function createPanel(plan: PanelPlan): Part {
  const { name, startMs } = plan
  const host = `${name}.panel.test`
  const key = `KEY_${name.toUpperCase().replaceAll('-', '_')}`
  const vendor = createVendor(plan)
  const people = createPeople(plan, vendor)
  return {
    name,
    sites: [
      {
        host,
        answer: ({ body }) => answered(vendor, new URLSearchParams(body)),
        isWrite: ({ body }) => /\baction=add\b/.test(String(body)),
      },
    ],
    config: {
      sources: [
        `name: ${name}\ntype: panel\nbaseUrl: http://${host}/api/v2\napiKey: { env: ${key} }\ncurrency: USD\ntimeZone: UTC\n` +
          'requestsPerMinute: 60000\nallowHigherRate: true\nmultiAction: multiStatus',
      ],
    },
    env: { [key]: 'secret' },
    advance: vendor.advance,
    acts: function* (fromMs, throughMs, { books }) {
      const isDue = ({ atMs }: { readonly atMs: number }): boolean => atMs > fromMs && atMs <= throughMs
      const ids = plan.orders.filter(isDue).map(({ id }) => id)
      if (ids.length > 0) yield { atMs: throughMs, argv: ['orders', 'add', ...ids, '--source', name] }
      yield* evidenceAct(name, throughMs, [
        ...(fromMs <= startMs ? [{ atMs: startMs, kind: 'opening-balance', amount: plan.opening, reference: '' }] : []),
        ...plan.topUps.filter(isDue).map((each) => ({ ...each, kind: 'top-up' })),
      ])
      yield* people(throughMs, books)
    },
    check: (books, when) => [
      ...orderedOnce(plan, vendor),
      ...chargedOnce(name, vendor, books),
      ...(when === 'end' ? walletAgrees(name, vendor, books) : []),
    ],
  }
}

function answered(vendor: Vendor, form: URLSearchParams): SiteReply {
  switch (form.get('action') ?? '') {
    case 'balance':
      return reply({ balance: amountText(vendor.balance(), DECIMALS), currency: 'USD' })
    case 'services':
      return reply([{ service: '1', name: 'Service 1', type: 'Default', rate: '1.0000', min: '1', max: '100000' }])
    case 'add': {
      const placed = vendor.place(form.get('link') ?? '')
      return placed === null ? reply({ error: 'Incorrect service ID' }, 404) : reply({ order: Number(placed.id) })
    }
    case 'status':
      return reply(statusOf(vendor, form.get('order') ?? ''))
    case 'multiStatus': {
      const ids = (form.get('orders') ?? '').split(',')
      return reply(Object.fromEntries(ids.map((id) => [id, statusOf(vendor, id)])))
    }
    default:
      return reply({ error: 'Incorrect request' }, 400)
  }
}

function statusOf(vendor: Vendor, id: string): unknown {
  const entry = vendor.entries().find((each) => each.id === id)
  if (entry === undefined) return { error: 'Incorrect order ID' }
  const isOver = entry.endsMs <= vendor.nowMs()
  const charge = amountText(grossOf(entry) - backOf(entry, vendor.nowMs()), DECIMALS)
  const remains = String(isOver ? entry.remains : entry.quantity)
  return { charge, start_count: '3572', status: isOver ? entry.ending : 'In progress', remains, currency: 'USD' }
}

function reply(value: unknown, status = 200): SiteReply {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) }
}

/** A request that the wire has doubled arrives at the same instant; at another one somebody has sent it again. */
function orderedOnce({ name, adds }: PanelPlan, vendor: Vendor): readonly Finding[] {
  return adds.flatMap(({ name: link }) => {
    const sent = new Set(vendor.arrivals(link)).size
    return sent <= 1 ? [] : [{ oracle: 'panel-placed-twice', says: `${name}: ${link} was placed ${sent} times` }]
  })
}

/** Whatever came twice: an order takes no more than its charge out of the wallet, and gives no more back. */
function chargedOnce(name: string, vendor: Vendor, books: Books): readonly Finding[] {
  return walletLines(name, books).flatMap(({ object, amount }) => {
    if (!object.startsWith('order:')) return []
    const entry = vendor.entries().find(({ id }) => id === object.slice('order:'.length))
    if (entry !== undefined && amount <= 0n && -amount <= grossOf(entry)) return []
    const cost = entry === undefined ? 'is not there' : `cost ${amountText(grossOf(entry), 8)}`
    return [{ oracle: 'panel-order', says: `${name} ${object} ${cost} and is booked with ${amountText(-amount, 8)}` }]
  })
}

/** The wallet of the books is the panel's, or an open exception of the panel says that something is not known. */
function walletAgrees(name: string, vendor: Vendor, books: Books): readonly Finding[] {
  const booked = walletLines(name, books).reduce((sum, { amount }) => sum + amount, 0n)
  if (booked === vendor.balance() || books.openExceptions().some(({ source }) => source === name)) return []
  const [has, says] = [amountText(vendor.balance(), 8), amountText(booked, 8)]
  return [{ oracle: 'panel-wallet', says: `${name} holds ${has}, the books say ${says}, and nobody is asked` }]
}

/** Sums by object of what moved the wallet. */
function walletLines(name: string, books: Books): readonly { readonly object: string; readonly amount: bigint }[] {
  const sums = new Map<string, bigint>()
  for (const { account, object, amount } of books.postedOf(name))
    if (account === `1310:${name}`) sums.set(object, (sums.get(object) ?? 0n) + amount)
  return [...sums].map(([object, amount]) => ({ object, amount }))
}
