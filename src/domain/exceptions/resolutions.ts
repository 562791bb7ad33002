/**
 * The ways a person may resolve an exception. What each one does to the books is its effect; one without a posting keeps
 * what was true then, so that the same check finding the same again tomorrow does not open it.
 */
export type ResolutionEffect =
  /** Nothing is booked. */
  | 'none'
  /** The wallet's difference goes to its suspense account, and comes back when the evidence arrives. */
  | 'suspense'
  | 'write-off'
  /** What the wallet holds more was paid in, or given by the panel. */
  | 'top-up'
  | 'bonus'
  /** The order's refund moves by the exception's amount, which is negative where a refund is taken back. */
  | 'refund'
  /** The parent's charge is booked, or is its children's. */
  | 'parent-charged'
  | 'parent-free'
  /** The order is booked at the price that an imported history lists. */
  | 'history-price'
  /** The panel moved the wallet by hand, in either direction, and nothing else shows it. */
  | 'adjustment'
  /** What was taken for a second credit is a difference of the wallet again. */
  | 'no-second-credit'
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
  keep: { effect: 'none', words: 'it is the same once more, and stays out; nothing is booked' },
  'not-a-duplicate': { effect: 'row', words: 'a payment of its own: the row is booked' },
  denied: { effect: 'none', words: 'the vendor gives no refund; nothing is booked' },
  received: { effect: 'refund', words: 'the refund was received: it is booked' },
  'refund-stands': { effect: 'none', words: 'the refund stays as it is booked' },
  'refund-taken-back': { effect: 'refund', words: 'the vendor took the refund back: it is reversed' },
  'not-twice': {
    effect: 'no-second-credit',
    words: 'no second credit: it leaves suspense and is a difference of the wallet again',
  },
  suspense: { effect: 'suspense', words: 'not known yet: it waits in suspense until the evidence arrives' },
  'write-off': { effect: 'write-off', words: 'it will not be found: it is written off' },
  adjustment: {
    effect: 'adjustment',
    words: 'the panel credited or debited it by hand: it is booked as other income or cost',
  },
  'history-price': { effect: 'history-price', words: 'it cost what the imported history lists: that is booked' },
  'top-up': { effect: 'top-up', words: 'a payment into the wallet: it is booked as a top-up' },
  bonus: { effect: 'bonus', words: 'credit that the panel gave: it is booked as a bonus' },
  book: { effect: 'parent-charged', words: 'this order itself was charged: it is booked' },
  ignore: { effect: 'parent-free', words: 'its children were charged, not this order; nothing of it is booked' },
} as const satisfies Readonly<Record<string, Resolution>>

export type ResolutionName = keyof typeof RESOLUTIONS

// The keys of an object literal are its names.
export const RESOLUTION_NAMES = Object.keys(RESOLUTIONS) as readonly ResolutionName[]
