/**
 * The ways a person may resolve an exception. What each one does to the books is its effect; one without a posting keeps
 * what was true then, so that the same check finding the same again tomorrow does not open it.
 */
import { ANSWERS } from './counter-answers.ts'

export type ResolutionEffect =
  /** Nothing is booked. */
  | 'none'
  | 'write-off'
  /** What the wallet holds more was paid in, or given by the panel. */
  | 'top-up'
  | 'bonus'
  /** Refunds that are owed will not be paid. */
  | 'denied'
  /** What was claimed at once is right. */
  | 'release'
  /** The panel moved the wallet by hand, in either direction, and nothing else shows it. */
  | 'adjustment'
  /** What a person says of a reading of a counter (C4). */
  | 'answer'
  /** The refused row of a file is booked under a reference of its own. */
  | 'row'

interface Resolution {
  readonly effect: ResolutionEffect
  /** The end of the sentence "It is resolved: ...". */
  readonly words: string
}

export const RESOLUTIONS = {
  acknowledge: { effect: 'none', words: 'seen and known; nothing is booked' },
  accept: { effect: 'none', words: 'accepted as the vendor has it; nothing is booked' },
  dismiss: { effect: 'none', words: 'looked at, and there is nothing to do; nothing is booked' },
  same: { effect: 'none', words: 'it is the same once more, and counts once; nothing is booked' },
  'not-a-duplicate': { effect: 'row', words: 'a line or a payment of its own: it counts as well' },
  denied: { effect: 'denied', words: 'the panel gives no refund: what was due is a cost again' },
  release: {
    effect: 'release',
    words: 'the refunds are claimed rightly: the next look at the wallet posts them as due',
  },
  payout: { effect: 'answer', words: ANSWERS.payout },
  'payout-returned': { effect: 'answer', words: ANSWERS['payout-returned'] },
  clawback: { effect: 'answer', words: ANSWERS.clawback },
  reset: { effect: 'answer', words: ANSWERS.reset },
  'other-account': { effect: 'answer', words: ANSWERS['other-account'] },
  right: { effect: 'answer', words: ANSWERS.right },
  wrong: { effect: 'answer', words: ANSWERS.wrong },
  'write-off': { effect: 'write-off', words: 'it will not be found: it is written off' },
  adjustment: {
    effect: 'adjustment',
    words: 'the panel credited or debited it by hand: it is booked as other income or cost',
  },
  'top-up': { effect: 'top-up', words: 'a payment into the wallet: it is booked as a top-up' },
  bonus: { effect: 'bonus', words: 'credit that the panel gave: it is booked as a bonus' },
} as const satisfies Readonly<Record<string, Resolution>>

export type ResolutionName = keyof typeof RESOLUTIONS

// The keys of an object literal are its names.
export const RESOLUTION_NAMES = Object.keys(RESOLUTIONS) as readonly ResolutionName[]
