/**
 * What the books say of a network's earnings beside what was really earned: each vendor's day that has a reading exact, or
 * an open exception (and its interval) that holds the difference.
 */
import type { Books } from '../../oracles/books.ts'
import { amountText } from '../amounts.ts'
import type { Finding } from '../part.ts'
import { toldOf } from '../told.ts'
import { returnStatedMs } from './counter.ts'
import type { NetworkPlan } from './plan.ts'
import type { Judged } from './readings.ts'

export interface NetworkFacts {
  readonly plan: NetworkPlan
  readonly readings: readonly Judged[]
  /** Places of readings that were never shown. */
  readonly unknown: readonly string[]
  /** Places a person has said something of. */
  readonly slips: ReadonlySet<string>
  readonly isSaid: boolean
  readonly startMs: number
}

const BOOKED = `
  select txn.effective_date as day, sum(posting.amount) as amount
  from txn
  join posting on posting.book = txn.book and posting.seq = txn.seq
  join account on account.book = posting.book and account.id = posting.account
  join source on source.book = txn.book and source.id = txn.source
  where source.name = ? and (account.key like '4000%' or account.key like '4090%' or account.key like '5000%'
    or account.key like '5090%')
  group by txn.effective_date`

const UNDECIDED = `
  select undecided.since, undecided.booked, undecided.low, undecided.high
  from counter_undecided as undecided
  join source on source.book = undecided.book and source.id = undecided.source
  where source.name = ? order by undecided.batch desc, undecided.item desc limit 1`

/** Whether the books say that what was earned since some day is not decided. */
export function isUndecided(books: Books, source: string): boolean {
  const [row] = books.rows(UNDECIDED, source)
  return row !== undefined && row['since'] !== null
}

const MODE = `
  select mode.mode from counter_mode as mode
  join source on source.book = mode.book and source.id = mode.source
  where source.name = ? order by mode.batch desc, mode.item desc limit 1`

/** Whether somebody has said, or payouts have shown, that it shows what is unpaid. */
export function isTakenAsUnpaid(books: Books, source: string): boolean {
  return books.rows(MODE, source)[0]?.['mode'] === 'unpaid'
}

interface Interval {
  readonly low: bigint | null
  readonly high: bigint | null
  readonly isOpen: boolean
}

export function checkNetwork(facts: NetworkFacts, books: Books, when: 'night' | 'end'): readonly Finding[] {
  const { plan, unknown } = facts
  const findings: Finding[] = unknown.map((place) => ({
    oracle: 'counter-reading-unknown',
    says: `${plan.name} has a reading ${place} that was never shown`,
  }))
  const booked = new Map<string, bigint>()
  for (const { day, amount } of books.rows(BOOKED, plan.name)) {
    const sign = plan.role === 'publisher' ? -1n : 1n
    if (typeof amount === 'bigint') booked.set(String(day), amount * sign)
  }
  findings.push(...checkUnasked(facts), ...checkUnheard(facts, books))
  const interval = undecided(plan, books)
  if (when === 'night' && isClouded(facts)) return findings
  findings.push(...checkTotal(facts, booked, interval))
  if (!interval.isOpen) findings.push(...checkDays(facts, booked, books, when))
  return findings
}

/** Nobody can know yet, or a person has said something wrong. */
function isClouded({ plan, readings, slips, isSaid, startMs }: NetworkFacts): boolean {
  const newest = readings.at(-1)
  if (newest === undefined || newest.shown.isLie) return true
  if (readings.some(({ place, word, decidedAs }) => slips.has(place) && decidedAs !== word && word !== 'reject'))
    return true
  if (readings.some(({ word, decidedAs }) => word === 'other-account' && decidedAs !== word)) return true
  // A payout may seem to explain a lie; then nothing says that it was one.
  const isBelieved = readings.some(({ shown, status }) => shown.isLie && !['held', 'rejected'].includes(status))
  if (plan.shows === 'unpaid' && isBelieved) return true
  const isUnlike = ({ word, status, change, expected }: Judged): boolean =>
    ['payout', 'payout-returned'].includes(word) && status === 'booked' && change !== expected
  if (readings.some(isUnlike)) return true
  const paid = plan.payouts.filter(({ atMs }) => atMs > startMs && atMs <= newest.shown.ofMs)
  // Not known to have been made, or not known to show.
  const isUnstated = paid.some(({ statedMs }) => statedMs === null || statedMs > newest.shown.ms)
  const isReturnUnstated = plan.payouts.some((payout) => {
    const { returnedMs } = payout
    const knownMs = returnStatedMs(payout)
    return returnedMs !== null && returnedMs <= newest.shown.ofMs && (knownMs === null || knownMs > newest.shown.ms)
  })
  return plan.shows === 'unpaid' && (isUnstated || isReturnUnstated || (!isSaid && paid.length > 0))
}

/** Far over what is out of the ordinary (docs/counters.md), also where days are missing between. */
const FAR_OVER = 20n
/** Five tell what is usual; a re-post of no traffic is not one of them. */
const FEW = 6

