/**
 * One row of an order history to what it says of an order, or to a problem that names the column. Empty cells are
 * unknown, never zero. Pure: the layout holds every decision the row's text alone does not settle.
 */
import { parseLocalDateTime, type ParsedLocalTime } from '../../domain/time/local-time.ts'
import { parseLocalizedMoney } from '../../domain/money/localized-money.ts'
import type { Units } from '../../domain/money/money.ts'
import type { OrderStatus } from '../../panels/rules/status.ts'
import { zeroProblemOf, type CsvRow, type RowProblem, type RowResult } from '../csv/rows.ts'
import { currencyOf, parseCount } from './fields.ts'
import type { HistoryField } from './history-columns.ts'
import type { OrderHistoryLayout } from './history-layout.ts'
import { orderStatusOf } from './order-status.ts'

export interface OrderHistoryRow {
  readonly orderId: string
  /** Null when the file has no dates. */
  readonly orderedAtMs: number | null
  /** True when the date is a time that does not exist in the file's zone. */
  readonly isTimeSkipped: boolean
  readonly charge: Units | null
  readonly chargeDecimals: number
  readonly chargeText: string | null
  /** 'unknown' when the file has no statuses, or a spelling nobody knows. */
  readonly status: OrderStatus
  readonly rawStatus: string
  /** Service id; null when the file gives only a name. */
  readonly service: string | null
  readonly serviceName: string | null
  readonly quantity: bigint | null
  readonly startCount: bigint | null
  readonly remains: bigint | null
  readonly link: string | null
  readonly currency: string | null
}

/** What one line of an order history is; a total line sums up the orders above it. */
export type HistoryResult =
  RowResult<OrderHistoryRow> | { readonly kind: 'total'; readonly line: number; readonly charge: Units | null }

/** How the first cell of a total line begins; an order's id has digits. */
const TOTAL =
  /^(?:(?:grand|sub)[ -]?)?(?:totals?|sum|summe|gesamt(?:summe)?|totale|toplam|jumlah|всего|итого|tổng(?: cộng)?)(?![\p{L}\d])/iu

/** "1 — Name", "1 - Name", "1: Name", "1 | Name" or the id alone. */
const SERVICE = /^#?(\d+)(?:\s*[—–:|]\s*|\s+-\s+|$)(.*)$/s
const BARE_COUNT = /^\d{1,15}$/
/** A count has no decimals, so a mark in it can only group thousands. */
const GROUPED_COUNT = /^[+-]?\d{1,3}(?:[.,\s\u00a0\u202f'’]\d{3})+$/
const NOT_DIGITS = /[^\d+-]/g

export function readHistoryRow(layout: OrderHistoryLayout, { line, fields }: CsvRow): HistoryResult {
  const cell = (field: HistoryField): string => {
    const column = layout.columns[field]
    return column === undefined ? '' : (fields[column]?.trim() ?? '')
  }
  const wrong = (field: HistoryField | null, reason: string): RowResult<OrderHistoryRow> => ({
    kind: 'problem',
    line,
    problem: problemIn(layout, field, reason),
  })
  const begins = fields.find((field) => field.trim() !== '')?.trim() ?? ''
  if (TOTAL.test(begins) && !/^[\w-]*\d[\w-]*$/.test(cell('orderId')))
    return { kind: 'total', line, charge: totalOf(layout, cell('charge')) }
  const zero = zeroProblemOf(fields)
  if (zero !== null) return wrong(null, zero)
  if (fields.length !== layout.headers.length) {
    return wrong(null, `the row has ${fields.length} columns where the header has ${layout.headers.length}`)
  }
  const orderId = cell('orderId').replace(/^#/, '')
  if (!/^[\w-]{1,64}$/.test(orderId))
    return wrong('orderId', orderId === '' ? 'the order id is empty' : `"${orderId.slice(0, 80)}" is not an order id`)
  const hasDates = layout.columns.date !== undefined
  const date = hasDates ? parseLocalDateTime(cell('date'), layout.timeZone, layout.dayOrder) : null
  if (date?.ok === false) return wrong('date', date.reason)
  const chargeText = cell('charge')
  const charge = chargeText === '' ? null : parseLocalizedMoney(chargeText, layout)
  if (charge?.ok === false) return wrong('charge', charge.reason)
  if (charge !== null && charge.units < 0n) return wrong('charge', `the charge "${chargeText}" is negative`)
  const rawStatus = cell('status')
  if (rawStatus === '' && layout.columns.status !== undefined) return wrong('status', 'the status is empty')
  const quantity = countIn(cell('quantity'))
  const startCount = countIn(cell('startCount'))
  const remains = countIn(cell('remains'))
  if (quantity === 'unreadable') return wrong('quantity', notWhole(cell('quantity')))
  if (startCount === 'unreadable') return wrong('startCount', notWhole(cell('startCount')))
  if (remains === 'unreadable') return wrong('remains', notWhole(cell('remains')))
  const service = SERVICE.exec(cell('service'))
  return {
    kind: 'row',
    line,
    row: {
      orderId,
      orderedAtMs: date === null ? null : instantOf(layout, date),
      isTimeSkipped: date !== null && date.afterGapMs !== null,
      charge: charge === null ? null : charge.units,
      chargeDecimals: charge === null ? 0 : charge.decimals,
      chargeText: charge === null ? null : chargeText,
      status: orderStatusOf(rawStatus),
      rawStatus,
      service: service?.[1] ?? null,
      serviceName:
        textOrNull(cell('serviceName')) ?? textOrNull(service === null ? cell('service') : (service[2] ?? '')),
      quantity,
      startCount,
      remains,
      link: textOrNull(cell('link')),
      currency: currencyOf(cell('currency')),
    },
  }
}

/** An order of a time that does not exist is a real one all the same: it counts from when the clock went on. */
function instantOf({ skippedTimes }: OrderHistoryLayout, date: Extract<ParsedLocalTime, { ok: true }>): number {
  return skippedTimes === 'after-gap' ? (date.afterGapMs ?? date.ms) : date.ms
}

function problemIn(layout: OrderHistoryLayout, field: HistoryField | null, reason: string): RowProblem {
  const column = field === null ? undefined : layout.columns[field]
  return { column: column === undefined ? null : (layout.headers[column] ?? null), reason }
}

function totalOf(layout: OrderHistoryLayout, text: string): Units | null {
  const amount = parseLocalizedMoney(text, layout)
  return amount.ok ? amount.units : null
}

function countIn(text: string): bigint | null | 'unreadable' {
  if (BARE_COUNT.test(text)) return BigInt(text)
  return parseCount(GROUPED_COUNT.test(text) ? text.replaceAll(NOT_DIGITS, '') : text)
}

function notWhole(text: string): string {
  return `"${text}" is not a whole number`
}

function textOrNull(text: string): string | null {
  const trimmed = text.trim()
  return trimmed === '' ? null : trimmed
}
