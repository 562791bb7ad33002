/**
 * C0 to C5: what the readings of one counter come to, worked out anew with all that is known now. A replaced answer, a
 * payout stated late or an opening stated late needs no code of its own: the caller posts the difference to what is booked.
 *
 * Each accepted reading is compared with the accepted one before it. While one is held, all later ones wait.
 */
import type { Units } from '../../domain/money/money.ts'
import { addDays, daysBetween, previousDate } from '../../domain/time/dates.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import { divide, type DayPart } from './c1-days.ts'
import { doubtOfClock, doubtOfMove, grown, usualDay, type Doubt, type Rise } from './c2-as-usual.ts'
import { answered, type Answered } from './c4-answers.ts'
import { candidates, explain, hiddenIn, PAYOUT_DAYS, type Explained } from './c5-payouts.ts'
import type { AnswerWord } from '../../domain/exceptions/counter-answers.ts'
import type { Answer, CounterFacts, Reading, RecordedPayout } from './reading.ts'

export type ReadingStatus =
  /** C0: counting begins with it. */
  | 'opening'
  /** Nothing moved: the next one covers its nights. */
  | 'same'
  | 'booked'
  /** C2: a person is asked. */
  | 'held'
  /** Behind one that is held. */
  | 'waits'
  | 'wrong'

export interface Judged {
  readonly reading: Reading
  readonly status: ReadingStatus
  /** The accepted reading it is compared with; null of the first. */
  readonly against: string | null
  /** Signed, against that one. */
  readonly change: Units
  /** The vendor days it covers. */
  readonly from: IsoDate
  readonly day: IsoDate
  readonly days: number
  readonly rule: 'C0' | 'C1' | 'C2' | 'C4' | 'C5'
  readonly reason: string
  /** In force; null also where one no longer fits. */
  readonly answer: Answer | null
  /** Earned or spent, and taken back or credited; signed, by day. */
  readonly parts: readonly CountedPart[]
  /** On record, that it shows; or paid out by a person's word alone. */
  readonly payout: RecordedPayout | null
  readonly due: Units
  /** What the counter moved by that nothing of this explains: a reset, another account. */
  readonly jump: Units
  /** Of a span whose days are all stated: the counter less those totals. */
  readonly difference: Units
}

export interface CountedPart extends DayPart {
  /** A fall is booked apart, so that what was taken back is seen as such. */
  readonly kind: 'up' | 'down'
}

export interface CounterOutcome {
  readonly judged: readonly Judged[]
  readonly held: Held | null
  /** C5: payouts that a counter of what is unpaid should have shown by now. */
  readonly unshown: readonly RecordedPayout[]
  /** The opening, and the newest accepted reading. */
  readonly first: Reading | null
  readonly last: Reading | null
  /** The newest vendor day that a later reading which moved has confirmed is the one before this (C6). */
  readonly lastMovedDay: IsoDate | null
  readonly usual: Units
}

export interface Held {
  readonly judged: Judged
  readonly doubt: Doubt
  /** The held reading and those that wait behind it. */
  readonly names: readonly string[]
}

interface State {
  readonly facts: CounterFacts
  readonly judged: Judged[]
  readonly rises: Rise[]
  readonly shown: Set<string>
  /** The accepted reading that the next one is compared with; the newest one, moved or not. */
  base: Reading | null
  last: Reading | null
  first: Reading | null
  lastMovedDay: IsoDate | null
}

export function foldCounter(facts: CounterFacts): CounterOutcome {
  const { opening, readings } = facts
  const state: State = {
    facts,
    judged: [],
    rises: [],
    shown: new Set(),
    base: opening,
    last: opening,
    first: opening,
    lastMovedDay: null,
  }
  if (opening !== null) state.judged.push(openingOf(opening))
  let held = null as Held | null
  for (const reading of readings) {
    if (held !== null) {
      state.judged.push({ ...blank(state, reading), status: 'waits', reason: `waits for reading ${held.names[0]}` })
      held = { ...held, names: [...held.names, reading.name] }
      continue
    }
    const doubt = judge(state, reading)
    const judged = state.judged.at(-1)
    if (doubt !== null && judged !== undefined) held = { judged, doubt, names: [reading.name] }
  }
  const { judged, first, last, lastMovedDay } = state
  return { judged, held, unshown: unshownOf(state), first, last, lastMovedDay, usual: usualDay(state.rises) }
}

