/**
 * Every status spelling seen on panels, and the one of ours it means. An unlisted spelling is 'unknown', which moves no
 * money; the raw text is kept beside it. Numeric codes differ between scripts, so they are unknown unless configured.
 */
import type { OrderStatus, StatusCodes } from '../../panels/rules/status.ts'

const MEANINGS: Readonly<Record<string, OrderStatus>> = {
  pending: 'pending',
  awaiting: 'pending',
  queued: 'pending',
  'in progress': 'in-progress',
  inprogress: 'in-progress',
  processing: 'in-progress',
  running: 'in-progress',
  active: 'in-progress',
  paused: 'in-progress',
  partial: 'partial',
  'partially completed': 'partial',
  completed: 'completed',
  complete: 'completed',
  done: 'completed',
  success: 'completed',
  canceled: 'canceled',
  cancelled: 'canceled',
  canelled: 'canceled',
  cancel: 'canceled',
  refunded: 'canceled',
  refund: 'canceled',
  refunds: 'canceled',
  failed: 'failed',
  fail: 'failed',
  error: 'failed',
}

const meanings = new Map<string, OrderStatus>(Object.entries(MEANINGS))

export function orderStatusOf(raw: string, codes: StatusCodes = {}): OrderStatus {
  const code = raw.trim()
  if (/^\d+$/.test(code)) return Object.hasOwn(codes, code) ? (codes[code] ?? 'unknown') : 'unknown'
  return (
    meanings.get(raw) ??
    meanings.get(
      raw
        .trim()
        .toLowerCase()
        .replaceAll(/[\s_-]+/g, ' '),
    ) ??
    'unknown'
  )
}
