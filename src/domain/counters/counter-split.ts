/**
 * A rise over missed days that cross a month's end: which part belongs to which month. Impressions of readings in
 * between are used where there are any, time otherwise; either way it is an estimate, and exact in its sum.
 */
import { addDays, startOfDayMs } from '../time/dates.ts'
import type { Units } from '../money/money.ts'
import type { IsoDate } from '../transaction.ts'

export interface SplitPart {
  /** The last day of the part within its month: the date it counts on. */
  readonly date: IsoDate
  readonly from: IsoDate
  readonly amount: Units
}

export interface TrafficPoint {
  readonly atMs: number
  readonly impressions: bigint
}

export interface Split {
  readonly by: 'impressions' | 'time'
  readonly parts: readonly SplitPart[]
}

/**
 * Splits `amount` over the months of the days `from`..`to` (both included) in `zone`. `points` are impressions known
 * inside and at both ends of the span. Days in `booked` have been booked from their own totals and get no part. Null when
 * the rest lies within the span's last month. Parts of zero are left out.
 */
export function splitByMonth(
  amount: Units,
  span: { readonly from: IsoDate; readonly to: IsoDate },
  points: readonly TrafficPoint[],
  zone: string,
  booked: ReadonlySet<IsoDate> = NOT_BOOKED,
): Split | null {
  const all = daysOf(span)
  const open = all.filter((day) => !booked.has(day))
  const days = open.length === 0 ? all : open
  const months = monthsOf(days)
  if (months.length === 1 && isSameMonth(days[0] ?? span.to, span.to)) return null
  const start = startOfDayMs(span.from, zone)
  const end = startOfDayMs(addDays(span.to, 1), zone)
  const known = days.length < all.length ? null : usable(points, start, end)
  const by = known === null ? 'time' : 'impressions'
  const curve = known ?? timeCurve(all, new Set(days), zone)
  let before = 0n
  const parts: SplitPart[] = []
  for (const { from, to } of months) {
    const through = shareThrough(amount, curve, Math.min(end, startOfDayMs(addDays(to, 1), zone)))
    if (through !== before) parts.push({ from, date: to, amount: through - before })
    before = through
  }
  return { by, parts }
}

const NOT_BOOKED: ReadonlySet<IsoDate> = new Set()

/** Runs of days of one month each. */
function monthsOf(days: readonly IsoDate[]): readonly { readonly from: IsoDate; readonly to: IsoDate }[] {
  const months: { from: IsoDate; to: IsoDate }[] = []
  for (const day of days) {
    const last = months[months.length - 1]
    if (last !== undefined && isSameMonth(last.to, day)) last.to = day
    else months.push({ from: day, to: day })
  }
  return months
}

function isSameMonth(one: IsoDate, other: IsoDate): boolean {
  return one.slice(0, 7) === other.slice(0, 7)
}

function daysOf({ from, to }: { readonly from: IsoDate; readonly to: IsoDate }): readonly IsoDate[] {
  const days: IsoDate[] = []
  for (let day = from; day <= to; day = addDays(day, 1)) days.push(day)
  return days
}

/** Grows with the time of the days that count, and stands still over the others. */
function timeCurve(all: readonly IsoDate[], counting: ReadonlySet<IsoDate>, zone: string): readonly TrafficPoint[] {
  let grown = 0n
  const points: TrafficPoint[] = []
  for (const day of all) {
    const [start, end] = [startOfDayMs(day, zone), startOfDayMs(addDays(day, 1), zone)]
    points.push({ atMs: start, impressions: grown })
    if (counting.has(day)) grown += BigInt(end - start)
    points.push({ atMs: end, impressions: grown })
  }
  return points
}

/**
 * Impressions help only with a reading inside the span, growing from one end to the other. The ends count at the edges
 * of the span's whole days, since a reading just after midnight speaks of the day that ended.
 */
function usable(points: readonly TrafficPoint[], start: number, end: number): readonly TrafficPoint[] | null {
  const sorted = points.toSorted((a, b) => a.atMs - b.atMs)
  const [first] = sorted
  const last = sorted[sorted.length - 1]
  if (sorted.length < 3 || first === undefined || last === undefined || last.impressions <= first.impressions)
    return null
  const inner = sorted.slice(1, -1).filter(({ atMs }) => atMs > start && atMs < end)
  const curve = [{ ...first, atMs: start }, ...inner, { ...last, atMs: end }]
  const grows = curve.every((point, index) => index === 0 || point.impressions >= (curve[index - 1]?.impressions ?? 0n))
  return inner.length > 0 && grows ? curve : null
}

/** The part of `amount` up to an instant, rounded down to a unit: differences of these always add up to the whole. */
function shareThrough(amount: Units, curve: readonly TrafficPoint[], atMs: number): Units {
  const first = curve[0]
  const last = curve[curve.length - 1]
  if (first === undefined || last === undefined || atMs >= last.atMs) return amount
  const index = curve.findIndex((point) => point.atMs > atMs)
  const [left, right] = [curve[index - 1] ?? first, curve[index] ?? last]
  const grown = right.impressions - left.impressions
  // Scaled by the length of the piece, so that nothing is rounded before the end.
  const length = BigInt(right.atMs - left.atMs)
  const done = (left.impressions - first.impressions) * length + grown * BigInt(atMs - left.atMs)
  return (amount * done) / ((last.impressions - first.impressions) * length)
}
