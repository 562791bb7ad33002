/**
 * Parsers for flag values. Each refuses what it cannot read with a sentence; commander adds the flag's name and the
 * program exits with the usage code.
 */
import { InvalidArgumentError } from 'commander'
import { isIsoDate, isTimeZone, parseInstant } from '../domain/dates.ts'
import type { IsoDate } from '../domain/transaction.ts'

export function dateArgument(text: string): IsoDate {
  if (isIsoDate(text)) return text
  throw new InvalidArgumentError('Give a date that exists, as YYYY-MM-DD.')
}

/** UTC milliseconds. */
export function instantArgument(text: string): number {
  const ms = parseInstant(text)
  if (ms !== null) return ms
  throw new InvalidArgumentError('Give an instant with its zone, such as 2026-03-19T00:05:00Z.')
}

export function wholeNumberArgument(text: string): number {
  const value = Number(text)
  if (/^\d{1,15}$/.test(text)) return value
  throw new InvalidArgumentError('Give a whole number.')
}

/** From 0 to 1. */
export function shareArgument(text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && value >= 0 && value <= 1) return value
  throw new InvalidArgumentError('Give a share from 0 to 1, such as 0.05.')
}

/** "2026-01-01..2026-03-31", both days included. */
export function rangeArgument(text: string): { readonly from: IsoDate; readonly to: IsoDate } {
  const [from, to, ...rest] = text.split('..')
  if (from === undefined || to === undefined || rest.length > 0 || !isIsoDate(from) || !isIsoDate(to)) {
    throw new InvalidArgumentError('Give two dates that exist, as 2026-01-01..2026-03-31.')
  }
  if (from > to) throw new InvalidArgumentError(`${from} is after ${to}; give the earlier day first.`)
  return { from, to }
}

export function timeZoneArgument(text: string): string {
  if (isTimeZone(text)) return text
  throw new InvalidArgumentError('Give a time zone such as UTC or Europe/Berlin.')
}
