/** Draws what is ordered: each order from a stream of its own, so that one left out changes no other. */
import { createRandom, type Random } from '../../../../src/sandbox/world/random.ts'
import { chargeOf } from './vendor.ts'
import type { AddPlan, ChildPlan, EndPlan, Ending, FamilyPlan, OrderPlan, PanelPlan, Service } from './plan.ts'
import { PACKAGE_QUANTITY } from './wire.ts'

export const HOUR_MS = 3_600_000
export const DAY_MS = 24 * HOUR_MS
/** The night's run begins then. */
const PASS_MS = 5 * 60_000

/** What is chosen for all orders of a panel. */
export interface OrderHabits {
  readonly seed: number
  /** All that happens has happened by then. */
  readonly lastMs: number
  readonly endings: readonly [Ending, ...Ending[]]
  /** Credits come at once, within a day, or after up to two. */
  readonly lag: 'none' | 'minutes' | 'days'
  readonly denied: number
  readonly doubled: number
  readonly late: number
  readonly forgotten: number
  readonly families: number
  readonly packages: number
  readonly quantity: (random: Random) => number
  /** Chance that an order is placed while the night's run asks. */
  readonly busy: number
  readonly howKnown: 'export' | 'typed' | 'scan'
  /** Charges are on the site's pages alone, so all orders are. */
  readonly isHiding: boolean
}

type Base = Omit<PanelPlan, 'orders' | 'exports' | 'scans' | 'adds' | 'mistyped'>

/** Without its id: see withIds. */
export function drawOrder(base: Base, habits: OrderHabits, night: number, nth: number): OrderPlan {
  const random = createRandom(habits.seed, 'panel', base.name, 'order', night, nth)
  const { startMs } = base
  const dayMs = startMs + night * DAY_MS
  const atMs = random.chance(habits.busy) ? dayMs + PASS_MS + random.int(0, 500) : dayMs + random.int(0, DAY_MS - 1)
  const service: Service = random.chance(habits.packages) ? random.pick(['package', 'comments-package']) : 'default'
  const quantity = service === 'package' ? PACKAGE_QUANTITY : habits.quantity(random)
  const isFree = random.chance(0.03)
  const gross = isFree ? 0 : Number(charge(base, service, quantity, atMs))
  const own = { id: '', atMs, service, quantity, gross }
  const typedMs = habits.howKnown === 'typed' ? Math.min(habits.lastMs, atMs + random.int(0, 2) * DAY_MS) : null
  const known = { typedMs, isListed: habits.isHiding || !random.chance(0.03) }
  if (service === 'default' && random.chance(habits.families)) {
    const { gross: whole, family } = drawFamily(base, habits, random, own)
    return { ...own, ...known, ...plainEnd(habits, random, atMs), gross: whole, family }
  }
  return { ...own, ...known, ...drawEnd(habits, random, { atMs, quantity, service }), family: null }
}

function charge(base: Base, service: OrderPlan['service'], quantity: number, ms: number): bigint {
  return chargeOf({ ...base, orders: [], exports: [], scans: [], adds: [], mistyped: [] }, service, quantity, ms)
}

function drawEnd(
  habits: OrderHabits,
  random: Random,
  { atMs, quantity, service }: Pick<OrderPlan, 'atMs' | 'quantity' | 'service'>,
): EndPlan {
  const ending = quantity === 1 ? 'Completed' : random.pick(habits.endings)
  const span = random.pick([2 * HOUR_MS, DAY_MS, 3 * DAY_MS])
  const endsMs = Math.min(habits.lastMs, atMs + random.int(60_000, span))
  const lag = { none: 0, minutes: random.int(60_000, 6 * HOUR_MS), days: random.int(0, 2 * DAY_MS) }[habits.lag]
  const isLate = (ending === 'Completed' || ending === 'Partial') && quantity > 1 && random.chance(habits.late)
  const lateMs = Math.min(habits.lastMs, endsMs + random.int(HOUR_MS, 4 * DAY_MS))
  const isDenied = random.chance(habits.denied)
  const forgottenMs = random.chance(habits.forgotten)
    ? Math.min(habits.lastMs, endsMs + random.int(0, 3 * DAY_MS))
    : null
  const late = drawLate(random, lateMs, ending, quantity)
  return {
    endsMs,
    ending,
    remains: remainsOf(random, ending, quantity, service, isLate),
    creditAfterMs: isDenied ? null : Math.min(lag, habits.lastMs - endsMs, habits.lastMs - lateMs),
    againAfterMs: random.chance(habits.doubled) ? random.int(0, 4 * HOUR_MS) : null,
    late: isLate ? late : null,
    forgottenMs,
  }
}

