/**
 * What was really said to whom: each answer of the network with the truth behind it, and the readings the books hold,
 * each beside the answer it is of. From both follows what each vendor's day has to come to.
 */
import type { Books } from '../../oracles/books.ts'
import { lasting } from './counter.ts'
import type { NetworkPlan } from './plan.ts'

/** Clocks are put right by hours; by more they are broken. */
const MISDATED_MS = 86_400_000

/** One answer. */
export interface Shown {
  readonly ms: number
  /** The instant whose state it shows. */
  readonly ofMs: number
  readonly amount: bigint
  /** Earned up to then by the truth. */
  readonly truth: bigint
  /** Not this counter: an absurd figure, or another account's. */
  readonly isLie: boolean
  /** Of the answer's bytes, hexadecimal; no two answers have the same. */
  readonly sha256: string
}

/** A reading in the books. */
export interface Reading {
  /** As commands name it: "12.1". */
  readonly place: string
  readonly shown: Shown
  /** By the clock of the machine that read it. */
  readonly readMs: number
  readonly status: string
  readonly code: string | null
  readonly role: string | null
  readonly change: bigint
  readonly decidedAs: string | null
}

export interface Judged extends Reading {
  /** Of the vendor: the one in which it moved, when it was read twice in one; else the one that had ended. */
  readonly day: string
  /** What its day comes to because of it; null of a lie and of the first. */
  readonly expected: bigint | null
  /** What a person who knows says of it when asked: an argument of `--as`, or "reject". */
  readonly word: string
  readonly earned: bigint | null
  /** Whose doing it is; null of an ordinary reading. */
  readonly event: NetworkPlan['events'][number] | null
  /** Read by a clock that was days or years away. */
  readonly isMisdated: boolean
}

const READINGS = `
  select reading.batch, reading.item, reading.observed_at_ms, reading.amount, verdict.status, verdict.code, verdict.role,
    verdict.change, verdict.decided_as, lower(hex(log_record.body_sha256)) as sha256
  from counter_reading as reading
  join log_record on log_record.book = reading.book and log_record.batch = reading.batch and log_record.item = reading.item
  join source on source.book = reading.book and source.id = reading.source
  left join counter_verdict as verdict on verdict.book = reading.book and verdict.source = reading.source
    and verdict.batch = reading.batch and verdict.item = reading.item
  where source.name = ? and reading.origin = 'api'
  order by reading.batch, reading.item`

const LATE_OPENING = `
  select exception.number from exception
  where source = ? and code = 'EVIDENCE_REFUSED' and object like 'opening-counter:%'`

export interface Readings {
  readonly readings: readonly Reading[]
  readonly unknown: readonly string[]
  /** Counting begins with what a person stated; else with the first reading, and an exception tells what lies before. */
  readonly isOpened: boolean
}

