/** What every draft must satisfy before it is written, and the one order in which a batch is posted. */
import { abs } from '../domain/money.ts'
import { InvariantError } from '../domain/errors.ts'
import type { TransactionDraft } from '../domain/transaction.ts'

const DATE = /^\d{4}-\d{2}-\d{2}$/
const CURRENCY = /^[A-Z]{3}$/

/** Throws InvariantError naming the object of the first draft that breaks a rule: the database would refuse the batch as a whole. */
export function checkDrafts(drafts: readonly TransactionDraft[]): void {
  for (const draft of drafts) {
    const problem = problemOf(draft)
    if (problem === null) continue
    throw new InvariantError(
      'DRAFT_REFUSED',
      `${keyOf(draft)} cannot be posted: ${problem}.`,
      'This is a fault of tieout; nothing of the batch was written.',
    )
  }
}

function problemOf(draft: TransactionDraft): string | null {
  if (draft.amount === 0n) return 'its amount is zero'
  if (draft.cumulative < 0n) return 'its cumulative amount is negative'
  if (!Number.isSafeInteger(draft.version) || draft.version < 1) return `its version is ${draft.version}`
  if (!CURRENCY.test(draft.currency)) return `its currency is "${draft.currency}"`
  if (!DATE.test(draft.effectiveDate)) return `its date is "${draft.effectiveDate}"`
  if (draft.postings.length < 2) return `it has ${draft.postings.length} postings`
  let sum = 0n
  let turnover = 0n
  for (const { amount } of draft.postings) {
    if (amount === 0n) return 'one of its postings is zero'
    sum += amount
    turnover += abs(amount)
  }
  if (sum !== 0n) return `its postings are off by ${sum}`
  return turnover === abs(draft.amount) * 2n ? null : 'its postings do not come to its amount'
}

export function keyOf(draft: Pick<TransactionDraft, 'source' | 'object' | 'kind' | 'version'>): string {
  return `${draft.source} ${draft.object} ${draft.kind} version ${draft.version}`
}

/** By source, object, kind ('charge' comes before 'refund') and version: neighbours in the unique index, and the same in every replay. */
export function sortDrafts(drafts: readonly TransactionDraft[]): readonly TransactionDraft[] {
  return [...drafts].sort(compare)
}

function compare(a: TransactionDraft, b: TransactionDraft): number {
  if (a.source !== b.source) return a.source < b.source ? -1 : 1
  if (a.object !== b.object) return a.object < b.object ? -1 : 1
  if (a.kind !== b.kind) return a.kind < b.kind ? -1 : 1
  return a.version - b.version
}
