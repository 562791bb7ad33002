/**
 * Where the statements of one account and currency do not follow from one another: the next one opens with another balance
 * than the last one closed with, so that days are missing between them.
 */
import type { Units } from '../money/money.ts'
import type { IsoDate } from '../transaction.ts'

export interface Stretch {
  readonly id: string
  readonly first: IsoDate
  readonly last: IsoDate
  /** Null when the file does not tell. */
  readonly opening: Units | null
  readonly closing: Units | null
}

export interface Gap {
  readonly before: Stretch
  readonly after: Stretch
  /** What moved between them: the later opening less the earlier closing. */
  readonly moved: Units
  /** The later begins on the day on which the earlier ends, so they may share lines instead. */
  readonly isTouching: boolean
}

/**
 * Stretches that lie inside others prove nothing and are passed over; those without balances interrupt the chain. Of two of
 * the same days the first given counts.
 */
export function gapsIn(stretches: readonly Stretch[]): readonly Gap[] {
  const left = stretches.toSorted((a, b) => compare(a.first, b.first) || compare(b.last, a.last))
  const gaps: Gap[] = []
  let at = left.shift()
  while (at !== undefined) {
    const next = takeNext(left, at)
    if (next === undefined) return gaps
    const { opening } = next
    const { closing, last } = at
    if (next.first >= last && opening !== null && closing !== null && opening !== closing) {
      gaps.push({ before: at, after: next, moved: opening - closing, isTouching: next.first === last })
    }
    at = next
  }
  return gaps
}

/** The one that follows by its balance if there is one among those that begin by then, else the first that reaches further. */
function takeNext(left: Stretch[], { last, closing }: Stretch): Stretch | undefined {
  const follows = left.findIndex(
    (each) =>
      each.first >= last && each.opening !== null && each.opening === closing && each.first <= firstOf(left, last),
  )
  const next = follows >= 0 ? follows : left.findIndex((each) => each.last > last)
  if (next < 0) return undefined
  const [taken] = left.splice(next, 1)
  return taken
}

/** The day on which the earliest of those begins that do not lie before. */
function firstOf(left: readonly Stretch[], last: IsoDate): IsoDate {
  return left.find(({ first }) => first >= last)?.first ?? last
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
