/** What the configuration says about money outside the vendors: accounts, when payouts are due, matching, exceptions. */
import type { BookConfig } from '../../config/model.ts'
import type { DescriptorRule, FeeConfig, PayoutConfig } from '../../config/money-model.ts'
import { formatMoney } from '../../domain/money/money.ts'
import type { Column } from '../output.ts'
import type { Session } from '../session.ts'

const ACCOUNT_COLUMNS: readonly Column[] = [
  { title: 'Account' },
  { title: 'Type' },
  { title: 'Currency' },
  { title: 'Day in' },
  { title: 'In the ledger' },
  { title: 'Number' },
  { title: 'Dates, decimals' },
  { title: 'Lines that mean' },
  { title: 'Fees' },
]

export function moneyLines(session: Pick<Session, 'table'>, book: BookConfig): readonly string[] {
  const { accounts, matching, exceptions, currency, sources } = book
  const payouts = sources.flatMap((source) =>
    source.type === 'payelancer' && source.payouts !== undefined
      ? [`Payouts of ${source.name}: ${payoutText(source.payouts, source.currency)}`]
      : [],
  )
  const owners = [...exceptions.owners].map(([code, owner]) => `${code} ${owner}`).join(', ')
  return [
    ...(accounts.length === 0
      ? ['No money accounts: no statements are imported.']
      : session.table(ACCOUNT_COLUMNS, accountRows(book))),
    ...payouts,
    ...(accounts.length === 0
      ? []
      : [
          `Matching: payouts within ${matching.payoutDays} business days, top-ups within ${matching.topUpDays}, ${percent(matching.currencyBasisPoints)} between currencies`,
        ]),
    `Exceptions: reviewed above ${formatMoney(exceptions.reviewAbove)} ${currency}, escalated above ${formatMoney(exceptions.escalateAbove)} ${currency} or after ${exceptions.escalateDays} days${owners === '' ? '' : `; owners: ${owners}`}`,
  ]
}

function accountRows({ accounts }: BookConfig): readonly (readonly string[])[] {
  return accounts.map(({ name, type, currency, timeZone, code, number, dateOrder, decimal, rules, fees }) => [
    name,
    type,
    currency,
    timeZone,
    `${code}:${name}`,
    number ?? 'not checked',
    dateOrder === null && decimal === null
      ? 'as the file tells'
      : [dateOrder, decimal].filter((each) => each !== null).join(' '),
    rules.length === 0 ? 'no rules' : rules.map(ruleText).join(', '),
    fees.length === 0 ? 'none' : fees.map(feeText).join(', '),
  ])
}

function ruleText({ contains, means, of, fee }: DescriptorRule): string {
  return `"${contains}" ${means}${of === null ? '' : ` ${of}`}${fee === null ? '' : ` (fee: ${fee})`}`
}

function feeText({ name, basisPoints, flat }: FeeConfig): string {
  return `${name} ${percent(basisPoints)} + ${formatMoney(flat)}`
}

const CUT_OFF = {
  on_threshold: () => 'as soon as the minimum is reached',
  weekly: ({ weekday }) => `weekly, on ${WEEKDAYS[weekday - 1]}`,
  monthly: ({ dayOfMonth }) => `monthly, on day ${dayOfMonth}`,
  stated: () => 'only what an evidence file states',
} satisfies Readonly<Record<PayoutConfig['schedule'], (payouts: PayoutConfig) => string>>

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const

function payoutText(payouts: PayoutConfig, currency: string): string {
  const { schedule, minimum, dueDays, account, withholdingBasisPoints } = payouts
  return [
    CUT_OFF[schedule](payouts),
    `from ${formatMoney(minimum)} ${currency}`,
    `overdue after ${dueDays} days`,
    account === null ? 'to any account' : `to ${account}`,
    ...(withholdingBasisPoints === 0 ? [] : [`${percent(withholdingBasisPoints)} withheld`]),
  ].join('; ')
}

/** 250 is "2.5 %". */
function percent(basisPoints: number): string {
  return `${basisPoints / 100} %`
}
