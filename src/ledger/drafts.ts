/** What every draft must satisfy before it is written, and the one order in which a batch is posted. */
import { isIsoDate } from '../domain/time/dates.ts'
import { InvariantError } from '../domain/errors.ts'
import { MAX_UNITS, abs, formatExact } from '../domain/money/money.ts'
import type { AccountKey, Posting, TransactionDraft } from '../domain/transaction.ts'

const CURRENCY = /^[A-Z]{3}$/
const MAX_KEY_LENGTH = 200

/**
 * Throws InvariantError naming the first draft that breaks a rule. The database would refuse the batch as well, but
 * could not say which transaction it was. Returns the accounts they post to.
 */
export function checkDrafts(drafts: readonly TransactionDraft[]): ReadonlySet<AccountKey> {
  // Days, currencies and accounts recur throughout a batch, so each is looked at once.
  const seen = { dates: new Set<string>(), currencies: new Set<string>(), accounts: new Set<string>() }
  for (const draft of drafts) {
    const problem = problemOf(draft, seen)
    if (problem === null) continue
    throw new InvariantError(
      'DRAFT_REFUSED',
      `${keyOf(draft)} cannot be posted: ${problem}.`,
      'Nothing of the batch was written. Report this: the rule that made the transaction is wrong.',
    )
  }
  return seen.accounts
}

interface Seen {
  readonly dates: Set<string>
  readonly currencies: Set<string>
  readonly accounts: Set<string>
}

function problemOf(draft: TransactionDraft, seen: Seen): string | null {
  const { amount, cumulative, version, currency, effectiveDate, object, kind, rule, memo } = draft
  if (amount === 0n) return 'its amount is zero'
  if (amount > MAX_UNITS || amount < -MAX_UNITS || cumulative > MAX_UNITS)
    return 'its amount does not fit a 64-bit column'
  if (!Number.isSafeInteger(version) || version < 1) return `its version is ${version}`
  if (version === 1 && amount !== cumulative) return 'it is the first version and does not start from zero'
  if (object === '') return 'its object is empty'
  if (kind === '') return 'its kind is empty'
  if (!isStorable(object) || !isStorable(kind) || !isStorable(rule) || !isStorable(memo)) {
    return 'a text of it has a zero control character or half a character'
  }
  if (!seen.currencies.has(currency)) {
    if (!CURRENCY.test(currency)) return `its currency is "${currency}"`
    seen.currencies.add(currency)
  }
  if (!seen.dates.has(effectiveDate)) {
    if (!isIsoDate(effectiveDate)) return `its date is "${String(effectiveDate)}"`
    seen.dates.add(effectiveDate)
  }
  return problemOfPostings(draft.postings, amount, seen)
}

function problemOfPostings(postings: readonly Posting[], amount: bigint, seen: Seen): string | null {
  if (postings.length < 2) return `it has ${postings.length} posting${postings.length === 1 ? '' : 's'}`
  let sum = 0n
  let debits = 0n
  for (const posting of postings) {
    if (posting.amount === 0n) return 'one of its postings is zero'
    sum += posting.amount
    if (posting.amount > 0n) debits += posting.amount
    if (seen.accounts.has(posting.account)) continue
    const { length } = posting.account
    if (length === 0 || length > MAX_KEY_LENGTH || !isStorable(posting.account)) {
      return `its account "${posting.account}" is not a key of 1 to ${MAX_KEY_LENGTH} characters`
    }
    seen.accounts.add(posting.account)
  }
  if (sum !== 0n) return `its postings are off by ${formatExact(sum)}`
  return debits === abs(amount) ? null : 'its postings do not come to its amount'
}

/** PostgreSQL stores no zero character, and half a surrogate pair has no UTF-8. */
function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed()
}

export function keyOf(draft: Pick<TransactionDraft, 'source' | 'object' | 'kind' | 'version'>): string {
  return `${draft.source} ${draft.object} ${draft.kind} version ${draft.version}`
}

/**
 * By source, object, kind ('charge' comes before 'refund') and version: neighbours in the unique index, and the same in
 * every replay.
 */
export function sortDrafts(drafts: readonly TransactionDraft[]): readonly TransactionDraft[] {
  for (let index = 1; index < drafts.length; index += 1) {
    const [before, after] = [drafts[index - 1], drafts[index]]
    if (before !== undefined && after !== undefined && compare(before, after) > 0) return [...drafts].sort(compare)
  }
  return drafts
}

function compare(a: TransactionDraft, b: TransactionDraft): number {
  if (a.source !== b.source) return a.source < b.source ? -1 : 1
  if (a.object !== b.object) return a.object < b.object ? -1 : 1
  if (a.kind !== b.kind) return a.kind < b.kind ? -1 : 1
  return a.version - b.version
}
