/** Xero's three ways to write a date: `/Date(1763510400000+0000)/`, an ISO instant without a zone (UTC), and a plain day. */
import { isIsoDate, isoDateInZone, parseInstant } from '../../domain/time/dates.ts'
import type { IsoDate } from '../../domain/transaction.ts'

const MS_DATE = /^\/Date\((-?\d{1,15})(?:([+-])(\d{2})(\d{2}))?\)\/$/
const MS_PER_MINUTE = 60_000

/** The calendar day; null when it is none of the three. With an offset, the day it is there. */
export function readDate(text: string): IsoDate | null {
  const match = MS_DATE.exec(text)
  if (match !== null) return isoDateInZone(Number(match[1]) + offsetMs(match), 'UTC')
  const day = text.slice(0, 10)
  return isIsoDate(day) && (text.length === 10 || text[10] === 'T') ? day : null
}

/** UTC milliseconds; null when it is no instant. The offset of `/Date()/` is for display and moves nothing. */
export function readInstantMs(text: string): number | null {
  const match = MS_DATE.exec(text)
  if (match !== null) return Number(match[1])
  return parseInstant(text) ?? parseInstant(`${text}Z`)
}

function offsetMs(match: RegExpExecArray): number {
  const minutes = Number(match[3] ?? 0) * 60 + Number(match[4] ?? 0)
  return (match[2] === '-' ? -minutes : minutes) * MS_PER_MINUTE
}

/** How a `where` clause writes a day. */
export function whereDate(date: IsoDate): string {
  const [year, month, day] = date.split('-')
  return `DateTime(${year}, ${month}, ${day})`
}
