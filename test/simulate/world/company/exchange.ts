/**
 * The rates file of a company that keeps other currencies than its books have: a rate a day, some of them stated late or
 * corrected, weekends without one. What an entry may be worth follows from docs/mappings.md: the newest rate on or before
 * the journal's day, for some days; every line to the minor unit, so that the entry balances with the least error.
 */
import { createRandom } from '../../../../src/sandbox/world/random.ts'
import { dayOf } from './day.ts'

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const ONE = 100_000_000n
/** What is booked on the days before the world begins. */
const DAYS_BEFORE = 40

export interface Exchange {
  /** How many days a rate may be used. */
  readonly maxAgeDays: number
  /** When the world begins. */
  readonly startMs: number
  readonly lines: readonly RateLine[]
}

export interface RateLine {
  readonly date: string
  readonly from: string
  readonly to: string
  readonly rate: string
  /** From then on it is in the file, in the place of what was there for the day. */
  readonly knownMs: number
}

const PAIRS = [
  ['EUR', 'USD', 1.08, 4],
  ['USD', 'EUR', 0.92, 6],
  ['USD', 'JPY', 151.7, 2],
  ['EUR', 'JPY', 163.2, 3],
  ['INR', 'USD', 0.0119, 6],
  ['INR', 'EUR', 0.011, 6],
  ['INR', 'JPY', 1.81, 4],
] as const

/** Digits behind the point. */
const MINOR: Readonly<Record<string, bigint>> = { JPY: ONE }
const CENT = ONE / 100n

export function minorUnit(currency: string): bigint {
  return MINOR[currency] ?? CENT
}

export function planExchange(seed: number, startMs: number, nights: number): Exchange {
  const random = createRandom(seed, 'exchange')
  const lateness = random.pick([0, 0, 0.2, 0.5])
  const lines: RateLine[] = []
  for (let day = -DAYS_BEFORE; day < nights + 6; day += 1) {
    const each = createRandom(seed, 'exchange', day)
    const date = dayOf(startMs + day * DAY_MS)
    const eveningMs = startMs + day * DAY_MS + 20 * HOUR_MS
    const isLate = day >= 0 && each.chance(lateness)
    const knownMs = isLate ? eveningMs + each.int(1, 3) * DAY_MS : eveningMs
    const isWrong = day >= 0 && each.chance(lateness / 2)
    for (const [from, to, near, decimals] of PAIRS) {
      const rate = (): string => (near * (1 + each.int(-200, 200) / 10_000)).toFixed(decimals)
      if (isWrong) lines.push({ date, from, to, rate: rate(), knownMs: eveningMs })
      lines.push({ date, from, to, rate: rate(), knownMs })
    }
  }
  return { maxAgeDays: random.pick([1, 2, 7]), startMs, lines }
}

/** The file as it is then; in the end every day is in it. */
export function rateFile({ lines }: Exchange, ms: number, isWhole: boolean): string {
  const known = new Map<string, RateLine>()
  for (const line of lines) if (isWhole || line.knownMs <= ms) known.set(`${line.date} ${line.from} ${line.to}`, line)
  return `date,from,to,rate\n${[...known.values()].map(({ date, from, to, rate }) => `${date},${from},${to},${rate}\n`).join('')}`
}

/** Each rate that the file has had in force for that day, in some state of it. */
export function ratesOf({ lines, maxAgeDays }: Exchange, from: string, to: string, day: string): readonly string[] {
  const pair = lines.filter((line) => line.from === from && line.to === to && line.date <= day)
  const first = dayOf(Date.parse(day) - maxAgeDays * DAY_MS)
  const instants = [...new Set(pair.map(({ knownMs }) => knownMs)), Number.POSITIVE_INFINITY]
  const found = instants.flatMap((ms) => {
    const known = pair.filter((line) => line.knownMs <= ms)
    const newest = known.reduce((date, line) => (line.date > date ? line.date : date), '')
    const line = known.findLast(({ date }) => date === newest)
    return line === undefined || newest < first ? [] : [line.rate]
  })
  return [...new Set(found)]
}

/**
 * Whether these amounts are what these lines are worth: near each, in balance, and as near as any such amounts can be.
 * Both in one order; counts of 10⁻⁸.
 */
export function isWorth(
  amounts: readonly bigint[],
  lines: readonly bigint[],
  { rate, unit }: { readonly rate: string; readonly unit: bigint },
): boolean {
  const [whole = '', decimals = ''] = rate.split('.')
  const scale = 10n ** BigInt(decimals.length)
  const exact = lines.map((line) => line * BigInt(whole + decimals))
  const step = unit * scale
  const errors = amounts.map((amount, index) => size(amount * scale - (exact[index] ?? 0n)))
  if (errors.some((error) => error >= step)) return false
  return sum(errors) <= leastError(exact, step)
}

/** The nearest whole steps, and then those made one greater or less that cost least, until they sum to nothing. */
function leastError(exact: readonly bigint[], step: bigint): bigint {
  const nearest = exact.map((each) => {
    const below = each >= 0n ? each / step : -((-each + step - 1n) / step)
    return (each - below * step) * 2n >= step ? below + 1n : below
  })
  const total = sum(nearest)
  const direction = total > 0n ? -1n : 1n
  const costs = exact
    .map((each, index) => {
      const at = nearest[index] ?? 0n
      return size((at + direction) * step - each) - size(at * step - each)
    })
    .toSorted((one, other) => (one < other ? -1 : one > other ? 1 : 0))
  const errors = exact.map((each, index) => size((nearest[index] ?? 0n) * step - each))
  return sum(errors) + sum(costs.slice(0, Number(size(total))))
}

function size(amount: bigint): bigint {
  return amount < 0n ? -amount : amount
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, each) => total + each, 0n)
}
