/**
 * A publisher's lifetime counters: impressions and clicks only rise; earnings rise with them and now and then fall
 * alone, when the network takes back what it calls invalid traffic.
 */
import { floorDivide } from '../../domain/money/money.ts'
import { mustParseMoney } from './amounts.ts'
import { createRandom } from './random.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, schedule } from './state.ts'
import type { PublisherState, World } from './state.ts'
import type { PublisherOptions } from './options.ts'
import { announceConversion } from './webhooks.ts'

/** Earnings move in steps of 10⁻⁴, so the counter shows two to four decimals. */
const STEP = 10_000n

export function createPublisher(seed: number | string, options: PublisherOptions): PublisherState {
  const openingEarned = mustParseMoney(options.openingEarned ?? '162.50')
  const history = createRandom(seed, 'publisher-history', options.name)
  const impressions = history.int(40_000, 60_000)
  return {
    options,
    traffic: createRandom(seed, 'publisher-traffic', options.name),
    clawbacks: createRandom(seed, 'publisher-clawbacks', options.name),
    openingEarned,
    openingPaid: mustParseMoney(options.openingPaid ?? '100.00'),
    impressions,
    clicks: Math.floor(impressions / 27),
    earnings: openingEarned,
    totalEarned: 0n,
    totalClawedBack: 0n,
  }
}

export function schedulePublisher(world: World, publisher: PublisherState): void {
  scheduleTraffic(world, publisher)
  scheduleClawback(world, publisher)
}

export function publisherTraffic(world: World, publisher: PublisherState): void {
  const { traffic } = publisher
  const impressions = traffic.int(20, 160)
  const clicks = traffic.int(0, Math.floor(impressions / 20))
  const gain = STEP * BigInt(impressions * traffic.int(12, 44) + clicks * traffic.int(0, 200))
  publisher.impressions += impressions
  publisher.clicks += clicks
  publisher.earnings += gain
  publisher.totalEarned += gain
  announceConversion(world, publisher, traffic.int(0, 40), gain)
  scheduleTraffic(world, publisher)
}

/** Takes back between a thousandth and a fiftieth of all earnings, so never more than there is. */
export function publisherClawback(world: World, publisher: PublisherState): void {
  const share = BigInt(publisher.clawbacks.int(1, 20))
  const amount = floorDivide(publisher.earnings * share, 1000n * STEP) * STEP
  publisher.earnings -= amount
  publisher.totalClawedBack += amount
  scheduleClawback(world, publisher)
}

function scheduleTraffic(world: World, publisher: PublisherState): void {
  const gapMs = publisher.traffic.int(5 * MINUTE_MS, 25 * MINUTE_MS)
  schedule(world, world.nowMs + gapMs, { kind: 'publisher-traffic', publisher })
}

function scheduleClawback(world: World, publisher: PublisherState): void {
  const gapMs = publisher.clawbacks.int(30 * HOUR_MS, 5 * DAY_MS)
  schedule(world, world.nowMs + gapMs, { kind: 'publisher-clawback', publisher })
}