/** Why the reading is held; null once it is settled. */
function judge(state: State, reading: Reading): Doubt | null {
  const { base, last, facts } = state
  const answer = facts.answers.get(reading.name) ?? null
  const fits = answer !== null && answer.against === (base?.name ?? null) ? answer : null
  const plain = blank(state, reading)
  if (fits?.as === 'wrong') {
    state.judged.push({ ...plain, status: 'wrong', rule: 'C4', reason: wordsOf(fits), answer: fits })
    return null
  }
  if (base === null || last === null) {
    state.judged.push(openingOf(reading))
    state.base = state.last = state.first = reading
    return null
  }
  if (fits !== null) return byAnswer(state, plain, fits)
  if (answer !== null)
    return hold(state, plain, {
      reason: `asked again: ${answer.as} was said against another reading`,
      mayBePayout: false,
    })
  const doubt = doubtOfClock(last, reading)
  if (doubt !== null) return hold(state, plain, doubt)
  if (isSame(base, reading)) {
    state.judged.push({ ...plain, status: 'same', reason: 'nothing moved' })
    state.last = reading
    return null
  }
  return byRule(state, plain, base)
}

function byRule(state: State, plain: Judged, base: Reading): Doubt | null {
  const { facts, rises, shown } = state
  const { reading, days, change } = plain
  const doubt = doubtOfMove(base, reading, days, rises)
  const explained =
    facts.mode === 'unpaid' && change !== 0n && (change > 0n || doubt?.mayBePayout === true)
      ? explain(plain, facts.payouts, shown, usualDay(rises))
      : null
  if (explained !== null) {
    const { payout, earned } = explained
    const reason = payout.returnOf === null ? `payout ${payout.reference}` : `payout ${payout.reference} came back`
    accept(state, { ...plain, rule: 'C5', reason, payout }, { up: earned, down: 0n })
    return null
  }
  const hidden = facts.mode === 'unpaid' && doubt === null ? perhapsHidden(state, plain) : null
  if (hidden !== null) {
    const how = hidden.returnOf === null ? '' : ', which came back,'
    return hold(state, plain, { reason: `the payout ${hidden.reference}${how} may be part of it`, mayBePayout: false })
  }
  if (doubt !== null) {
    const mayBePayout = doubt.mayBePayout && facts.mode !== 'lifetime'
    return hold(state, plain, { ...doubt, mayBePayout })
  }
  if (change > 0n) rises.push({ amount: change, days, views: grown(base.impressions, reading.impressions) })
  accept(state, { ...plain, reason: 'rose as usual' }, { up: change, down: 0n })
  return null
}

/** On record, and not told apart from what was earned. */
function perhapsHidden({ facts: { payouts }, shown }: State, move: Judged): RecordedPayout | null {
  const isBack = ({ payout, earned }: Explained): boolean => payout.returnOf !== null && earned >= 0n
  return candidates(move, payouts, shown).find(isBack)?.payout ?? hiddenIn(move, payouts, shown)
}

function byAnswer(state: State, plain: Judged, answer: Answer): Doubt | null {
  const { facts, shown, rises, base } = state
  const said = answered(answer, { move: plain, mode: facts.mode, payouts: facts.payouts, shown })
  if (said.kind === 'refused')
    return hold(state, plain, { reason: `${answer.as} does not fit: ${said.reason}`, mayBePayout: false })
  if (said.kind === 'wrong') return null
  const { up, down, payout, due } = said
  if (answer.as === 'right' && up > 0n && base !== null)
    rises.push({ amount: up, days: plain.days, views: grown(base.impressions, plain.reading.impressions) })
  accept(state, { ...plain, rule: 'C4', reason: wordsOf(answer), answer, payout, due }, { up, down })
  return null
}

function accept(
  state: State,
  judged: Judged,
  { up, down }: Pick<Extract<Answered, { kind: 'taken' }>, 'up' | 'down'>,
): void {
  const { reading, change, payout, due, day } = judged
  const { parts, difference } = partsOf(state, judged, { up, down })
  const paid = payout === null ? due : payout.returnOf === null ? payout.amount : -payout.amount
  const jump = change - (up - down) + paid
  state.judged.push({ ...judged, status: 'booked', parts, difference, jump })
  if (payout !== null) state.shown.add(payout.key)
  state.base = state.last = reading
  state.lastMovedDay = day
}

