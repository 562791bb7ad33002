/**
 * What really happened in the world, as plain data with exact amounts: the answer sheet for whoever claims to have
 * reconstructed it from the vendors' answers. Every bigint in it is a count of 10⁻⁸ currency units.
 */
import type { Units } from '../../domain/money/money.ts'
import type { ServiceType } from './catalogue.ts'
import type { ChargeSemantics } from './options.ts'
import { remainsNow } from './order-view.ts'
import type {
  AdvertiserState,
  Campaign,
  Order,
  OrderStatus,
  PanelState,
  PublisherState,
  Refund,
  TopUp,
} from './state.ts'
import type { World } from './state.ts'

interface PublisherTruth {
  readonly name: string
  readonly impressions: number
  readonly clicks: number
  /** The lifetime counter now: openingCounter + totalEarned − totalClawedBack. */
  readonly earnings: Units
  readonly openingCounter: Units
  /** Earned before the start and not paid by then. */
  readonly openingReceivable: Units
  readonly totalEarned: Units
  readonly totalClawedBack: Units
}

interface AdvertiserTruth {
  readonly name: string
  readonly impressions: number
  readonly clicks: number
  readonly spent: Units
  readonly openingSpent: Units
  readonly wallet: Units
  readonly openingWallet: Units
  readonly topUps: readonly TopUp[]
  readonly credits: readonly Refund[]
  readonly campaigns: readonly Campaign[]
}

interface OrderTruth {
  readonly id: number
  readonly service: number
  readonly type: ServiceType
  readonly quantity: number
  readonly gross: Units
  readonly refunded: Units
  readonly status: OrderStatus
  readonly remains: number
  readonly placedAtMs: number
  readonly refunds: readonly Refund[]
}

export interface PanelTruth {
  readonly name: string
  readonly semantics: ChargeSemantics
  readonly currency: string
  readonly wallet: Units
  readonly opening: Units
  readonly topUps: readonly TopUp[]
  /** Sums over every order ever placed, also those no longer listed. */
  readonly ordersPlaced: number
  readonly grossTotal: Units
  readonly refundedTotal: Units
  readonly orders: readonly OrderTruth[]
}

export interface WorldTruth {
  readonly nowMs: number
  readonly publishers: readonly PublisherTruth[]
  readonly advertisers: readonly AdvertiserTruth[]
  readonly panels: readonly PanelTruth[]
}

export function worldTruth(world: World): WorldTruth {
  return {
    nowMs: world.nowMs,
    publishers: world.publishers.map(publisherTruth),
    advertisers: world.advertisers.map(advertiserTruth),
    panels: [...world.panels.values()].map((panel) => panelTruth(panel, world.nowMs)),
  }
}

function publisherTruth(publisher: PublisherState): PublisherTruth {
  const { impressions, clicks, earnings, openingEarned, openingPaid, totalEarned, totalClawedBack } = publisher
  return {
    name: publisher.options.name,
    impressions,
    clicks,
    earnings,
    openingCounter: openingEarned,
    openingReceivable: openingEarned - openingPaid,
    totalEarned,
    totalClawedBack,
  }
}

function advertiserTruth(advertiser: AdvertiserState): AdvertiserTruth {
  const { impressions, clicks, spent, openingSpent, wallet, openingWallet, topUps, credits, campaigns } = advertiser
  return {
    name: advertiser.options.name,
    impressions,
    clicks,
    spent,
    openingSpent,
    wallet,
    openingWallet,
    topUps: [...topUps],
    credits: [...credits],
    campaigns: [...campaigns],
  }
}

function panelTruth(panel: PanelState, nowMs: number): PanelTruth {
  const { options, currency, wallet, opening, topUps, ordersPlaced, grossTotal, refundedTotal, orders } = panel
  return {
    name: options.name,
    semantics: options.semantics,
    currency,
    wallet,
    opening,
    topUps: [...topUps],
    ordersPlaced,
    grossTotal,
    refundedTotal,
    orders: [...orders.values()].map((order) => orderTruth(order, nowMs)),
  }
}

function orderTruth(order: Order, nowMs: number): OrderTruth {
  const { id, service, quantity, gross, refunded, status, placedAtMs, refunds } = order
  const remains = remainsNow(order, nowMs)
  return {
    id,
    service: service.id,
    type: service.type,
    quantity,
    gross,
    refunded,
    status,
    remains,
    placedAtMs,
    refunds,
  }
}
