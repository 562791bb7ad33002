/**
 * The proof of cash of one account and month: opening, receipts, disbursements and closing, by the statement and by the
 * books, and between them every line and transaction that makes a difference. What is left after those is unexplained.
 */
import { addDays, previousDate } from '../time/dates.ts'
import type { Units } from '../money/money.ts'
import type { IsoDate } from '../transaction.ts'
import { balanceAt, type Anchor, type DaySum } from './anchors.ts'

export const CASH_COLUMNS = ['opening', 'receipts', 'disbursements', 'closing'] as const
export type CashColumn = (typeof CASH_COLUMNS)[number]
/** `closing = opening + receipts − disbursements`. */
export type Columns = Readonly<Record<CashColumn, Units>>

/** A counted line of the statement. */
export interface CashLine {
  /** As the ledger names what it posts: "line:12". */
  readonly object: string
  readonly date: IsoDate
  readonly amount: Units
}

/** What one object moved the account by on one day, by the books. */
export interface CashEntry {
  readonly object: string
  readonly date: IsoDate
  readonly amount: Units
}

export interface ReconcilingItem {
  readonly object: string
  readonly kind: 'not-booked' | 'no-line' | 'other-amount' | 'other-month'
  readonly date: IsoDate
  /** Statement less books. */
  readonly columns: Columns
}

export interface CashMonth {
  /** "2026-03" */
  readonly month: string
  /** Opening and closing are null when no statement tells a balance. */
  readonly statement: {
    readonly opening: Units | null
    readonly receipts: Units
    readonly disbursements: Units
    readonly closing: Units | null
  }
  readonly books: Columns
  readonly items: readonly ReconcilingItem[]
  /** Statement less books less items. Null when no statement tells a balance. */
  readonly unexplained: Columns | null
}

export interface CashAccount {
  readonly lines: readonly CashLine[]
  /** Without the opening balance. */
  readonly entries: readonly CashEntry[]
  /** What the account held before its first line, by the books: part of every month's opening, whatever day it is dated. */
  readonly openingBooked: Units
  /** Oldest first. */
  readonly anchors: readonly Anchor[]
}

const NONE: Columns = { opening: 0n, receipts: 0n, disbursements: 0n, closing: 0n }

/** Every month from the first line or entry to the last, or only `month`. */
export function proveCash(account: CashAccount, month?: string): readonly CashMonth[] {
  const objects = objectsOf(account)
  const agreed = monthSums(objects.filter(agrees).flatMap(({ line }) => line ?? []))
  const facts = { agreed, others: objects.filter((each) => !agrees(each)), days: daySums(account.lines) }
  return (month === undefined ? monthsOf(account) : [month]).map((each) => proveMonth(each, account, facts))
}

interface Facts {
  /** By month, oldest first: the same on both sides. */
  readonly agreed: readonly { readonly month: string; readonly in: Units; readonly out: Units }[]
  readonly others: readonly CashObject[]
  readonly days: readonly DaySum[]
}

/** A line that is booked on its day as it is: nearly all are, and need no look in every month. */
function agrees({ line, entries }: CashObject): boolean {
  const [entry, ...more] = entries
  return more.length === 0 && entry !== undefined && entry.date === line?.date && entry.amount === line.amount
}

function monthSums(lines: readonly CashLine[]): Facts['agreed'] {
  const sums = new Map<string, { in: Units; out: Units }>()
  for (const { date, amount } of lines) {
    const month = date.slice(0, 7)
    const sum = sums.get(month) ?? { in: 0n, out: 0n }
    sums.set(month, amount > 0n ? { ...sum, in: sum.in + amount } : { ...sum, out: sum.out - amount })
  }
  return [...sums].map(([month, sum]) => ({ month, ...sum })).sort((a, b) => (a.month < b.month ? -1 : 1))
}

function agreedColumns(agreed: Facts['agreed'], month: string): Columns {
  const opening = agreed.reduce((sum, each) => (each.month < month ? sum + each.in - each.out : sum), 0n)
  const { in: receipts, out: disbursements } = agreed.find((each) => each.month === month) ?? { in: 0n, out: 0n }
  return { opening, receipts, disbursements, closing: opening + receipts - disbursements }
}

interface CashObject {
  readonly object: string
  readonly line: CashLine | null
  readonly entries: readonly CashEntry[]
}

function objectsOf({ lines, entries }: CashAccount): readonly CashObject[] {
  const booked = Map.groupBy(entries, ({ object }) => object)
  const ofLines = lines.map((line) => ({ object: line.object, line, entries: booked.get(line.object) ?? [] }))
  const known = new Set(lines.map(({ object }) => object))
  const others = [...booked].filter(([object]) => !known.has(object))
  return [...ofLines, ...others.map(([object, each]) => ({ object, line: null, entries: each }))]
}

