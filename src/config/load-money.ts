/** From checked settings about money accounts, payouts, matching and exceptions to what the program uses: exact amounts and basis points. */
import { unitsOf } from '../domain/money/money.ts'
import type {
  ExceptionPolicy,
  MatchingConfig,
  MoneyAccountConfig,
  MoneyAccountType,
  PayoutConfig,
} from './money-model.ts'
import type { ParsedExceptions, ParsedMatching, ParsedMoneyAccount, ParsedPayouts } from './money-schema.ts'

/** Where the package's chart keeps each type of account. */
const CODES: Readonly<Record<MoneyAccountType, string>> = {
  bank: '1000',
  card: '2050',
  paypal: '1050',
  razorpay: '1055',
}

export function toMoneyAccount(account: ParsedMoneyAccount): MoneyAccountConfig {
  const { name, type, currency, timeZone, code = CODES[type] } = account
  return {
    name,
    type,
    currency,
    timeZone,
    code,
    number: account.number ?? null,
    from: account.from ?? null,
    dateOrder: account.dateOrder ?? null,
    decimal: account.decimal ?? null,
    columns: account.columns ?? null,
    rules: account.rules.map(({ contains, means, source, account: other, fee }) => ({
      contains,
      means,
      of: source ?? other ?? null,
      fee: fee ?? null,
    })),
    fees: account.fees.map(({ name: fee, percent, flat }) => ({
      name: fee,
      basisPoints: basisPoints(percent),
      flat: unitsOf(flat),
    })),
  }
}

export function toPayouts({
  withholdingPercent,
  allowancePercent,
  minimum,
  account,
  ...payouts
}: ParsedPayouts): PayoutConfig {
  return {
    ...payouts,
    account: account ?? null,
    minimum: unitsOf(minimum),
    withholdingBasisPoints: basisPoints(withholdingPercent),
    allowanceBasisPoints: basisPoints(allowancePercent),
  }
}

export function toMatching({ currencyPercent, ...matching }: ParsedMatching): MatchingConfig {
  return { ...matching, currencyBasisPoints: basisPoints(currencyPercent) }
}

export function toExceptionPolicy(policy: ParsedExceptions): ExceptionPolicy {
  const { reviewAbove, escalateAbove, escalateDays, owners } = policy
  return {
    reviewAbove: unitsOf(reviewAbove),
    escalateAbove: unitsOf(escalateAbove),
    escalateDays,
    owners: new Map(Object.entries(owners)),
  }
}

/** "2.5" is 250: the schema has let two decimals through at most. */
function basisPoints(percent: string): number {
  const [whole = '0', fraction = ''] = percent.split('.')
  return Number(whole) * 100 + Number(fraction.padEnd(2, '0'))
}
