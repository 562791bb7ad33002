/** One thing that waits, as a list sorts and tells it: how grave, whose it is, when it is due, and the ages of all of them. */
import type { BookConfig } from '../../config/model.ts'
import { AGE_BUCKETS, ageDays, agingOf, bucketOf, type AgedItem } from '../../domain/exceptions/aging.ts'
import type { Severity } from '../../domain/exceptions/codes.ts'
import { standingOf, type QueuePolicy } from '../../domain/exceptions/severity.ts'
import { formatExact, formatMoney } from '../../domain/money/money.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import { nameOf } from '../../pipeline/exception-decisions.ts'
import type { StoredException } from '../../reconcile/exceptions.ts'
import { counted } from '../output.ts'

export interface QueueRow {
  readonly exception: StoredException
  /** Null for what is closed. */
  readonly severity: Severity | null
  readonly owner: string
  readonly dueOn: IsoDate | null
  readonly isOverdue: boolean
  readonly days: number
}

export function policyOf({ exceptions, timeZone }: BookConfig): QueuePolicy {
  return { ...exceptions, timeZone }
}

export function queueRow(exception: StoredException, policy: QueuePolicy, nowMs: number): QueueRow {
  const { status, closedAtMs, openedMs } = exception
  const { severity, ...standing } = standingOf(exception, policy, nowMs)
  const isOpen = status === 'open'
  return {
    exception,
    ...standing,
    severity: isOpen ? severity : null,
    isOverdue: isOpen && standing.isOverdue,
    days: ageDays(openedMs, closedAtMs ?? nowMs),
  }
}

/** The gravest first, then the oldest; what is closed last. */
export function byUrgency(a: QueueRow, b: QueueRow): number {
  return rank(a) - rank(b) || b.days - a.days || a.exception.number - b.exception.number
}

function rank({ severity }: QueueRow): number {
  return severity === null ? 3 : { escalate: 0, review: 1, info: 2 }[severity]
}

/** Without a currency it is not about money, as a source that could not be read. */
export function amountText({ amount, currency }: Pick<StoredException, 'amount' | 'currency'>): string {
  return amount === null ? (currency === null ? '' : 'unknown') : formatMoney(amount)
}

export function queueView({ exception, severity, owner, dueOn, isOverdue, days }: QueueRow) {
  const { number, amount, firstSeenMs, openedMs, lastSeenMs, closedAtMs, owner: assignedTo, ...rest } = exception
  return {
    id: nameOf(number),
    ...rest,
    severity,
    owner,
    assignedTo,
    dueOn,
    isOverdue,
    ageDays: days,
    ageBucket: bucketOf(days),
    amount: amount === null ? null : formatExact(amount),
    firstSeen: new Date(firstSeenMs).toISOString(),
    openedAt: new Date(openedMs).toISOString(),
    lastSeen: new Date(lastSeenMs).toISOString(),
    closedAt: closedAtMs === null ? null : new Date(closedAtMs).toISOString(),
  }
}

/** "USD 0-1d 3.20 (1) | 2-5d ...": one line per currency. */
export function agingLines(rows: readonly QueueRow[]): readonly string[] {
  const open = rows.filter(({ severity }) => severity !== null).map(agedItem)
  return agingOf(open).map(({ currency, buckets, unknown }) => {
    const cells = AGE_BUCKETS.map((bucket) => {
      const { count, amount } = buckets[bucket]
      return currency === null ? `${bucket} ${count}` : `${bucket} ${formatMoney(amount)} (${count})`
    })
    const without = currency === null || unknown === 0 ? '' : `; ${counted(unknown, 'amount')} unknown`
    return `Aging ${currency ?? 'without an amount'}: ${cells.join(' | ')}${without}`
  })
}

function agedItem({ exception: { amount, currency }, days }: QueueRow): AgedItem {
  return { amount, currency, days }
}
