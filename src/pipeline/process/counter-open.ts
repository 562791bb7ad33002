/**
 * What is open about a counter once its readings were judged: what is posted, the exceptions, the interval of what is
 * undecided, and the payouts and lines that may explain a fall. They decide by themselves that a counter shows what is
 * unpaid only when two falls, each by a payout tied to this network, leave a usual day's earnings.
 */
import { payoutsNear, type KnownPayout } from '../../domain/counters/counter-payout.ts'
import { COUNTER_LIMITS } from '../../domain/counters/counter-policy.ts'
import { typicalChange } from '../../domain/counters/counter-spike.ts'
import {
  atStake,
  FALL_CODES,
  intervalOf,
  intervalWords,
  type Interval,
  type SinceFall,
} from '../../domain/counters/counter-undecided.ts'
import { isRiseCode } from '../../domain/counters/counter-waiting.ts'
import type { ExceptionCode } from '../../domain/exception.ts'
import { formatMoney, type Units } from '../../domain/money/money.ts'
import { addDays, daysBetween } from '../../domain/time/dates.ts'
import {
  arrivedAmong,
  counterMode,
  hasMode,
  saveMode,
  shownPayouts,
  unseenPayouts,
} from '../../evidence/counter-payouts.ts'
import { saveStanding } from '../../reconcile/counter-standing.ts'
import { saveUndecided, undecidedOf } from '../../reconcile/undecided.ts'
import { listVerdicts, pastRises, type JudgedReading } from '../../evidence/counter-verdicts.ts'
import { isOpenFall, sinceOldestFall } from '../../evidence/open-falls.ts'
import { closeExceptions, openObjects } from '../../reconcile/exceptions.ts'
import { evidenceOf, raise, raiseChanged, settle, type BatchContext, type ContextSource } from './context.ts'
import { closeAnswered } from './counter-day-total.ts'
import { draftDifferences } from './counter-drafts.ts'
import { lineProposal, linesAbout, type LinesOfFall, type OnlyLine } from './counter-lines.ts'
import { nameOf } from './counter-outcome.ts'
import { questionRises } from './counter-returns.ts'
import { judgeHeldAgain, type CounterWork } from './counter-work.ts'
import { DUE_REFERENCE } from './payouts-due.ts'

/** About the last attempt to read, which a decision about an earlier reading does not settle. */
const UNREAD: readonly ExceptionCode[] = ['BAD_PAYLOAD', 'STALE_SOURCE']

/** Everything that follows from the readings a work has judged. To be called once, last. */
export async function finishCounterWork(work: CounterWork): Promise<void> {
  const { context, source, item } = work
  let open = await openState(work)
  if (await saysUnpaid(work, open)) {
    await judgeHeldAgain(work)
    open = await openState(work)
  }
  const place = evidenceOf(item)
  const isNew = work.from !== null && nameOf(work.from) === nameOf(place)
  await draftDifferences(work, isNew)
  await closeGaps(work)
  await closeAnswered(context, source, item, open.held)
  const before = await undecidedOf(context.db, context.book, source.id)
  await tell(work, open, { isNew, before: before?.reading ?? null })
  await questionRises(work)
  if (source.counter !== undefined) await saveUndecided(context.db, context.book, source.id, place, undecidedNow(open))
  await saveStanding(context.db, context.book, source.id, place)
}

export interface OpenState {
  /** All that is held, the oldest first. */
  readonly held: readonly JudgedReading[]
  readonly falls: readonly StatedFall[]
  readonly since: readonly SinceFall[]
  readonly interval: Interval
  /** What a day brings as a rule; zero while that is not known, or nothing is undecided. */
  readonly usual: Units
}

export interface StatedFall {
  readonly fall: JudgedReading
  /** Payouts on record that may have caused it; none when they do not come to it. */
  readonly payouts: readonly KnownPayout[]
  /** What was earned beside them; null without any. */
  readonly earned: Units | null
  /** Another payout on record that comes to it as well, and is dated no farther from it; null when there is none. */
  readonly rival: KnownPayout | null
  /** Where no payout is on record: what lines of statements tell. */
  readonly lines: LinesOfFall | null
}

