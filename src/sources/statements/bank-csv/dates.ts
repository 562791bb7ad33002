/**
 * Dates of bank CSVs: with digits in any order, two-digit years, or the name of the month. Which number is the day is
 * decided from all dates of the file; where they do not tell, a person has to.
 */
import { InputError } from '../../../domain/errors.ts'
import { isIsoDate } from '../../../domain/time/dates.ts'
import type { IsoDate } from '../../../domain/transaction.ts'
import type { DateOrder } from '../../../domain/statements/bank-profile.ts'

/** Months by the beginning of their names in English, German, Spanish, French, Dutch, Portuguese and Italian. */
const MONTHS = [
  /^(?:jan|ene|gen)/,
  /^(?:feb|fev)/,
  /^(?:mar|maa|mrz|mae|mrt)/,
  /^(?:apr|abr|avr)/,
  /^(?:may|mai|mei|mag)/,
  /^(?:jun|juin|giu)/,
  /^(?:jul|juil|lug)/,
  /^(?:aug|ago|aou)/,
  /^(?:sep|set)/,
  /^(?:oct|okt|out|ott)/,
  /^(?:nov)/,
  /^(?:dec|dez|dic)/,
]

/** Nearly every date of nearly every file: nothing in it has to be made plain first. */
const BARE = /^[\d\-/.]+$/
const YEAR_FIRST = /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})\.?$/
const COMPACT = /^(\d{4})(\d{2})(\d{2})$/
const NUMBERS = /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})$/
const DAY_MONTH_NAME = /^(\d{1,2})[-/. ]*([a-z]{3,})[-/., ]+(\d{4}|\d{2})$/
const MONTH_NAME_DAY = /^([a-z]{3,})[-/. ]*(\d{1,2})[, -]+(\d{4}|\d{2})$/
/** A time of day, with or without a zone, says nothing about the day. */
const TIME = /[T ,]+\d{1,2}[:.h]\d{2}(?:[:.]\d{2}(?:[.,]\d+)?)?\s*(?:[ap]\.?m\.?)?\s*(?:z|utc|gmt|[+-]\d{2}:?\d{2})?$/i

/** Of a date with the time and the zone beside it. */
const LONGEST = 50

interface Parts {
  readonly order: DateOrder | 'named' | 'open'
  readonly numbers: readonly [number, number, number]
}

export function isDateLike(cell: string): boolean {
  const parts = partsOf(cell)
  if (parts === null) return false
  return (parts.order === 'open' ? (['dmy', 'mdy', 'ymd'] as const) : [null]).some(
    (order) => dateOf(parts, order) !== null,
  )
}

/** Null when the text is no date in this order. */
export function readDate(cell: string, order: DateOrder | null): IsoDate | null {
  const parts = partsOf(cell)
  return parts === null ? null : dateOf(parts, order)
}

/**
 * The order of the numbers in `cells`, and whether the file told it or a setting. Throws InputError when neither does, or
 * the dates disagree.
 */
export function dateOrderOf(
  fileName: string,
  cells: readonly string[],
  setting: DateOrder | null,
): { readonly order: DateOrder | null; readonly isTold: boolean } {
  const open = cells.filter((cell) => partsOf(cell)?.order === 'open')
  if (open.length === 0 || setting === 'ymd') return { order: setting, isTold: setting !== null }
  if (setting !== null) {
    const odd = open.find((cell) => readDate(cell, setting) === null)
    if (odd === undefined) return { order: setting, isTold: true }
    throw notInOrder(`the date "${odd.trim()}" of ${fileName} does not exist in the order ${setting}`)
  }
  const orders = (['dmy', 'mdy'] as const).filter((order) => open.every((cell) => readDate(cell, order) !== null))
  const [only] = orders
  if (only === undefined) throw notInOrder(`the dates of ${fileName} fit neither day-first nor month-first`)
  if (orders.length === 1) return { order: only, isTold: true }
  const telling = open.find((cell) => readDate(cell, 'dmy') !== readDate(cell, 'mdy'))
  if (telling === undefined) return { order: 'dmy', isTold: false }
  throw notInOrder(`"${telling.trim()}" in ${fileName} can be day-first or month-first and no other date tells`)
}

function notInOrder(what: string): InputError {
  return new InputError(
    'STATEMENT_DATE_ORDER',
    `The dates cannot be read: ${what}.`,
    'Say which comes first: --date-order dmy, --date-order mdy or --date-order ymd',
  )
}

function partsOf(cell: string): Parts | null {
  if (cell.length > LONGEST || !/\d/.test(cell)) return null
  const plain = BARE.test(cell) ? cell : plainText(cell)
  const yearFirst = YEAR_FIRST.exec(plain) ?? COMPACT.exec(plain)
  if (yearFirst !== null) {
    const numbers = yearFirst.slice(1).filter((each) => /\d/.test(each))
    return { order: 'ymd', numbers: three(numbers) }
  }
  const numbers = NUMBERS.exec(plain)
  if (numbers !== null) {
    const order = numbers[2] === '.' ? 'dmy' : 'open'
    return { order, numbers: three([numbers[1], numbers[3], numbers[4]]) }
  }
  const named = DAY_MONTH_NAME.exec(plain)
  if (named !== null) return withMonth(named[1], named[2], named[3])
  const monthFirst = MONTH_NAME_DAY.exec(plain)
  return monthFirst === null ? null : withMonth(monthFirst[2], monthFirst[1], monthFirst[3])
}

function plainText(cell: string): string {
  return (
    cell
      .replaceAll(/[\s\u00a0\u202f]+/g, ' ')
      .trim()
      .replace(TIME, '')
      // "2019. 04. 19."
      .replaceAll(/(?<=\d\.) (?=\d)/g, '')
      .normalize('NFD')
      .replaceAll(/\p{M}+/gu, '')
      .toLowerCase()
  )
}

function withMonth(day: string | undefined, name = '', year: string | undefined): Parts | null {
  const month = MONTHS.findIndex((begins) => begins.test(name)) + 1
  return month === 0 ? null : { order: 'named', numbers: three([day, String(month), year]) }
}

function three(texts: readonly (string | undefined)[]): readonly [number, number, number] {
  return [Number(texts[0]), Number(texts[1]), Number(texts[2])]
}

function dateOf({ order, numbers }: Parts, setting: DateOrder | null): IsoDate | null {
  const [first, second, third] = numbers
  const known = order === 'open' ? setting : order
  if (known === null) return null
  if (known === 'ymd') return iso(first, second, third)
  return known === 'mdy' ? iso(third, first, second) : iso(third, second, first)
}

/** Statements have no dates of another century. */
function iso(year: number, month: number, day: number): IsoDate | null {
  const full = year < 100 ? year + 2000 : year
  const date = `${full}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
  return isIsoDate(date) ? date : null
}
