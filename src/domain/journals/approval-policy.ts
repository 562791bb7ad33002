/**
 * What automatic approval lets through: amounts within the limits, periods that are open, and no second person needed.
 * What it does not is a draft like any other, with the sentence that says why a person has to look.
 */
import type { DraftJournal, Hold, HoldRule } from './journal.ts'
import { formatMoney, type Units } from '../money/money.ts'
import type { IsoDate } from '../transaction.ts'

export interface AutomaticLimits {
  /** The book's own: limits are in it. */
  readonly currency: string
  /** Sums of debits; null: no limit. */
  readonly perEntry: Units | null
  readonly perDay: Units | null
  /** What was approved automatically before for each accounting day, in the book's currency. */
  readonly approvedOfDay: ReadonlyMap<IsoDate, Units>
  /** The accounting system that is closed furthest; null when all are open. */
  readonly closed: { readonly target: string; readonly through: IsoDate } | null
  /** Whether somebody else than who prepared a journal must approve it. */
  readonly differentApprover: boolean
}

/** Holds with the cause "policy". */
export function automaticRule(limits: AutomaticLimits): HoldRule {
  return (draft) => {
    const why = stopOf(draft, limits)
    return why === null ? undefined : policyHold(draft, why)
  }
}

/** `why` is the end of a sentence, without its full stop. */
export function policyHold({ day, currency }: DraftJournal, why: string): Hold {
  return { cause: 'policy', unmapped: [], reason: `The ${currency} journal of ${day} waits for a person: ${why}.` }
}

/** C6: nobody is waited for. */
export function ripeningHold({ day, currency }: DraftJournal, source: string): Hold {
  const reason = `The ${currency} journal of ${day} waits until the next reading of ${source} confirms it.`
  return { cause: 'policy', unmapped: [], reason }
}

function stopOf(draft: DraftJournal, limits: AutomaticLimits): string | null {
  const { day, currency, lines } = draft
  const { perEntry, perDay, closed } = limits
  if (limits.differentApprover) return 'two people must prepare and approve it'
  if (closed !== null && day <= closed.through) {
    return `the books of target "${closed.target}" are closed through ${closed.through}`
  }
  if (perEntry === null && perDay === null) return null
  if (currency !== limits.currency) return `the limits are in ${limits.currency}, and nothing is converted for them`
  const debits = lines.reduce((sum, { rounded }) => (rounded > 0n ? sum + rounded : sum), 0n)
  if (perEntry !== null && debits > perEntry) {
    return `its debits of ${formatMoney(debits)} are above the limit of ${formatMoney(perEntry)} per entry`
  }
  const before = limits.approvedOfDay.get(day) ?? 0n
  if (perDay === null || before + debits <= perDay) return null
  const together =
    before === 0n
      ? `of ${formatMoney(debits)}`
      : `and those approved before come to ${formatMoney(before + debits)}, which`
  const verb = before === 0n ? 'are' : 'is'
  return `its debits ${together} ${verb} above the limit of ${formatMoney(perDay)} per day`
}