export async function openState({ context, source }: Pick<CounterWork, 'context' | 'source'>): Promise<OpenState> {
  const { db, book } = context
  const held = (await listVerdicts(db, book, { source: source.id, status: 'held' })).toReversed()
  const readings = await sinceOldestFall(db, book, source.id)
  const payouts = readings.length === 0 ? [] : await tiedPayouts({ db, book }, source)
  const onRecord = statedPayouts(payouts, readings, source)
  const usual = onRecord.length === 0 ? 0n : typicalChange(await pastRises(db, book, source.id), 1)
  const unexplained = onRecord.filter((each) => each.earned === null).map(({ fall }) => fall)
  const lines = await linesAbout(context, source, unexplained, usual)
  const stated = onRecord.map((each) => ({ ...each, lines: lines.get(nameOf(each.fall.place)) ?? null }))
  const earned = new Map(stated.map((each) => [nameOf(each.fall.place), each.earned]))
  const since = readings.flatMap((each) => sinceFall(each, earned.get(nameOf(each.place)) ?? null))
  return { held, falls: stated, since, interval: intervalOf(since), usual }
}

/**
 * Payouts of this network that no reading has shown: stated by a file, seen on a line by a person, or due by a schedule
 * and settled by a line. What is only due was made from the books, and says nothing about what the network paid.
 */
async function tiedPayouts(
  { db, book }: Pick<BatchContext, 'db' | 'book'>,
  { id, name }: ContextSource,
): Promise<readonly KnownPayout[]> {
  const unseen = await unseenPayouts(db, book, id)
  const due = unseen.filter(({ reference }) => reference.startsWith(DUE_REFERENCE))
  const arrived = await arrivedAmong(db, book, name, due)
  return unseen.filter((payout) => !due.includes(payout) || arrived.has(payout.key))
}

/** Payouts of each fall, the oldest fall and the oldest payout first; no payout is taken twice. */
function statedPayouts(
  tied: readonly KnownPayout[],
  readings: readonly JudgedReading[],
  { counter = COUNTER_LIMITS }: CounterWork['source'],
): readonly Omit<StatedFall, 'lines'>[] {
  let left = tied
  return readings.filter(isOpenFall).map((fall) => {
    let earned = fall.change
    const payouts: KnownPayout[] = []
    for (const payout of payoutsNear(left, fall, counter)) {
      // A fee of the same payout belongs to it.
      if (earned >= 0n && payouts.every(({ reference }) => reference !== payout.reference)) break
      earned += payout.amount
      payouts.push(payout)
    }
    const [first] = payouts
    if (first === undefined || earned < 0n) return { fall, payouts: [], earned: null, rival: null }
    const rival = rivalOf(first, fall, payoutsNear(left, fall, counter))
    left = left.filter((payout) => !payouts.includes(payout))
    return { fall, payouts, earned, rival }
  })
}

/** Taken in order of date, the first that comes to a fall may be one that the network never took. */
function rivalOf(taken: KnownPayout, fall: JudgedReading, near: readonly KnownPayout[]): KnownPayout | null {
  const distance = distanceTo(fall, taken)
  const isRival = ({ reference, amount, ...other }: KnownPayout): boolean =>
    reference !== taken.reference && amount >= -fall.change && distanceTo(fall, other) <= distance
  return near.find(isRival) ?? null
}

/** Days between a payout and the days a fall covers; zero within them. */
function distanceTo({ day, days }: JudgedReading, { date }: Pick<KnownPayout, 'date'>): number {
  const first = addDays(day, 1 - days)
  if (date > day) return daysBetween(day, date)
  return date < first ? daysBetween(date, first) : 0
}

