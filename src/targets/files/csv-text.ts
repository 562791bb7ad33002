/**
 * CSV cells that cannot be mixed up. Text is guarded against being read as a formula; amounts are written as they are,
 * because the same guard would break a negative number. A row takes cells only, so no value skips the choice.
 */
import { stringify } from 'csv-stringify/sync'
import { formatDecimals, minorUnitDecimals, type Units } from '../../domain/money/money.ts'
import type { IsoDate } from '../../domain/transaction.ts'

/** A value that has been guarded, or needs no guard. */
export type Cell = string & { readonly __cell: true }
export type Row = readonly Cell[]

export const EMPTY = '' as Cell

/** Blanks in front do not stop every spreadsheet, and East Asian ones also read the wide signs ＝ ＋ － ＠. */
const FORMULA = /^(?:\s*[=+\-@＝＋－＠]|[\t\r\n])/u

/** Text, with an apostrophe before a character that a spreadsheet would take for a formula. Line breaks become spaces. */
export function textCell(text: string): Cell {
  const guarded = FORMULA.test(text) ? `'${text}` : text
  return guarded.replaceAll(/[\r\n\t]+/g, ' ') as Cell
}

/** A whole number of minor units as plain decimal text: no separators, no currency sign. */
export function amountCell(units: Units, currency: string): Cell {
  return formatDecimals(units, minorUnitDecimals(currency)) as Cell
}

/** Text that is known to be a number or a date. */
export function plainCell(text: string): Cell {
  return text as Cell
}

export const DATE_STYLES = ['mdy', 'dmy', 'ymd', 'd-mmm-y'] as const
export type DateStyle = (typeof DATE_STYLES)[number]

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** 11/05/2026, 05/11/2026, 2026-11-05 or 05 Nov 2026. */
export function dateCell(date: IsoDate, style: DateStyle): Cell {
  const [year = '', month = '', day = ''] = date.split('-')
  const styles: Readonly<Record<DateStyle, string>> = {
    mdy: `${month}/${day}/${year}`,
    dmy: `${day}/${month}/${year}`,
    ymd: date,
    'd-mmm-y': `${day} ${MONTHS[Number(month) - 1] ?? month} ${year}`,
  }
  return styles[style] as Cell
}

/** CRLF as RFC 4180 has it. The header is verbatim. */
export function csvText(header: readonly string[], rows: readonly Row[]): string {
  return stringify([header, ...rows], { record_delimiter: '\r\n' })
}
