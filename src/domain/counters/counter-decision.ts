/**
 * What a person may say about a held reading, and what that makes of it. A word that does not fit the reading (a fall
 * called a spike) is refused with a sentence: a slip of the hand must not reach the books.
 */
import type { CounterDecision, CounterFacts } from './counter.ts'
import { explainByPayouts } from './counter-payout.ts'
import { abs, formatMoney, type Units } from '../money/money.ts'

export const ACCEPT_AS = {
  clawback: 'earnings were taken back (or spending credited): book the fall',
  reset: 'counting starts anew at this reading: book nothing',
  'spike-ok': 'the rise is real: book it',
  repost: 'a late correction or a manual credit: book the rise, marked as re-posted',
  payout: 'the unpaid balance has been lowered by the payout that is due: book the rise it hid',
} as const

export type AcceptAs = keyof typeof ACCEPT_AS

export type Accepted =
  | { readonly kind: 'book'; readonly decision: Exclude<CounterDecision, { kind: 'held' | 'baseline' }> }
  /** A new baseline; `jump` is what the counter moved by without anything being earned or spent. */
  | { readonly kind: 'reset'; readonly jump: Units }
  | { readonly kind: 'refused'; readonly reason: string }

export function acceptReading(facts: CounterFacts, as: AcceptAs): Accepted {
  const raw = facts.next.amount - facts.accounted
  switch (as) {
    case 'reset':
      return { kind: 'reset', jump: raw }
    case 'clawback': {
      if (raw >= 0n) return refused(`the counter did not fall (${signed(raw)}), so there is nothing to claw back`)
      return { kind: 'book', decision: { kind: 'fall', amount: -raw, rule: 'counter/clawback', payouts: [] } }
    }
    case 'spike-ok':
    case 'repost':
      return acceptRise(facts, raw, as)
    case 'payout': {
      const [due] = facts.payouts
      if (facts.mode !== 'unpaid' || due === undefined) {
        return refused('no payout is due for it; import the payout, and say that the counter shows what is unpaid')
      }
      const amount = raw + due.amount
      if (amount < 0n)
        return refused(`the counter fell by more than the payout ${due.reference}: ${signed(amount)} would be left`)
      if (amount === 0n) return { kind: 'book', decision: { kind: 'unchanged', payouts: [due] } }
      return { kind: 'book', decision: { kind: 'rise', amount, rule: 'counter/rise', payouts: [due] } }
    }
  }
}

function acceptRise({ mode, payouts, day }: CounterFacts, raw: Units, as: 'spike-ok' | 'repost'): Accepted {
  const isFallByPayouts = mode === 'unpaid' && raw < 0n
  const explained = isFallByPayouts ? explainByPayouts(raw, payouts, day, () => false) : null
  const change = explained?.kind === 'explained' ? explained.change : raw
  if (change <= 0n) return refused(`the counter did not rise (${signed(change)}); accept it as clawback or reset`)
  const shown = explained?.kind === 'explained' ? explained.payouts : []
  const rule = as === 'repost' ? 'counter/repost-up' : 'counter/rise'
  return { kind: 'book', decision: { kind: 'rise', amount: change, rule, payouts: shown } }
}

function refused(reason: string): Accepted {
  return { kind: 'refused', reason }
}

function signed(units: Units): string {
  return `${units < 0n ? '−' : '+'}${formatMoney(abs(units))}`
}