function sinceFall(judged: JudgedReading, withPayouts: Units | null): readonly SinceFall[] {
  const { status, role, code, change, rule } = judged
  if (isOpenFall(judged)) return [{ kind: 'fall', change, withPayouts }]
  if (status === 'held' && role === 'waiting') return [{ kind: 'waiting', change, withPayouts: null }]
  if (status === 'held' && isRiseCode(code)) return [{ kind: 'held-rise', change, withPayouts: null }]
  const isBooked = (status === 'booked' || status === 'accepted') && rule !== null
  return isBooked ? [{ kind: 'booked', change, withPayouts: null }] : []
}

function undecidedNow({ falls, interval }: OpenState) {
  const [first] = falls
  return first === undefined ? null : { since: first.fall.day, reading: nameOf(first.fall.place), ...interval }
}

/**
 * True when it has just been found that the counter shows what is unpaid. Of two falls by payouts one may have been
 * confirmed by a person. Who has once said what the counter shows is not overruled.
 */
async function saysUnpaid({ context, source, item }: CounterWork, open: OpenState): Promise<boolean> {
  const { db, book } = context
  if (source.kind !== 'publisher' || open.usual === 0n) return false
  if (await hasMode(db, book, source.id)) return false
  const found = open.falls.filter((fall) => isByOnePayout(fall, open.usual))
  if (found.length === 0) return false
  const shown = await shownBefore({ context, source }, open)
  if (found.length + shown.length < ENOUGH) return false
  const references = found.map(({ payouts }) => payouts[0]?.reference ?? '')
  const why = `falls by payouts on record, each with a usual day's earnings beside: ${[...shown, ...references].join(', ')}`
  const place = evidenceOf(item)
  await saveMode(db, book, source.id, 'unpaid', { place, by: 'tieout', why, atMs: item.fetchedAtMs })
  context.warn(source.name, `the counter is taken as what is unpaid from now on: ${why}`)
  return true
}

/** So many falls by payouts tied to the network tell what its counter shows. */
const ENOUGH = 2

/**
 * The lines that decide their falls by themselves, of a counter that shows what is unpaid or of which they tell it: each
 * the only one of its fall, with a usual day's earnings beside, and two falls by payouts, these among them.
 */
export async function decidingLines(
  work: Pick<CounterWork, 'context' | 'source'>,
  open: OpenState,
): Promise<readonly OnlyLine[]> {
  const { context, source } = work
  const lines = open.falls.flatMap((each) => (each.lines?.only?.isUsual === true ? [each.lines.only] : []))
  if (lines.length === 0) return []
  const { db, book } = context
  const mode = await counterMode(db, book, source.id)
  if (mode === 'lifetime' && (await hasMode(db, book, source.id))) return []
  const stated = open.falls.filter((fall) => isByOnePayout(fall, open.usual))
  const shown = await shownBefore(work, open)
  return lines.length + stated.length + shown.length < ENOUGH ? [] : lines
}

/** References of payouts that readings have shown, each with a usual day's earnings beside. */
async function shownBefore(
  { context: { db, book }, source }: Pick<CounterWork, 'context' | 'source'>,
  { usual }: OpenState,
): Promise<readonly string[]> {
  const shown = await shownPayouts(db, book, source.id)
  return shown.flatMap(({ reference, earned, days }) => (isUsual(earned, days, usual) ? [reference] : []))
}

/** One, its fees beside it: of several it could be told in more than one way. */
function isByOnePayout({ payouts, earned, fall, rival }: StatedFall, usual: Units): boolean {
  const isOne = rival === null && new Set(payouts.map(({ reference }) => reference)).size === 1
  return isOne && earned !== null && isUsual(earned, fall.days, usual)
}

function isUsual(earned: Units, days: number, usual: Units): boolean {
  return earned >= 0n && earned <= usual * 2n * BigInt(days)
}

/** Missed days that were disclosed of readings judged again, and are none any more. */
async function closeGaps({ context, source, item, from, gaps }: CounterWork): Promise<void> {
  const { db, book } = context
  if (from === null || nameOf(from) === nameOf(evidenceOf(item))) return
  const first = (await listVerdicts(db, book, { source: source.id, place: from }))[0]?.day
  if (first === undefined) return
  for (const object of await openObjects(db, book, source.name, ['COUNTER_GAP'])) {
    const last = object.slice(object.indexOf('..') + 2)
    if (last < first || gaps.has(object)) continue
    await closeExceptions(db, book, source.name, object, item.fetchedAtMs, { evidence: evidenceOf(item) })
  }
}

