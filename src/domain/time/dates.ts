/**
 * Calendar dates and instants. An instant is UTC milliseconds, a date is 'YYYY-MM-DD' text (which sorts by itself);
 * the zone that joins them is always an argument, because the day a thing counts on is an accounting decision.
 * No clock here: the caller passes "now" in.
 */
import { Temporal } from 'temporal-polyfill'
import type { IsoDate } from '../transaction.ts'

const DAY_MS = 86_400_000
/** Since 1972 every zone's offset, and so every local midnight and clock change, is a multiple of 15 minutes. */
export const ZONE_STEP_MS = 900_000
export const UNIFORM_OFFSETS_SINCE_MS = 94_694_400_000
const CACHE_LIMIT = 200_000
const ISO_DATE = /^(\d{4})-(\d{2})-(\d{2})$/
const ISO_INSTANT = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:[Zz]|[+-]\d{2}:?\d{2})$/

/** True for a date that exists: '2028-02-29' is one, '2026-02-29' is not. */
export function isIsoDate(text: string): text is IsoDate {
  const match = ISO_DATE.exec(text)
  return match !== null && isRealDate(Number(match[1]), Number(match[2]), Number(match[3]))
}

export function isRealDate(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false
  const nextMonth = month === 12 ? dayNumber(year + 1, 1, 1) : dayNumber(year, month + 1, 1)
  return day <= nextMonth - dayNumber(year, month, 1)
}

/** Days since 1970-01-01 of a proleptic Gregorian date (Hinnant's days_from_civil). */
export function dayNumber(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
}

function dateOfDayNumber(days: number): IsoDate {
  const z = days + 719_468
  const era = Math.floor(z / 146_097)
  const dayOfEra = z - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shifted = Math.floor((5 * dayOfYear + 2) / 153)
  const day = dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1
  const month = shifted < 10 ? shifted + 3 : shifted - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
}

/** Days since 1970-01-01. */
export function dayNumberOf(date: IsoDate): number {
  const match = ISO_DATE.exec(date)
  if (match === null) throw new RangeError(`"${date}" is not a date of the form YYYY-MM-DD`)
  return dayNumber(Number(match[1]), Number(match[2]), Number(match[3]))
}

export function addDays(date: IsoDate, days: number): IsoDate {
  return dateOfDayNumber(dayNumberOf(date) + days)
}

export function previousDate(date: IsoDate): IsoDate {
  return addDays(date, -1)
}

/** Whole days from one date to another; negative when `to` is earlier. */
export function daysBetween(from: IsoDate, to: IsoDate): number {
  return dayNumberOf(to) - dayNumberOf(from)
}

/** True for an IANA name the runtime knows ('Asia/Kolkata', 'UTC') or a fixed offset ('+05:30'). */
export function isTimeZone(zone: string): boolean {
  try {
    new Temporal.ZonedDateTime(0n, zone)
    return true
  } catch {
    return false
  }
}

const datesByZone = new Map<string, Map<number, IsoDate>>()

/** The date it is in `zone` at an instant. A quarter of an hour lies within one date, so answers are kept per quarter. */
export function isoDateInZone(ms: number, zone: string): IsoDate {
  if (zone === 'UTC') return utcDate(ms)
  const step = Math.floor(ms / ZONE_STEP_MS)
  const cached = datesByZone.get(zone)?.get(step)
  if (cached !== undefined) return cached
  const date = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone).toPlainDate().toString()
  if (ms >= UNIFORM_OFFSETS_SINCE_MS) remember(datesByZone, zone, step, date)
  return date
}

let lastUtcDay = Number.NaN
let lastUtcDate: IsoDate = ''

function utcDate(ms: number): IsoDate {
  const day = Math.floor(ms / DAY_MS)
  if (day === lastUtcDay) return lastUtcDate
  lastUtcDay = day
  lastUtcDate = dateOfDayNumber(day)
  return lastUtcDate
}

const daysByZone = new Map<string, Map<number, number>>()

/** The first instant of a date in a zone: 00:00, or the first moment that exists where a clock change skips midnight. */
export function startOfDayMs(date: IsoDate, zone: string): number {
  const day = dayNumberOf(date)
  if (zone === 'UTC') return day * DAY_MS
  const cached = daysByZone.get(zone)?.get(day)
  if (cached !== undefined) return cached
  const ms = Temporal.PlainDate.from(date).toZonedDateTime(zone).epochMilliseconds
  remember(daysByZone, zone, day, ms)
  return ms
}

/** An ISO instant with `Z` or an offset, as UTC milliseconds; null when it is not one. Text without a zone is never an instant. */
export function parseInstant(text: string): number | null {
  const trimmed = text.trim()
  if (!ISO_INSTANT.test(trimmed)) return null
  try {
    return Temporal.Instant.from(trimmed).epochMilliseconds
  } catch {
    return null
  }
}

/** Adds to a per-zone cache, which starts over when full so that a hostile file cannot grow it for ever. */
export function remember<V>(cache: Map<string, Map<number, V>>, zone: string, key: number, value: V): void {
  let ofZone = cache.get(zone)
  if (ofZone === undefined || ofZone.size >= CACHE_LIMIT) {
    ofZone = new Map()
    cache.set(zone, ofZone)
  }
  ofZone.set(key, value)
}
