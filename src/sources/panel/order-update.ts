/**
 * A panel's `order-update` webhook → which order changed. It carries no currency, no time and no signature, so nothing
 * but the id is used: the order is asked about again. Which field becomes what: MAPPING.md.
 */
import { decimalTextOf, parseJsonExact } from '../../domain/json.ts'

export type OrderUpdate =
  | { readonly kind: 'update'; readonly orderId: string; /** As it was sent, or ''. */ readonly status: string }
  | { readonly kind: 'bad'; readonly reason: string }

const ORDER_ID = /^[\w-]{1,64}$/
const STATUS_LENGTH = 40

/** Judged by the bytes, whatever content type they came with: JSON, or the form some panels send. */
export function observeOrderUpdate(body: Buffer): OrderUpdate {
  const fields = fieldsOf(body.toString('utf8').trim())
  if (fields === null) return { kind: 'bad', reason: 'the webhook is neither a JSON object nor a form' }
  const orderId = decimalTextOf(fields['order_id'])?.trim() ?? ''
  if (orderId === '') return { kind: 'bad', reason: 'the webhook names no order_id' }
  if (!ORDER_ID.test(orderId)) return { kind: 'bad', reason: `"${orderId.slice(0, 80)}" is not an order id` }
  const status = fields['status']
  return { kind: 'update', orderId, status: typeof status === 'string' ? status.slice(0, STATUS_LENGTH) : '' }
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> | null {
  if (!text.startsWith('{')) {
    return /^[\w-]+=/.test(text) ? Object.fromEntries(new URLSearchParams(text)) : null
  }
  try {
    // A text that starts with a brace and parses is an object.
    return parseJsonExact(text) as Readonly<Record<string, unknown>>
  } catch {
    return null
  }
}
