/** Section C, differences: every exception that was open then, with its age, owner, severity and next step, and what came and went. */
import type { Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import { ageDays, agingOf, type AgingRow } from '../../domain/exceptions/aging.ts'
import { ruleOf, type Severity } from '../../domain/exceptions/codes.ts'
import { standingOf, type QueuePolicy } from '../../domain/exceptions/severity.ts'
import type { Units } from '../../domain/money/money.ts'
import type { Evidence, IsoDate } from '../../domain/transaction.ts'
import type { Book } from '../../ledger/books.ts'
import { exceptionsAt } from '../../reconcile/exceptions/history.ts'
import type { Window } from './window.ts'

export interface Difference {
  /** E-12 */
  readonly id: string
  readonly source: string
  readonly code: string
  readonly object: string
  readonly amount: Units | null
  readonly currency: string | null
  readonly firstSeenMs: number
  readonly ageDays: number
  readonly owner: string
  readonly severity: Severity
  readonly dueOn: IsoDate
  readonly isOverdue: boolean
  /** True when it was not open the night before. */
  readonly isNew: boolean
  readonly detail: string
  readonly nextStep: string
  readonly evidence: Evidence
}

/** Against the night before: what came and went within the night is in neither. */
export interface DifferenceFlow {
  readonly opened: number
  readonly closed: number
  /** Of the opened, those that had been open at an earlier time. */
  readonly reopened: number
}

export interface Differences {
  readonly open: readonly Difference[]
  readonly aging: readonly AgingRow[]
  readonly flow: DifferenceFlow
}

export async function differencesOf(
  db: Kysely<Tables>,
  book: Book,
  policy: QueuePolicy,
  window: Window,
): Promise<Differences> {
  const { knownAtMs, beforeRun } = window
  const now = await exceptionsAt(db, book.id, knownAtMs)
  const before = beforeRun === null ? [] : await exceptionsAt(db, book.id, beforeRun.finishedAtMs)
  const wasOpen = new Set(before.map(({ number }) => number))
  const isOpen = new Set(now.map(({ number }) => number))
  const open = now.map((each): Difference => {
    const { number, source, code, object, amount, currency, firstSeenMs, openedMs, detail, evidence } = each
    const standing = standingOf(each, policy, knownAtMs)
    const about = { source, code, object, amount, currency, firstSeenMs, detail, evidence }
    const age = ageDays(openedMs, knownAtMs)
    return {
      ...about,
      ...standing,
      id: `E-${number}`,
      ageDays: age,
      isNew: !wasOpen.has(number),
      nextStep: ruleOf(code, object).says,
    }
  })
  const opened = open.filter(({ isNew }) => isNew)
  return {
    open,
    aging: agingOf(open.map(({ amount, currency, ageDays: days }) => ({ amount, currency, days }))),
    flow: {
      opened: opened.length,
      closed: before.filter(({ number }) => !isOpen.has(number)).length,
      reopened: opened.filter(({ firstSeenMs }) => firstSeenMs <= (beforeRun?.finishedAtMs ?? -1)).length,
    },
  }
}
