/**
 * The proof of cash of one account and currency, month by month: opening + lines = closing of the statement, and the
 * ledger against that closing. Between them stands every line that is not booked and every entry without a line; what is
 * left after those is unexplained.
 */
import { addDays, previousDate } from '../time/dates.ts'
import type { Units } from '../money/money.ts'
import type { IsoDate } from '../transaction.ts'

/** The balance after all lines of a day, as a statement says it. */
export interface Anchor {
  readonly day: IsoDate
  readonly balance: Units
}

/** What the lines of a day come to. */
export interface DaySum {
  readonly day: IsoDate
  readonly amount: Units
}

export interface CashClosing {
  /** "2026-03" */
  readonly month: string
  /** All counted lines through its last day. */
  readonly lines: Units
  /** What the statements say the account held on that day; null while none has said a balance. */
  readonly stated: Units | null
}

interface MonthFacts {
  /** The month before the first; null when there is none. */
  readonly before: CashClosing | null
  /** Of the days after that month, oldest first. */
  readonly days: readonly DaySum[]
  /** Likewise. */
  readonly anchors: readonly Anchor[]
}

/** Each month from the one before it: to the last line, balance, or day that is asked for. */
export function closeMonths(
  { before, days, anchors: told }: MonthFacts,
  through: IsoDate = '',
): readonly CashClosing[] {
  const anchors =
    before === null || before.stated === null
      ? told
      : [{ day: lastDayOf(before.month), balance: before.stated }, ...told]
  const last = [days.at(-1)?.day ?? '', anchors.at(-1)?.day ?? '', through].toSorted().at(-1)?.slice(0, 7) ?? ''
  const first = before === null ? (days[0]?.day ?? told[0]?.day)?.slice(0, 7) : monthAfter(before.month)
  if (first === undefined) return []
  const closings: CashClosing[] = []
  let lines = before?.lines ?? 0n
  for (let month = first; month <= last; month = monthAfter(month)) {
    const end = lastDayOf(month)
    lines += sumBetween(days, previousDate(`${month}-01`), end)
    closings.push({ month, lines, stated: balanceAt(anchors, days, end) })
  }
  return closings
}

/** The newest balance that was said by then, and the lines since. */
function balanceAt(anchors: readonly Anchor[], days: readonly DaySum[], day: IsoDate): Units | null {
  const said = anchors.findLast((anchor) => anchor.day <= day)
  return said === undefined ? null : said.balance + sumBetween(days, said.day, day)
}

/** In the month of the first balance, that less the lines before it. */
function openingFrom(first: Anchor | undefined, days: readonly DaySum[], before: IsoDate): Units | null {
  if (first === undefined || first.day > lastDayOf(addDays(before, 1).slice(0, 7))) return null
  return first.balance - sumBetween(days, before, first.day)
}

/** What the lines after `from` up to `to` come to. */
function sumBetween(days: readonly DaySum[], from: IsoDate, to: IsoDate): Units {
  return days.reduce((sum, { day, amount }) => (day > from && day <= to ? sum + amount : sum), 0n)
}

/** What one object moves the account by on one day: a counted line of the statement, or an entry of the books. */
export interface CashMovement {
  /** As the ledger names it: "line:12". */
  readonly object: string
  readonly date: IsoDate
  readonly amount: Units
}

export interface CashItem {
  readonly object: string
  readonly kind: 'not-booked' | 'no-line' | 'other-amount'
  readonly date: IsoDate
  /** Statement less books, through the end of the month. */
  readonly amount: Units
}

export interface CashMonth {
  readonly month: string
  readonly statement: {
    /** Null when no statement had said a balance by the end of the month; so for the closing. */
    readonly opening: Units | null
    readonly receipts: Units
    readonly disbursements: Units
    readonly closing: Units | null
  }
  /** What the ledger account holds at the end of the month. */
  readonly books: Units
  readonly items: readonly CashItem[]
  /** Statement less books less items, at the end of the month; null without a balance. */
  readonly unexplained: Units | null
}

