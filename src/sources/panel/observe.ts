/**
 * From a landed status answer to one row for every order asked about. Pure, so that a replay of the landing gives the
 * same rows. What a panel leaves out, empties or hides is null, never zero: a missing charge is not a free order.
 * Which field becomes what: MAPPING.md.
 */
import { parseJsonExact, repeatedKeyOf } from '../../domain/json.ts'
import { parseMoney, significantDecimals, type Units } from '../../domain/money/money.ts'
import { excerptOf } from '../../domain/plain-text.ts'
import type { OrderStatus, StatusCodes } from '../../panels/rules/status.ts'
import { ReadError } from '../../domain/errors.ts'
import { badBody, jsonOf, type BadBody, type LandedAnswer } from '../answer.ts'
import { firstIssue } from '../issues.ts'
import { readPanelJson, unknownOrderText } from './answers.ts'
import { currencyOf, ID, parseCount } from './fields.ts'
import { orderStatusOf } from './order-status.ts'
import { requestedOrders, type StatusRequest } from './requests.ts'
import { exact, plain, type StatusFields } from './schema.ts'
import { isAboutNothingAsked, isFields, ordersOf, type Fields } from './status-map.ts'

export interface OrderStatusRow {
  readonly kind: 'status'
  readonly orderId: string
  readonly rawStatus: string
  readonly status: OrderStatus
  readonly charge: Units | null
  /** Decimal places shown: the panel's display precision. 0 when there is no charge. */
  readonly chargeDecimals: number
  /** True when rounding at the eighth place moved the charge by more than 10⁻⁹. */
  readonly chargeRounded: boolean
  readonly chargeText: string | null
  readonly currency: string | null
  readonly startCount: bigint | null
  /** Negative when more was delivered than ordered. */
  readonly remains: bigint | null
  /** Orders that a drip-feed or subscription parent made. Their charges are their own; never add parent and children. */
  readonly children: readonly string[]
  /** Present on a row that has the fields of a parent, also before it names an order. */
  readonly isParent?: true
}

export type StatusRow =
  | OrderStatusRow
  | {
      readonly kind: 'error'
      readonly orderId: string
      readonly code: 'incorrect-order-id' | 'other'
      readonly text: string
    }
  | { readonly kind: 'missing'; readonly orderId: string }
  | { readonly kind: 'bad'; readonly orderId: string; readonly reason: string }

/** Worth counting, but no reason to lose the row. */
interface StatusProblem {
  readonly code: 'unrequested-order' | 'unreadable-count' | 'unknown-status'
  readonly orderId: string
  readonly text: string
}

export type StatusObservation =
  { readonly kind: 'rows'; readonly rows: readonly StatusRow[]; readonly problems: readonly StatusProblem[] } | BadBody

/** `codes`: what this panel's numeric statuses mean, where that is known. */
export function observeStatuses(
  request: StatusRequest,
  answer: LandedAnswer,
  codes: StatusCodes = {},
): StatusObservation {
  const orders = requestedOrders(request)
  const read = readPanelJson(answer)
  if (read.kind === 'bad-body') return aloneUnknown(orders, answer) ?? read
  const single = 'order' in request
  const byOrder = ordersOf(read.value, single ? request.order : null)
  if (byOrder === null || isAboutNothingAsked(byOrder, orders)) {
    return badBody(
      'unexpected-shape',
      'The panel answered with JSON that is not a list of order statuses; check the API address and the multi-status action setting.',
    )
  }
  // Of answers landed before every answer was judged so.
  const repeated = answer.limits === null ? repeatedField(read.text, byOrder) : null
  if (repeated !== null) {
    const reason = `The panel's answer says "${repeated}" more than once about the same thing; which one counts cannot be told.`
    return badBody('unexpected-shape', reason)
  }
  const problems: StatusProblem[] = []
  let exactly: Fields | null = null
  const exactFields = (orderId: string): unknown => {
    exactly ??= ordersOf(parseJsonExact(read.text), single ? orderId : null) ?? {}
    return exactly[orderId]
  }
  const rows = orders.map((orderId) => {
    const value = Object.hasOwn(byOrder, orderId) ? byOrder[orderId] : undefined
    return observeOrder(orderId, value, exactFields, { problems, codes })
  })
  noteUnrequested(byOrder, orders, problems)
  return { kind: 'rows', rows, problems }
}

const FIELDS = /"(?:charge|status|remains|currency)"\s*:/g

/** A key that is there twice. Looked for only when the text names more fields than were read from it: the search is slow. */
function repeatedField(text: string, byOrder: Fields): string | null {
  let read = 0
  for (const row of Object.values(byOrder)) {
    if (!isFields(row)) continue
    for (const field of ['charge', 'status', 'remains', 'currency']) if (Object.hasOwn(row, field)) read += 1
  }
  return (text.match(FIELDS)?.length ?? 0) > read ? repeatedKeyOf(text) : null
}

