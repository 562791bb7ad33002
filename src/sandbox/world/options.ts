/**
 * What a simulated world is made of. The same options always give the same world, so a test or a bug report
 * needs only these and an instant. Amounts are decimal text, as a person would write them.
 */
import type { MoneyOptions } from './money/state.ts'

export type ChargeSemantics = 'net' | 'gross'

export interface PublisherOptions {
  readonly name: string
  readonly apiKey: string
  /** Lifetime earnings counter at the start, default "162.50". */
  readonly openingEarned?: string
  /** How much of it had been paid out before the start, default "100.00". */
  readonly openingPaid?: string
  /** Where `conversion.tracked` is posted; none by default. */
  readonly webhookUrl?: string
}

export interface AdvertiserOptions {
  readonly name: string
  readonly apiKey: string
  /** Lifetime spent counter at the start, default "412.37". */
  readonly openingSpent?: string
  /** Ad wallet at the start, default "250.00". */
  readonly openingWallet?: string
}

export interface PanelOptions {
  readonly name: string
  readonly apiKey: string
  /** Whether a status' charge falls when an order is refunded (net) or stays for ever (gross). */
  readonly semantics: ChargeSemantics
  /** Decimal places of every amount the panel makes, 0 to 8; default 5. */
  readonly decimals?: number
  /** Orders the account's own users place on the site per day; 0 for an account driven by its API alone. */
  readonly ordersPerDay: number
  readonly openingBalance: string
  /** IANA zone of the dates in the site's downloads. */
  readonly timeZone: string
  /** Default USD. */
  readonly currency?: string
  /** Ids below this belong to other users; default 23500. */
  readonly firstOrderId?: number
  /** False leaves an empty wallet empty; default true: somebody tops up when it runs low. */
  readonly autoTopUp?: boolean
  /** Where `order-update` is posted; none by default. */
  readonly webhookUrl?: string
  /** Answers an unknown single order with HTTP 200 and an error body instead of 404. */
  readonly errorIn200?: boolean
  /** 'status' also accepts `action=status` with `orders=`, as many other panels do. */
  readonly multiAction?: 'multiStatus' | 'status'
}

export interface WorldOptions {
  readonly seed: number | string
  readonly startMs: number
  readonly publishers: readonly PublisherOptions[]
  readonly advertisers: readonly AdvertiserOptions[]
  readonly panels: readonly PanelOptions[]
  /** The agency's own bank and PayPal; without it nobody knows where money comes from. */
  readonly money?: MoneyOptions
  /** Site orders stop this many days after the start; without it they never do. */
  readonly orderDays?: number
  /**
   * For very large worlds: an order leaves memory this many days after it settled, and its panel then answers
   * "Incorrect order ID" for it. Its sums stay in the panel's totals. Without it every order is kept.
   */
  readonly forgetAfterDays?: number
}

/** The demo world: one publisher, one advertiser, a net panel in UTC and a gross panel in Berlin time. */
export function defaultWorldOptions(demo: {
  readonly seed: number | string
  readonly startMs: number
  /** Days on which orders are placed, default 14. */
  readonly days?: number
  /** Over both panels together, default 430: about 6,000 orders in 14 days. */
  readonly ordersPerDay?: number
  /** The agency's bank and PayPal; none by default. */
  readonly money?: MoneyOptions
}): WorldOptions {
  const { seed, startMs, days = 14, ordersPerDay = 430, money } = demo
  const onNet = Math.ceil(ordersPerDay / 2)
  return {
    seed,
    startMs,
    orderDays: days,
    ...(money === undefined ? {} : { money }),
    publishers: [{ name: 'pub', apiKey: 'sandbox-publisher-key' }],
    advertisers: [{ name: 'ads', apiKey: 'sandbox-advertiser-key' }],
    panels: [
      {
        name: 'netpanel',
        apiKey: 'sandbox-netpanel-key',
        semantics: 'net',
        ordersPerDay: onNet,
        openingBalance: '100.84292',
        timeZone: 'UTC',
      },
      {
        name: 'grosspanel',
        apiKey: 'sandbox-grosspanel-key',
        semantics: 'gross',
        ordersPerDay: ordersPerDay - onNet,
        openingBalance: '250.00000',
        timeZone: 'Europe/Berlin',
        firstOrderId: 810_000,
      },
    ],
  }
}