function drawLate(random: Random, atMs: number, ending: Ending, quantity: number): NonNullable<EndPlan['late']> {
  const remains = random.int(1, Math.max(1, quantity - 1))
  const status = random.pick(['Completed', 'Partial'] as const)
  return ending === 'Partial' ? { atMs, remains: quantity, status: 'Canceled' } : { atMs, remains, status }
}

function remainsOf(
  random: Random,
  ending: Ending,
  quantity: number,
  service: OrderPlan['service'],
  isLate: boolean,
): number {
  if (ending === 'Partial') return random.int(1, quantity - 1)
  if (ending !== 'Completed') return quantity
  if (isLate || quantity === 1) return 0
  if (service === 'comments-package') return random.chance(0.5) ? random.int(1, quantity - 1) : 0
  return random.chance(0.15) ? -random.int(1, 60) : 0
}

function plainEnd(habits: OrderHabits, random: Random, atMs: number): EndPlan {
  const endsMs = Math.min(habits.lastMs, atMs + random.int(HOUR_MS, 3 * DAY_MS))
  return {
    endsMs,
    ending: 'Completed',
    remains: 0,
    creditAfterMs: 0,
    againAfterMs: null,
    late: null,
    forgottenMs: null,
  }
}

/** A drip-feed is charged for all its runs at once (SmartPanel, thanhtinz), and each run shows its own rounded charge. */
function drawFamily(
  base: Base,
  habits: OrderHabits,
  random: Random,
  { atMs, quantity }: Pick<OrderPlan, 'atMs' | 'quantity'>,
): { readonly gross: number; readonly family: FamilyPlan } {
  const kind = random.pick(['drip-feed', 'subscription'] as const)
  const runs = random.int(1, 4)
  const stepMs = random.int(10 * 60_000, DAY_MS)
  const children: ChildPlan[] = []
  for (let run = 0; run < runs; run += 1) {
    const childMs = Math.min(habits.lastMs, atMs + run * stepMs)
    const end = drawEnd(habits, random, { atMs: childMs, quantity, service: 'default' })
    const gross = Number(charge(base, 'default', quantity, kind === 'drip-feed' ? atMs : childMs))
    children.push({ ...end, id: '', atMs: childMs, quantity, gross })
  }
  const gross = kind === 'drip-feed' ? Number(charge(base, 'default', quantity * runs, atMs)) : 0
  return { gross, family: { kind, children, areChildrenListed: habits.isHiding || random.chance(0.3) } }
}

export function drawAdd(base: Base, habits: OrderHabits, night: number): AddPlan {
  const random = createRandom(habits.seed, 'panel', base.name, 'add', night)
  const service = random.pick(['default', 'default', 'package', 'comments-package'] as const)
  const quantity = service === 'package' ? PACKAGE_QUANTITY : random.int(2, 90) * 10
  const ending = random.pick(habits.endings)
  return {
    atMs: base.startMs + (night + 1) * DAY_MS - HOUR_MS,
    name: `https://x.test/add-${night}`,
    service,
    quantity,
    endsAfterMs: random.int(60_000, DAY_MS),
    ending,
    remains: ending === 'Partial' ? random.int(1, quantity - 1) : 0,
    creditAfterMs: 0,
    againAfterMs: null,
    isImpatient: random.chance(0.5),
  }
}
