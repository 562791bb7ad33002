/** What has left one money account and is expected on another. */
import type { Units } from '../../domain/money/money.ts'
import { windowOf } from '../../domain/payouts/window.ts'
import type { Evidence, IsoDate } from '../../domain/transaction.ts'
import type { Landed } from '../../log/landing.ts'
import type { OpenItem } from '../../evidence/open-items.ts'
import type { BatchContext } from './context.ts'
import { expect } from './expect-item.ts'

export interface Leaving {
  /** What it is about: "line:12", or a settlement by its id. */
  readonly object: string
  /** Negative, or zero to take the expectation back. */
  readonly amount: Units
  readonly currency: string
  readonly date: IsoDate
  /** The account it left. */
  readonly account: string
  /** The account it goes to, when a rule says so. */
  readonly to: string | null
  readonly references: readonly string[]
  readonly evidence: Evidence
}

/** A transfer or a settlement has left one account: its arrival is expected, on the named account or any other. */
export async function expectArrival(
  context: BatchContext,
  item: Landed,
  kind: 'transfer' | 'settlement',
  leaving: Leaving,
): Promise<OpenItem> {
  const { object, amount, currency, date, account, to, references, evidence } = leaving
  const { payoutDays = 0, topUpDays = 0 } = context.settings.money?.matching ?? {}
  return expect(context, item, {
    kind,
    source: account,
    account: to ?? '',
    object,
    currency,
    amount: -amount,
    ...windowOf(kind, date, { dueDays: 0, payoutDays, topUpDays }),
    references,
    words: account.split('-').filter((word) => word.length >= 3),
    evidence,
  })
}
