/** What the ledger says of something that a statement should show, and how long it may take. */
import type { Units } from '../../domain/money/money.ts'
import type { WindowDays } from '../../domain/payouts/window.ts'
import type { Evidence, IsoDate } from '../../domain/transaction.ts'
import type { MoneySettings, SourceSettings } from '../settings.ts'

export interface Posted {
  readonly object: string
  /** What the object comes to in total; never negative. */
  readonly amount: Units
  readonly date: IsoDate
  readonly evidence: Evidence
}

export function windowDays(
  { payouts }: SourceSettings,
  { payoutDays, topUpDays }: MoneySettings['matching'],
): WindowDays {
  return { dueDays: payouts?.dueDays ?? 0, payoutDays, topUpDays }
}
