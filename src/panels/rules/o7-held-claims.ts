/**
 * O7: too much claimed at once. The new claims of one night wait when they are above the larger of 100.00 and three times
 * what the wallet gained in any night from thirty before to thirty after, until a person or a later gain releases them:
 * a garbled pass of 5,000 "Canceled" then posts nothing. What a later night takes back is taken from what waits first.
 */
import type { Units } from '../../domain/money/money.ts'

/** 100.00, in the wallet's currency. */
const ALWAYS_ALLOWED: Units = 10_000_000_000n
const TIMES_GAINED = 3n
const NIGHTS_AROUND = 30

export interface LimitedClaims {
  /** Claims by night, less what later nights took back of nights that wait. */
  readonly claims: readonly Units[]
  /** Indexes of the nights whose claims wait. */
  readonly held: ReadonlySet<number>
}

/** `claims` and `gained` are of the same nights, oldest first. */
export function limitClaims(
  claims: readonly Units[],
  gained: readonly Units[],
  released: ReadonlySet<number>,
): LimitedClaims {
  const left = [...claims]
  const isAbove = (index: number): boolean => (left[index] ?? 0n) > limitOf(gained, index) && !released.has(index)
  const above = claims.flatMap((_, index) => (isAbove(index) ? [index] : []))
  for (const [index, amount] of claims.entries()) {
    let back = amount < 0n ? -amount : 0n
    for (const night of above) {
      if (back === 0n || night > index) break
      const part = (left[night] ?? 0n) < back ? (left[night] ?? 0n) : back
      left[night] = (left[night] ?? 0n) - part
      left[index] = (left[index] ?? 0n) + part
      back -= part
    }
  }
  return { claims: left, held: new Set(above.filter(isAbove)) }
}

/** What may be claimed in one night without being held. */
function limitOf(gained: readonly Units[], index: number): Units {
  const around = gained.slice(Math.max(0, index - NIGHTS_AROUND), index + NIGHTS_AROUND + 1)
  return around.reduce((limit, gain) => (gain * TIMES_GAINED > limit ? gain * TIMES_GAINED : limit), ALWAYS_ALLOWED)
}
