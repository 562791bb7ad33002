/** What the reconciliation after an import came to, below what the import itself says. */
import type { CurrencySummary, ReconcileSummary } from '../../pipeline/process/match-summary.ts'
import type { Session } from '../session.ts'
import { currencyView, ENDING_COLUMNS, endingRows } from './reconcile.ts'

/** As `tieout reconcile run --json` gives it; null when nothing was reconciled. */
export function summaryView(summary: ReconcileSummary | null) {
  return summary?.currencies.map(currencyView) ?? null
}

export function reconciledLines(session: Session, summary: ReconcileSummary | null): readonly string[] {
  if (summary === null) return []
  const { currencies, unbooked } = summary
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
