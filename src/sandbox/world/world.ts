/**
 * A seeded world with a clock of its own. Its state at an instant depends only on its options, on what was asked of it
 * over the API and on that instant, never on the steps taken to get there. Nothing here reads the real clock.
 */
import { mustParseMoney } from './amounts.ts'
import {
  advertiserCredit,
  advertiserTopUp,
  advertiserTraffic,
  createAdvertiser,
  scheduleAdvertiser,
} from './advertisers.ts'
import { createEventQueue, dequeueDue } from './event-queue.ts'
import { createMoney, moneyTool } from './money/create.ts'
import { moneyDay, moneyLate, moneyLine, scheduleMoneyDay } from './money/days.ts'
import type { PanelOptions, WorldOptions } from './options.ts'
import { stepOrder } from './panel-orders.ts'
import { topUpPanel, topUpSizeFor } from './panel-wallet.ts'
import { createPublisher, publisherClawback, publisherTraffic, schedulePublisher } from './publishers.ts'
import { createRandom } from './random.ts'
import { placeSiteOrder, scheduleSiteOrder } from './site-orders.ts'
import type { PanelState, World, WorldEvent } from './state.ts'

/** Throws RangeError when an option cannot be: two accounts of one name, an amount finer than the panel's decimals. */
export function createWorld(options: WorldOptions): World {
  const world: World = {
    options,
    publishers: options.publishers.map((publisher) => createPublisher(options.seed, publisher)),
    advertisers: options.advertisers.map((advertiser) => createAdvertiser(options.seed, advertiser)),
    panels: new Map(options.panels.map((panel) => [panel.name, createPanel(options.seed, panel)])),
    money: options.money === undefined ? undefined : createMoney(options.seed, options.money),
    queue: createEventQueue(),
    webhooks: [],
    nowMs: options.startMs,
  }
  refuseSharedNames(options)
  for (const publisher of world.publishers) schedulePublisher(world, publisher)
  for (const advertiser of world.advertisers) scheduleAdvertiser(world, advertiser)
  for (const panel of world.panels.values()) scheduleSiteOrder(world, panel)
  if (world.money !== undefined) scheduleMoneyDay(world)
  return world
}

/** Lives through everything up to and including the instant. Throws RangeError when asked to go back. */
export function advanceTo(world: World, ms: number): void {
  if (!(ms >= world.nowMs)) {
    throw new RangeError(`The sandbox's clock stands at ${world.nowMs} and cannot be set back to ${ms}.`)
  }
  for (;;) {
    const due = dequeueDue(world.queue, ms)
    if (due === undefined) break
    world.nowMs = due.atMs
    happen(world, due.event)
  }
  world.nowMs = ms
}

function happen(world: World, event: WorldEvent): void {
  switch (event.kind) {
    case 'site-order':
      return placeSiteOrder(world, event.panel)
    case 'panel-top-up':
      return topUpPanel(world, event.panel)
    case 'order':
      return stepOrder(world, event.panel, event.order, event.step)
    case 'publisher-traffic':
      return publisherTraffic(world, event.publisher)
    case 'publisher-clawback':
      return publisherClawback(world, event.publisher)
    case 'advertiser-traffic':
      return advertiserTraffic(world, event.advertiser)
    case 'advertiser-top-up':
      return advertiserTopUp(world, event.advertiser)
    case 'advertiser-credit':
      return advertiserCredit(world, event.advertiser)
    case 'money-day':
      return moneyDay(world)
    case 'money-tool':
      return moneyTool(world)
    case 'money-line':
      return moneyLine(world, event.line)
    case 'money-late':
      return moneyLate(world, event.step)
  }
}

function createPanel(seed: number | string, options: PanelOptions): PanelState {
  const decimals = options.decimals ?? 5
  const opening = mustParseMoney(options.openingBalance)
  if (!Number.isInteger(decimals) || decimals < 0 || decimals > 8) {
    throw new RangeError(`Panel ${options.name}: decimals must be 0 to 8, not ${decimals}.`)
  }
  if (opening % 10n ** BigInt(8 - decimals) !== 0n) {
    throw new RangeError(`Panel ${options.name}: an opening balance of ${options.openingBalance} needs more decimals.`)
  }
  return {
    options,
    decimals,
    currency: options.currency ?? 'USD',
    opening,
    ids: createRandom(seed, 'panel-ids', options.name),
    site: createRandom(seed, 'panel-site', options.name),
    money: createRandom(seed, 'panel-money', options.name),
    orders: new Map(),
    topUps: [],
    topUpSize: topUpSizeFor(options.ordersPerDay),
    wallet: opening,
    lastOrderId: options.firstOrderId ?? 23_500,
    topUpPending: false,
    ordersPlaced: 0,
    grossTotal: 0n,
    refundedTotal: 0n,
  }
}

function refuseSharedNames(options: WorldOptions): void {
  const names = [...options.publishers, ...options.advertisers, ...options.panels].map((account) => account.name)
  if (new Set(names).size !== names.length) {
    throw new RangeError(`Every account of a sandbox needs a name of its own: ${names.join(', ')}.`)
  }
}
