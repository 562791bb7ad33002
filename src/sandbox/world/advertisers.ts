/**
 * An advertiser's lifetime counters and ad wallet: spending empties the wallet, top-ups of at least 25.00 fill it,
 * and a credit for invalid clicks now and then lowers `spent` and gives the money back.
 */
import { floorDivide } from '../../domain/money/money.ts'
import type { Units } from '../../domain/money/money.ts'
import { mustParseMoney } from './amounts.ts'
import { payTopUp } from './money/top-ups.ts'
import { createRandom } from './random.ts'
import { DAY_MS, MINUTE_MS, schedule, scheduleOnSecond } from './state.ts'
import type { AdvertiserState, Campaign, World } from './state.ts'
import type { AdvertiserOptions } from './options.ts'

const STEP = 10_000n
const LOW_WALLET = mustParseMoney('40.00')
const TOP_UPS = [mustParseMoney('25.00'), mustParseMoney('50.00'), mustParseMoney('100.00')] as const
const METHODS = ['PayPal', 'Razorpay', 'Wire Transfer'] as const

export function createAdvertiser(seed: number | string, options: AdvertiserOptions): AdvertiserState {
  const openingSpent = mustParseMoney(options.openingSpent ?? '412.37')
  const openingWallet = mustParseMoney(options.openingWallet ?? '250.00')
  const history = createRandom(seed, 'advertiser-history', options.name)
  const impressions = history.int(90_000, 140_000)
  return {
    options,
    traffic: createRandom(seed, 'advertiser-traffic', options.name),
    money: createRandom(seed, 'advertiser-money', options.name),
    openingSpent,
    openingWallet,
    topUps: [],
    credits: [],
    campaigns: [],
    impressions,
    clicks: Math.floor(impressions / 80),
    spent: openingSpent,
    wallet: openingWallet,
    topUpPending: false,
  }
}

export function scheduleAdvertiser(world: World, advertiser: AdvertiserState): void {
  scheduleTraffic(world, advertiser)
  scheduleCredit(world, advertiser)
}

export function advertiserTraffic(world: World, advertiser: AdvertiserState): void {
  const { traffic } = advertiser
  const impressions = traffic.int(50, 400)
  const clicks = traffic.int(0, 6)
  const cost = STEP * BigInt(impressions * traffic.int(4, 10) + clicks * traffic.int(100, 900))
  // An empty wallet stops delivery, and with it the traffic.
  if (cost <= advertiser.wallet) {
    advertiser.impressions += impressions
    advertiser.clicks += clicks
    advertiser.spent += cost
    advertiser.wallet -= cost
  }
  watchAdWallet(world, advertiser)
  scheduleTraffic(world, advertiser)
}

export function advertiserTopUp(world: World, advertiser: AdvertiserState): void {
  const amount = advertiser.money.pick(TOP_UPS)
  const reference = `${advertiser.options.name}-topup-${advertiser.topUps.length + 1}`
  advertiser.topUpPending = false
  advertiser.wallet += amount
  const topUp = { atMs: world.nowMs, amount, reference, method: advertiser.money.pick(METHODS) }
  advertiser.topUps.push(topUp)
  payTopUp(world, advertiser.options.name, topUp)
}

/** Gives back at most a hundredth of what was ever spent, so `spent` falls slightly and never below zero. */
export function advertiserCredit(world: World, advertiser: AdvertiserState): void {
  const share = BigInt(advertiser.money.int(1, 10))
  const amount = floorDivide(advertiser.spent * share, 1000n * STEP) * STEP
  advertiser.spent -= amount
  advertiser.wallet += amount
  if (amount > 0n) advertiser.credits.push({ atMs: world.nowMs, amount })
  scheduleCredit(world, advertiser)
}

/** A budget is a commitment: the wallet must cover it, but nothing is taken. Undefined when it does not. */
export function createCampaign(
  world: World,
  advertiser: AdvertiserState,
  wanted: { readonly name: string; readonly budget: Units; readonly targetUrl: string },
): Campaign | undefined {
  if (wanted.budget > advertiser.wallet) return undefined
  const id = `${982_734 + advertiser.campaigns.length}A`
  const campaign: Campaign = { id, ...wanted, createdAtMs: world.nowMs }
  advertiser.campaigns.push(campaign)
  return campaign
}

function watchAdWallet(world: World, advertiser: AdvertiserState): void {
  if (advertiser.wallet >= LOW_WALLET || advertiser.topUpPending) return
  advertiser.topUpPending = true
  const gapMs = advertiser.money.int(5 * MINUTE_MS, 60 * MINUTE_MS)
  scheduleOnSecond(world, world.nowMs + gapMs, { kind: 'advertiser-top-up', advertiser })
}

function scheduleTraffic(world: World, advertiser: AdvertiserState): void {
  const gapMs = advertiser.traffic.int(5 * MINUTE_MS, 25 * MINUTE_MS)
  schedule(world, world.nowMs + gapMs, { kind: 'advertiser-traffic', advertiser })
}

function scheduleCredit(world: World, advertiser: AdvertiserState): void {
  const gapMs = advertiser.money.int(DAY_MS, 6 * DAY_MS)
  schedule(world, world.nowMs + gapMs, { kind: 'advertiser-credit', advertiser })
}
