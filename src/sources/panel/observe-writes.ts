/**
 * From landed answers to `add`, `cancel`, `refill` and `refill_status` to what the panel agreed to. None of them moves
 * money in the books by itself: a charge or a refund is booked when a status or the wallet shows it.
 */
import { parseJsonExact } from '../../domain/json.ts'
import { badBody, errorTextOf, type BadBody, type LandedAnswer } from '../answer.ts'
import { writeFailure, type Asked, type WriteFailure } from '../write-failure.ts'
import { readPanelJson } from './answers.ts'
import { exact } from './schema.ts'
import { idText, isFields } from './status-map.ts'

export type AddObservation = { readonly kind: 'placed'; readonly orderId: string } | WriteFailure

/** Statuses of a refused order: an error in a 200, the document's own, and 403 for an account that may not order. */
const REFUSALS: ReadonlySet<number> = new Set([200, 400, 401, 402, 403, 404, 429])

const ASKED: Asked = {
  vendor: 'The panel',
  thing: 'an order like it',
  refuses: (status) => REFUSALS.has(status),
}

/** As documented, a number; read from its own digits, since an id may be beyond 2⁵³. Scripts say 0 or −1 for no order. */
const ORDER_ID = /^(?!0+$)\d{1,64}$/

export function observeAdd(answer: LandedAnswer): AddObservation {
  const read = readPanelJson(answer, 'write')
  if (read.kind === 'bad-body') return writeFailure(read, answer, ASKED)
  if (hasError(read.value)) {
    const text = errorTextOf(read.value)
    const says = text === null ? '' : ` ("${text}")`
    return unknownAdd(`The panel answered the order with an error${says} beside an order id or other fields`)
  }
  const placed = exact.placed.safeParse(parseJsonExact(read.text))
  const orderId = placed.success ? placed.data.order.trim() : ''
  if (ORDER_ID.test(orderId)) return { kind: 'placed', orderId }
  return unknownAdd('The panel answered the order without an order id')
}

function unknownAdd(what: string): WriteFailure {
  const reason = `${what}; look on the panel's site whether it was placed before ordering again.`
  return { kind: 'unknown', code: 'unexpected-shape', reason }
}

/** Some scripts send an empty `error` with every answer. */
function hasError(value: unknown): boolean {
  return isFields(value) && ![undefined, null, false, ''].some((nothing) => value['error'] === nothing)
}

type CancelRow =
  /** The panel took the request; the order may still run to its end. */
  | { readonly kind: 'requested'; readonly orderId: string }
  | { readonly kind: 'refused'; readonly orderId: string; readonly text: string }
  | { readonly kind: 'missing'; readonly orderId: string }

export type CancelObservation = { readonly kind: 'rows'; readonly rows: readonly CancelRow[] } | BadBody

/** Seen: {"cancel":{"status":"success"}}, {"cancel":1}, {"cancel":{"error":…}} and {"error":…}, each beside its `order`. */
export function observeCancel(orders: readonly string[], answer: LandedAnswer): CancelObservation {
  const read = readPanelJson(answer)
  if (read.kind === 'bad-body') return read
  const list: readonly unknown[] = Array.isArray(read.value) ? read.value : [read.value]
  const rows = new Map<string, CancelRow>()
  for (const each of list) {
    const orderId = isFields(each) ? idText(each['order']) : null
    if (orderId !== null && isFields(each)) rows.set(orderId, cancelRow(orderId, each))
  }
  if (rows.size === 0)
    return badBody('unexpected-shape', 'The panel answered the cancel request with JSON that names no order.')
  return {
    kind: 'rows',
    rows: [...new Set(orders)].map((orderId) => rows.get(orderId) ?? { kind: 'missing', orderId }),
  }
}

function cancelRow(orderId: string, row: Readonly<Record<string, unknown>>): CancelRow {
  const cancel = row['cancel']
  const error = errorTextOf(row) ?? errorTextOf(cancel)
  if (error !== null) return { kind: 'refused', orderId, text: error }
  const taken =
    cancel === 1 || cancel === '1' || cancel === true || (isFields(cancel) && cancel['status'] === 'success')
  return taken ? { kind: 'requested', orderId } : { kind: 'refused', orderId, text: 'the answer does not say success' }
}

export type RefillObservation = { readonly kind: 'refill'; readonly text: string } | BadBody

/** `refill` answers an id, `refill_status` a status text ("Completed", "Rejected"). Neither moves money. */
export function observeRefill(field: 'refill' | 'status', answer: LandedAnswer): RefillObservation {
  const read = readPanelJson(answer)
  if (read.kind === 'bad-body') return read
  const text = isFields(read.value) ? idText(read.value[field]) : null
  return text === null
    ? badBody('unexpected-shape', `The panel answered without "${field}".`)
    : { kind: 'refill', text }
}
