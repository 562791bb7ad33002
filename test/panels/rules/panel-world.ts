/**
 * A panel with its wallet, written from the vendor's document and the reference of panel habits: what it truly did, and what
 * it shows each night. It knows nothing of the rules under test.
 */
import type { OrderStatus } from '../../../src/panels/rules/status.ts'

/** Small, seeded, and good enough to draw worlds: mulberry32. */
export function createDraw(seed: number) {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  return {
    chance: (share: number): boolean => next() < share,
    int: (from: number, through: number): number => from + Math.floor(next() * (through - from + 1)),
    pick: <T>(items: readonly T[]): T => items[Math.floor(next() * items.length)] as T,
  }
}
type Draw = ReturnType<typeof createDraw>

export interface Troubles {
  /** Nights until a refund is credited, at most. */
  readonly lag: number
  readonly never: number
  readonly twice: number
  /** Share of nights on which the panel debits or credits by hand. */
  readonly debits: number
  readonly credits: number
  /** Share of orders that only a list imported weekly shows. */
  readonly listedWeekly: number
  /** Share of finished orders that open again, and are then completed at the full charge. */
  readonly reopened: number
  /** Share of orders that are first seen when they are finished. */
  readonly firstSeenFinished: number
  readonly topUpsUnstated: number
  /** Decimals a refund is rounded to; null is exact. */
  readonly roundedTo: number | null
  /** Share of nights the wallet never stands still. */
  readonly busy: number
  readonly quantityUnknown: number
}

export const NO_TROUBLE: Troubles = {
  lag: 0,
  never: 0,
  twice: 0,
  debits: 0,
  credits: 0,
  listedWeekly: 0,
  reopened: 0,
  firstSeenFinished: 0,
  topUpsUnstated: 0,
  roundedTo: null,
  busy: 0,
  quantityUnknown: 0,
}

export interface ShownAnswer {
  readonly night: number
  readonly status: OrderStatus
  readonly charge: bigint
  readonly remains: bigint | null
}

export interface WorldOrder {
  readonly id: number
  readonly placed: number
  /** What the wallet was charged when it was placed. */
  readonly price: bigint
  readonly quantity: bigint
  readonly knowsQuantity: boolean
  readonly answers: readonly ShownAnswer[]
  /** What the panel really gave back, and when. */
  readonly credits: readonly { readonly night: number; readonly amount: bigint }[]
}

export interface PanelWorld {
  readonly nights: number
  readonly opening: bigint
  readonly orders: readonly WorldOrder[]
  /** Of each night, at the look. */
  readonly balances: readonly bigint[]
  readonly widths: readonly bigint[]
  readonly topUps: readonly { readonly night: number; readonly statedFor: number | null; readonly amount: bigint }[]
  /** What the panel did by hand: signed, never stated. */
  readonly byHand: readonly { readonly night: number; readonly amount: bigint }[]
}

const CENT = 1_000_000n

export function makeWorld(seed: number, troubles: Troubles, nights = 40): PanelWorld {
  const draw = createDraw(seed)
  const lowers = { canceled: draw.chance(0.5), partial: draw.chance(0.6) }
  const showsRemains = draw.chance(0.5)
  const orders: WorldOrder[] = []
  for (let night = 0; night < nights; night += 1) {
    const count = draw.int(2, 7)
    for (let at = 0; at < count; at += 1)
      orders.push(makeOrder(draw, { id: orders.length, night, nights, lowers, showsRemains, troubles }))
  }
  const byHand = Array.from({ length: nights }, (_, night) => night).flatMap((night) => {
    const debit = draw.chance(troubles.debits) ? [{ night, amount: -BigInt(draw.int(10, 300)) * CENT }] : []
    const credit = draw.chance(troubles.credits) ? [{ night, amount: BigInt(draw.int(10, 300)) * CENT }] : []
    return [...debit, ...credit]
  })
  const topUps = Array.from({ length: Math.floor(nights / 9) }, (_, at) => {
    const night = 4 + at * 9
    const statedFor = draw.chance(troubles.topUpsUnstated) ? null : night + draw.int(-2, 2)
    return { night, statedFor, amount: BigInt(draw.int(50, 200)) * 100n * CENT }
  })
  const opening = 500n * 100n * CENT
  const { balances, widths } = walk(draw, { nights, opening, orders, topUps, byHand, busy: troubles.busy })
  return { nights, opening, orders, balances, widths, topUps, byHand }
}