function proveMonth(
  month: string,
  { openingBooked, anchors }: CashAccount,
  { agreed, others, days }: Facts,
): CashMonth {
  const before = previousDate(`${month}-01`)
  const end = lastDayOf(month)
  let said = agreedColumns(agreed, month)
  let booked = add(said, { ...NONE, opening: openingBooked, closing: openingBooked })
  const items: ReconcilingItem[] = []
  for (const each of others) {
    const sign = each.line === null ? null : each.line.amount > 0n
    const byLine = columnsOf(each.line === null ? [] : [each.line], { before, end, isIn: sign })
    const byBooks = columnsOf(each.entries, { before, end, isIn: sign })
    said = add(said, byLine)
    booked = add(booked, byBooks)
    const columns = less(byLine, byBooks)
    if (!isNone(columns)) items.push({ object: each.object, ...describe(each), columns })
  }
  const statement = {
    opening: balanceAt(anchors, days, before),
    receipts: said.receipts,
    disbursements: said.disbursements,
    closing: balanceAt(anchors, days, end),
  }
  return { month, statement, books: booked, items, unexplained: unexplainedOf(statement, booked, items) }
}

interface Span {
  /** The last day before the month, and the last of it. */
  readonly before: IsoDate
  readonly end: IsoDate
  /** What a line is decides the column of all that it posts; null decides by what the object comes to in the month. */
  readonly isIn: boolean | null
}

function columnsOf(
  movements: readonly { readonly date: IsoDate; readonly amount: Units }[],
  { before, end, isIn }: Span,
): Columns {
  let opening = 0n
  let moved = 0n
  for (const { date, amount } of movements) {
    if (date <= before) opening += amount
    else if (date <= end) moved += amount
  }
  const receipts = (isIn ?? moved > 0n) ? moved : 0n
  return { opening, receipts, disbursements: receipts - moved, closing: opening + moved }
}

function describe({ line, entries }: CashObject): Pick<ReconcilingItem, 'kind' | 'date'> {
  const total = entries.reduce((sum, { amount }) => sum + amount, 0n)
  const date = line?.date ?? entries[0]?.date ?? ''
  if (line === null) return { kind: 'no-line', date }
  if (total === 0n) return { kind: 'not-booked', date }
  return { kind: total === line.amount ? 'other-month' : 'other-amount', date }
}

function unexplainedOf(
  { opening, receipts, disbursements, closing }: CashMonth['statement'],
  books: Columns,
  items: readonly ReconcilingItem[],
): Columns | null {
  if (opening === null || closing === null) return null
  const explained = items.reduce((sum, { columns }) => add(sum, columns), NONE)
  return less(less({ opening, receipts, disbursements, closing }, books), explained)
}

function monthsOf({ lines, entries }: CashAccount): readonly string[] {
  const dates = [...lines, ...entries].map(({ date }) => date).sort()
  const [first, last] = [dates[0]?.slice(0, 7), dates.at(-1)?.slice(0, 7)]
  if (first === undefined || last === undefined) return []
  const months = [first]
  while ((months.at(-1) ?? last) < last) months.push(addDays(lastDayOf(months.at(-1) ?? last), 1).slice(0, 7))
  return months
}

/** Of "2026-02", 2026-02-28. */
export function lastDayOf(month: string): IsoDate {
  // The 28th and four days is in the next month, whatever the month.
  return previousDate(`${addDays(`${month}-28`, 4).slice(0, 7)}-01`)
}

function daySums(lines: readonly CashLine[]): readonly DaySum[] {
  const sums = new Map<IsoDate, Units>()
  for (const { date, amount } of lines) sums.set(date, (sums.get(date) ?? 0n) + amount)
  return [...sums].map(([day, amount]) => ({ day, amount })).sort((a, b) => (a.day < b.day ? -1 : 1))
}

function add(a: Columns, b: Columns): Columns {
  return combine(a, b, 1n)
}

function less(a: Columns, b: Columns): Columns {
  return combine(a, b, -1n)
}

function combine(a: Columns, b: Columns, sign: bigint): Columns {
  return {
    opening: a.opening + sign * b.opening,
    receipts: a.receipts + sign * b.receipts,
    disbursements: a.disbursements + sign * b.disbursements,
    closing: a.closing + sign * b.closing,
  }
}

export function isNone(columns: Columns): boolean {
  return CASH_COLUMNS.every((column) => columns[column] === 0n)
}