/** In the order in which they were landed. Of readings that nobody was shown there is a name only. */
export function readingsOf(books: Books, plan: NetworkPlan, log: readonly Shown[]): Readings {
  const readings: Reading[] = []
  const unknown: string[] = []
  for (const row of books.rows(READINGS, plan.name)) {
    const place = `${String(row['batch'])}.${String(row['item'])}`
    const ms = Number(row['observed_at_ms'])
    const shown = log.find(({ sha256 }) => sha256 === row['sha256'])
    if (shown === undefined || shown.amount !== row['amount']) {
      unknown.push(place)
      continue
    }
    readings.push({
      place,
      shown,
      readMs: ms,
      status: textOf(row['status']) ?? 'none',
      code: textOf(row['code']),
      role: textOf(row['role']),
      change: typeof row['change'] === 'bigint' ? row['change'] : 0n,
      decidedAs: textOf(row['decided_as']),
    })
  }
  return { readings, unknown, isOpened: plan.isOpeningStated && books.rows(LATE_OPENING, plan.name).length === 0 }
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

export function judge(plan: NetworkPlan, startMs: number, { readings, isOpened }: Readings): readonly Judged[] {
  let before: {
    readonly ms: number
    readonly readMs: number
    readonly truth: bigint
    readonly amount: bigint
  } | null = isOpened ? { ms: startMs, readMs: startMs, truth: 0n, amount: plan.counter } : null
  return readings.map((given): Judged => {
    const { shown, readMs } = given
    const today = dayIn(readMs, plan.zone)
    const isSecond = before !== null && dayIn(before.readMs, plan.zone) === today
    const reading = { ...given, day: isSecond ? today : dayBefore(today), isMisdated: false }
    if (shown.isLie) {
      const event = lasting(plan, shown.ms) ?? null
      // Counting has to start somewhere: what comes next is another account's, as it were.
      if (reading.status === 'baseline') return { ...reading, expected: null, word: 'baseline', earned: null, event }
      return { ...reading, expected: null, word: 'reject', earned: null, event }
    }
    const nothing = { ...reading, expected: null, earned: null, event: null }
    // Which days it covers nobody can say, and the next one shows it all.
    const isMisdated = Math.abs(readMs - shown.ms) > MISDATED_MS && reading.code === 'COUNTER_CLOCK'
    // Stands for nothing: the next one covers its days.
    if (reading.status === 'superseded') return { ...nothing, word: 'none' }
    if (isMisdated) return { ...nothing, word: 'reject', isMisdated }
    const since = before
    before = { ms: shown.ofMs, readMs, truth: shown.truth, amount: shown.amount }
    if (since === null) {
      const word = reading.status === 'baseline' ? 'baseline' : 'other-account'
      return { ...reading, expected: null, word, earned: null, event: null }
    }
    const moved = shown.truth - since.truth
    const happened = plan.events.filter(({ atMs }) => atMs > since.ms && atMs <= shown.ofMs)
    const find = (kind: string) => happened.find((each) => each.kind === kind) ?? null
    const said = (word: string, event: Judged['event'], expected = moved): Judged => {
      const takesEarned = ['reset', 'payout', 'payout-returned'].includes(word)
      return { ...reading, expected, word, earned: takesEarned ? expected : null, event }
    }
    const other = find('other-account')
    if (other !== null) return said('other-account', other, 0n)
    const reset = find('reset')
    // One that has more again than before looks like any day.
    if (reset !== null && shown.amount >= since.amount) return said('spike-ok', reset, shown.amount - since.amount)
    if (reset !== null) return said('reset', reset)
    const isBack =
      plan.shows === 'unpaid' &&
      plan.payouts.some(({ returnedMs }) => returnedMs !== null && returnedMs > since.ms && returnedMs <= shown.ofMs)
    const isPaid = plan.shows === 'unpaid' && plan.payouts.some(({ atMs }) => atMs > since.ms && atMs <= shown.ofMs)
    if (isPaid && shown.amount < since.amount + moved) return said('payout', null)
    if (isBack && shown.amount > since.amount + moved) return said('payout-returned', null)
    // An answer of before a payout that is due: nothing of it is anything to book.
    if (moved === 0n && shown.amount === since.amount) {
      // Rejected by a person, it is no reading that the next one could be the second of its day to.
      if (reading.status === 'rejected') before = since
      return said(reading.status === 'held' ? 'reject' : 'none', null)
    }
    if (moved < 0n) return said('clawback', find('clawback'))
    if (reading.code === 'COUNTER_REPOST') return said('repost', find('late-credit'))
    return said('spike-ok', find('viral'))
  })
}

/** Making one takes longer than a hundred uses. */
const FORMATS = new Map<string, Intl.DateTimeFormat>()

export function dayIn(ms: number, zone: string): string {
  if (zone === 'UTC') return new Date(ms).toISOString().slice(0, 10)
  // en-CA writes 2026-03-01.
  const format = FORMATS.get(zone) ?? new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' })
  FORMATS.set(zone, format)
  return format.format(ms)
}

export function dayBefore(day: string): string {
  return new Date(Date.parse(day) - 86_400_000).toISOString().slice(0, 10)
}
