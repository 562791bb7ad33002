/**
 * One night for one book: finish what an earlier run left, land the settings, read every source, seal and export what
 * policy allows, and report. A source that cannot be read becomes an exception and does not stop the others.
 */
import type { CounterMode } from '../payelancer/rules/reading.ts'
import { READ_LIMITS, type ReadLimits } from '../domain/read-limits.ts'
import type { StatusCodes } from '../panels/rules/status.ts'
import type { PostingRules } from '../domain/posting-rules.ts'
import { isoDateInZone, previousDate } from '../domain/time/dates.ts'
import { landBatch, readBatch } from '../log/landing.ts'
import { lastingIdOf } from '../ledger/book-identity.ts'
import type { PanelTask } from './extract/order-requests.ts'
import { pollPanel } from './extract/panel.ts'
import { readPayelancer, type PayelancerTask } from './extract/payelancer.ts'
import { requireKeptAccounts } from './kept-accounts.ts'
import { useSettingsInForce } from './engine/process-batch.ts'
import { processLanded, underLease, type RunContext } from './run-context.ts'
import {
  parseSettings,
  requireRules,
  rulesInForce,
  settingsText,
  type ExceptionSettings,
  type MoneySettings,
  type PayoutSettings,
  type Settings,
} from './settings.ts'

export interface BookPlan {
  readonly name: string
  readonly currency: string
  readonly timeZone: string
  readonly recognition: 'order'
  readonly rules: PostingRules
  readonly sources: readonly SourcePlan[]
  /** Null for a book without money accounts and without scheduled payouts. */
  readonly money: MoneySettings | null
  /** Of the answers of its sources; those of this program where it is left out. */
  readonly reading?: ReadLimits
  /** By what the exceptions of its nights are reported; left out where no night is. */
  readonly exceptions?: ExceptionSettings
}

export type SourcePlan = {
  readonly name: string
  readonly currency: string
  readonly timeZone: string
  /** Of publishers only. */
  readonly counterMode?: CounterMode
  /** Of panels only. */
  readonly statusCodes?: StatusCodes
  /** Of panels only: rules O5, W4 and W5. */
  readonly dripFeed?: 'runs' | 'parent'
  readonly unlisted?: 'item' | 'spend'
  readonly creditDays?: number
  readonly statusCurrency?: string
  readonly chargeFromHistory?: true
  /** Of publishers only. */
  readonly payouts?: PayoutSettings
} & (
  | { readonly kind: 'panel'; readonly task: () => Omit<PanelTask, 'sourceId'> }
  | { readonly kind: 'publisher' | 'advertiser'; readonly task: () => Omit<PayelancerTask, 'sourceId'> }
)

/** `id` is the book's own, which is landed so that a replay makes the same book again. */
export function settingsOf(plan: BookPlan, id: string): Settings {
  const { name: book, currency: kept, timeZone: zone, recognition: by } = plan
  return {
    format: 1,
    book: { name: book, currency: kept, timeZone: zone, recognition: by, id },
    sources: plan.sources.map((source) => {
      const { name, kind, currency, timeZone, counterMode, statusCodes, payouts } = source
      const { statusCurrency, chargeFromHistory, dripFeed, unlisted, creditDays } = source
      return {
        name,
        kind,
        currency,
        timeZone,
        ...(counterMode === undefined ? {} : { counterMode }),
        ...(statusCodes === undefined ? {} : { statusCodes }),
        ...(statusCurrency === undefined ? {} : { statusCurrency }),
        ...(chargeFromHistory === undefined ? {} : { chargeFromHistory }),
        ...(dripFeed === undefined ? {} : { dripFeed }),
        ...(unlisted === undefined ? {} : { unlisted }),
        ...(creditDays === undefined ? {} : { creditDays }),
        ...(payouts === undefined ? {} : { payouts }),
      }
    }),
    rules: rulesInForce(plan.rules, plan.recognition, plan.money !== null),
    ...(plan.money === null ? {} : { money: plan.money }),
    reading: plan.reading ?? READ_LIMITS,
    ...(plan.exceptions === undefined ? {} : { exceptions: plan.exceptions }),
  }
}

/** Lands the settings when they differ from those in force, so that every posting can name its rules. */
export async function landSettings(context: RunContext, plan: BookPlan): Promise<void> {
  const sourceKinds = plan.sources.map(({ kind }) => kind)
  requireRules(plan.rules, plan.recognition, { sourceKinds, hasMoney: plan.money !== null })
  const { kysely } = context.database
  const body = Buffer.from(settingsText(settingsOf(plan, await lastingIdOf(kysely, context.book.id))))
  const done = await kysely
    .selectFrom('processed')
    .select('settings_batch')
    .where('book', '=', context.book.id)
    .executeTakeFirst()
  if (done !== undefined) {
    const landed = await readBatch(kysely, context.book.id, Number(done.settings_batch))
    const inForce = landed.findLast((item) => item.kind === 'settings')
    if (inForce?.body.equals(body) === true) return useSettingsInForce(context.processor)
    const before = inForce === undefined ? undefined : parseSettings(inForce.body.toString('utf8')).money
    await requireKeptAccounts(kysely, context.book.id, before, plan.money)
  }
  const items = await underLease(context, (trx) =>
    landBatch(trx, context.book.id, [
      {
        kind: 'settings',
        source: '',
        request: {},
        fetchedAtMs: context.clock.nowMs(),
        httpStatus: null,
        contentType: 'application/json',
        body,
      },
    ]),
  )
  await processLanded(context, items)
}

/** Reads the named sources, or all; each step remembers where it stands. */
export async function readSources(context: RunContext, plan: BookPlan, only: string | null): Promise<void> {
  for (const source of plan.sources) {
    if (only !== null && source.name !== only) continue
    const sourceId = context.processor.inForce?.sourceIds.get(source.name)
    if (sourceId === undefined) throw new RangeError(`source ${source.name} is not in the settings in force`)
    if (source.kind === 'panel') await pollPanel(context, { ...source.task(), sourceId })
    else await readPayelancer(context, { ...source.task(), sourceId })
  }
}

/** The accounting day a night speaks of: the last one that ended. */
export function nightOf(nowMs: number, timeZone: string): string {
  return previousDate(isoDateInZone(nowMs, timeZone))
}
