/** What the reconciliation after an import came to, below what the import itself says. */
import type { ReadRun } from '../../evidence/match-runs.ts'
import type { CurrencySummary, ReconcileSummary } from '../../pipeline/process/match-summary.ts'
import type { Session } from '../session.ts'
import { ENDING_COLUMNS, endingRows, runView } from './reconcile.ts'

type Read = ReadRun<ReconcileSummary> | null

/** As `tieout reconcile run --json` gives it; null when nothing was reconciled. */
export function summaryView(run: Read) {
  return run === null ? null : runView({ posted: 0, run }).currencies
}

export function reconciledLines(session: Session, run: Read): readonly string[] {
  if (run === null) return []
  const { currencies, unbooked } = run.summary
  if (currencies.length === 0) return ['Reconciled: nothing is open.']
  return [
    '',
    'Reconciled, with all that was open:',
    ...session.table(ENDING_COLUMNS, currencies.flatMap(endingRows)),
    ...(unbooked === 0 ? [] : [`Matches that cannot be booked yet: ${unbooked}; tieout todo says why.`]),
    currencies.some(isLeft) ? 'Look at what is left: tieout reconcile list' : 'Every line is explained.',
  ]
}

function isLeft({ endings }: CurrencySummary): boolean {
  return endings.proposed.count + endings.unmatched.count > 0
}