/** What has to wait for a person, and is booked without a word of one: large falls, and rises far over all before them. */
function checkUnasked({ plan, readings }: NetworkFacts): readonly Finding[] {
  if (plan.shows !== 'lifetime') return []
  const [whole = '0', cents = ''] = (plan.reviewAbove ?? '').split('.')
  const limit = plan.reviewAbove === null ? null : BigInt(`${whole}${cents.padEnd(8, '0')}`)
  const before: bigint[] = []
  return readings.flatMap(({ place, status, change, decidedAs }) => {
    const isFall = limit !== null && -change > limit
    const most = before.reduce((high, each) => (each > high ? each : high), 0n)
    const isFarOver = before.length >= FEW && change > most * FAR_OVER
    if (change > 0n && ['booked', 'accepted'].includes(status)) before.push(change)
    if (status !== 'booked' || decidedAs !== null || (!isFall && !isFarOver)) return []
    const says = `${plan.name} moved by ${amountText(change, 8)} at reading ${place}, and it is booked though nobody was asked`
    return [{ oracle: 'counter-unasked', says }]
  })
}

/** What a file says of a day that waits for a word (docs/counters.md) is that word, or a question: it is no second time. */
function checkUnheard({ plan, readings }: NetworkFacts, books: Books): readonly Finding[] {
  const twice = books.openExceptions().filter(({ source, code }) => source === plan.name && code === 'DUPLICATE')
  return readings.flatMap(({ place, status, day, word }) => {
    const about = twice.find(({ detail }) => detail.includes(day))
    if (status !== 'held' || about === undefined || !['repost', 'spike-ok'].includes(word)) return []
    const says = `${plan.name}: reading ${place} of ${day} waits, and a row that says what it is counts as a second one: ${about.detail}`
    return [{ oracle: 'counter-unheard', says }]
  })
}

function undecided(plan: NetworkPlan, books: Books): Interval {
  let [low, high, isOpen]: [bigint | null, bigint | null, boolean] = [0n, 0n, false]
  const add = (least: bigint | null, most: bigint | null): void => {
    isOpen = true
    low = low === null || least === null ? null : low + least
    high = high === null || most === null ? null : high + most
  }
  const [row] = books.rows(UNDECIDED, plan.name)
  const isFall = row !== undefined && row['since'] !== null
  if (isFall) {
    const at = (name: string): bigint | null => {
      const value = row[name]
      return typeof value === 'bigint' ? value - (row['booked'] as bigint) : null
    }
    add(at('low'), at('high'))
  }
  for (const { source, code, amount } of books.openExceptions()) {
    if (source !== plan.name) continue
    const isRise = code === 'COUNTER_SPIKE' || code === 'COUNTER_REPOST'
    // A payout that may hide in it is not in its amount.
    if (code === 'COUNTER_UNPAID') {
      add(amount !== null && amount < 0n ? amount : 0n, null)
      continue
    }
    if (!isRise && (isFall || !['COUNTER_RESET', 'COUNTER_CLOCK', 'COUNTER_DECREASE'].includes(code))) continue
    if (amount === null) add(null, null)
    else add(amount < 0n ? amount : 0n, amount > 0n ? amount : 0n)
  }
  return { low, high, isOpen }
}

function checkTotal(
  { plan, readings }: NetworkFacts,
  booked: ReadonlyMap<string, bigint>,
  interval: Interval,
): readonly Finding[] {
  const truth = readings.reduce((sum, { expected }) => sum + (expected ?? 0n), 0n)
  const total = [...booked.values()].reduce((sum, amount) => sum + amount, 0n)
  const { low, high } = interval
  if ((low === null || total + low <= truth) && (high === null || truth <= total + high)) return []
  const between = `${low === null ? 'anything' : amountText(total + low, 8)} and ${high === null ? 'anything' : amountText(total + high, 8)}`
  const says = `${plan.name} has earned ${amountText(truth, 8)}, is booked with ${amountText(total, 8)}, and what is undecided allows between ${between}`
  return [{ oracle: 'counter-total', says }]
}

/** Days nobody read that cross a month's end are split by an estimate, which says so: together they are exact. */
function splitSpans(plan: NetworkPlan, books: Books): readonly { readonly from: string; readonly to: string }[] {
  return toldOf(books, plan.name).flatMap(({ code, object }) => {
    const [, from = '', to = ''] = /^days:(.+)\.\.(.+)$/.exec(object) ?? []
    const isSplit = code === 'COUNTER_GAP' && from.slice(0, 7) !== to.slice(0, 7)
    return isSplit ? [{ from, to }] : []
  })
}

function checkDays(
  { plan, readings }: NetworkFacts,
  bookedDays: ReadonlyMap<string, bigint>,
  books: Books,
  when: string,
): readonly Finding[] {
  // A lie that was believed is in the books until a person says so.
  if (when === 'night' && readings.some(({ shown, status }) => shown.isLie && status !== 'rejected')) return []
  const expected = new Map<string, bigint>()
  const spans = splitSpans(plan, books)
  const whole = (day: string): string => spans.find(({ from, to }) => from <= day && day <= to)?.to ?? day
  const booked = new Map<string, bigint>()
  for (const [day, amount] of bookedDays) booked.set(whole(day), (booked.get(whole(day)) ?? 0n) + amount)
  for (const { day, expected: amount } of readings) {
    expected.set(whole(day), (expected.get(whole(day)) ?? 0n) + (amount ?? 0n))
  }
  return [...new Set([...expected.keys(), ...booked.keys()])].toSorted().flatMap((day) => {
    const [is, should] = [booked.get(day) ?? 0n, expected.get(day) ?? 0n]
    if (is === should) return []
    const says = `${plan.name} came to ${amountText(should, 8)} on ${day} and is booked with ${amountText(is, 8)}`
    return [{ oracle: 'counter-day', says }]
  })
}
