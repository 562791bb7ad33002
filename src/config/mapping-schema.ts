/**
 * The shapes of the mapping files. Strict objects: a key nobody reads is a mistake, not a comment. Names that go into a
 * spreadsheet may not start like a formula, because the import matches them letter by letter and cannot take a guard.
 */
import { z } from 'zod'
import { ACCOUNT_TYPES } from '../domain/accounts.ts'
import { DIMENSION_ORIGINS } from '../domain/journals/target-mapping.ts'

const accountCode = z.string().regex(/^\d{4}$/, 'an account code is four digits')
const accountKey = z
  .string()
  .regex(/^\d{4}(:[^\s:][^:]*)?$/, 'an account is a four-digit code, or a code and a wallet: "1310:netpanel"')

/** Text that ends up in a cell or a ledger file. */
const name = z
  .string()
  .trim()
  .min(1, 'a name cannot be empty')
  .max(200, 'a name has at most 200 characters')
  .regex(/^[^\p{Cc}"]*$/u, 'a name cannot have quotes, tabs or line breaks')
  .regex(/^[^=+\-@＝＋－＠]/u, 'a name cannot start with = + - or @: a spreadsheet would read it as a formula')

export const chartSchema = z.strictObject({
  accounts: z.record(
    accountCode,
    z.strictObject({
      name,
      type: z.enum(ACCOUNT_TYPES),
      normal: z.enum(['debit', 'credit']),
      note: z.string().default(''),
    }),
  ),
})

const template = z
  .string()
  .regex(/^\d{4}(:\{source\})?$/, 'a template is a four-digit code, or a code and the source: "1310:{source}"')
const ruleTable = z.record(
  z.string().regex(/^[a-z][a-z-]*$/, 'a kind is lower-case words joined by hyphens'),
  z.strictObject({ debit: template, credit: template }),
)

const moneyTemplate = z
  .string()
  .regex(
    /^(\d{4}(:\{source\})?|\{account\}|\{source\})$/,
    'a template is a four-digit code, a code and the source, "{account}", or "{source}" where that is a code',
  )
const moneyTable = z.record(
  z.string().regex(/^[a-z][a-z-]*$/, 'a kind is lower-case words joined by hyphens'),
  z.strictObject({ debit: moneyTemplate, credit: moneyTemplate }),
)

export const postingRulesSchema = z.strictObject({
  panel: z.strictObject({ always: ruleTable.default({}), order: ruleTable.default({}) }),
  publisher: z.strictObject({ always: ruleTable }),
  advertiser: z.strictObject({ always: ruleTable }),
  money: z.strictObject({ always: moneyTable }).default({ always: {} }),
})

const dimensionRule = z.strictObject({
  from: z.enum(DIMENSION_ORIGINS, `a dimension comes from ${DIMENSION_ORIGINS.join(', ')}`),
  values: z.record(z.string().min(1), name).default({}),
  default: name.optional(),
  accounts: z.array(accountCode, 'a list of account codes, such as ["5100"]').optional(),
})

const quickbooksAccount = z
  .strictObject({
    name: name.optional(),
    number: z
      .string('put the number in quotes')
      .regex(/^[^\s:"]{1,20}$/, 'an account number has at most 20 characters, without spaces, colons or quotes')
      .optional(),
    entity: name.optional(),
    class: name.optional(),
    department: name.optional(),
  })
  .refine((account) => (account.name === undefined) !== (account.number === undefined), {
    message: 'give exactly one of name and number',
  })

export const quickbooksSchema = z.strictObject({
  accounts: z.record(accountKey, z.union([name, quickbooksAccount])),
  dimensions: z.strictObject({ class: dimensionRule.optional(), department: dimensionRule.optional() }).default({}),
})
export type ParsedQuickbooks = z.output<typeof quickbooksSchema>

const MOST_CATEGORIES = 2
const atMostTwo = <T>(record: Readonly<Record<string, T>>): boolean => Object.keys(record).length <= MOST_CATEGORIES
const twoCategories = 'Xero has at most two tracking categories'

export const xeroSchema = z.strictObject({
  currency: z.string().regex(/^[A-Z]{3}$/, 'a currency is three capital letters'),
  taxRate: name,
  accounts: z.record(
    accountKey,
    z.strictObject({
      code: z
        .string('put the code in quotes: leading zeros matter')
        .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,9}$/, 'a Xero account code has at most ten letters, digits, . _ or -'),
      taxRate: name.optional(),
      tracking: z.record(name, name).refine(atMostTwo, twoCategories).default({}),
    }),
  ),
  dimensions: z.record(name, dimensionRule).refine(atMostTwo, twoCategories).default({}),
})
export type ParsedXero = z.output<typeof xeroSchema>
