/** Open exceptions by age, per currency: the foot of the queue. What has no known amount is counted, never summed as zero. */
import { abs, type Units } from '../money/money.ts'

export const AGE_BUCKETS = ['0-1d', '2-5d', '6-30d', '>30d'] as const
export type AgeBucket = (typeof AGE_BUCKETS)[number]

const DAY_MS = 86_400_000

/** Whole days; a clock that was ahead makes nothing younger than new. */
export function ageDays(firstSeenMs: number, untilMs: number): number {
  return Math.max(0, Math.floor((untilMs - firstSeenMs) / DAY_MS))
}

export function bucketOf(days: number): AgeBucket {
  if (days <= 1) return '0-1d'
  if (days <= 5) return '2-5d'
  return days <= 30 ? '6-30d' : '>30d'
}

export interface AgedItem {
  readonly amount: Units | null
  readonly currency: string | null
  readonly days: number
}

export interface AgingRow {
  /** Null for what is not about money. */
  readonly currency: string | null
  readonly buckets: Readonly<Record<AgeBucket, { readonly count: number; readonly amount: Units }>>
  readonly count: number
  /** Sum of the known magnitudes. */
  readonly amount: Units
  readonly unknown: number
}

/** One row per currency, in alphabetical order, what is not about money last. */
export function agingOf(items: readonly AgedItem[]): readonly AgingRow[] {
  const rows = new Map<string | null, AgingRow>()
  for (const { amount, currency, days } of items) {
    const row = rows.get(currency) ?? emptyRow(currency)
    const bucket = bucketOf(days)
    const size = amount === null ? 0n : abs(amount)
    const held = row.buckets[bucket]
    rows.set(currency, {
      currency,
      buckets: { ...row.buckets, [bucket]: { count: held.count + 1, amount: held.amount + size } },
      count: row.count + 1,
      amount: row.amount + size,
      unknown: row.unknown + (amount === null ? 1 : 0),
    })
  }
  return [...rows.values()].toSorted((a, b) => rank(a) - rank(b) || ((a.currency ?? '') < (b.currency ?? '') ? -1 : 1))
}

function rank({ currency }: AgingRow): number {
  return currency === null ? 1 : 0
}

function emptyRow(currency: string | null): AgingRow {
  const none = { count: 0, amount: 0n }
  const buckets = { '0-1d': none, '2-5d': none, '6-30d': none, '>30d': none }
  return { currency, buckets, count: 0, amount: 0n, unknown: 0 }
}