interface Telling {
  readonly isNew: boolean
  /** The reading that was undecided before. */
  readonly before: string | null
}

async function tell(work: CounterWork, open: OpenState, { isNew, before }: Telling): Promise<void> {
  const { context, source, item } = work
  const raised = new Map<ExceptionCode, { readonly amount: Units; readonly detail: string }>()
  for (const each of open.held) {
    if (each.role !== null) continue
    // Of rises the sum, of others the newest.
    const code = each.code as ExceptionCode
    const sum = isRiseCode(each.code) ? (raised.get(code)?.amount ?? 0n) : 0n
    raised.set(code, { amount: sum + each.change, detail: sentenceOf(each) })
  }
  const [first] = open.falls
  if (first !== undefined) {
    const code = await codeOfFalls(work, first.fall, before)
    raised.set(code, { amount: atStake(open.interval, open.since), detail: fallDetail(open, first, source) })
  }
  await settle(context, item, 'counter', { except: [...raised.keys(), ...(isNew ? [] : UNREAD)] })
  for (const [code, { amount, detail }] of raised) {
    const { name, currency } = source
    const told = { source: name, code, object: 'counter', amount, currency, detail }
    await (isNew ? raise : raiseChanged)(context, item, told)
  }
}

/** As long as the same fall is undecided it is one exception, which grows old, whatever is found out about it. */
async function codeOfFalls(
  { context: { db, book }, source }: CounterWork,
  fall: JudgedReading,
  before: string | null,
): Promise<ExceptionCode> {
  const code = fall.code as ExceptionCode
  if (before !== nameOf(fall.place)) return code
  for (const known of FALL_CODES) {
    if ((await openObjects(db, book, source.name, [known], ['counter'])).size > 0) return known
  }
  return code
}

function sentenceOf({ place, reason }: JudgedReading): string {
  return `reading ${nameOf(place)}: ${reason.replaceAll('READING', nameOf(place))}`
}

function fallDetail({ falls, held, interval }: OpenState, first: StatedFall, source: ContextSource): string {
  const { currency } = source
  const waiting = held.filter(({ role }) => role === 'waiting').length
  const more = falls.slice(1).map(({ fall }) => `${nameOf(fall.place)} on ${fall.day} by ${formatMoney(-fall.change)}`)
  return [
    sentenceOf(first.fall),
    `undecided since ${first.fall.day}: ${intervalWords(interval)} in ${currency} since then, ${formatMoney(interval.booked)} of it booked provisionally`,
    ...(waiting === 0 ? [] : [`readings that wait: ${waiting}`]),
    ...(more.length === 0 ? [] : [`further falls: ${more.join(', ')}`]),
    ...falls.flatMap((each) => proposal(source, each)),
    ...(first.earned !== null || first.lines !== null ? [] : [`to decide: ${toDecide(first.fall)}`]),
  ].join('; ')
}

function toDecide({ place }: JudgedReading): string {
  const name = nameOf(place)
  return `tieout counters accept ${name} --as MEANING, or reject ${name}`
}

function proposal(source: ContextSource, { fall, payouts, earned, lines, rival }: StatedFall): readonly string[] {
  if (earned === null) return lines === null ? [] : [lineProposal(source, fall, lines)]
  const named = payouts.map(({ reference, amount }) => `${reference} of ${formatMoney(amount)}`).join(' and ')
  const other =
    rival === null
      ? ''
      : ` (or ${rival.reference} of ${formatMoney(rival.amount)} with ${formatMoney(rival.amount + fall.change)}: if one was refused, import its row payout-returned, dated before the fall)`
  return [
    `proposed: the payout ${named}, with ${formatMoney(earned)} earned besides${other}; to confirm: tieout counters accept ${nameOf(fall.place)} --as payout`,
  ]
}
