/** The company's settings that decide about an entry: its home currency, whether it has others, and when its books close. */
import { isIsoDate } from '../../domain/time/dates.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import type { Answer } from '../port.ts'
import { ask, nameOf, type QuickbooksOptions } from './exchange.ts'
import { preferencesSchema } from './schema.ts'

export interface Preferences {
  readonly homeCurrency: string
  readonly multiCurrency: boolean
  /** Null when the books are open, or when QuickBooks does not say: its documents and its answers disagree on that. */
  readonly closedThrough: IsoDate | null
  readonly hasClasses: boolean
  readonly hasDepartments: boolean
  readonly text: string
}

export async function readPreferences(options: QuickbooksOptions): Promise<Answer<Preferences>> {
  const reply = await ask(options, { path: '/preferences', body: null, what: 'preferences' })
  if (reply.kind !== 'ok') return reply
  const parsed = preferencesSchema.safeParse(reply.value.json)
  const found = parsed.data?.Preferences
  const homeCurrency = found?.CurrencyPrefs?.HomeCurrency?.value ?? found?.HomeCurrency?.value
  if (found === undefined || homeCurrency === undefined) {
    const message = `${nameOf(options.label)} does not name its home currency (preferences); without it no entry can be read. Look at the company's currency in QuickBooks.`
    return { kind: 'unknown', answered: true, message }
  }
  const accounting = found.AccountingInfoPrefs ?? {}
  const closed = accounting.BookCloseDate ?? ''
  const preferences = {
    homeCurrency,
    multiCurrency: found.CurrencyPrefs?.MultiCurrencyEnabled ?? found.MultiCurrencyEnabled ?? false,
    closedThrough: isIsoDate(closed) ? closed : null,
    hasClasses: accounting.ClassTrackingPerTxn === true || accounting.ClassTrackingPerTxnLine === true,
    hasDepartments: accounting.TrackDepartments === true,
    text: reply.value.text,
  }
  return { kind: 'ok', value: preferences }
}
