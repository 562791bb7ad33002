/** How a statement file is read, as it is landed with the file, so that it is read again the same way. */
import * as z from 'zod'
import { AMOUNT_SIGNS, BALANCE_PLACES, LINE_ORDERS } from '../../domain/statements/bank-reading.ts'
import { ACCOUNT_KINDS } from '../../domain/statements/statement.ts'
import { BANK_ROLES, type ReadOptions } from '../../sources/statements/options.ts'

const sign = z.enum(AMOUNT_SIGNS).nullable()
const balance = z.enum(BALANCE_PLACES).nullable()
const order = z.enum(LINE_ORDERS).nullable()

export const bankReadingSchema = z.strictObject({
  sign,
  balance,
  order,
  isFeeOnTop: z.boolean().nullable(),
  isOwed: z.boolean().nullable(),
})

const evidenceSchema = z.strictObject({
  balance,
  order,
  earlier: bankReadingSchema.nullable(),
  previous: z.array(
    z.strictObject({
      accountNumber: z.string().nullable(),
      currency: z.string(),
      last: z.string(),
      amount: z
        .string()
        .regex(/^-?\d+$/)
        .transform(BigInt),
    }),
  ),
})

export const readOptionsSchema = z.strictObject({
  currency: z.string(),
  timeZone: z.string(),
  columns: z.strictObject({ roles: z.partialRecord(z.enum(BANK_ROLES), z.array(z.string())), sign }).nullable(),
  dateOrder: z.enum(['dmy', 'mdy', 'ymd']).nullable(),
  decimal: z.enum(['.', ',']).nullable(),
  /** Files that were landed before accounts told it have none. */
  accountKind: z.enum(ACCOUNT_KINDS).nullable().default(null),
  /** Files that were landed before all readings were tried have none. */
  readings: evidenceSchema.nullable().default(null),
})

/** As the schema reads it back: JSON has no exact integers. */
export function landedOptions({ readings, ...options }: ReadOptions): unknown {
  if (readings === null) return { ...options, readings }
  const previous = readings.previous.map((each) => ({ ...each, amount: each.amount.toString() }))
  return { ...options, readings: { ...readings, previous } }
}
