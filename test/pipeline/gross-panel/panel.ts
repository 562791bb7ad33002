/**
 * A panel as its owner's books would show it, night by night: orders, their endings, what its wallet is truly credited
 * with and when, and entries made by hand. Nothing here comes from the program: amounts are counts of 10⁻⁸ made by
 * long division of their own.
 */

export interface PanelPlan {
  readonly seed: number
  readonly nights: number
  readonly ordersPerNight: number
  /** Decimals of charges, of the wallet, of refunds. */
  readonly decimals: { readonly charge: number; readonly wallet: number; readonly refund: number }
  readonly rounding: 'half-up' | 'half-even' | 'floor' | 'ceil' | 'ratio-6'
  /** Which endings lower the charge of the order. */
  readonly nets: 'none' | 'partial' | 'all'
  /** In a hundred endings. */
  readonly canceled: number
  readonly partial: number
  /** Of a hundred refunds: never credited, credited twice, credited up to five nights late. */
  readonly denied?: number
  readonly doubled?: number
  readonly late?: number
  /** Entries by hand: night and signed amount, as text. */
  readonly byHand?: readonly (readonly [number, string])[]
  /** Of a hundred nights, in how many the wallet moves during the pass. */
  readonly busy?: number
}

export interface PanelOrder {
  readonly id: string
  readonly placed: number
  readonly ends: number
  readonly gross: bigint
  readonly quantity: bigint
  readonly status: 'Canceled' | 'Partial' | 'Completed'
  readonly remains: bigint
  /** What the wallet is credited with in truth, and when; empty: denied, or nothing due. */
  readonly credits: readonly { readonly night: number; readonly amount: bigint }[]
  readonly lowersCharge: boolean
}

const ONE = 100_000_000n

export function amountOf(text: string): bigint {
  const [, sign = '', whole = '0', fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? []
  const units = BigInt(whole) * ONE + BigInt(fraction.padEnd(8, '0'))
  return sign === '-' ? -units : units
}

export function textOf(amount: bigint, decimals: number): string {
  const size = amount < 0n ? -amount : amount
  const fraction = (size % ONE).toString().padStart(8, '0').slice(0, decimals)
  return `${amount < 0n ? '-' : ''}${size / ONE}${decimals === 0 ? '' : `.${fraction}`}`
}

/** gross × part ÷ whole, as the panel rounds it. */
export function shareOf(
  gross: bigint,
  part: bigint,
  whole: bigint,
  mode: PanelPlan['rounding'],
  decimals: number,
): bigint {
  const unit = 10n ** BigInt(8 - decimals)
  let [over, under] = [gross * part, whole * unit]
  if (mode === 'ratio-6') {
    const millionths = (2_000_000n * part + whole) / (2n * whole)
    ;[over, under] = [gross * millionths, 1_000_000n * unit]
  }
  const down = over / under
  const rest = over - down * under
  if (mode === 'floor' || rest === 0n) return down * unit
  if (mode === 'ceil' || 2n * rest > under) return (down + 1n) * unit
  if (2n * rest < under) return down * unit
  return (mode === 'half-even' && down % 2n === 0n ? down : down + 1n) * unit
}

/** Numbers that are the same every time: a multiplicative generator. */
export function dice(seed: number): (below: number) => number {
  let state = (seed * 2_654_435_761 + 12_345) % 2_147_483_647
  return (below) => {
    state = (state * 48_271) % 2_147_483_647
    return state % below
  }
}

export function ordersOfPanel(plan: PanelPlan): readonly PanelOrder[] {
  const roll = dice(plan.seed)
  const orders: PanelOrder[] = []
  for (let night = 1; night <= plan.nights; night += 1) {
    for (let nth = 0; nth < plan.ordersPerNight; nth += 1)
      orders.push(orderOf(plan, `${1000 + orders.length}`, night, roll))
  }
  return orders
}

function orderOf(plan: PanelPlan, id: string, placed: number, roll: (below: number) => number): PanelOrder {
  const { decimals } = plan
  const unit = 10n ** BigInt(8 - decimals.charge)
  const gross = (BigInt(50_000_000 + roll(1_500_000_000)) / unit) * unit
  const quantity = BigInt(100 * (1 + roll(90)) + roll(7))
  const ends = placed + 1 + roll(4)
  const ending = roll(100)
  const status = ending < plan.canceled ? 'Canceled' : ending < plan.canceled + plan.partial ? 'Partial' : 'Completed'
  const remains = status === 'Partial' ? BigInt(1 + roll(Number(quantity) - 1)) : status === 'Canceled' ? quantity : 0n
  const due =
    status === 'Canceled'
      ? gross
      : status === 'Partial'
        ? shareOf(gross, remains, quantity, plan.rounding, decimals.refund)
        : 0n
  const chance = roll(100)
  const isDenied = chance < (plan.denied ?? 0)
  const isDouble = roll(100) < (plan.doubled ?? 0)
  const delay = roll(100) < (plan.late ?? 0) ? 1 + roll(5) : 0
  const credit = { night: ends + delay, amount: due }
  const again = { night: ends + delay + roll(3), amount: due }
  const credits = due === 0n || isDenied ? [] : isDouble ? [credit, again] : [credit]
  const lowersCharge = plan.nets === 'all' || (plan.nets === 'partial' && status === 'Partial')
  return { id, placed, ends, gross, quantity, status, remains, credits, lowersCharge }
}

export const OPENING = 5_000n * ONE

/** The wallet at the end of a night. */
export function walletOn(plan: PanelPlan, orders: readonly PanelOrder[], night: number): bigint {
  let wallet = OPENING
  for (const order of orders) {
    if (order.placed <= night) wallet -= order.gross
    for (const credit of order.credits) if (credit.night <= night) wallet += credit.amount
  }
  for (const [on, amount] of plan.byHand ?? []) if (on <= night) wallet += amountOf(amount)
  return wallet
}

/** Nights in which the wallet moves during the pass. */
export function busyNights(plan: PanelPlan): ReadonlySet<number> {
  const roll = dice(plan.seed + 77)
  const busy = new Set<number>()
  for (let night = 2; night < plan.nights; night += 1) if (roll(100) < (plan.busy ?? 0)) busy.add(night)
  return busy
}

/** What the panel answers about an order on a night. */
export function answerOf(plan: PanelPlan, order: PanelOrder, night: number) {
  const isEnded = order.ends <= night
  const lowered = order.lowersCharge && isEnded ? loweredCharge(plan, order) : order.gross
  return {
    charge: textOf(lowered, Math.max(plan.decimals.charge, plan.decimals.refund)),
    start_count: '0',
    status: isEnded ? order.status : 'In progress',
    remains: `${isEnded ? order.remains : order.quantity}`,
    currency: 'USD',
  }
}

function loweredCharge(plan: PanelPlan, { gross, status, remains, quantity }: PanelOrder): bigint {
  if (status === 'Canceled') return 0n
  return status === 'Partial' ? gross - shareOf(gross, remains, quantity, plan.rounding, plan.decimals.refund) : gross
}

/** Open ones every night; finished ones the night after, then ever more rarely. */
export function isAskedOn(order: PanelOrder, night: number): boolean {
  if (order.placed > night) return false
  return order.ends >= night || [1, 2, 4, 8, 16].includes(night - order.ends)
}
