/** How a statement file is read, as it is landed with the file, so that it is read again the same way. */
import * as z from 'zod'
import {
  AMOUNT_SIGNS,
  BALANCE_PLACES,
  BANK_ROLES,
  DATE_ORDERS,
  LINE_ORDERS,
} from '../../domain/statements/bank-profile.ts'
import { ACCOUNT_KINDS } from '../../domain/statements/statement.ts'
import type { ReadOptions } from '../../sources/statements/options.ts'

const names = z.array(z.string())
const dateOrder = z.enum(DATE_ORDERS).nullable()
const decimal = z.enum(['.', ',']).nullable()
const accountKind = z.enum(ACCOUNT_KINDS).nullable()

const profileSchema = z.strictObject({
  headers: names,
  empty: names,
  columns: z.record(z.enum(BANK_ROLES), names),
  dateOrder,
  decimal,
  sign: z.enum(AMOUNT_SIGNS),
  balance: z.enum(BALANCE_PLACES),
  order: z.enum(LINE_ORDERS),
  isOwed: z.boolean().nullable(),
  isFeeOnTop: z.boolean().nullable(),
  kind: accountKind,
})

const closingSchema = z.strictObject({
  accountNumber: z.string().nullable(),
  currency: z.string(),
  last: z.string(),
  amount: z
    .string()
    .regex(/^-?\d+$/)
    .transform(BigInt),
})

export const readOptionsSchema = z.strictObject({
  currency: z.string(),
  timeZone: z.string(),
  columns: z
    .strictObject({ roles: z.partialRecord(z.enum(BANK_ROLES), names), sign: z.enum(AMOUNT_SIGNS).nullable() })
    .nullable(),
  balance: z.enum(BALANCE_PLACES).nullable().default(null),
  order: z.enum(LINE_ORDERS).nullable().default(null),
  dateOrder,
  decimal,
  accountKind: accountKind.default(null),
  /** Of a bank's CSV: what it was read by, and the account's next file will be. */
  profile: profileSchema.nullable().default(null),
  previous: z.array(closingSchema).default([]),
})

/** As the schema reads it back: JSON has no exact integers. */
export function landedOptions({ previous, ...options }: ReadOptions): unknown {
  return { ...options, previous: previous.map((each) => ({ ...each, amount: each.amount.toString() })) }
}
