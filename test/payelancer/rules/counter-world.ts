/**
 * An ad network's account, written from the vendor's document and the reference of what its numbers mean: what each day
 * truly earned, what its counter shows each night, and what people could say of it. It knows nothing of the rules under test.
 */
import type { AnswerWord } from '../../../src/domain/exceptions/counter-answers.ts'
import type { Answer, CounterMode, DayTotal, Reading, RecordedPayout } from '../../../src/payelancer/rules/reading.ts'
import { createDraw } from '../../panels/rules/panel-world.ts'

export interface CounterTroubles {
  /** Shares of days. */
  readonly clawback: number
  readonly reset: number
  readonly otherAccount: number
  readonly garbled: number
  readonly lostNights: number
  readonly stale: number
  readonly viral: number
  /** Shares of payouts. */
  readonly rowLate: number
  readonly rowNever: number
  readonly comesBack: number
}

export const USUAL: CounterTroubles = {
  clawback: 0,
  reset: 0,
  otherAccount: 0,
  garbled: 0,
  lostNights: 0.01,
  stale: 0,
  viral: 0,
  rowLate: 0.1,
  rowNever: 0,
  comesBack: 0,
}

export const NASTY: CounterTroubles = {
  clawback: 0.02,
  reset: 0.01,
  otherAccount: 0.01,
  garbled: 0.02,
  lostNights: 0.05,
  stale: 0.02,
  viral: 0.01,
  rowLate: 0.3,
  rowNever: 0.1,
  comesBack: 0.1,
}

/** One night of the account. */
export interface Night {
  readonly night: number
  /** Null: nobody read it. */
  readonly reading: Reading | null
  /** True when the reading is not the account's own figure. */
  readonly isWrong: boolean
  /** Earned since counting began, through the day that ended. */
  readonly earned: bigint
  /** What happened that day, as a person may know it. */
  readonly cause: AnswerWord
}

export interface CounterWorld {
  readonly mode: CounterMode
  readonly nights: readonly Night[]
  /** With the night from which on each is known. */
  readonly payouts: readonly (RecordedPayout & { readonly knownFrom: number })[]
  readonly dayTotals: readonly DayTotal[]
}

const NIGHTS = 62
const CENT = 1_000_000n
const DAY_MS = 86_400_000
const FIRST_MS = Date.UTC(2027, 0, 5, 0, 10)