/** What was taken back is not spread over days: nothing says whose it was. */
function partsOf(
  { facts }: State,
  span: Judged,
  { up, down }: { readonly up: Units; readonly down: Units },
): { readonly parts: readonly CountedPart[]; readonly difference: Units } {
  const { from, day } = span
  const stated = facts.dayTotals.filter((total) => from <= total.day && total.day <= day)
  const isPlainFall = down > 0n && stated.length === 0
  const fall: DayPart[] = isPlainFall ? [{ day, amount: -down, from: day, isStated: false }] : []
  const divided = divide(isPlainFall ? up : up - down, span, stated)
  const kindOf = (part: DayPart): CountedPart => ({ ...part, kind: part.amount > 0n ? 'up' : 'down' })
  return { parts: [...divided.parts, ...fall].map(kindOf), difference: divided.difference }
}

function hold(state: State, plain: Judged, doubt: Doubt): Doubt {
  state.judged.push({ ...plain, status: 'held', rule: 'C2', reason: doubt.reason })
  return doubt
}

function blank({ base }: Pick<State, 'base'>, reading: Reading): Judged {
  const { from, day, days } = daysOf(base, reading)
  const change = reading.amount - (base?.amount ?? reading.amount)
  return {
    reading,
    status: 'waits',
    against: base?.name ?? null,
    change,
    from,
    day,
    days,
    rule: 'C1',
    reason: '',
    answer: null,
    parts: [],
    payout: null,
    due: 0n,
    jump: 0n,
    difference: 0n,
  }
}

/** A reading after midnight speaks of the day that ended; a second one on the same day of that day. */
function daysOf(base: Reading | null, { readOn }: Reading): Pick<Judged, 'from' | 'day' | 'days'> {
  const day = base?.readOn === readOn ? readOn : previousDate(readOn)
  const from = base !== null && base.readOn < day ? base.readOn : day
  return { from, day, days: daysBetween(from, day) + 1 }
}

function openingOf(reading: Reading): Judged {
  return { ...blank({ base: null }, reading), status: 'opening', rule: 'C0', reason: 'counting begins' }
}

function isSame(one: Reading, other: Reading): boolean {
  return one.amount === other.amount && one.impressions === other.impressions && one.clicks === other.clicks
}

function unshownOf({ facts: { mode, payouts }, shown, first, last }: State): readonly RecordedPayout[] {
  if (mode !== 'unpaid' || first === null || last === null) return []
  const since = first.readOn
  const until = addDays(last.readOn, -PAYOUT_DAYS)
  return payouts.filter(
    ({ key, date, returnOf, amount }) =>
      returnOf === null && !shown.has(key) && since <= date && date < until && !cameBack(payouts, key, amount),
  )
}

function cameBack(payouts: readonly RecordedPayout[], key: string, amount: Units): boolean {
  const back = payouts.filter(({ returnOf }) => returnOf === key).reduce((sum, each) => sum + each.amount, 0n)
  return back >= amount
}

function wordsOf({ as, by, why }: Answer): string {
  return `${as} by ${by}: ${why}`
}

/** C3: what each answer to the held reading would post, as the sum of what is earned or spent; null where it does not fit. */
export interface AnswerPreview {
  readonly as: AnswerWord
  readonly posts: Units | null
  /** Readings that would be settled by it. */
  readonly settles: number
  readonly refused: string | null
}

export function previews(
  facts: CounterFacts,
  outcome: CounterOutcome,
  words: readonly AnswerWord[],
): readonly AnswerPreview[] {
  const { held } = outcome
  if (held === null) return []
  const before = totalOf(outcome)
  return words.map((as) => {
    const { name } = held.judged.reading
    const answer: Answer = { as, earned: null, against: held.judged.against, by: '', why: '' }
    const then = foldCounter({ ...facts, answers: new Map(facts.answers).set(name, answer) })
    if (then.held?.names[0] === name) return { as, posts: null, settles: 0, refused: then.held.doubt.reason }
    const settles = held.names.length - (then.held?.names.length ?? 0)
    return { as, posts: totalOf(then) - before, settles, refused: null }
  })
}

/** All that is earned or spent by the readings. */
export function totalOf({ judged }: CounterOutcome): Units {
  return judged.flatMap(({ parts }) => parts).reduce((sum, { amount }) => sum + amount, 0n)
}
