/**
 * O7: too much claimed at once. The new claims of one night wait when they are above the larger of 100.00 and three times
 * what the wallet gained in any night from thirty before to thirty after, until a person or a later gain releases them:
 * a garbled pass of 5,000 "Canceled" then posts nothing.
 */
import type { Units } from '../../domain/money/money.ts'

/** 100.00, in the wallet's currency. */
const ALWAYS_ALLOWED: Units = 10_000_000_000n
const TIMES_GAINED = 3n
const NIGHTS_AROUND = 30

/** Indexes of the nights whose claims wait. `claims` and `gained` are of the same nights, oldest first. */
export function heldClaims(
  claims: readonly Units[],
  gained: readonly Units[],
  released: ReadonlySet<number>,
): ReadonlySet<number> {
  const held = claims.flatMap((amount, index) => {
    if (amount <= ALWAYS_ALLOWED || released.has(index)) return []
    return amount > limitOf(gained, index) ? [index] : []
  })
  return new Set(held)
}

/** What may be claimed in one night without being held. */
export function limitOf(gained: readonly Units[], index: number): Units {
  const around = gained.slice(Math.max(0, index - NIGHTS_AROUND), index + NIGHTS_AROUND + 1)
  return around.reduce((limit, gain) => (gain * TIMES_GAINED > limit ? gain * TIMES_GAINED : limit), ALWAYS_ALLOWED)
}
