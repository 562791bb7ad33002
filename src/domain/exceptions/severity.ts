/**
 * How grave an open exception is, when it is due and whose it is: from its amount and age, by the book's policy and the
 * table of codes. Amounts are compared in the exception's own currency: without a rate there is nothing to convert by.
 */
import { abs, type Units } from '../money/money.ts'
import { addBusinessDays, businessDaysBetween } from '../time/business-days.ts'
import { isoDateInZone } from '../time/dates.ts'
import type { IsoDate } from '../transaction.ts'
import { ruleOf, type Severity } from './codes.ts'

export interface QueuePolicy {
  readonly reviewAbove: Units
  readonly escalateAbove: Units
  /** Business days; older ones are escalated. */
  readonly escalateDays: number
  /** By code, and `default`. */
  readonly owners: ReadonlyMap<string, string>
  readonly timeZone: string
}

export interface Ageing {
  readonly code: string
  readonly object: string
  readonly amount: Units | null
  readonly openedMs: number
  /** Whom a person gave it to. */
  readonly owner: string | null
}

export interface Standing {
  readonly severity: Severity
  readonly owner: string
  /** The last day to settle it. */
  readonly dueOn: IsoDate
  readonly isOverdue: boolean
}

export function standingOf(
  { code, object, amount, openedMs, owner }: Ageing,
  policy: QueuePolicy,
  nowMs: number,
): Standing {
  const { days, owner: role } = ruleOf(code, object)
  const [since, today] = [isoDateInZone(openedMs, policy.timeZone), isoDateInZone(nowMs, policy.timeZone)]
  const dueOn = addBusinessDays(since, days)
  const isOld = businessDaysBetween(since, today) > policy.escalateDays
  return {
    severity: isOld ? 'escalate' : sizeOf(amount, policy),
    owner: owner ?? policy.owners.get(code) ?? policy.owners.get('default') ?? role,
    dueOn,
    isOverdue: today > dueOn,
  }
}

/** What is not known is for a person to look at. */
function sizeOf(amount: Units | null, { reviewAbove, escalateAbove }: QueuePolicy): Severity {
  if (amount === null) return 'review'
  const size = abs(amount)
  return size > escalateAbove ? 'escalate' : size > reviewAbove ? 'review' : 'info'
}
