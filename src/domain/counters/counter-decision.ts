/**
 * What a person may say about a reading, and what that makes of it. A word that does not fit the reading (a fall
 * called a spike) is refused with a sentence: a slip of the hand must not reach the books.
 */
import type { CounterDecision, CounterFacts } from './counter.ts'
import { explainByPayouts, type KnownPayout } from './counter-payout.ts'
import { abs, formatMoney, type Units } from '../money/money.ts'

export const ACCEPT_AS = {
  clawback: 'earnings were taken back (or spending credited): book the fall',
  payout:
    'a payout has lowered it: book what was earned besides, by the payouts on record, the line its exception proposes, or --earned',
  reset: 'counting started anew: book what --earned says, or nothing; later readings are compared with this one',
  'other-account': 'another account from here on, for good: this reading is its opening, book nothing',
  'spike-ok': 'the rise is real: book it',
  'payout-returned':
    'a payout that came back is part of the rise: book what was earned besides, by the return on record, or --earned',
  repost: 'a late correction or a manual credit: book the rise, marked as re-posted',
} as const

export type AcceptAs = keyof typeof ACCEPT_AS

/** Words with which a person may say how much was earned or spent beside what the counter moved by. */
export const WITH_EARNED: ReadonlySet<AcceptAs> = new Set(['payout', 'payout-returned', 'reset'])

export type Accepted =
  | {
      readonly kind: 'book'
      readonly decision: Exclude<CounterDecision, { kind: 'held' | 'baseline' }>
      /** What the counter moved by beyond it, without anything being earned or spent. */
      readonly jump: Units
    }
  /** A new baseline; `jump` is all that the counter moved by. */
  | { readonly kind: 'reset'; readonly jump: Units }
  | { readonly kind: 'refused'; readonly reason: string }

/** `earned`: what was earned or spent besides, when the person said so; negative where more was taken back than came. */
export function acceptReading(facts: CounterFacts, as: AcceptAs, earned: Units | null = null): Accepted {
  const raw = facts.next.amount - facts.accounted
  if (facts.previous === null) return refused('it is where counting starts; nothing before it is booked')
  if (earned !== null && !WITH_EARNED.has(as)) return refused(`a ${as} says itself how much it comes to`)
  switch (as) {
    case 'other-account':
      return { kind: 'reset', jump: raw }
    case 'reset': {
      const back = returnedBeside(facts, raw - (earned ?? 0n))
      if (back !== null) return book(earned ?? 0n, [back], 0n)
      if (earned === null || earned === 0n) return { kind: 'reset', jump: raw }
      return book(earned, [], raw - earned)
    }
    case 'clawback': {
      if (raw >= 0n) return refused(`the counter did not fall (${signed(raw)}), so there is nothing to claw back`)
      const decision = { kind: 'fall', amount: -raw, rule: 'counter/clawback', payouts: [] } as const
      return { kind: 'book', decision, jump: 0n }
    }
    case 'spike-ok':
    case 'repost':
      return acceptRise(facts, raw, as)
    case 'payout':
      return acceptPayout(facts, raw, earned)
    case 'payout-returned':
      return acceptReturned(facts, raw, earned)
  }
}

/** As many payouts on record as the fall needs, the oldest first; where nobody sees a fall, the oldest. */
function acceptPayout(facts: CounterFacts, raw: Units, earned: Units | null): Accepted {
  if (raw >= 0n && facts.mode !== 'unpaid') {
    return refused('the counter did not fall and is taken as a lifetime total, so no payout is due for it')
  }
  const shown = payoutsShown(facts, raw)
  const moved = raw + shown.reduce((sum, { amount }) => sum + amount, 0n)
  if (earned !== null) return book(earned, moved < 0n ? [] : shown, (moved < 0n ? raw : moved) - earned)
  const [oldest] = facts.payouts
  if (oldest === undefined) {
    return refused(
      'no payout is due or on record near it; import the payout, call its line one (tieout reconcile settle LINE --as payout --of SOURCE), or say with --earned what was earned that day',
    )
  }
  if (moved < 0n) {
    const which = shown.length === 1 ? `the payout ${oldest.reference}` : 'the payouts near it'
    return refused(`the counter fell by more than ${which}: ${signed(moved)} would be left`)
  }
  return book(moved, shown, 0n)
}

/** The return that leaves what the person says; without that the oldest that fits. */
function acceptReturned(facts: CounterFacts, raw: Units, earned: Units | null): Accepted {
  if (raw <= 0n) return refused(`the counter did not rise (${signed(raw)}), so nothing came back with it`)
  if (earned !== null) {
    if (earned >= raw) return refused(`${formatMoney(earned)} earned leaves nothing of the rise that came back`)
    const back = returnedBeside(facts, raw - earned)
    return back === null ? book(earned, [], raw - earned) : book(earned, [back], 0n)
  }
  const [only, ...others] = facts.returns.filter(({ amount }) => amount <= raw)
  if (only === undefined) {
    return refused(
      'no returned payout is on record near it; import a row of kind payout-returned, or say with --earned what was earned that day',
    )
  }
  if (others.length > 0) return refused('more than one returned payout may be in it; say with --earned what was earned')
  return book(raw - only.amount, [only], 0n)
}

function returnedBeside({ returns }: CounterFacts, left: Units): KnownPayout | null {
  return returns.find(({ amount }) => amount === left) ?? null
}

function payoutsShown({ payouts }: CounterFacts, raw: Units): readonly KnownPayout[] {
  if (raw >= 0n) return payouts.slice(0, 1)
  const shown: KnownPayout[] = []
  let moved = raw
  for (const payout of payouts) {
    if (moved >= 0n) break
    moved += payout.amount
    shown.push(payout)
  }
  return shown
}

function book(earned: Units, payouts: readonly KnownPayout[], jump: Units): Accepted {
  if (earned === 0n) return { kind: 'book', decision: { kind: 'unchanged', payouts }, jump }
  if (earned < 0n)
    return { kind: 'book', decision: { kind: 'fall', amount: -earned, rule: 'counter/clawback', payouts }, jump }
  return { kind: 'book', decision: { kind: 'rise', amount: earned, rule: 'counter/rise', payouts }, jump }
}

function acceptRise({ mode, payouts, day }: CounterFacts, raw: Units, as: 'spike-ok' | 'repost'): Accepted {
  const isFallByPayouts = mode === 'unpaid' && raw < 0n
  const explained = isFallByPayouts
    ? explainByPayouts(raw, payouts, day, { isPlausible: () => false, usual: null })
    : null
  const change = explained?.kind === 'explained' ? explained.change : raw
  if (change === 0n) return refused(nothingMoved(raw))
  if (change < 0n) return refused(`the counter did not rise (${signed(change)}); accept it as clawback or reset`)
  const shown = explained?.kind === 'explained' ? explained.payouts : []
  const rule = as === 'repost' ? 'counter/repost-up' : 'counter/rise'
  return { kind: 'book', decision: { kind: 'rise', amount: change, rule, payouts: shown }, jump: 0n }
}

function nothingMoved(raw: Units): string {
  if (raw === 0n) return 'the counter did not move, so there is nothing to book; reject it'
  return `the counter fell by ${formatMoney(-raw)}, which is what was paid out, so nothing was earned; accept it as payout`
}

function refused(reason: string): Accepted {
  return { kind: 'refused', reason }
}

function signed(units: Units): string {
  return `${units < 0n ? '−' : '+'}${formatMoney(abs(units))}`
}
