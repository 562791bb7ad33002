/**
 * The requests of a scan: ids in hundreds, each request with the range it settles. Some panels refuse a request in which
 * they know no order at all, which in a scan is nearly every one; asked along with an order they know, they answer.
 */
import type { IdRange } from '../../domain/orders/id-ranges.ts'
import { ORDERS_PER_CALL } from '../../sources/panel/requests.ts'

export interface ScanChunk {
  /** Descending. */
  readonly ids: readonly number[]
  /** Everything looked at: `ids` and what was passed over between them. */
  readonly window: IdRange
}

export interface ScanQuestion {
  readonly orders: readonly string[]
  /** What is landed beside the answer: see process/requests.ts. */
  readonly extra: Readonly<Record<string, string | boolean>>
}

export interface KnownOrders {
  /** The newest order known before asking; null when none is. */
  readonly newest: number | null
  /** An order to ask along; null to ask without. */
  readonly anchor: number | null
}

/** The windows of the questions are the chunk's window, without a gap. */
export function scanQuestions({ ids, window }: ScanChunk, known: KnownOrders): readonly ScanQuestion[] {
  const size = ORDERS_PER_CALL - (known.anchor === null ? 0 : 1)
  const questions: ScanQuestion[] = []
  let last = window.last
  for (let at = 0; at < ids.length; at += size) {
    const part = ids.slice(at, at + size)
    const first = at + size >= ids.length ? window.first : (part.at(-1) ?? window.first)
    questions.push(question(part.map(String), known, { first: String(first), last: String(last) }))
    last = first - 1
  }
  return questions
}

/** Orders of a request nobody could read, in halves with a known order beside them. */
export function anchoredAgain(unread: readonly string[], known: KnownOrders): readonly ScanQuestion[] {
  const half = Math.ceil(unread.length / 2)
  return [unread.slice(0, half), unread.slice(half)]
    .filter((part) => part.length > 0)
    .map((part) => partAgain(part, known))
}

/** A part of a request nobody could read: it settles its own ids only. */
export function partAgain(orders: readonly string[], known: KnownOrders): ScanQuestion {
  return question(orders, known, { again: true })
}

function question(
  orders: readonly string[],
  { newest, anchor }: KnownOrders,
  extra: ScanQuestion['extra'],
): ScanQuestion {
  return {
    orders: anchor === null ? orders : [...orders, String(anchor)],
    extra: {
      purpose: 'scan',
      ...extra,
      ...(newest === null ? {} : { newest: String(newest) }),
      ...(anchor === null ? {} : { anchor: String(anchor) }),
    },
  }
}
