/**
 * The settings a posting depends on, and those a night is reported by, landed like any other evidence whenever they
 * change: a replay then uses the rules that were in force, and the page of an old night its owners and limits, not the
 * ones of today. What only decides how to fetch (addresses, keys, limits) is not in here.
 */
import * as z from 'zod'
import { MONEY_ACCOUNT_TYPES, PAYOUT_SCHEDULES } from '../config/money-model.ts'
import { KNOWN_STATUSES } from '../panels/rules/status.ts'
import {
  DECIDED_KINDS,
  findPostingRule,
  MONEY_KINDS,
  type PostingRules,
  type SourceKind,
} from '../domain/posting-rules.ts'
import { ConfigError, InvariantError } from '../domain/errors.ts'

const ruleSchema = z.strictObject({ debit: z.string(), credit: z.string() })
const rulesSchema = z.record(z.string(), ruleSchema)

/** Amounts are exact decimal text, percentages basis points. */
const payoutsSchema = z.strictObject({
  schedule: z.enum(PAYOUT_SCHEDULES),
  minimum: z.string(),
  weekday: z.int(),
  dayOfMonth: z.int(),
  dueDays: z.int(),
  account: z.string().nullable(),
  withholdingBasisPoints: z.int(),
  allowanceBasisPoints: z.int().default(0),
})

const moneySchema = z.strictObject({
  accounts: z.array(
    z.strictObject({
      name: z.string(),
      type: z.enum(MONEY_ACCOUNT_TYPES),
      currency: z.string(),
      timeZone: z.string(),
      code: z.string(),
      number: z.string().nullable(),
      from: z.string().optional(),
      rules: z.array(
        z.strictObject({
          contains: z.string(),
          means: z.string(),
          of: z.string().nullable(),
          fee: z.string().optional(),
        }),
      ),
      fees: z.array(z.strictObject({ name: z.string(), basisPoints: z.int(), flat: z.string() })),
    }),
  ),
  matching: z.strictObject({
    payoutDays: z.int(),
    topUpDays: z.int(),
    currencyBasisPoints: z.int(),
  }),
  ratesMaxAgeDays: z.int(),
  // Only of books in which two people decide: giving up more than this needs both.
  secondPersonAbove: z.string().optional(),
})

/** Amounts are exact decimal text; owners are by code, and `default`. */
const exceptionsSchema = z.strictObject({
  reviewAbove: z.string(),
  escalateAbove: z.string(),
  escalateDays: z.int(),
  owners: z.record(z.string(), z.string()),
})

const readingSchema = z.strictObject({ version: z.literal(1), depth: z.int(), bytes: z.int(), values: z.int() })

const settingsSchema = z.strictObject({
  format: z.literal(1),
  book: z.strictObject({
    name: z.string(),
    currency: z.string(),
    timeZone: z.string(),
    recognition: z.literal('order'),
    // What its documents are told apart by; settings landed before books had an id have none.
    id: z.string().optional(),
  }),
  sources: z.array(
    z.strictObject({
      name: z.string(),
      kind: z.enum(['panel', 'publisher', 'advertiser']),
      currency: z.string(),
      timeZone: z.string(),
      // Only of publishers, once it is said (C5).
      counterMode: z.enum(['unpaid', 'lifetime']).optional(),
      // Only of panels that answer numbers, and only where somebody has stated what they mean.
      statusCodes: z.record(z.string(), z.enum(KNOWN_STATUSES)).optional(),
      // Only of panels (O5, W4, W5).
      dripFeed: z.enum(['runs', 'parent']).optional(),
      unlisted: z.enum(['item', 'spend']).optional(),
      creditDays: z.int().optional(),
      // Only of panels whose statuses name another currency than the wallet's and mean the wallet's own.
      statusCurrency: z.string().optional(),
      // Only of panels whose hidden charges are booked from the imported history.
      chargeFromHistory: z.literal(true).optional(),
      // Only of publishers whose payouts are due by a schedule.
      payouts: payoutsSchema.optional(),
    }),
  ),
  rules: z.strictObject({
    panel: rulesSchema,
    publisher: rulesSchema,
    advertiser: rulesSchema,
    money: rulesSchema.optional(),
  }),
  // Only of books with money accounts or payouts; older settings have neither.
  money: moneySchema.optional(),
  // Bytes landed before the answers of others had limits are read without them.
  reading: readingSchema.optional(),
  // Nothing is posted by them; settings landed before they were kept have none.
  exceptions: exceptionsSchema.optional(),
})

