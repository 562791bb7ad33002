/** The shape of a book's money accounts, payouts, matching and exception policy in `tieout.yaml`. */
import * as z from 'zod'
import { EXCEPTION_CODES } from '../domain/exceptions/codes.ts'
import { parseMoney } from '../domain/money/money.ts'
import { isIsoDate } from '../domain/time/dates.ts'
import { DATE_ORDERS, DECIMAL_MARKS, LINE_MEANINGS, MONEY_ACCOUNT_TYPES, PAYOUT_SCHEDULES } from './money-model.ts'
import { count, currency, name, timeZone } from './schema-parts.ts'

export const amount = (example: string) =>
  z
    .string(`put the amount in quotes, such as "${example}"`)
    .refine(isAmount, `not an amount of zero or more; write it as "${example}"`)

const percent = z
  .string('put the percentage in quotes, such as "2.5"')
  .regex(/^\d{1,2}(\.\d{1,2})?$/, 'not a percentage below 100 with at most two decimals; write it as "2.5"')

/** Which settings name what a meaning is about; the others take none. */
const NEEDS: Readonly<Record<string, 'source' | 'account'>> = {
  payout: 'source',
  'top-up': 'source',
  transfer: 'account',
}

/** Any account of the chart, by its code. */
const ledgerAccount = z.string().regex(/^\d{4}$/)

const descriptorRule = z
  .strictObject({
    contains: z.string('a text that the line contains').trim().min(3, 'at least three characters'),
    means: z.union(
      [z.enum(LINE_MEANINGS), ledgerAccount],
      `a line means one of ${LINE_MEANINGS.join(', ')}, or a ledger account by its code, such as "6300"`,
    ),
    source: name.optional(),
    account: name.optional(),
    fee: name.optional(),
  })
  .refine((rule) => needsMet(rule), {
    message: 'payout and top-up need source: NAME, transfer needs account: NAME, the other meanings take neither',
  })
  .refine(({ means, fee }) => fee === undefined || means === 'top-up', {
    message: "only a top-up says its fee: by the name of one of the account's fees, or none",
  })

export const moneyAccountSchema = z.strictObject({
  name,
  type: z.enum(MONEY_ACCOUNT_TYPES, `an account is ${MONEY_ACCOUNT_TYPES.join(', ')}`),
  currency,
  timeZone: timeZone.default('UTC'),
  code: z
    .string('put the code in quotes')
    .regex(/^\d{4}$/, 'an account code is four digits of the chart')
    .optional(),
  number: z.string('put the number in quotes').min(3, 'at least three characters').optional(),
  from: z
    .string('put the date in quotes')
    .refine(isIsoDate, 'not a day of the calendar; write it as "2026-03-01"')
    .optional(),
  columns: z.string('columns are written as "date=Booked,amount=Value"').optional(),
  dateOrder: z.enum(DATE_ORDERS, `the order of dates is one of ${DATE_ORDERS.join(', ')}`).optional(),
  decimal: z.enum(DECIMAL_MARKS, "the decimal mark is '.' or ',', in quotes").optional(),
  rules: z.array(descriptorRule, 'a list of rules, each with contains: and means:').default([]),
  fees: z
    .array(
      z.strictObject({ name, percent: percent.default('0'), flat: amount('0.30').default('0') }),
      'a list of fees, each with a name',
    )
    .default([]),
})

export const payoutsSchema = z.strictObject({
  schedule: z.enum(PAYOUT_SCHEDULES, `a schedule is one of ${PAYOUT_SCHEDULES.join(', ')}`).default('on_threshold'),
  minimum: amount('50.00').default('50'),
  weekday: count(1, 7).default(1),
  dayOfMonth: count(1, 28).default(1),
  dueDays: count(0, 366).default(10),
  account: name.optional(),
  withholdingPercent: percent.default('0'),
  allowancePercent: percent.default('0'),
})

export const matchingSchema = z.strictObject({
  payoutDays: count(0, 90).default(5),
  topUpDays: count(0, 90).default(2),
  currencyPercent: percent.default('5'),
})

const codes: readonly string[] = EXCEPTION_CODES

export const exceptionsSchema = z.strictObject({
  reviewAbove: amount('25.00').default('25'),
  escalateAbove: amount('250.00').default('250'),
  escalateDays: count(1, 366).default(5),
  owners: z
    .record(
      z.string(),
      z.string('a name or a team').trim().min(1, 'a name or a team').max(100, 'at most 100 characters'),
    )
    .superRefine((owners, context) => {
      // A refined key would only be called invalid.
      for (const code of Object.keys(owners))
        if (code !== 'default' && !codes.includes(code))
          context.addIssue({ code: 'custom', path: [code], message: 'not an exception code, nor "default"' })
    })
    .default({}),
})

export type ParsedMoneyAccount = z.output<typeof moneyAccountSchema>
export type ParsedPayouts = z.output<typeof payoutsSchema>
export type ParsedMatching = z.output<typeof matchingSchema>
export type ParsedExceptions = z.output<typeof exceptionsSchema>

function isAmount(text: string): boolean {
  const parsed = parseMoney(text)
  return parsed.ok && parsed.units >= 0n
}

function needsMet(rule: { readonly means: string; readonly source?: unknown; readonly account?: unknown }): boolean {
  const needed = NEEDS[rule.means]
  return (
    (rule.source !== undefined) === (needed === 'source') && (rule.account !== undefined) === (needed === 'account')
  )
}
