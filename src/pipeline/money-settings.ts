/** A book's money accounts, matching and payouts as they are landed: amounts as exact text, so that a replay reads them back. */
import type { BookConfig } from '../config/model.ts'
import type { PayoutConfig } from '../config/money-model.ts'
import { formatExact } from '../domain/money/money.ts'
import type { MoneySettings, PayoutSettings } from './settings.ts'

/** Null when the book has neither money accounts nor scheduled payouts: its settings then say nothing of money. */
export function moneyOf({
  accounts,
  matching,
  sources,
  ratesMaxAgeDays,
  journals,
  exceptions,
}: Pick<
  BookConfig,
  'accounts' | 'matching' | 'sources' | 'ratesMaxAgeDays' | 'journals' | 'exceptions'
>): MoneySettings | null {
  const hasPayouts = sources.some((source) => source.type === 'payelancer' && source.payouts !== undefined)
  if (accounts.length === 0 && !hasPayouts) return null
  return {
    accounts: accounts.map(
      ({ rules, fees, from, dateOrder: _order, decimal: _decimal, columns: _columns, ...account }) => ({
        ...account,
        ...(from === null ? {} : { from }),
        rules: rules.map(({ fee, ...rule }) => ({ ...rule, ...(fee === null ? {} : { fee }) })),
        fees: fees.map(({ flat, ...fee }) => ({ ...fee, flat: formatExact(flat) })),
      }),
    ),
    matching,
    ratesMaxAgeDays,
    ...(journals.differentApprover ? { secondPersonAbove: formatExact(exceptions.reviewAbove) } : {}),
  }
}

export function payoutSettings({ minimum, ...payouts }: PayoutConfig): PayoutSettings {
  return { ...payouts, minimum: formatExact(minimum) }
}
