/** Decisions that wait for a second person: what was asked, by whom, and the command that somebody else enters to agree. */
import { formatExact, formatMoney } from '../../domain/money/money.ts'
import type { AloneMeaning } from '../../domain/settlement/settlement.ts'
import type { MatchDecision } from '../../pipeline/process/match-request.ts'
import type { Ask } from '../../pipeline/process/waiting-asks.ts'
import type { Column } from '../output.ts'

export const ASK_COLUMNS: readonly Column[] = [
  { title: 'Asked by' },
  { title: 'On' },
  { title: 'Given up', align: 'right' },
  { title: 'Cur' },
  { title: 'Counts once somebody else enters tieout ...' },
  { title: 'Why' },
]

export function askRow({ decision, atMs, amount, currency }: Ask): readonly string[] {
  return [decision.by, isoOf(atMs).slice(0, 10), formatMoney(amount), currency, wordsOf(decision), decision.why]
}

export function askView({ decision, atMs, amount, currency }: Ask) {
  const { by, why } = decision
  return { by, why, at: isoOf(atMs), givenUp: formatExact(amount), currency, command: wordsOf(decision) }
}

/** What follows `tieout`, without who and why. */
function wordsOf(decision: MatchDecision): string {
  switch (decision.decide) {
    case 'match':
      return `reconcile match ${decision.lines.join(' ')} --item ${decision.items.join(' ')} --difference ${decision.residual}`
    case 'settle':
      return `decide line:${decision.line} ${wordOf(decision.meaning)}`
    case 'payout':
    case 'top-up': {
      const gross = decision.gross === null ? '' : ` --gross ${decision.gross}`
      return `decide line:${decision.line} ${decision.decide} --of ${decision.of}${gross}`
    }
    case 'write-off':
      return `decide item:${decision.item} write-off`
    case 'fee':
      return `decide item:${decision.item} fee`
    case 'ignore':
      return `decide line:${decision.line} ignore`
    case 'unmatch':
    case 'confirm':
    case 'reject':
      return `decide match:${decision.match} ${decision.decide}`
  }
}

/** As it is typed: an account by its code alone. */
function wordOf(meaning: AloneMeaning): string {
  return meaning === 'written-off' ? 'write-off' : meaning.replace(/^account:/, '')
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString()
}
