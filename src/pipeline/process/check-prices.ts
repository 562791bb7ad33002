/**
 * New charges against the catalogue of their day: what is charged above rate × quantity, at the account's learned
 * discount, is an exception. Rates and the discount are looked up once for a whole batch.
 */
import { formatMoney, type Units } from '../../domain/money/money.ts'
import { orderPrices } from '../../domain/orders/order-price.ts'
import { highestCharge, isOvercharge, learnShare, type ChargedOrder } from '../../domain/orders/overcharge.ts'
import { ratesOf, type KnownRate } from '../../evidence/catalogue.ts'
import type { Landed } from '../../evidence/landing.ts'
import { loadShare, saveShare } from '../../evidence/price-shares.ts'
import type { RegisteredOrder } from '../../evidence/registered-order.ts'
import { openObjects } from '../../reconcile/exceptions.ts'
import { raise, settle, type BatchContext, type ContextSource } from './context.ts'

export interface AnsweredOrder {
  readonly item: Landed
  readonly before: RegisteredOrder
  readonly after: RegisteredOrder
}

/** A rate older than this says nothing about an order placed after it. */
const STALE_MS = 2 * 86_400_000

export async function checkPrices(
  context: BatchContext,
  source: ContextSource,
  answered: readonly AnsweredOrder[],
): Promise<void> {
  await settleLowered(context, source, answered)
  const charged = answered.filter(({ before, after }) => after.chargeVersion > before.chargeVersion)
  const services = [...new Set(charged.flatMap(({ after }) => (after.service === null ? [] : [after.service])))]
  if (services.length === 0) return
  const rates = await ratesOf(context.db, context.book, source.id, services)
  if (rates.size === 0) return
  const known = await loadShare(context.db, context.book, source.id)
  let share = known
  for (const { item, before, after } of charged) {
    const prices = pricesOf(after, rates.get(after.service ?? '') ?? [])
    if (prices.length === 0 || after.gross === null) continue
    const order: ChargedOrder = { charge: after.gross, decimals: after.chargeDecimals, prices }
    if (isOvercharge(order, share)) {
      const limit = highestCharge(order, share)
      await raise(context, item, overcharge(source, after, order.charge, limit))
    }
    // A charge first seen on a finished order may already be net of a refund: no measure of a discount.
    if (before.chargeVersion === 0 && after.grossBasis === 'open') share = learnShare(share, order)
  }
  await saveShare(context.db, context.book, source.id, known, share)
}

/** Every price of the order by the rates that were or may have been in force when it was placed. */
export function pricesOf(order: RegisteredOrder, rates: readonly KnownRate[]): readonly Units[] {
  const at = order.orderedAtMs
  if (at === null) return []
  const index = rates.findLastIndex((rate) => rate.firstSeenMs <= at)
  const current = rates[index]
  if (current === undefined) return []
  const isPast = current.lastSeenMs !== null && at > current.lastSeenMs
  if (isPast && at - (current.lastSeenMs ?? 0) > STALE_MS) return []
  // Between two catalogues the change may have come before the order or after it.
  const following = isPast ? rates[index + 1] : undefined
  const prices = [current, ...(following === undefined ? [] : [following])].flatMap(({ type, rate }) =>
    orderPrices(type, rate, order.quantity).map(({ price }) => price),
  )
  return [...new Set(prices)]
}

function overcharge(source: ContextSource, { orderId, service, origin }: RegisteredOrder, charge: Units, limit: Units) {
  // Of an order placed from here all runs are in the registered quantity.
  const detail =
    `order ${orderId} was charged ${formatMoney(charge)}, at most ${formatMoney(limit)} by the rate of service ` +
    `${service} on its day; ask the panel${origin === 'added' ? '' : ', or it was a drip-feed of several runs'}`
  return {
    source: source.name,
    code: 'AMOUNT_DIFF' as const,
    object: `price:${orderId}`,
    amount: limit - charge,
    currency: source.currency,
    detail,
  }
}

/** An overcharge is over when the whole charge came back; less than that may be for what was not delivered. */
async function settleLowered(
  context: BatchContext,
  source: ContextSource,
  answered: readonly AnsweredOrder[],
): Promise<void> {
  const refunded = answered.filter(({ before, after }) => after.refunded > before.refunded)
  if (refunded.length === 0) return
  const prices = refunded.map(({ after }) => `price:${after.orderId}`)
  const open = await openObjects(context.db, context.book, source.name, ['AMOUNT_DIFF'], prices)
  for (const { item, after } of refunded) {
    const object = `price:${after.orderId}`
    if (open.has(object) && after.refunded >= after.charged) await settle(context, item, object)
  }
}
