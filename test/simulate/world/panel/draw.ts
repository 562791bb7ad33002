/** Draws the plan of a panel. */
import { createRandom } from '../../../../src/sandbox/world/random.ts'
import { DAY_MS, drawAdd, drawOrder, HOUR_MS, type OrderHabits } from './draw-orders.ts'
import { drawScript } from './draw-script.ts'
import { focusedOn } from './focus.ts'
import { firstIdOf, withIds } from './ids.ts'
import type { ExportPlan, OrderPlan, PanelFocus, PanelPlan, RatePlan, ScanPlan, Service, WalletPlan } from './plan.ts'

const ENDINGS: readonly [OrderHabits['endings'], ...OrderHabits['endings'][]] = [
  ['Completed', 'Completed', 'Partial', 'Canceled'],
  ['Completed', 'Partial', 'Partial', 'Canceled', 'Canceled', 'Failed'],
  ['Canceled'],
  ['Completed', 'Partial'],
]

export interface PanelDraw {
  readonly seed: number
  readonly name: string
  readonly startMs: number
  readonly nights: number
  readonly lite: boolean
  readonly bookZone: string
  /** That the wallet may be in. */
  readonly currencies: readonly [string, ...string[]]
  /** Left out: whatever comes. */
  readonly focus?: PanelFocus | undefined
}

export function planPanel(draw: PanelDraw): PanelPlan {
  const usual = planUsual(draw)
  return draw.focus === undefined ? usual : focusedOn(usual, draw.focus, draw)
}

function planUsual({ seed, name, startMs, nights, lite, bookZone, currencies }: PanelDraw): PanelPlan {
  const random = createRandom(seed, 'panel', name)
  const script = drawScript(createRandom(seed, 'panel', name, 'script'))
  const lastMs = startMs + (nights + 1) * DAY_MS - 3 * HOUR_MS
  const isCrowded = !lite && random.chance(0.15)
  const habits: OrderHabits = {
    seed,
    lastMs,
    endings: random.pick(ENDINGS),
    lag: random.pick(['none', 'none', 'minutes', 'days']),
    denied: random.pick([0, 0, 0.1, 0.3]),
    doubled: random.pick([0, 0, 0.15]),
    late: random.pick([0, 0, 0.2]),
    forgotten: random.pick([0, 0, 0, 0.05]),
    families: random.pick([0, 0, 0.3]),
    packages: random.pick([0, 0.1, 0.3]),
    busy: random.pick([0, 0, 0.3]),
    quantity: (orders) => orders.int(1, 90) * orders.pick([1, 10, 100]),
    howKnown: howKnown(script, random.pick(['export', 'export', 'export', 'typed', 'scan'])),
    isHiding: script.chargeForm === 'none',
  }
  const base = {
    kind: 'panel' as const,
    name,
    startMs,
    bookZone,
    script,
    currency: createRandom(seed, 'panel', name, 'currency').pick(currencies),
    isSuspending: createRandom(seed, 'panel', name, 'suspending').chance(0.3),
    isCurrencyKnown: createRandom(seed, 'panel', name, 'status-currency').chance(0.8),
    opening: 10 ** 8 * random.int(50_000, 90_000) * ([200, 10][script.decimals] ?? 1),
    openingStatedMs: random.chance(0.9) ? startMs + HOUR_MS : lastMs,
    chargeFromHistory: random.chance(0.7),
    csv: random.pick(['orders-page', 'orders-page', 'user-export'] as const),
    wallet: drawWallet(seed, name, startMs, nights, lastMs, script.walletDecimals),
    rates: drawRates(seed, name, startMs, nights, script.decimals),
  }
  const orders: OrderPlan[] = []
  const adds = []
  const addChance = random.pick([0, 0.3, 0.7])
  for (let night = 0; night < nights; night += 1) {
    const few = lite ? 3 : 6
    const count = isCrowded ? random.int(6, 12) : random.int(0, few)
    for (let nth = 0; nth < count; nth += 1) orders.push(drawOrder(base, habits, night, nth))
    if (random.chance(addChance)) adds.push(drawAdd(base, habits, night))
  }
  const isTyped = habits.howKnown === 'typed'
  return {
    ...base,
    orders: withIds(orders, startMs),
    adds,
    exports: habits.howKnown === 'export' ? drawExports(seed, name, startMs, nights, lastMs) : [],
    scans: habits.howKnown === 'scan' ? drawScans(seed, name, startMs, nights) : [],
    mistyped: isTyped && random.chance(0.3) ? [{ atMs: startMs + DAY_MS - HOUR_MS, id: '999' }] : [],
  }
}