/** One order asked, and the answer of whatever status is that it is unknown. With several asked nobody knows which is meant. */
function aloneUnknown(orders: readonly string[], answer: LandedAnswer): StatusObservation | null {
  const [orderId] = orders
  if (orderId === undefined || orders.length !== 1 || answer.httpStatus === 401) return null
  let value: unknown
  try {
    value = jsonOf(answer).value
  } catch (error) {
    if (!(error instanceof ReadError)) throw error
    return null
  }
  const text = unknownOrderText(value)
  return text === null
    ? null
    : { kind: 'rows', rows: [{ kind: 'error', orderId, code: 'incorrect-order-id', text }], problems: [] }
}

interface Reading {
  readonly problems: StatusProblem[]
  readonly codes: StatusCodes
}

function observeOrder(
  orderId: string,
  value: unknown,
  exactFields: (orderId: string) => unknown,
  reading: Reading,
): StatusRow {
  if (value === undefined || value === null) return { kind: 'missing', orderId }
  if (typeof value === 'string') return errorRow(orderId, value)
  const quick = plain.statusRow.safeParse(value)
  if (quick.success) return statusRow(orderId, quick.data, reading)
  const careful = exact.statusRow.safeParse(exactFields(orderId))
  if (careful.success) return statusRow(orderId, careful.data, reading)
  return {
    kind: 'bad',
    orderId,
    reason: `the status of order ${orderId} has an unexpected shape: ${firstIssue(careful.error)}`,
  }
}

function errorRow(orderId: string, text: string): StatusRow {
  const code = unknownOrderText(text) === null ? 'other' : 'incorrect-order-id'
  return { kind: 'error', orderId, code, text: text.trim().slice(0, 200) }
}

function statusRow(orderId: string, fields: StatusFields, { problems, codes }: Reading): StatusRow {
  const rawStatus = fields.status === undefined || fields.status === null ? '' : String(fields.status)
  if (fields.error !== undefined && rawStatus === '') return errorRow(orderId, fields.error)
  if (fields.error !== undefined && fields.error.trim() !== '') {
    const reason = `the answer for order ${orderId} has a status and an error beside it ("${fields.error.trim().slice(0, 200)}")`
    return { kind: 'bad', orderId, reason }
  }
  if (rawStatus.trim() === '') return { kind: 'bad', orderId, reason: `the answer for order ${orderId} has no status` }
  const chargeText = fields.charge ?? ''
  const charge = chargeText.trim() === '' ? null : parseMoney(chargeText)
  if (charge?.ok === false)
    return { kind: 'bad', orderId, reason: `the charge of order ${orderId} cannot be read: ${charge.reason}` }
  if (charge !== null && charge.units < 0n) {
    return { kind: 'bad', orderId, reason: `the charge of order ${orderId} is negative (${chargeText})` }
  }
  const children = childrenOf(fields)
  const strange = children.find((child) => !ID.test(child))
  if (strange !== undefined)
    return {
      kind: 'bad',
      orderId,
      reason: `the answer for order ${orderId} names "${excerptOf(strange, 80)}", which is no order id`,
    }
  const status = orderStatusOf(rawStatus, codes)
  if (status === 'unknown') problems.push({ code: 'unknown-status', orderId, text: rawStatus })
  return {
    kind: 'status',
    orderId,
    rawStatus,
    status,
    charge: charge === null ? null : charge.units,
    chargeDecimals: charge === null ? 0 : shownDecimals(charge),
    chargeRounded: charge !== null && charge.rounded,
    chargeText: charge === null ? null : chargeText,
    currency: currencyOf(fields.currency),
    startCount: count(orderId, 'start_count', fields.start_count ?? fields.start_counter, problems),
    remains: count(orderId, 'remains', fields.remains, problems),
    children,
    ...(fields.orders || fields.old_orders ? { isParent: true as const } : {}),
  }
}

/** More decimals than are kept are the noise of a float: 0.30000000000000004 shows one. */
function shownDecimals({ units, decimals }: { readonly units: Units; readonly decimals: number }): number {
  return decimals > KEPT_DECIMALS ? significantDecimals(units) : decimals
}

const KEPT_DECIMALS = 8

const NO_CHILDREN: readonly string[] = []

function childrenOf(fields: StatusFields): readonly string[] {
  if (!fields.orders && !fields.old_orders) return NO_CHILDREN
  return [...new Set([...(fields.orders ?? []), ...(fields.old_orders ?? [])].map(String))]
}

function count(
  orderId: string,
  field: string,
  value: string | number | null | undefined,
  problems: StatusProblem[],
): bigint | null {
  const parsed = parseCount(value)
  if (parsed !== 'unreadable') return parsed
  problems.push({ code: 'unreadable-count', orderId, text: `${field} "${String(value)}"` })
  return null
}

function noteUnrequested(byOrder: Fields, orders: readonly string[], problems: StatusProblem[]): void {
  const asked = new Set(orders)
  for (const key of Object.keys(byOrder)) {
    if (!asked.has(key)) problems.push({ code: 'unrequested-order', orderId: key, text: 'answered but not asked for' })
  }
}
