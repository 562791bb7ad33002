/**
 * How much of the bonuses a vendor gave has been used. A bonus is a discount on what its top-up buys, so it is used up as
 * that money is: what was paid in first is consumed first, each top-up with its bonus as one layer. From totals alone, so
 * a refund defers its share again, and a later top-up changes nothing of what was used before.
 */
import { divideHalfEven, type Units } from '../money/money.ts'

export interface Funding {
  readonly kind: 'paid' | 'bonus'
  /** Positive. */
  readonly amount: Units
}

interface Layer {
  size: Units
  bonus: Units
}

/** `funding` in the order it came; `consumed` is all that ever went out of the wallet, less what came back. */
export function bonusUsed(funding: readonly Funding[], consumed: Units): Units {
  let left = consumed > 0n ? consumed : 0n
  let used = 0n
  for (const { size, bonus } of layersOf(funding)) {
    const from = left < size ? left : size
    used += divideHalfEven(bonus * from, size)
    left -= from
  }
  return used
}

/** A bonus joins the top-up before it; one that comes before any top-up is a layer of its own. */
function layersOf(funding: readonly Funding[]): readonly Layer[] {
  const layers: Layer[] = []
  for (const { kind, amount } of funding) {
    const last = layers.at(-1)
    if (kind === 'bonus' && last !== undefined) {
      last.size += amount
      last.bonus += amount
    } else layers.push({ size: amount, bonus: kind === 'bonus' ? amount : 0n })
  }
  return layers
}
