/**
 * Which refunds the wallet proves within the bounds of docs/refunds.md, found by trying everything: own code, on the truth
 * of a panel's answers and balances alone. It knows neither what was credited nor why.
 */
import { answerOf, amountOf, busyNights, shareOf, walletOn, type PanelOrder, type PanelPlan } from './panel.ts'

const MODES = ['half-up', 'half-even', 'floor', 'ceil', 'ratio-6'] as const

interface Way {
  readonly mode: (typeof MODES)[number]
  readonly decimals: number
}

interface Waiting {
  readonly order: PanelOrder
  readonly since: number
}

/** order → the amount that is proven. */
export function provenByHand(plan: PanelPlan, orders: readonly PanelOrder[]): ReadonlyMap<string, bigint> {
  const most = Math.max(plan.decimals.charge, plan.decimals.wallet, plan.decimals.refund)
  let ways: readonly Way[] = Array.from({ length: most + 1 }, (_, decimals) => decimals).flatMap((decimals) =>
    MODES.map((mode) => ({ mode, decimals })),
  )
  const busy = busyNights(plan)
  const proven = new Map<string, bigint>()
  let waiting: readonly Waiting[] = []
  let [cut, cutNight] = [walletOn(plan, orders, 1) + chargedIn(orders, 0, 1), 1]
  for (let night = 2; night <= plan.nights; night += 1) {
    const ended = orders.filter((each) => each.ends === night && claims(plan, each))
    waiting = [...waiting, ...ended.map((order) => ({ order, since: night }))]
    if (busy.has(night)) continue
    const now = walletOn(plan, orders, night)
    const change = now - cut + chargedIn(orders, cutNight, night) + (cutNight === 1 ? chargedIn(orders, 0, 1) : 0n)
    ;[cut, cutNight] = [now, night]
    const reading = only(plan, waiting, change, ways)
    if (reading === null) continue
    for (const [id, amount] of reading) proven.set(id, amount)
    ways = ways.filter((way) =>
      waiting.every(({ order }) => !reading.has(order.id) || amountAt(plan, order, way) === reading.get(order.id)),
    )
    waiting = waiting.filter(({ order }) => !proven.has(order.id))
  }
  return proven
}

function chargedIn(orders: readonly PanelOrder[], after: number, to: number): bigint {
  return orders.reduce((sum, { placed, gross }) => (placed > after && placed <= to ? sum + gross : sum), 0n)
}

function claims(plan: PanelPlan, order: PanelOrder): boolean {
  return (
    order.status !== 'Completed' &&
    (order.gross !== amountOf(answerOf(plan, order, order.ends).charge) || order.remains > 0n)
  )
}

function amountAt(plan: PanelPlan, order: PanelOrder, { mode, decimals }: Way): bigint {
  const fall = order.gross - amountOf(answerOf(plan, order, order.ends).charge)
  if (fall > 0n) return fall
  if (order.status === 'Canceled') return order.gross
  return shareOf(order.gross, order.remains, order.quantity, mode, decimals)
}

type Reading = ReadonlyMap<string, bigint>

function only(plan: PanelPlan, waiting: readonly Waiting[], change: bigint, ways: readonly Way[]): Reading | null {
  if (change <= 0n || waiting.length === 0) return null
  for (const stage of [everything, groups, single]) {
    const found = new Map<string, Reading>()
    for (const reading of stage(plan, waiting, change, ways)) {
      const key = [...reading]
        .map(([id, amount]) => `${id}:${amount}`)
        .sort()
        .join(' ')
      found.set(key, reading)
    }
    if (found.size > 0) return found.size === 1 ? ([...found.values()][0] ?? null) : null
  }
  return null
}

function everything(
  plan: PanelPlan,
  waiting: readonly Waiting[],
  change: bigint,
  ways: readonly Way[],
): readonly Reading[] {
  return ways.flatMap((way) => {
    const all = new Map(waiting.map(({ order }) => [order.id, amountAt(plan, order, way)]))
    return sum(all) === change ? [all] : []
  })
}

function groups(
  plan: PanelPlan,
  waiting: readonly Waiting[],
  change: bigint,
  ways: readonly Way[],
): readonly Reading[] {
  const newest = Math.max(...waiting.map(({ since }) => since))
  const some = [waiting, waiting.filter(({ since }) => since === newest), waiting.filter(({ since }) => since < newest)]
  return some.flatMap((list) =>
    ['Canceled', 'Partial'].flatMap((status) =>
      everything(
        plan,
        list.filter(({ order }) => order.status === status),
        change,
        ways,
      ),
    ),
  )
}

function single(
  plan: PanelPlan,
  waiting: readonly Waiting[],
  change: bigint,
  ways: readonly Way[],
): readonly Reading[] {
  const { wallet } = plan.decimals
  const limit = wallet <= 2 ? 12 : wallet === 3 ? 16 : 20
  const newest = [...waiting]
    .sort((a, b) => b.since - a.since || Number(b.order.id) - Number(a.order.id))
    .slice(0, limit)
  const valued = ways.map((way) => newest.map(({ order }) => amountAt(plan, order, way)))
  const different = [...new Map(valued.map((amounts) => [amounts.join(), amounts])).values()]
  const tried = BigInt(different.length) * (2n ** BigInt(newest.length) - 1n)
  const totals = different.map((amounts) => amounts.reduce((all, each) => all + each, 0n))
  const span = totals.reduce((most, each) => (each > most ? each : most), 0n)
  if (tried * 10n ** BigInt(8 - wallet) * 100n > span) return []
  return different.flatMap((amounts) => {
    // Sums that can be reached, each with how it is reached first and how often.
    let reached = new Map<bigint, { readonly ids: readonly number[]; readonly times: number }>([
      [0n, { ids: [], times: 1 }],
    ])
    for (const [at, amount] of amounts.entries()) {
      const next = new Map(reached)
      for (const [total, { ids, times }] of reached) {
        const known = next.get(total + amount)
        next.set(total + amount, { ids: known?.ids ?? [...ids, at], times: (known?.times ?? 0) + times })
      }
      reached = next
    }
    const hit = reached.get(change)
    if (hit === undefined) return []
    const reading = new Map(hit.ids.map((at) => [newest[at]?.order.id ?? '', amounts[at] ?? 0n]))
    return hit.times === 1 ? [reading] : [reading, new Map([['several', 0n]])]
  })
}

function sum(reading: Reading): bigint {
  return [...reading.values()].reduce((all, each) => all + each, 0n)
}
