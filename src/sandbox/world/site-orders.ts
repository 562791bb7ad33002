/**
 * The account's own users, who place orders on the panel's site: the orders `tieout` never sent and has to find.
 */
import { CATALOGUE } from './catalogue.ts'
import type { Service } from './catalogue.ts'
import { placeOrder } from './panel-orders.ts'
import type { NewOrder } from './panel-orders.ts'
import type { Random } from './random.ts'
import { DAY_MS, schedule } from './state.ts'
import type { PanelState, World } from './state.ts'

export function scheduleSiteOrder(world: World, panel: PanelState): void {
  const { ordersPerDay } = panel.options
  if (ordersPerDay <= 0) return
  const meanMs = DAY_MS / ordersPerDay
  // Even gaps between nothing and twice the mean: bursts and pauses, with whole milliseconds only.
  const atMs = world.nowMs + panel.site.int(1, Math.max(1, Math.floor(2 * meanMs) - 1))
  const { orderDays, startMs } = world.options
  if (orderDays !== undefined && atMs >= startMs + orderDays * DAY_MS) return
  schedule(world, atMs, { kind: 'site-order', panel })
}

export function placeSiteOrder(world: World, panel: PanelState): void {
  const wanted = drawOrder(panel.site)
  // A wallet that cannot pay is refused here too; the user tries again with the next order.
  placeOrder(world, panel, wanted)
  scheduleSiteOrder(world, panel)
}

function drawOrder(random: Random): NewOrder {
  const service = CATALOGUE[random.int(0, CATALOGUE.length - 1)]
  if (service === undefined) throw new RangeError('The sandbox catalogue is empty.')
  const { quantity, leastDelivered } = drawQuantity(random, service)
  return { service, quantity, leastDelivered, link: undefined }
}

function drawQuantity(
  random: Random,
  service: Service,
): { readonly quantity: number; readonly leastDelivered: number } {
  if (service.type === 'Package') return { quantity: service.packageQuantity, leastDelivered: 0 }
  if (service.type === 'Custom Comments Package') {
    const posts = random.int(1, 8)
    const least = random.int(1, 6)
    return { quantity: posts * (least + random.int(0, 9)), leastDelivered: posts * least }
  }
  const quantity = Math.min(service.max, service.min + random.int(0, service.min * 19))
  return { quantity, leastDelivered: 0 }
}
