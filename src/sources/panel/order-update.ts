/**
 * A panel's `order-update` webhook → which order changed. It carries no currency, no time and no signature, so nothing
 * but the id is used: the order is asked about again. Which field becomes what: MAPPING.md.
 */
import { ReadError } from '../../domain/errors.ts'
import { decimalTextOf, readJsonExact } from '../../domain/json.ts'
import { excerptOf } from '../../domain/plain-text.ts'
import type { ReadLimits } from '../../domain/read-limits.ts'

export type OrderUpdate =
  | { readonly kind: 'update'; readonly orderId: string; /** As it was sent, or ''. */ readonly status: string }
  | { readonly kind: 'bad'; readonly reason: string }

const ORDER_ID = /^[\w-]{1,64}$/
const STATUS_LENGTH = 40

/** Judged by the bytes, whatever content type they came with: JSON, or the form some panels send. */
export function observeOrderUpdate(body: Buffer, limits: ReadLimits | null): OrderUpdate {
  const read = fieldsOf(body.toString('utf8').trim(), limits)
  if (read.kind === 'bad') return read
  const { fields } = read
  const orderId = decimalTextOf(fields['order_id'])?.trim() ?? ''
  if (orderId === '') return { kind: 'bad', reason: 'the webhook names no order_id' }
  if (!ORDER_ID.test(orderId)) return { kind: 'bad', reason: `"${excerptOf(orderId, 80)}" is not an order id` }
  const status = fields['status']
  return { kind: 'update', orderId, status: typeof status === 'string' ? excerptOf(status, STATUS_LENGTH) : '' }
}

const NEITHER = 'the webhook is neither a JSON object nor a form'

type Fields =
  | { readonly kind: 'fields'; readonly fields: Readonly<Record<string, unknown>> }
  | { readonly kind: 'bad'; readonly reason: string }

function fieldsOf(text: string, limits: ReadLimits | null): Fields {
  if (!text.startsWith('{')) {
    if (!/^[\w-]+=/.test(text)) return { kind: 'bad', reason: NEITHER }
    const form = new URLSearchParams(text)
    const twice = [...form.keys()].find((key) => form.getAll(key).length > 1)
    if (twice !== undefined)
      return {
        kind: 'bad',
        reason: `the webhook says "${excerptOf(twice, 60)}" more than once; which counts cannot be told`,
      }
    return { kind: 'fields', fields: Object.fromEntries(form) }
  }
  try {
    // A text that starts with a brace and parses is an object.
    return { kind: 'fields', fields: readJsonExact(text, limits) as Readonly<Record<string, unknown>> }
  } catch (error) {
    if (!(error instanceof ReadError)) throw error
    const isJson = error.code !== 'NOT_JSON'
    return { kind: 'bad', reason: isJson ? `the webhook ${error.message}` : NEITHER }
  }
}
