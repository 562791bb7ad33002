/**
 * Who fills a panel's wallet: somebody notices that it runs low and pays in a round sum some minutes later.
 */
import { mustParseMoney } from './amounts.ts'
import { payTopUp } from './money/top-ups.ts'
import { MINUTE_MS, scheduleOnSecond } from './state.ts'
import type { PanelState, TopUp, World } from './state.ts'

const METHODS = ['Card', 'PayPal', 'Wire'] as const
const LEAST_TOP_UP = mustParseMoney('50.00')

/** About a day of orders, in steps of 50.00, so that busy panels are not topped up every few minutes. */
export function topUpSizeFor(ordersPerDay: number): bigint {
  return LEAST_TOP_UP * BigInt(Math.max(1, Math.ceil(ordersPerDay / 40)))
}

export function watchWallet(world: World, panel: PanelState): void {
  const isLow = panel.wallet < panel.topUpSize / 4n
  if (!isLow || panel.topUpPending || panel.options.autoTopUp === false) return
  panel.topUpPending = true
  scheduleOnSecond(world, world.nowMs + panel.money.int(2 * MINUTE_MS, 25 * MINUTE_MS), { kind: 'panel-top-up', panel })
}

export function topUpPanel(world: World, panel: PanelState): void {
  const amount = panel.topUpSize * BigInt(panel.money.int(1, 3))
  panel.topUpPending = false
  panel.wallet += amount
  const topUp: TopUp = {
    atMs: world.nowMs,
    amount,
    reference: `${panel.options.name}-topup-${panel.topUps.length + 1}`,
    method: panel.money.pick(METHODS),
  }
  panel.topUps.push(topUp)
  payTopUp(world, panel.options.name, topUp)
}
