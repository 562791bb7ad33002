/**
 * Dates and times as people and panel sites write them: '2026-03-13 20:55:00', '13.03.2026 20:55', '03/13/2026 8:55 PM'.
 * Day and month are never guessed: year-first and dotted dates say which is which, others need the file's other rows or
 * a setting. A local time that a clock change repeats takes the earlier instant; one that it skips is told apart.
 */
import { Temporal } from 'temporal-polyfill'
import { dayNumber, isRealDate, parseInstant, remember, UNIFORM_OFFSETS_SINCE_MS, ZONE_STEP_MS } from './dates.ts'

/** Which number of '03/04/2026' is the day. */
export type DayOrder = 'day-first' | 'month-first'

export type ParsedLocalTime =
  | {
      readonly ok: true
      /** UTC. Of a time that the clock skips, as if the clock had been changed already (Temporal's 'earlier'). */
      readonly ms: number
      readonly hasTime: boolean
      /** Of a time that the clock skips, the first instant after the gap; else null. */
      readonly afterGapMs: number | null
    }
  | { readonly ok: false; readonly reason: string }

const LOCAL =
  /^(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})(?:(?:[Tt]|,? +)(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(?: ?([AaPp])\.?[Mm]\.?)?)?$/

/** The day order a column of dates proves, null when no row needs one, or why it cannot be told. */
export function detectDayOrder(
  samples: readonly string[],
): { readonly ok: true; readonly order: DayOrder | null } | { readonly ok: false; readonly reason: string } {
  const proofs = new Map<DayOrder, string>()
  let ambiguous: string | null = null
  for (const sample of samples) {
    const match = LOCAL.exec(sample.trim())
    if (match === null || isSelfEvident(match)) continue
    const first = Number(match[1])
    const second = Number(match[3])
    if (first > 12 && second <= 12) proofs.set('day-first', sample)
    else if (second > 12 && first <= 12) proofs.set('month-first', sample)
    else ambiguous ??= sample
  }
  if (proofs.size > 1) {
    return {
      ok: false,
      reason: `the dates ${[...proofs.values()].map(quoted).join(' and ')} write day and month in different orders`,
    }
  }
  for (const order of proofs.keys()) return { ok: true, order }
  if (ambiguous === null) return { ok: true, order: null }
  return { ok: false, reason: `${quoted(ambiguous)} can be day-first or month-first and no other row tells` }
}

/** `order` null: only dates that say themselves which number is the day are read. Text with `Z` or an offset ignores the zone. */
export function parseLocalDateTime(text: string, zone: string, order: DayOrder | null): ParsedLocalTime {
  const trimmed = text.trim()
  const match = LOCAL.exec(trimmed)
  if (match === null) {
    const ms = parseInstant(trimmed)
    if (ms !== null) return { ok: true, ms, hasTime: true, afterGapMs: null }
    return {
      ok: false,
      reason: trimmed === '' ? 'the date is empty' : `${quoted(trimmed)} is not a date in a known form`,
    }
  }
  const date = orderParts(match, order)
  if (date === null) {
    return {
      ok: false,
      reason: `${quoted(trimmed)} can be day-first or month-first; say which with the date order setting`,
    }
  }
  const hour = hourOf(match)
  const minute = Number(match[6] ?? 0)
  const second = Number(match[7] ?? 0)
  if (!isRealDate(date.year, date.month, date.day))
    return { ok: false, reason: `${quoted(trimmed)} is not a date of the calendar` }
  if (hour === null || minute > 59 || second > 59)
    return { ok: false, reason: `${quoted(trimmed)} is not a time of day` }
  const localMs = ((dayNumber(date.year, date.month, date.day) * 24 + hour) * 60 + minute) * 60_000 + second * 1000
  const { offsetMs, afterGapMs } = placeOf(localMs, zone)
  return { ok: true, ms: localMs - offsetMs, hasTime: match[5] !== undefined, afterGapMs }
}

/** Year-first (ISO) and dotted dates (day-first in every locale that dots them) carry their own order. */
function isSelfEvident(match: RegExpExecArray): boolean {
  return match[1]?.length === 4 || match[2] === '.'
}

interface DateParts {
  readonly year: number
  readonly month: number
  readonly day: number
}

function orderParts(match: RegExpExecArray, order: DayOrder | null): DateParts | null {
  const first = Number(match[1])
  const second = Number(match[3])
  const third = Number(match[4])
  if (match[1]?.length === 4) return { year: first, month: second, day: match[4]?.length === 4 ? 0 : third }
  if (match[4]?.length !== 4) return { year: 0, month: 0, day: 0 }
  if (match[2] === '.') return { year: third, month: second, day: first }
  const known = order ?? (first > 12 ? 'day-first' : second > 12 ? 'month-first' : null)
  if (known === null) return null
  return known === 'day-first' ? { year: third, month: second, day: first } : { year: third, month: first, day: second }
}

function hourOf(match: RegExpExecArray): number | null {
  const hour = Number(match[5] ?? 0)
  const half = match[8]?.toLowerCase()
  if (half === undefined) return hour <= 23 ? hour : null
  if (hour < 1 || hour > 12) return null
  return (hour % 12) + (half === 'p' ? 12 : 0)
}

interface ZonePlace {
  /** What to subtract from local wall-clock milliseconds. */
  readonly offsetMs: number
  readonly afterGapMs: number | null
}

const UTC: ZonePlace = { offsetMs: 0, afterGapMs: null }
const placesByZone = new Map<string, Map<number, ZonePlace>>()

/** Constant within a quarter of an hour, so kept per quarter. */
function placeOf(localMs: number, zone: string): ZonePlace {
  if (zone === 'UTC') return UTC
  const step = Math.floor(localMs / ZONE_STEP_MS)
  const cached = placesByZone.get(zone)?.get(step)
  if (cached !== undefined) return cached
  const wall = Temporal.Instant.fromEpochMilliseconds(localMs).toZonedDateTimeISO('UTC').toPlainDateTime()
  const due = wall.toZonedDateTime(zone, { disambiguation: 'earlier' })
  // Skipped: 'earlier' fell before the gap, and the gap ends at the next change of the zone's offset.
  const isSkipped = !due.toPlainDateTime().equals(wall)
  const after = isSkipped ? due.getTimeZoneTransition('next') : null
  const place = { offsetMs: localMs - due.epochMilliseconds, afterGapMs: after?.epochMilliseconds ?? null }
  if (localMs >= UNIFORM_OFFSETS_SINCE_MS + 86_400_000) remember(placesByZone, zone, step, place)
  return place
}

function quoted(text: string): string {
  return `"${text.trim()}"`
}
