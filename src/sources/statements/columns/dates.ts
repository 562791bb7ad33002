/**
 * Dates and times of a statement's columns. The order of day and month is decided from every date of the file, else by the
 * account's setting, else the file is refused: a guess would book into the wrong month.
 */
import { InputError } from '../../../domain/errors.ts'
import { isoDateInZone, parseInstant } from '../../../domain/time/dates.ts'
import { detectDayOrder, parseLocalDateTime, type DayOrder } from '../../../domain/time/local-time.ts'
import type { IsoDate } from '../../../domain/transaction.ts'
import type { DateOrder } from '../../../domain/statements/bank-profile.ts'
import { unreadable } from '../refusal.ts'

export interface BookedAt {
  readonly date: IsoDate
  /** Null when the file does not tell the time, or its zone is not known. */
  readonly atMs: number | null
}

/** `zone`: of the text, IANA or an offset; null when it is not known. Throws InputError naming the line. */
export type ReadDate = (text: string, zone: string | null, line: number) => BookedAt

const ORDERS: Readonly<Record<DateOrder, DayOrder | null>> = { dmy: 'day-first', mdy: 'month-first', ymd: null }
/** 05/05/2026 is the same in either order. */
const SAME_EITHER_WAY = /^(\d{1,2})[-/](?:0?\1|\1)[-/]\d{4}\b/
const UNIX_SECONDS = /^\d{9,10}$/

/** Nobody who writes a decimal comma puts the month first. */
export const DAY_FIRST_REMARK =
  'Its dates can be read in two ways; its amounts have a decimal comma, so the day is read before the month. If it is the other way round, say --date-order mdy.'

/** What else in a file tells which comes first. */
export interface ToldOrder {
  readonly order: 'dmy' | 'mdy'
  readonly remark: string
}

export const DAY_FIRST: ToldOrder = { order: 'dmy', remark: DAY_FIRST_REMARK }

export interface DateReader {
  readonly dateOf: ReadDate
  readonly remarks: readonly string[]
}

/**
 * `samples`: every date of the file. `accountZone` is the zone days are counted in. `told`: what else in the file says which
 * comes first, which decides where the dates do not; null when nothing does.
 */
export function dateReader(
  fileName: string,
  samples: readonly string[],
  setting: DateOrder | null,
  accountZone: string,
  told: ToldOrder | null,
): DateReader {
  const plain = samples.map(plainTime)
  const concluded = told !== null && setting === null && isOpen(plain) ? told : null
  const order = orderOf(fileName, plain, concluded?.order ?? setting)
  return { dateOf: readerIn(fileName, order, accountZone), remarks: concluded === null ? [] : [concluded.remark] }
}

function isOpen(samples: readonly string[]): boolean {
  const detected = detectDayOrder(samples.filter((sample) => !SAME_EITHER_WAY.test(sample)))
  return !detected.ok && !detected.reason.includes('different orders')
}

function readerIn(fileName: string, order: DayOrder | null, accountZone: string): ReadDate {
  return (text, zone, line) => {
    const plain = plainTime(text)
    if (UNIX_SECONDS.test(plain)) return booked(Number(plain) * 1000, true, accountZone)
    const read = parseLocalDateTime(plain, zone ?? 'UTC', order)
    if (!read.ok) throw unreadable(fileName, `line ${line}`, read.reason)
    if (!read.hasTime) return { date: isoDateInZone(read.ms, zone ?? 'UTC'), atMs: null }
    // In a zone nobody knows, the day is the printed one.
    if (zone === null && parseInstant(plain) === null) return booked(read.ms, false, 'UTC')
    return booked(read.ms, true, accountZone)
  }
}

function booked(ms: number, isInstant: boolean, zone: string): BookedAt {
  return { date: isoDateInZone(ms, zone), atMs: isInstant ? ms : null }
}

function orderOf(fileName: string, samples: readonly string[], setting: DateOrder | null): DayOrder | null {
  const telling = samples.filter((sample) => !SAME_EITHER_WAY.test(sample))
  const detected = detectDayOrder(telling)
  if (detected.ok) return detected.order ?? (setting === null ? 'day-first' : ORDERS[setting])
  const wanted = setting === null ? null : ORDERS[setting]
  if (wanted !== null && !detected.reason.includes('different orders')) return wanted
  throw new InputError(
    'STATEMENT_DATE_ORDER',
    `The dates of ${fileName} cannot be read: ${detected.reason}.`,
    'Say which comes first: --date-order dmy or --date-order mdy',
  )
}

/** "15.37.32" and the narrow spaces some locales put before AM are only other spellings. */
function plainTime(text: string): string {
  return text
    .replaceAll(/[\s\u00a0\u202f]+/g, ' ')
    .trim()
    .replace(/(?<=[ T]\d{1,2})\.(\d{2})(?:\.(\d{2}))?(?!\d)/, (_all, minute: string, second: string | undefined) =>
      second === undefined ? `:${minute}` : `:${minute}:${second}`,
    )
}
