/**
 * How the simulated panels price and refund: at each order, half up, to the panel's own decimals. A refund is rounded
 * as a cumulative target and paid as the difference, so several refunds of one order never pass its charge.
 */
import { divideHalfUp, parseMoney } from '../../domain/money/money.ts'
import type { Units } from '../../domain/money/money.ts'
import type { Service } from './catalogue.ts'

/** Decimal text that options or tables promise to be well formed. */
export function mustParseMoney(text: string): Units {
  const parsed = parseMoney(text)
  if (!parsed.ok) throw new RangeError(`Amount in the sandbox's options: ${parsed.reason}.`)
  return parsed.units
}

/** n / d units, half up, to a whole multiple of 10⁻ᵈᵉᶜⁱᵐᵃˡˢ. */
function roundTo(decimals: number, n: bigint, d: bigint): Units {
  const step = 10n ** BigInt(8 - decimals)
  return divideHalfUp(n, d * step) * step
}

/** A Package has a flat price; every other type costs its rate per 1000. */
export function priceOf(service: Service, quantity: number, decimals: number): Units {
  if (service.type === 'Package') return roundTo(decimals, service.rate, 1n)
  return roundTo(decimals, service.rate * BigInt(quantity), 1000n)
}

/** What should have been refunded in total when `remains` of `quantity` were never delivered. */
export function proRata(gross: Units, remains: number, quantity: number, decimals: number): Units {
  return roundTo(decimals, gross * BigInt(remains), BigInt(quantity))
}