export interface CashAccount {
  readonly lines: readonly CashMovement[]
  /** Without the opening balance. */
  readonly entries: readonly CashMovement[]
  /** What the account held before its first line, by the books: part of every month, whatever day it is dated. */
  readonly openingBooked: Units
  /** Oldest first. */
  readonly anchors: readonly Anchor[]
}

/** Every month from the first line or balance to the last line, balance or entry. */
export function proveCash({ lines, entries, openingBooked, anchors }: CashAccount): readonly CashMonth[] {
  const days = daySums(lines)
  const lastEntry = entries.reduce((last, { date }) => (date > last ? date : last), '')
  const others = openObjects(lines, entries)
  return closeMonths({ before: null, days, anchors }, lastEntry).map(({ month, stated }) => {
    const before = previousDate(`${month}-01`)
    const end = lastDayOf(month)
    const own = lines.filter(({ date }) => date > before && date <= end)
    const items = others.flatMap((each) => itemAt(each, end))
    const books = openingBooked + through(entries, end)
    const explained = items.reduce((sum, { amount }) => sum + amount, 0n)
    return {
      month,
      statement: {
        opening: balanceAt(anchors, days, before) ?? openingFrom(anchors[0], days, before),
        receipts: own.reduce((sum, { amount }) => (amount > 0n ? sum + amount : sum), 0n),
        disbursements: own.reduce((sum, { amount }) => (amount < 0n ? sum - amount : sum), 0n),
        closing: stated,
      },
      books,
      items,
      unexplained: stated === null ? null : stated - books - explained,
    }
  })
}

interface CashObject {
  readonly line: CashMovement | null
  readonly entries: readonly CashMovement[]
}

/** All but the lines that are booked on their day as they are: nearly all are, and need no look in every month. */
function openObjects(lines: readonly CashMovement[], entries: readonly CashMovement[]): readonly CashObject[] {
  const booked = Map.groupBy(entries, ({ object }) => object)
  const known = new Set(lines.map(({ object }) => object))
  const ofLines = lines.map((line) => ({ line, entries: booked.get(line.object) ?? [] }))
  const others = [...booked].flatMap(([object, own]) => (known.has(object) ? [] : [{ line: null, entries: own }]))
  return [...ofLines, ...others].filter(({ line, entries: [entry, ...more] }) => {
    const isAsItIs = entry !== undefined && entry.date === line?.date && entry.amount === line.amount
    return !(isAsItIs && more.length === 0)
  })
}

function itemAt({ line, entries }: CashObject, end: IsoDate): readonly CashItem[] {
  const said = line === null ? 0n : through([line], end)
  const booked = through(entries, end)
  const shown = line ?? entries[0]
  if (said === booked || shown === undefined) return []
  const kind = said === 0n ? 'no-line' : booked === 0n ? 'not-booked' : 'other-amount'
  return [{ object: shown.object, kind, date: shown.date, amount: said - booked }]
}

function through(movements: readonly CashMovement[], end: IsoDate): Units {
  return movements.reduce((sum, { date, amount }) => (date <= end ? sum + amount : sum), 0n)
}

function daySums(lines: readonly CashMovement[]): readonly DaySum[] {
  const sums = new Map<IsoDate, Units>()
  for (const { date, amount } of lines) sums.set(date, (sums.get(date) ?? 0n) + amount)
  return [...sums].map(([day, amount]) => ({ day, amount })).sort((a, b) => (a.day < b.day ? -1 : 1))
}

/** Of "2026-02", 2026-02-28. */
export function lastDayOf(month: string): IsoDate {
  return previousDate(`${monthAfter(month)}-01`)
}

function monthAfter(month: string): string {
  // The 28th and four days is in the next month, whatever the month.
  return addDays(`${month}-28`, 4).slice(0, 7)
}
