/**
 * An order checked against the panel's own catalogue before anything is sent: the type and its fields, min and max, the
 * price and the wallet. Pure. What is wrong is refused with a sentence; what the panel does not say is not guessed.
 */
import { InputError, RejectedError } from '../../domain/errors.ts'
import { formatMoney, type Units } from '../../domain/money/money.ts'
import { orderPrices, type OrderPrice } from '../../domain/orders/order-price.ts'
import {
  orderQuantity,
  readAddOrder,
  serviceTypeOf,
  SERVICE_TYPES,
  type AddOrder,
} from '../../sources/panel/add-order.ts'
import type { ServiceRow, ServicesObservation } from '../../sources/panel/observe-services.ts'

export interface Quote {
  readonly order: AddOrder
  readonly service: ServiceRow
  /** All that is charged for; null where the service fixes it. */
  readonly quantity: bigint | null
  /** Likeliest first. */
  readonly prices: readonly [OrderPrice, ...OrderPrice[]]
}

export interface Wallet {
  readonly balance: Units
  readonly currency: string | null
}

/** The catalogue's row, or an InputError that says how to find one. */
export function findService(services: ServicesObservation & { kind: 'services' }, id: string): ServiceRow {
  const found = services.rows.find((row) => row.kind === 'service' && row.service === id)
  if (found?.kind === 'service') return found
  throw new InputError(
    'SERVICE_UNKNOWN',
    `The panel's catalogue has no readable service ${id}.`,
    'List what it offers with tieout panel services.',
  )
}

export function quoteOrder(service: ServiceRow, fields: Readonly<Record<string, unknown>>): Quote {
  const type = serviceTypeOf(service.type)
  if (type === null) {
    throw new InputError(
      'SERVICE_TYPE',
      `Service ${service.service} is of type "${service.type}", which the panel's document does not describe.`,
      `Types that can be ordered here: ${SERVICE_TYPES.join(', ')}. Order this one on the panel's site, then register it with tieout orders add.`,
    )
  }
  if (type === 'Subscriptions') {
    throw new RejectedError(
      'SUBSCRIPTION',
      `Service ${service.service} is a subscription, which panels accept on their site only (their API answers 400).`,
      'Make it on the site, then register it with tieout orders add ID: its status, cancel and refill work.',
    )
  }
  const read = readAddOrder(type, { ...fields, service: service.service })
  if (!read.ok) {
    throw new InputError(
      'ORDER_FIELDS',
      `The order does not fit service ${service.service} (${type}): ${read.problems.join('; ')}.`,
      'tieout panel add --help lists the flags of each type.',
    )
  }
  const { perRun, total } = orderQuantity(read.order)
  checkLimits(service, perRun)
  const [likeliest, ...others] = orderPrices(service.type, service.rate, total)
  // Only a type of flat price has no quantity.
  if (likeliest === undefined) throw new RangeError(`an order of type ${type} has neither a quantity nor a flat price`)
  return { order: read.order, service, quantity: total, prices: [likeliest, ...others] }
}

function checkLimits({ service, min, max }: ServiceRow, quantity: bigint | null): void {
  if (quantity === null) return
  const [word, limit] =
    min !== null && quantity < min ? ['least', min] : max !== null && quantity > max ? ['most', max] : []
  if (limit === undefined) return
  throw new InputError(
    'ORDER_QUANTITY',
    `The quantity ${quantity} is outside of what service ${service} takes: at ${word} ${limit}.`,
    'Change the quantity, or look for another service with tieout panel services.',
  )
}

/** Refuses an order that the wallet cannot pay, or whose wallet is kept in another currency than configured. */
export function checkWallet({ prices }: Quote, wallet: Wallet, currency: string): void {
  if (wallet.currency !== null && wallet.currency !== currency) {
    throw new InputError(
      'WALLET_CURRENCY',
      `The wallet is in ${wallet.currency}, but the source is configured in ${currency}.`,
      'Correct the currency of the source in tieout.yaml.',
    )
  }
  const least = prices.map(({ price }) => price).reduce((low, price) => (price < low ? price : low))
  if (wallet.balance >= least) return
  throw new RejectedError(
    'WALLET_SHORT',
    `The wallet holds ${formatMoney(wallet.balance)} ${currency}, and the order costs ${formatMoney(least)}.`,
    'Top up the wallet, then order again. Nothing was sent.',
  )
}
