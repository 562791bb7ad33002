/**
 * By what a page is read: the sources, accounts, posting rules, payout terms, owners and limits that were in force then.
 * They are landed whenever they change; what was not landed yet is taken from the configuration of today,
 * and the page says so.
 */
import type { Kysely } from 'kysely'
import type { Mappings } from '../../config/mappings.ts'
import type { BookConfig } from '../../config/model.ts'
import type { Tables } from '../../db/tables.ts'
import type { Chart } from '../../domain/accounts.ts'
import type { QueuePolicy } from '../../domain/exceptions/severity.ts'
import { unitsOf } from '../../domain/money/money.ts'
import type { PostingRules, SourceKind } from '../../domain/posting-rules.ts'
import type { Evidence } from '../../domain/transaction.ts'
import type { Book } from '../../ledger/books.ts'
import { controlAccount } from '../../reconcile/prove-book.ts'
import { exceptionPolicy } from '../exception-settings.ts'
import { toPostingRules, type SourceSettings } from '../settings.ts'
import { settingsKnownAt } from '../settings-known-at.ts'
import type { ForecastSource } from './forecast.ts'

export interface PagePlan {
  /** Types and names of accounts: of today, since the chart is not landed. */
  readonly chart: Chart
  readonly rules: PostingRules
  readonly sources: readonly ForecastSource[]
  readonly accounts: readonly { readonly name: string; readonly code: string }[]
  readonly policy: QueuePolicy
  readonly basis: Basis
}

/** Which settings these are. */
export interface Basis {
  /** Where they were landed; null when none was, and all are those of today. */
  readonly settings: Evidence | null
  readonly landedAtMs: number | null
  /** Whether owners and limits of exceptions are those of then, or those of today for want of others. */
  readonly policy: 'then' | 'today'
}

export async function pagePlan(
  db: Kysely<Tables>,
  book: Book,
  config: BookConfig,
  { chart, rules: rulesNow }: Mappings,
  batch: number,
): Promise<PagePlan> {
  const then = await settingsKnownAt(db, book.id, batch)
  const { timeZone } = config
  if (then === null) {
    const basis = { settings: null, landedAtMs: null, policy: 'today' } as const
    const sources = sourcesNow(config, rulesNow)
    return {
      chart,
      rules: rulesNow,
      sources,
      accounts: config.accounts,
      policy: { ...config.exceptions, timeZone },
      basis,
    }
  }
  const { settings, place, landedAtMs } = then
  const rules = toPostingRules(settings)
  const policy = settings.exceptions === undefined ? config.exceptions : exceptionPolicy(settings.exceptions)
  return {
    chart,
    rules,
    sources: settings.sources.map((source) => ({
      ...sourceOf(rules, source.name, source.kind, source.currency),
      ...termsOf(source),
    })),
    accounts: settings.money?.accounts ?? [],
    policy: { ...policy, timeZone },
    basis: { settings: place, landedAtMs, policy: settings.exceptions === undefined ? 'today' : 'then' },
  }
}

function sourceOf(rules: PostingRules, name: string, kind: SourceKind, currency: string) {
  return { name, kind, currency, account: controlAccount(rules, kind, name) }
}

function termsOf({ payouts }: SourceSettings): Pick<ForecastSource, 'minimum' | 'dueDays'> {
  return payouts === undefined
    ? { minimum: null, dueDays: null }
    : { minimum: unitsOf(payouts.minimum), dueDays: payouts.dueDays }
}

function sourcesNow({ sources }: BookConfig, rules: PostingRules): readonly ForecastSource[] {
  return sources.map((source) => {
    const payouts = source.type === 'payelancer' ? source.payouts : undefined
    const kind = source.type === 'panel' ? 'panel' : source.role
    const terms = { minimum: payouts?.minimum ?? null, dueDays: payouts?.dueDays ?? null }
    return { ...sourceOf(rules, source.name, kind, source.currency), ...terms }
  })
}
