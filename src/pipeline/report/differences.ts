/** Section C, differences: every exception that was open then, with its age, owner, severity and next step, and what came and went. */
import type { Kysely } from 'kysely'
import type { ExceptionPolicy } from '../../config/money-model.ts'
import type { Tables } from '../../db/tables.ts'
import { EXCEPTION_CODES } from '../../domain/exception.ts'
import { abs, type Units } from '../../domain/money/money.ts'
import type { Evidence } from '../../domain/transaction.ts'
import type { Book } from '../../ledger/books.ts'
import { listExceptions } from '../../reconcile/exceptions.ts'
import type { Window } from './window.ts'

export interface Difference {
  readonly source: string
  readonly code: string
  readonly object: string
  readonly amount: Units | null
  readonly currency: string | null
  readonly ageDays: number
  readonly owner: string
  readonly severity: 'info' | 'review' | 'escalate'
  readonly detail: string
  readonly nextStep: string
  readonly evidence: Evidence
}

/** Since the night before. */
export interface DifferenceFlow {
  readonly opened: number
  readonly closed: number
  readonly reopened: number
}

const DAY_MS = 86_400_000

export async function differencesOf(
  db: Kysely<Tables>,
  book: Book,
  policy: ExceptionPolicy,
  window: Window,
): Promise<{ readonly open: readonly Difference[]; readonly flow: DifferenceFlow }> {
  const { knownAtMs } = window
  const sinceMs = window.beforeRun?.finishedAtMs ?? -1
  const all = await listExceptions(db, book.id)
  const meaning: Readonly<Record<string, string>> = EXCEPTION_CODES
  const open = all.flatMap((each): readonly Difference[] => {
    const wasOpen = each.firstSeenMs <= knownAtMs && (each.closedAtMs === null || each.closedAtMs > knownAtMs)
    if (!wasOpen) return []
    const ageDays = Math.max(0, Math.floor((knownAtMs - each.firstSeenMs) / DAY_MS))
    const { source, code, object, amount, currency, detail, evidence } = each
    const owner = policy.owners.get(code) ?? policy.owners.get('default') ?? ''
    const severity = severityOf(amount, ageDays, policy)
    return [
      {
        source,
        code,
        object,
        amount,
        currency,
        ageDays,
        owner,
        severity,
        detail,
        nextStep: meaning[code] ?? '',
        evidence,
      },
    ]
  })
  const opened = all.filter(({ firstSeenMs }) => firstSeenMs > sinceMs && firstSeenMs <= knownAtMs).length
  const closed = all.filter(
    ({ closedAtMs }) => closedAtMs !== null && closedAtMs > sinceMs && closedAtMs <= knownAtMs,
  ).length
  return { open, flow: { opened, closed, reopened: 0 } }
}

function severityOf(amount: Units | null, ageDays: number, policy: ExceptionPolicy): Difference['severity'] {
  const size = amount === null ? 0n : abs(amount)
  if (size >= policy.escalateAbove || ageDays > policy.escalateDays) return 'escalate'
  return size >= policy.reviewAbove ? 'review' : 'info'
}
