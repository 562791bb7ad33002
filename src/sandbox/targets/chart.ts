/**
 * The chart of accounts the emulators' companies are made of: codes, names and kinds a bookkeeper would set up for an ad
 * and SMM agency. It follows the product's default mappings, so that a new configuration fits a new company.
 */
export type AccountKind = 'asset' | 'liability' | 'equity' | 'revenue' | 'other-income' | 'expense'

export interface ChartAccount {
  readonly code: string
  readonly name: string
  readonly kind: AccountKind
}

const ROWS: readonly (readonly [string, string, AccountKind])[] = [
  ['1000', 'Bank - operating', 'asset'],
  ['1050', 'PayPal balance', 'asset'],
  ['1055', 'Razorpay settlement in transit', 'asset'],
  ['1060', 'Payouts in transit (clearing)', 'asset'],
  ['1065', 'Currency conversion (clearing)', 'asset'],
  ['1070', 'Top-ups in transit (clearing)', 'asset'],
  ['1100', 'Accrued ad revenue - Payelancer (unconfirmed)', 'asset'],
  ['1110', 'Receivable - Payelancer payout requested', 'asset'],
  ['1190', 'Allowance for invalid traffic', 'asset'],
  ['1300', 'Prepaid - Payelancer advertiser wallet', 'asset'],
  ['1310', 'Prepaid - SMM panel wallet', 'asset'],
  ['1315', 'SMM orders in progress (paid, undelivered)', 'asset'],
  ['1320', 'Deferred vendor bonus (SMM)', 'asset'],
  ['1330', 'Refunds due from panels (clearing)', 'asset'],
  ['1400', 'Withholding tax receivable', 'asset'],
  ['1450', 'Input GST/VAT receivable', 'asset'],
  ['1900', 'Suspense - Payelancer unreconciled', 'asset'],
  ['1901', 'Suspense - SMM wallet unreconciled', 'asset'],
  ['2050', 'Credit cards payable', 'liability'],
  ['2100', 'Clawback payable (negative receivable)', 'liability'],
  ['2200', 'Client funds / pass-through', 'liability'],
  ['2300', 'Reverse-charge tax payable', 'liability'],
  ['3900', 'Opening balance equity', 'equity'],
  ['4000', 'Ad revenue - publisher', 'revenue'],
  ['4090', 'Ad revenue adjustments (invalid traffic)', 'revenue'],
  ['4095', 'Change in allowance', 'revenue'],
  ['4100', 'Client fees', 'revenue'],
  ['4800', 'Forfeited/expired vendor liabilities, misc income', 'other-income'],
  ['5000', 'Ad spend - Payelancer', 'expense'],
  ['5090', 'Ad spend credits', 'expense'],
  ['5100', 'SMM services cost', 'expense'],
  ['5110', 'SMM services cost - unlisted orders', 'expense'],
  ['5190', 'SMM refunds', 'expense'],
  ['5195', 'Vendor bonus utilised', 'expense'],
  ['6100', 'Payment processing fees', 'expense'],
  ['6110', 'Bank and wire charges', 'expense'],
  ['6200', 'FX gain/loss', 'expense'],
  ['6300', 'Software and subscriptions', 'expense'],
  ['6310', 'Rent and office', 'expense'],
  ['6900', 'Rounding differences', 'expense'],
  ['6950', 'Reconciliation write-offs', 'expense'],
  ['6960', 'Wallet impairment (banned/forfeited)', 'expense'],
]

export const DEFAULT_CHART: readonly ChartAccount[] = ROWS.map(([code, name, kind]) => ({ code, name, kind }))
