/**
 * What becomes of one reading: by the usual rules, by what is undecided before it, and by what a person has said about
 * it. Pure, so that the same readings and decisions come to the same whatever the order in which they were learned.
 */
import { acceptReading, type AcceptAs } from '../../domain/counters/counter-decision.ts'
import { ACCEPT_AS } from '../../domain/counters/counter-decision.ts'
import type { CounterDecision } from '../../domain/counters/counter.ts'
import { FALL_CODES, nextStep, type CounterRole, type OpenFalls } from '../../domain/counters/counter-undecided.ts'
import { abs, formatMoney, type Units } from '../../domain/money/money.ts'
import type { Evidence } from '../../domain/transaction.ts'
import type { ReadingDecision } from '../../evidence/counter-decisions.ts'
import type { CounterVerdict } from '../../evidence/counter-verdicts.ts'
import { judge, type GatheredFacts } from './counter-facts.ts'

export const REJECT = 'reject'

export interface Outcome {
  /** What is booked of it, if anything. */
  readonly decision: CounterDecision
  readonly verdict: CounterVerdict
  /** The decision that made it so; null when there is none, or none that fits. */
  readonly said: ReadingDecision | null
  /** Why what a person said does not fit. */
  readonly refused: string | null
}

interface Usual {
  readonly decision: CounterDecision
  readonly role: CounterRole | null
}

/** `holdsFalls` is false only for settings from before there were limits. */
export function outcomeOf(facts: GatheredFacts, said: ReadingDecision | null, holdsFalls: boolean): Outcome {
  const usual = holdsFalls ? usually(facts) : { decision: judge(facts), role: null }
  if (said === null) return plain(facts, usual, null)
  if (said.human.as === REJECT) {
    if (facts.previous === null)
      return plain(facts, usual, 'it is where counting starts, so there is nothing to reject')
    const verdict = { ...verdictOf(facts, usual), status: 'rejected' as const, rule: null, role: null, level: null }
    const change = usual.decision.kind === 'held' ? usual.decision.amount : facts.next.amount - facts.accounted
    return { decision: usual.decision, verdict: { ...verdict, change }, said, refused: null }
  }
  if (usual.role === 'waiting' && facts.open !== null)
    return plain(facts, usual, `it waits behind reading ${nameOf(facts.open.falls[0].place)}; decide that one first`)
  return accepted(facts, usual, said)
}

function accepted(facts: GatheredFacts, usual: Usual, said: ReadingDecision): Outcome {
  const { as } = said.human
  if (!isAcceptAs(as)) return plain(facts, usual, `"${as}" is not known to this version`)
  const taken = acceptReading(facts, as, said.earned)
  if (taken.kind === 'refused') return plain(facts, usual, taken.reason)
  const held = verdictOf(facts, usual)
  const about = { ...held, status: 'accepted' as const, role: null, level: null, jump: taken.jump }
  if (taken.kind === 'reset') {
    const decision = { kind: 'unchanged', payouts: [] } as const
    return { decision, verdict: { ...about, rule: null, change: taken.jump }, said, refused: null }
  }
  const { decision } = taken
  const [rule, change] = decision.kind === 'unchanged' ? [null, 0n] : [decision.rule, signedOf(decision)]
  return { decision, verdict: { ...about, rule, change }, said, refused: null }
}

function isAcceptAs(word: string): word is AcceptAs {
  return word in ACCEPT_AS
}

function plain(facts: GatheredFacts, usual: Usual, refused: string | null): Outcome {
  return { decision: usual.decision, verdict: verdictOf(facts, usual), said: null, refused }
}

function usually(facts: GatheredFacts): Usual {
  const decision = judge(facts)
  const { open, next, accounted } = facts
  const fell = isHeldFall(decision, next.amount - accounted)
  if (open === null) return { decision, role: fell ? 'fall' : null }
  if (decision.kind === 'held' && decision.code === 'COUNTER_CLOCK') return { decision, role: null }
  // A payout on record that explains the change is evidence, even below the lower level.
  const isLower = next.amount < accounted
  const isExplained = isLower && 'payouts' in decision && decision.payouts.length > 0 && open.tip.kind !== 'waiting'
  switch (isExplained ? 'judge' : nextStep(next.amount, open)) {
    case 'judge':
      return { decision, role: fell ? 'fall' : decision.kind === 'held' ? null : 'provisional' }
    case 'fall':
      return { decision: fell ? decision : heldFall(facts, open), role: 'fall' }
    case 'waiting':
      return { decision: heldBehind(facts, open), role: 'waiting' }
  }
}

/** An unpaid balance that a due payout has not lowered yet is held, too, and is no fall. */
function isHeldFall(decision: CounterDecision, raw: Units): boolean {
  if (decision.kind !== 'held') return false
  if (decision.code === 'COUNTER_UNPAID') return raw < 0n
  return FALL_CODES.some((code) => code === decision.code)
}

function heldFall({ next, accounted }: GatheredFacts, { falls }: OpenFalls): CounterDecision {
  const amount = next.amount - accounted
  const reason = `the counter fell by ${formatMoney(abs(amount))} once more, while reading ${nameOf(falls[0].place)} is undecided`
  return { kind: 'held', code: 'COUNTER_DECREASE', amount, reason }
}

function heldBehind({ next, accounted }: GatheredFacts, { falls, tip }: OpenFalls): CounterDecision {
  const [first] = falls
  const why =
    tip.kind === 'waiting'
      ? 'an earlier one waits'
      : `the counter is back at ${formatMoney(first.level)} or above, which proves nothing`
  const reason = `it waits until reading ${nameOf(first.place)} is decided: ${why}`
  return { kind: 'held', code: first.code, amount: next.amount - accounted, reason }
}

function verdictOf(facts: GatheredFacts, { decision, role }: Usual): CounterVerdict {
  const { day, days, impressionsChange, clicksChange, accounted } = facts
  const level = role === 'fall' ? accounted : null
  const about = { day, days, impressionsChange, clicksChange, role, level, jump: 0n }
  const none = { ...about, code: null, rule: null, change: 0n, reason: '' }
  switch (decision.kind) {
    case 'baseline':
      return { ...none, status: 'baseline', reason: decision.reason }
    case 'unchanged':
      return { ...none, status: 'unchanged' }
    case 'held':
      return { ...none, status: 'held', code: decision.code, change: decision.amount, reason: decision.reason }
    case 'rise':
    case 'fall':
      return { ...none, status: 'booked', rule: decision.rule, change: signedOf(decision) }
  }
}

function signedOf({ kind, amount }: { readonly kind: 'rise' | 'fall'; readonly amount: Units }): Units {
  return kind === 'rise' ? amount : -amount
}

export function nameOf({ batch, item }: Evidence): string {
  return `${batch}.${item}`
}
