/** C4: what a person's word makes of a reading. A word that cannot fit is refused with a sentence. */
import { formatMoney, type Units } from '../../domain/money/money.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import { candidates, paidNear, type Move } from './c5-payouts.ts'
import type { Answer, CounterMode, RecordedPayout } from './reading.ts'

export type Answered =
  /** Nothing of the reading counts. */
  | { readonly kind: 'wrong' }
  | {
      readonly kind: 'taken'
      /** Posted as earned or spent, and as taken back or credited; neither below zero. */
      readonly up: Units
      readonly down: Units
      /** On record, that it shows. */
      readonly payout: RecordedPayout | null
      /** Paid out by the person's word alone: nothing on record says so. */
      readonly due: Units
    }
  | { readonly kind: 'refused'; readonly reason: string }

export interface Standing {
  readonly move: Move
  readonly mode: CounterMode | null
  readonly payouts: readonly RecordedPayout[]
  readonly shown: ReadonlySet<string>
}

export function answered({ as, earned }: Pick<Answer, 'as' | 'earned'>, standing: Standing): Answered {
  const { change } = standing.move
  switch (as) {
    case 'wrong':
      return { kind: 'wrong' }
    case 'reset':
    case 'other-account':
      return taken(earned ?? 0n)
    case 'right':
      return change < 0n && earned === null
        ? refused('the amount fell; say clawback, payout or reset')
        : taken(earned ?? change)
    case 'clawback':
      if (change >= 0n) return refused('the amount did not fall, so nothing was taken back')
      if (earned !== null && earned < 0n) return refused('what was earned beside a clawback is not below zero')
      return { kind: 'taken', up: earned ?? 0n, down: (earned ?? 0n) - change, payout: null, due: 0n }
    case 'payout':
      return paid(earned, standing)
    case 'payout-returned':
      return cameBack(earned, standing)
  }
}

function paid(earned: Units | null, { move, mode, payouts, shown }: Standing): Answered {
  if (mode === 'lifetime') return refused('the source says counterMode: lifetime, and such a counter shows no payout')
  if (mode === null) return refused('say counterMode: unpaid for the source first, if its counter falls when it pays')
  const near = paidNear(move, payouts, shown)
  if (earned === null) {
    const oldest = near.find((each) => each.earned >= 0n)
    if (oldest !== undefined) return taken(oldest.earned, oldest.payout)
    return refused('no payout on record comes to it; say with --earned what was earned beside it')
  }
  if (earned <= move.change) return refused(`${formatMoney(earned)} earned leaves nothing that was paid out`)
  // Stated since the person's word made it due, it is what was stated.
  const own = dueKey(move.day)
  const known = near.find((each) => each.earned === earned) ?? near.find(({ payout }) => payout.key === own)
  return known === undefined ? taken(earned, null, earned - move.change) : taken(known.earned, known.payout)
}

/** The payout that a person's word about a fall makes due, by the day of the fall. */
export function dueKey(day: IsoDate): string {
  return `payout:fall-${day}`
}

function cameBack(earned: Units | null, standing: Standing): Answered {
  if (standing.move.change <= 0n) return refused('the amount did not rise, so nothing came back with it')
  const near = candidates(standing.move, standing.payouts, standing.shown).filter((each) => each.earned >= 0n)
  const same = earned === null ? near[0] : near.find((each) => each.earned === earned)
  if (same !== undefined) return taken(same.earned, same.payout)
  return refused('no returned payout on record comes to it; import a row payout-returned with its reference')
}

function taken(earned: Units, payout: RecordedPayout | null = null, due: Units = 0n): Answered {
  return { kind: 'taken', up: earned > 0n ? earned : 0n, down: earned < 0n ? -earned : 0n, payout, due }
}

function refused(reason: string): Answered {
  return { kind: 'refused', reason }
}
