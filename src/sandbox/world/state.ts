/**
 * The simulated world's memory: mutable on purpose, and changed only by the event handlers of this folder and by the
 * orders, cancels and campaigns that arrive over the API. Everything outside reads it through truth, servers and files.
 */
import type { Units } from '../../domain/money/money.ts'
import type { Service } from './catalogue.ts'
import { enqueue } from './event-queue.ts'
import type { EventQueue } from './event-queue.ts'
import type { NewLine } from './money/book.ts'
import type { MoneyState } from './money/state.ts'
import type { AdvertiserOptions, PanelOptions, PublisherOptions, WorldOptions } from './options.ts'
import type { OrderPlan } from './order-plan.ts'
import type { Random } from './random.ts'

export const MINUTE_MS = 60_000
export const HOUR_MS = 3_600_000
export const DAY_MS = 86_400_000

export type OrderStatus = 'Pending' | 'In progress' | 'Partial' | 'Completed' | 'Done' | 'Canceled' | 'Failed'

export interface Refund {
  readonly atMs: number
  readonly amount: Units
}

export interface TopUp {
  readonly atMs: number
  readonly amount: Units
  readonly reference: string
  readonly method: string
}

export interface Order {
  readonly id: number
  readonly service: Service
  readonly quantity: number
  readonly gross: Units
  readonly placedAtMs: number
  /** Only when it came over the API; a site order's link is made from its id. */
  readonly link: string | undefined
  readonly plan: OrderPlan
  status: OrderStatus
  startedAtMs: number
  /** Undelivered units once settled; an open order's are computed from the clock. */
  remains: number
  refunded: Units
  refunds: readonly Refund[]
  cancelRequested: boolean
}

export interface PanelState {
  readonly options: PanelOptions
  readonly decimals: number
  readonly currency: string
  readonly opening: Units
  readonly ids: Random
  readonly site: Random
  readonly money: Random
  readonly orders: Map<number, Order>
  readonly topUps: TopUp[]
  readonly topUpSize: Units
  wallet: Units
  lastOrderId: number
  topUpPending: boolean
  /** Sums over every order ever placed, forgotten ones included. */
  ordersPlaced: number
  grossTotal: Units
  refundedTotal: Units
}

export interface PublisherState {
  readonly options: PublisherOptions
  readonly traffic: Random
  readonly clawbacks: Random
  readonly openingEarned: Units
  readonly openingPaid: Units
  impressions: number
  clicks: number
  earnings: Units
  totalEarned: Units
  totalClawedBack: Units
}

export interface Campaign {
  readonly id: string
  readonly name: string
  readonly budget: Units
  readonly targetUrl: string
  readonly createdAtMs: number
}

export interface AdvertiserState {
  readonly options: AdvertiserOptions
  readonly traffic: Random
  readonly money: Random
  readonly openingSpent: Units
  readonly openingWallet: Units
  readonly topUps: TopUp[]
  readonly credits: Refund[]
  readonly campaigns: Campaign[]
  impressions: number
  clicks: number
  spent: Units
  wallet: Units
  topUpPending: boolean
}

export type OrderStep = 'start' | 'end' | 'late' | 'cancel' | 'forget'

export type WorldEvent =
  | { readonly kind: 'site-order'; readonly panel: PanelState }
  | { readonly kind: 'panel-top-up'; readonly panel: PanelState }
  | { readonly kind: 'order'; readonly panel: PanelState; readonly order: Order; readonly step: OrderStep }
  | { readonly kind: 'publisher-traffic' | 'publisher-clawback'; readonly publisher: PublisherState }
  | {
      readonly kind: 'advertiser-traffic' | 'advertiser-top-up' | 'advertiser-credit'
      readonly advertiser: AdvertiserState
    }
  | { readonly kind: 'money-day' | 'money-tool' }
  | { readonly kind: 'money-line'; readonly line: NewLine }
  | { readonly kind: 'money-late'; readonly step: 'pay' | 'credit' }

/** One message a vendor owes a customer's webhook, in the order of happening. */
export interface Webhook {
  readonly atMs: number
  readonly url: string
  /** The exact JSON text: amounts are written as JSON numbers without passing a float. */
  readonly body: string
}

export interface World {
  readonly options: WorldOptions
  readonly publishers: readonly PublisherState[]
  readonly advertisers: readonly AdvertiserState[]
  readonly panels: ReadonlyMap<string, PanelState>
  readonly money: MoneyState | undefined
  readonly queue: EventQueue<WorldEvent>
  /** Filled only for accounts with a webhook URL; the sender empties it. */
  readonly webhooks: Webhook[]
  nowMs: number
}

export function schedule(world: World, atMs: number, event: WorldEvent): void {
  enqueue(world.queue, atMs, event)
}

/** What people do by hand happens on whole seconds, as their receipts show it. */
export function scheduleOnSecond(world: World, atMs: number, event: WorldEvent): void {
  schedule(world, Math.ceil(atMs / 1000) * 1000, event)
}
