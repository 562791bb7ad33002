/**
 * What an order should cost by the panel's catalogue. A rate is per 1,000 by custom; a Package is flat. For a Custom
 * Comments Package the panel's document leaves the unit open and scripts differ, so both prices are possible.
 */
import { divideHalfUp, type Units } from '../money/money.ts'

export interface OrderPrice {
  readonly unit: 'per-1000' | 'flat'
  readonly price: Units
}

const UNITS: Readonly<Record<string, readonly OrderPrice['unit'][]>> = {
  package: ['flat'],
  'custom comments package': ['per-1000', 'flat'],
}

/** The likeliest first; empty when the quantity is needed and not known. `type` is the catalogue's word, in any case. */
export function orderPrices(type: string, rate: Units, quantity: bigint | null): readonly OrderPrice[] {
  const units = UNITS[type.trim().toLowerCase()] ?? ['per-1000']
  return units.flatMap((unit): readonly OrderPrice[] => {
    if (unit === 'flat') return [{ unit, price: rate }]
    return quantity === null ? [] : [{ unit, price: divideHalfUp(rate * quantity, 1000n) }]
  })
}