export function makeCounterWorld(seed: number, trouble: CounterTroubles, mode: CounterMode): CounterWorld {
  const draw = createDraw(seed)
  const usualCents = draw.int(300, 20_000)
  const [nights, payouts]: [Night[], (RecordedPayout & { knownFrom: number })[]] = [[], []]
  let [amount, views, clicks] = [
    BigInt(draw.int(0, 40_000)) * CENT,
    BigInt(draw.int(10_000, 900_000)),
    BigInt(draw.int(100, 9_000)),
  ]
  let [earned, lost, away, unpaid] = [0n, 0, 0, amount]
  const other = { amount: amount / 3n + 7_000_000n, views: views / 2n, clicks: clicks / 2n }
  const returning = new Map<number, RecordedPayout & { knownFrom: number }>()
  let before: Reading | null = null
  for (let night = 0; night < NIGHTS; night += 1) {
    let cause: AnswerWord = 'right'
    if (night > 0) {
      const times = draw.chance(trouble.viral) ? draw.int(6, 12) : 1
      const cents = Math.round((usualCents * times * draw.int(60, 140)) / 100)
      const grownViews = BigInt(Math.max(5, Math.round((usualCents * times * draw.int(80, 120)) / 20)))
      let today = BigInt(cents) * CENT
      if (draw.chance(trouble.clawback)) {
        const taken = (amount * BigInt(draw.int(5, 60))) / 100n
        today -= taken - (taken % CENT)
        cause = 'clawback'
      }
      earned += today
      unpaid += today
      amount += today
      views += grownViews
      clicks += grownViews / 50n + 1n
      const back = returning.get(night)
      if (back !== undefined) {
        payouts.push(back)
        unpaid += back.amount
        if (mode === 'unpaid') [amount, cause] = [amount + back.amount, 'payout-returned']
      }
      if (night % 7 === 3 && unpaid >= 50n * 100n * CENT) {
        const paid = unpaid - today > 0n ? unpaid - today : unpaid
        if (mode === 'unpaid') [amount, cause] = [amount - paid, 'payout']
        unpaid -= paid
        const knownFrom = draw.chance(trouble.rowNever)
          ? NIGHTS
          : draw.chance(trouble.rowLate)
            ? night + draw.int(1, 10)
            : night
        const payout = {
          key: `payout:P${night}`,
          reference: `P${night}`,
          amount: paid,
          date: dateOf(night - 1),
          returnOf: null,
          knownFrom,
        }
        payouts.push(payout)
        if (draw.chance(trouble.comesBack)) {
          const on = night + draw.int(2, 6)
          const key = `payout-returned:P${night}`
          returning.set(on, { ...payout, key, date: dateOf(on - 1), returnOf: payout.key, knownFrom: on })
        }
      }
      if (draw.chance(trouble.reset))
        [amount, views, clicks, cause] = [today > 0n ? today : 0n, grownViews, 3n, 'reset']
    }
    if (draw.chance(trouble.otherAccount)) away = draw.int(1, 3)
    const own = readingOf(night, { amount, views, clicks })
    const isGarbled = night > 0 && draw.chance(trouble.garbled)
    const isStale: boolean = before !== null && draw.chance(trouble.stale)
    if (lost === 0 && draw.chance(trouble.lostNights)) lost = draw.int(1, 4)
    const shown: Reading =
      away > 0
        ? readingOf(night, other)
        : isGarbled
          ? garbled(own, draw.int(0, 3))
          : isStale
            ? { ...own, ...figuresOf(before ?? own) }
            : own
    const isRead = night === 0 || lost === 0
    const isWrong = away > 0 || isGarbled
    nights.push({
      night,
      reading: isRead && night > 0 ? shown : night === 0 ? own : null,
      isWrong: night > 0 && isWrong,
      earned,
      cause,
    })
    if (isRead && !isWrong) before = shown
    away = Math.max(0, away - 1)
    lost = Math.max(0, lost - 1)
  }
  return { mode, nights, payouts, dayTotals: [] }
}

/** What a person who knows the account says of a held reading: the cause of its days, and what they truly earned. */
export function wordOf(
  { nights }: CounterWorld,
  held: Reading,
  against: string | null,
): Pick<Answer, 'as' | 'earned'> & { readonly about: string } {
  const at = nights.findIndex(({ reading }) => reading?.name === held.name)
  const from = nights.findIndex(({ reading }) => reading?.name === against)
  const [now, then] = [nights[at], nights[from]]
  if (now === undefined || now.isWrong) return { about: held.name, as: 'wrong', earned: null }
  // The accepted one before it was the wrong one.
  if (then === undefined || then.isWrong) return { about: against ?? '', as: 'wrong', earned: null }
  const causes = nights.slice(from + 1, at + 1).map(({ cause }) => cause)
  const earned = now.earned - then.earned
  const change = held.amount - (then.reading?.amount ?? 0n)
  const said = (as: AnswerWord, beside: bigint | null) => ({ about: held.name, as, earned: beside })
  if (earned === change) return change < 0n ? said('clawback', null) : said('right', null)
  return causes.includes('payout') && !causes.includes('reset') && earned > change
    ? said('payout', earned)
    : said('reset', earned)
}

function readingOf(
  night: number,
  { amount, views, clicks }: { amount: bigint; views: bigint; clicks: bigint },
): Reading {
  return {
    name: `${night + 1}.1`,
    atMs: FIRST_MS + night * DAY_MS,
    readOn: dateOf(night),
    amount,
    impressions: views,
    clicks,
  }
}

function figuresOf({ amount, impressions, clicks }: Reading) {
  return { amount, impressions, clicks }
}

/** Answers seen in the field: digits lost, a figure ten times over, zeros, a field of another column. */
function garbled(reading: Reading, kind: number): Reading {
  const { amount, impressions } = reading
  if (kind === 0) return { ...reading, amount: amount / 10n }
  if (kind === 1) return { ...reading, amount: amount * 10n }
  if (kind === 2) return { ...reading, amount: 0n, impressions: 0n, clicks: 0n }
  return { ...reading, amount: (impressions ?? 0n) * CENT }
}

export function dateOf(night: number): string {
  return new Date(FIRST_MS + night * DAY_MS).toISOString().slice(0, 10)
}