interface OrderPlan {
  readonly id: number
  readonly night: number
  readonly nights: number
  readonly lowers: { readonly canceled: boolean; readonly partial: boolean }
  readonly showsRemains: boolean
  readonly troubles: Troubles
}

function makeOrder(draw: Draw, { id, night, nights, lowers, showsRemains, troubles }: OrderPlan): WorldOrder {
  const quantity = BigInt(draw.int(1, 50) * 100)
  const price = BigInt(draw.int(20, 600)) * CENT + BigInt(draw.pick([0, 0, 500, 12_345])) * 100n
  const ending = draw.pick(['completed', 'completed', 'completed', 'completed', 'partial', 'canceled'] as const)
  const endsAt = night + draw.int(1, 6)
  const remains =
    ending === 'partial' ? (quantity * BigInt(draw.int(1, 9))) / 10n : ending === 'canceled' ? quantity : 0n
  const refund = round(ending === 'completed' ? 0n : (price * remains) / quantity, troubles.roundedTo, draw)
  const credits: { night: number; amount: bigint }[] = []
  if (refund > 0n && !draw.chance(troubles.never)) {
    const creditedAt = endsAt + draw.int(0, troubles.lag)
    credits.push({ night: creditedAt, amount: refund })
    if (draw.chance(troubles.twice)) credits.push({ night: creditedAt + draw.int(0, 5), amount: refund })
  }
  const reopensAt = refund > 0n && draw.chance(troubles.reopened) ? endsAt + troubles.lag + draw.int(1, 6) : null
  if (reopensAt !== null && credits.length > 0) {
    const back = credits.reduce((sum, { amount }) => sum + amount, 0n)
    credits.push({ night: Math.max(reopensAt, ...credits.map((each) => each.night)), amount: -back })
  }
  const firstSeen = firstSeenOf(draw, night, endsAt, troubles)
  const isLowered = ending !== 'completed' && lowers[ending]
  const answers: ShownAnswer[] = []
  for (let seen = firstSeen; seen < nights; seen += 1) {
    if (seen < endsAt) answers.push({ night: seen, status: 'in-progress', charge: price, remains: quantity })
    else if (reopensAt !== null && seen >= reopensAt)
      answers.push({ night: seen, status: 'completed', charge: price, remains: 0n })
    else {
      const shown = ending === 'canceled' && !showsRemains ? 0n : remains
      answers.push({ night: seen, status: ending, charge: isLowered ? price - refund : price, remains: shown })
    }
  }
  const knowsQuantity = !draw.chance(troubles.quantityUnknown)
  return { id, placed: night, price, quantity, knowsQuantity, answers, credits }
}

function firstSeenOf(draw: Draw, placed: number, endsAt: number, troubles: Troubles): number {
  if (draw.chance(troubles.firstSeenFinished)) return endsAt + draw.int(0, 3)
  return draw.chance(troubles.listedWeekly) ? Math.ceil((placed + 1) / 7) * 7 : placed
}

function round(amount: bigint, decimals: number | null, draw: Draw): bigint {
  if (decimals === null) return amount
  const unit = 10n ** BigInt(8 - decimals)
  const up = draw.pick([0n, unit / 2n, unit - 1n])
  return ((amount + up) / unit) * unit
}

interface Walk extends Pick<PanelWorld, 'nights' | 'opening' | 'orders' | 'topUps' | 'byHand'> {
  readonly busy: number
}

/** A busy wallet is read while an order is charged that the next night alone shows. */
function walk(draw: Draw, { nights, opening, orders, topUps, byHand, busy }: Walk) {
  const balances: bigint[] = []
  const widths: bigint[] = []
  let balance = opening
  for (let night = 0; night < nights; night += 1) {
    for (const { placed, price } of orders) if (placed === night) balance -= price
    for (const { credits } of orders) for (const credit of credits) if (credit.night === night) balance += credit.amount
    for (const { night: at, amount } of [...topUps, ...byHand]) if (at === night) balance += amount
    const moved = draw.chance(busy) ? BigInt(draw.int(1, 30)) * CENT : 0n
    balances.push(balance - moved)
    widths.push(moved)
  }
  return { balances, widths }
}