export type Settings = z.infer<typeof settingsSchema>
export type SourceSettings = Settings['sources'][number]
export type MoneySettings = NonNullable<Settings['money']>
export type MoneyAccountSettings = MoneySettings['accounts'][number]
export type PayoutSettings = z.infer<typeof payoutsSchema>
export type ExceptionSettings = z.infer<typeof exceptionsSchema>

/** One text per meaning: sources by name, rules by kind. */
export function settingsText(settings: Settings): string {
  const sources = [...settings.sources].sort((a, b) => (a.name < b.name ? -1 : 1))
  return `${JSON.stringify({ ...settings, sources }, null, 1)}\n`
}

export function parseSettings(text: string): Settings {
  const parsed = settingsSchema.safeParse(JSON.parse(text))
  if (!parsed.success) {
    const hint = 'This landing was made by another version of tieout; use that version, or a newer one.'
    throw new InvariantError(
      'SETTINGS_UNREADABLE',
      `Landed settings cannot be read: ${z.prettifyError(parsed.error)}`,
      hint,
    )
  }
  return parsed.data
}

const KINDS = {
  panel: ['charge', 'refund', 'refund-credited', 'top-up', 'bonus', 'opening-wallet'],
  publisher: ['earn', 'clawback', 'payout', 'payout-fee', 'opening-receivable'],
  advertiser: ['spend', 'spend-credit', 'top-up', 'bonus', 'opening-wallet'],
} as const satisfies Record<SourceKind, readonly string[]>

/** The rules in force as plain data, for the kinds this program posts; money rules only when the book has money accounts. */
export function rulesInForce(rules: PostingRules, recognition: 'order', hasMoney: boolean): Settings['rules'] {
  const ofKind = (sourceKind: SourceKind) =>
    Object.fromEntries(
      [...KINDS[sourceKind], ...DECIDED_KINDS].flatMap((kind) => {
        const rule = findPostingRule(rules, { sourceKind, kind, recognition })
        return rule === undefined ? [] : [[kind, { debit: rule.debit, credit: rule.credit }]]
      }),
    )
  const money = Object.fromEntries([...rules.money].map(([kind, { debit, credit }]) => [kind, { debit, credit }]))
  const vendors = { panel: ofKind('panel'), publisher: ofKind('publisher'), advertiser: ofKind('advertiser') }
  return hasMoney ? { ...vendors, money } : vendors
}

/**
 * Throws ConfigError when a kind of source in use has an event without a rule: found only when the event comes, its landed
 * batch could never be processed, and everything behind it would wait.
 */
export function requireRules(
  rules: PostingRules,
  recognition: 'order',
  { sourceKinds, hasMoney }: { readonly sourceKinds: readonly SourceKind[]; readonly hasMoney: boolean },
): void {
  const missingMoney = hasMoney ? MONEY_KINDS.filter((kind) => !rules.money.has(kind)) : []
  if (missingMoney.length > 0) {
    const message = `${rules.file} has no rule for the money ${missingMoney.length === 1 ? 'kind' : 'kinds'} ${missingMoney.join(', ')}.`
    throw new ConfigError('POSTING_RULE_MISSING', message, "Add them; the package's own posting-rules.yaml shows how.")
  }
  for (const sourceKind of new Set(sourceKinds)) {
    const missing = KINDS[sourceKind].filter(
      (kind) => findPostingRule(rules, { sourceKind, kind, recognition }) === undefined,
    )
    if (missing.length === 0) continue
    const message = `${rules.file} has no rule for the ${sourceKind} ${missing.length === 1 ? 'kind' : 'kinds'} ${missing.join(', ')}.`
    throw new ConfigError('POSTING_RULE_MISSING', message, "Add them; the package's own posting-rules.yaml shows how.")
  }
}

/** Landed rules in the shape the pure posting functions take. */
export function toPostingRules(settings: Settings): PostingRules {
  const ofKind = (sourceKind: SourceKind) => ({
    always: new Map(Object.entries(settings.rules[sourceKind])),
    byRecognition: { order: new Map() },
  })
  return {
    file: 'mappings/posting-rules.yaml',
    bySourceKind: { panel: ofKind('panel'), publisher: ofKind('publisher'), advertiser: ofKind('advertiser') },
    money: new Map(Object.entries(settings.rules.money ?? {})),
  }
}