/**
 * A panel that says nothing of ids it does not know cannot be scanned (docs/backfill.md), and where the API hides its
 * charges, the site's list of orders is the only place that shows them.
 */
function howKnown(script: PanelPlan['script'], liked: OrderHabits['howKnown']): OrderHabits['howKnown'] {
  if (script.chargeForm === 'none') return 'export'
  return liked === 'scan' && script.unknownIds.startsWith('left-out') ? 'export' : liked
}

/** Money in, and what somebody at the panel enters by hand; amounts that no sum of refunds comes to. */
function drawWallet(
  seed: number,
  name: string,
  startMs: number,
  nights: number,
  lastMs: number,
  decimals: number,
): readonly WalletPlan[] {
  const habits = createRandom(seed, 'panel', name, 'wallet')
  const [topUps, manual] = [habits.pick([0.1, 0.4]), habits.pick([0, 0, 0.2])]
  const made: WalletPlan[] = []
  for (let night = 0; night < nights; night += 1) {
    const random = createRandom(seed, 'panel', name, 'wallet', night)
    const atMs = startMs + night * DAY_MS + random.int(0, DAY_MS - 1)
    const unit = 10 ** (8 - decimals)
    if (random.chance(topUps)) {
      const amount = 10 ** 8 * random.int(25, 500)
      const bonus = random.chance(0.5) ? Math.round(amount / unit / 20) * unit : 0
      const statedMs = random.chance(0.85) ? Math.min(lastMs, atMs + random.int(0, 3) * DAY_MS) : null
      const told = {
        reference: `INV-${night}`,
        statedMs,
        isBonusStated: random.chance(0.6),
        isStatedTwice: random.chance(0.15),
        mistake: random.chance(0.15) ? random.pick(['currency', 'source', 'amount'] as const) : null,
      }
      made.push({ atMs, kind: 'top-up', amount, bonus, ...told })
    }
    if (random.chance(manual)) {
      const amount = (10 ** 12 * ([200, 10][decimals] ?? 1) + random.int(1, 99_999) * unit) * random.pick([1, -1])
      const told = { reference: '', statedMs: null, isBonusStated: false, isStatedTwice: false, mistake: null }
      made.push({ atMs, kind: 'manual', amount, bonus: 0, ...told })
    }
  }
  return made
}

function drawRates(seed: number, name: string, startMs: number, nights: number, decimals: number): readonly RatePlan[] {
  const services: readonly Service[] = ['default', 'package', 'comments-package']
  // Whole currencies have prices in the thousands.
  const factor = [10_000, 1000, 100, 100, 10, 1][decimals] ?? 1
  return services.flatMap((service) => {
    const random = createRandom(seed, 'panel', name, 'rates', service)
    const rate = (): number => random.int(2_000, 90_000) * 10_000 * factor
    const first = { atMs: startMs - DAY_MS, service, rate: rate() }
    if (!random.chance(0.25)) return [first]
    return [first, { atMs: startMs + random.int(1, nights * DAY_MS), service, rate: rate() }]
  })
}

/** Evening after evening, or now and then; the last one has everything. */
function drawExports(
  seed: number,
  name: string,
  startMs: number,
  nights: number,
  lastMs: number,
): readonly ExportPlan[] {
  const habits = createRandom(seed, 'panel', name, 'exports')
  const diligence = habits.pick([1, 0.7, 0.3])
  const overlapMs = habits.pick([0, 0, DAY_MS, 3 * DAY_MS])
  const made: ExportPlan[] = []
  let throughMs = startMs - 1
  for (let night = 1; night <= nights; night += 1) {
    const random = createRandom(seed, 'panel', name, 'exports', night)
    const atMs = startMs + night * DAY_MS - HOUR_MS
    if (!random.chance(diligence)) continue
    made.push({ atMs, fromMs: throughMs - overlapMs, throughMs: atMs, isTwice: random.chance(0.1) })
    throughMs = atMs
  }
  return [...made, { atMs: lastMs, fromMs: throughMs - overlapMs, throughMs: lastMs, isTwice: false }]
}

function drawScans(seed: number, name: string, startMs: number, nights: number): readonly ScanPlan[] {
  const random = createRandom(seed, 'panel', name, 'scans')
  const half = random.int(1, nights)
  const scan = (night: number): ScanPlan => ({
    atMs: startMs + night * DAY_MS - HOUR_MS,
    fromId: 1000,
    throughId: firstIdOf(night) - 1,
  })
  return [scan(half), scan(nights + 1)]
}
