/**
 * Parsers for flag values. Each refuses what it cannot read with a sentence; commander adds the flag's name and the
 * program exits with the usage code.
 */
import { InvalidArgumentError } from 'commander'
import { isIsoDate, isTimeZone, parseInstant } from '../domain/time/dates.ts'
import type { IsoDate } from '../domain/transaction.ts'
import { parseHead, type NotedHead } from '../journals/heads.ts'

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

/** Given once or more often. */
export function headsArgument(text: string, before: readonly NotedHead[] = []): readonly NotedHead[] {
  const head = parseHead(text)
  if (head !== null) return [...before, head]
  throw new InvalidArgumentError(
    'Give a place and 16 to 64 hex digits of its hash, as tieout ledger digest shows them: 11:0709fb7233cd0af5 of the ledger, 12.3:0709fb7233cd0af5 of the log.',
  )
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

/** More ids than this are not a gap to look into but somebody else's panel. */
const SCAN_LIMIT = 10_000_000

/** "23501..24100", both ids included. */
export function idRangeArgument(text: string): { readonly first: number; readonly last: number } {
  const match = /^(\d{1,15})\.\.(\d{1,15})$/.exec(text)
  if (match === null) throw new InvalidArgumentError('Give two order ids of digits, as 23501..24100.')
  const first = Number(match[1])
  const last = Number(match[2])
  if (first > last) throw new InvalidArgumentError(`${first} is above ${last}; give the lower id first.`)
  if (last - first < SCAN_LIMIT) return { first, last }
  throw new InvalidArgumentError(
    `That is ${last - first + 1} ids; at most ${SCAN_LIMIT} at a time. Scan between two ids you know.`,
  )
}

/** Without a slash at the end. */
export function serverArgument(text: string): string {
  const url = URL.parse(text)
  if (url !== null && /^https?:$/.test(url.protocol) && url.search === '' && url.hash === '') {
    return text.replace(/\/+$/, '')
  }
  throw new InvalidArgumentError('Give the address of a server, such as http://127.0.0.1:8700.')
}

export function timeZoneArgument(text: string): string {
  if (isTimeZone(text)) return text
  throw new InvalidArgumentError('Give a time zone such as UTC or Europe/Berlin.')
}

/** A person's name, as it is kept with what they decided. */
export function personArgument(text: string): string {
  if (/^[^\p{Cc}]{1,100}$/u.test(text.trim())) return text.trim()
  throw new InvalidArgumentError('Give a name of at most 100 characters.')
}
