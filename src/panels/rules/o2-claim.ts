/**
 * O2 and O4: what an order's latest answer claims back, as a total. O3 posts it as owed (account 1330), and a later answer
 * posts the difference: a fall of the charge and a claim by the status are two ways to say one refund, so they never add up.
 *
 * Worked: charge 4.50, quantity 5,000. Partial, remains 1,000, charge still 4.50: 0.90. Next week the charge shows 3.60:
 * still 0.90.
 */
import { divideHalfUp, type Units } from '../../domain/money/money.ts'
import { endingOf, type Ending, type OrderStatus } from './status.ts'

export interface OrderClaim {
  /** The whole refund the order claims, from nothing to its cost. */
  readonly amount: Units
  /** True when the amount depends on a quantity nobody has told: the panel's order list is needed. */
  readonly needsQuantity: boolean
}

export interface ClaimFacts {
  readonly status: OrderStatus | null
  /** By O1. */
  readonly cost: Units
  /** The charge that counts now; null when the panel hides it (O6). */
  readonly charge: Units | null
  /** As the status says; null when missing or unreadable. */
  readonly remains: bigint | null
  /** As an imported list says. */
  readonly listedRemains: bigint | null
  /** Of the whole order, with its runs; null when unknown. */
  readonly quantity: bigint | null
  /** A Package or Custom Comments Package: the panel's document refunds what is undelivered at completion. */
  readonly isPackage: boolean
  /** The order was finished when it was first seen, so that its charge may have been lowered before. */
  readonly firstSeenFinished: boolean
  /** Endings of which this panel has lowered the charge of an order that was seen before (O4). */
  readonly lowered: ReadonlySet<Ending>
}

const NOTHING: OrderClaim = { amount: 0n, needsQuantity: false }

/** O2: the fall of its charge; or, once it has ended without a fall, charge × remains ÷ quantity. */
export function claimOf(facts: ClaimFacts): OrderClaim {
  const { cost, charge } = facts
  const ending = endingOf(facts.status)
  const fall = charge === null || charge > cost ? 0n : cost - charge
  if (ending === null || fall > 0n) return { amount: fall, needsQuantity: false }
  if (cost === 0n || mayBeLowered(facts, ending)) return NOTHING
  return claimByStatus(facts, ending)
}

/**
 * O4: an order first seen finished may show a charge that was lowered already. It claims nothing at a panel that has
 * lowered the charge of an order which ended in the same way; but nothing was lowered where the whole quantity remains
 * and a charge is shown.
 */
function mayBeLowered(facts: ClaimFacts, ending: Ending): boolean {
  if (!facts.firstSeenFinished || !facts.lowered.has(ending)) return false
  const { remains, quantity } = facts
  const isWhole = (ending === 'canceled' || ending === 'failed') && remains !== null && remains === quantity
  return !isWhole
}

function claimByStatus(facts: ClaimFacts, ending: Ending): OrderClaim {
  const { cost, quantity } = facts
  const whole = { amount: cost, needsQuantity: false }
  const undelivered = undeliveredOf(facts)
  switch (ending) {
    case 'canceled':
    case 'failed':
      if (undelivered === null || quantity === null || undelivered > quantity) return whole
      return { amount: proRata(cost, undelivered, quantity), needsQuantity: false }
    case 'partial':
      if (undelivered === null) return NOTHING
      if (quantity === null) return { amount: 0n, needsQuantity: true }
      if (undelivered > quantity) return NOTHING
      return { amount: proRata(cost, undelivered, quantity), needsQuantity: false }
    case 'completed':
      if (!facts.isPackage || undelivered === null || quantity === null || undelivered > quantity) return NOTHING
      return { amount: proRata(cost, undelivered, quantity), needsQuantity: false }
  }
}

/** Null when neither the status nor the list says more than nothing: panels show 0 for a canceled order that never ran. */
function undeliveredOf({ remains, listedRemains }: ClaimFacts): bigint | null {
  if (remains !== null && remains > 0n) return remains
  return listedRemains !== null && listedRemains > 0n ? listedRemains : null
}

function proRata(cost: Units, undelivered: bigint, quantity: bigint): Units {
  return quantity <= 0n ? 0n : divideHalfUp(cost * undelivered, quantity)
}
