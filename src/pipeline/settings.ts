/**
 * The settings a posting depends on, landed like any other evidence whenever they change: a replay then uses the rules
 * that were in force, not the ones of today. What only decides how to fetch (addresses, keys, limits) is not in here.
 */
import * as z from 'zod'
import { KNOWN_STATUSES } from '../domain/orders/order.ts'
import { findPostingRule, type PostingRules, type SourceKind } from '../domain/posting-rules.ts'
import { ConfigError, InvariantError } from '../domain/errors.ts'

const ruleSchema = z.strictObject({ debit: z.string(), credit: z.string() })
const rulesSchema = z.record(z.string(), ruleSchema)

const counterLimitsSchema = z.strictObject({
  clawbackPercent: z.int(),
  spikeFactor: z.int(),
  rateFactor: z.int(),
  payoutDays: z.int(),
  payoutFeePercent: z.int(),
})

const settingsSchema = z.strictObject({
  format: z.literal(1),
  book: z.strictObject({
    name: z.string(),
    currency: z.string(),
    timeZone: z.string(),
    recognition: z.literal('order'),
  }),
  sources: z.array(
    z.strictObject({
      name: z.string(),
      kind: z.enum(['panel', 'publisher', 'advertiser']),
      currency: z.string(),
      timeZone: z.string(),
      reviewAbove: z.string().nullable(),
      // Only ad networks' counters have limits, and settings landed before there were any have none.
      counter: counterLimitsSchema.optional(),
      // Only of panels that answer numbers, and only where somebody has stated what they mean.
      statusCodes: z.record(z.string(), z.enum(KNOWN_STATUSES)).optional(),
    }),
  ),
  rules: z.strictObject({ panel: rulesSchema, publisher: rulesSchema, advertiser: rulesSchema }),
})

export type Settings = z.infer<typeof settingsSchema>
export type SourceSettings = Settings['sources'][number]

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
  panel: ['charge', 'refund', 'top-up', 'bonus', 'opening-wallet'],
  publisher: ['earn', 'clawback', 'payout', 'payout-fee', 'opening-receivable'],
  advertiser: ['spend', 'spend-credit', 'top-up', 'bonus', 'opening-wallet'],
} as const satisfies Record<SourceKind, readonly string[]>

/** The rules in force as plain data, for the kinds this program posts. */
export function rulesInForce(rules: PostingRules, recognition: 'order'): Settings['rules'] {
  const ofKind = (sourceKind: SourceKind) =>
    Object.fromEntries(
      KINDS[sourceKind].flatMap((kind) => {
        const rule = findPostingRule(rules, { sourceKind, kind, recognition })
        return rule === undefined ? [] : [[kind, { debit: rule.debit, credit: rule.credit }]]
      }),
    )
  return { panel: ofKind('panel'), publisher: ofKind('publisher'), advertiser: ofKind('advertiser') }
}

/**
 * Throws ConfigError when a kind of source in use has an event without a rule: found only when the event comes, its landed
 * batch could never be processed, and everything behind it would wait.
 */
export function requireRules(rules: PostingRules, recognition: 'order', sourceKinds: readonly SourceKind[]): void {
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
  }
}
