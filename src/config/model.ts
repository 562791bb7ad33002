/**
 * What a valid `tieout.yaml` says, with defaults filled in and paths made absolute. Secrets stay references until a
 * command needs one, so that reading balances does not ask for API keys.
 */
import type { CounterMode } from '../payelancer/rules/reading.ts'
import type { ReadLimits } from '../domain/read-limits.ts'
import type { StatusCodes } from '../panels/rules/status.ts'
import type { NightSchedule } from '../domain/time/schedule.ts'
import type { IsoDate } from '../domain/transaction.ts'
import type { AlertsConfig } from './alert-model.ts'
import type { HistoryReading } from './file-reading.ts'
import type { ExceptionPolicy, MatchingConfig, MoneyAccountConfig, PayoutConfig } from './money-model.ts'
import type { JournalPolicy, TargetConfig } from './target-model.ts'

/** Where a secret is to be found; `where` is the line that says so, for messages. */
export type SecretReference =
  | { readonly from: 'env'; readonly name: string; readonly where: string }
  | { readonly from: 'file'; readonly path: string; readonly where: string }

export type DatabaseSetting = { readonly from: 'url'; readonly url: string } | SecretReference

export const EXPORT_FORMATS = ['csv', 'quickbooks-csv', 'xero-csv', 'hledger'] as const
export type ExportFormat = (typeof EXPORT_FORMATS)[number]

export interface Config {
  /** The file as it was named, for messages. */
  readonly file: string
  /** Absolute; relative paths in the file start here. */
  readonly directory: string
  readonly database: DatabaseSetting
  /** Absolute; undefined means the package's own mappings. */
  readonly mappings: string | undefined
  /** Encrypts the tokens of targets; undefined only when no book has targets. */
  readonly tokenKey: SecretReference | undefined
  readonly http: HttpConfig
  /** Present only in a rehearsal: the vendors are simulated, and so is the time. */
  readonly sandbox: SandboxConfig | undefined
  /** Undefined when nobody is to be told anything. */
  readonly alerts: AlertsConfig | undefined
  readonly serve: ServeConfig
  readonly books: readonly BookConfig[]
}

export interface SandboxConfig {
  readonly seed: number
  /** The first simulated day, YYYY-MM-DD. */
  readonly start: string
  readonly nights: number
  readonly ordersPerDay: number
}

export interface ServeConfig {
  readonly host: string
  readonly port: number
  /** Webhook deliveries taken from one source in a second; more get HTTP 429. */
  readonly webhooksPerSecond: number
  /** Of the user `tieout`, for the report in a browser; undefined when it is not shown there. */
  readonly reportPassword: SecretReference | undefined
}

export interface HttpConfig {
  /** Limit of one request, from connecting to the last byte. */
  readonly timeoutMs: number
  /** Further sends after the first; only requests that are safe to repeat are repeated. */
  readonly retries: number
  /** How long is waited after HTTP 429 that does not say how long. */
  readonly rateLimitWaitMs: number
  /** How long is waited before a reading that got no answer is asked for again. */
  readonly noAnswerWaitMs: number
  /** All the waiting of one run. */
  readonly maxWaitMs: number
  /** All the waiting of a command somebody waits for, where that is less. */
  readonly commandWaitMs: number
}

export interface BookConfig {
  readonly name: string
  readonly currency: string
  /** The accounting zone: it decides the day on which an instant counts. */
  readonly timeZone: string
  readonly recognition: 'order'
  /** What the numbers of its journals start with; undefined for the id the book was made with. */
  readonly documentPrefix: string | undefined
  readonly journals: JournalPolicy
  /** Undefined when a sync writes no files. */
  readonly export: ExportConfig | undefined
  /** Absolute path of a CSV of exchange rates; undefined when there is one currency. */
  readonly rates: string | undefined
  /** Rates stated in the configuration itself. */
  readonly fixedRates: readonly FixedRate[]
  /** How many days after its own a rate may still be used. */
  readonly ratesMaxAgeDays: number
  /** Accounting systems its journals are delivered to; none for files alone. */
  readonly targets: readonly TargetConfig[]
  /** Absolute. Files put here are imported at the start of a sync: evidence at the top, order histories in a folder named like their panel. */
  readonly inbox: string | undefined
  /** When its night is due under `tieout serve`. */
  readonly schedule: NightSchedule
  readonly sources: readonly SourceConfig[]
  /** Bank, card, PayPal and Razorpay accounts whose statements are imported. */
  readonly accounts: readonly MoneyAccountConfig[]
  readonly matching: MatchingConfig
  readonly exceptions: ExceptionPolicy
  /** How large and how deep the answers of its sources may be. */
  readonly reading: ReadLimits
}

/** What books state for the numbers of their journals, by name. */
export function statedPrefixes({ books }: Pick<Config, 'books'>): ReadonlyMap<string, string> {
  return new Map(
    books.flatMap(({ name, documentPrefix }) => (documentPrefix === undefined ? [] : [[name, documentPrefix]])),
  )
}

export interface FixedRate {
  readonly date: IsoDate
  readonly from: string
  readonly to: string
  /** Exactly as written: "1.0842". */
  readonly rate: string
}

export interface ExportConfig {
  /** Absolute. */
  readonly directory: string
  readonly formats: readonly ExportFormat[]
}

interface SourceCommon {
  readonly name: string
  /** Without a slash at the end. */
  readonly baseUrl: string
  readonly apiKey: SecretReference
  /** Part of the address its vendor posts webhooks to; undefined when it posts none. */
  readonly webhookSecret: SecretReference | undefined
  readonly currency: string
  /** The zone of the vendor's day and of its dates without a zone. */
  readonly timeZone: string
  /** False when the configuration leaves it out and UTC is assumed: good for days, not for reading a file's local times. */
  readonly timeZoneStated: boolean
  readonly requestsPerMinute: number
}

export interface PayelancerConfig extends SourceCommon {
  readonly type: 'payelancer'
  readonly role: 'publisher' | 'advertiser'
  /** C5: whether the counter falls when the account is paid; undefined while nobody has said so. */
  readonly counterMode?: CounterMode
  /** A day's conversions may differ from its counter by so much before it is an exception; null: they never are one. */
  /** Of publishers; undefined when payouts are only what evidence files state. */
  readonly payouts?: PayoutConfig
}

export interface QuietMoment {
  readonly tries: number
  readonly requests: number
}

export interface PanelConfig extends SourceCommon {
  readonly type: 'panel'
  readonly multiAction: 'multiStatus' | 'status'
  /** How many finished orders one night may ask about again when the wallet does not tie. */
  readonly sweepLimit: number
  /** How often, and with how many requests in all, a night asks again because the wallet moved meanwhile. */
  readonly quietMoment: QuietMoment
  /** What a panel's numeric statuses mean; scripts number them differently, so none is known unless it is stated. */
  readonly statusCodes?: StatusCodes
  /** O5: whether the wallet pays for a drip-feed order or for its runs; unset asks when both show a charge. */
  readonly dripFeed?: 'runs' | 'parent'
  /** W4: whether what the wallet loses beyond its known orders is an item or panel spend. */
  readonly unlisted: 'item' | 'spend'
  /** W5: nights a credit takes; unset learns it from the wallet. */
  readonly creditDays?: number
  /** A currency that its statuses name though they mean the wallet's own; `wallet`: whatever they name. Never a rate. */
  readonly statusCurrency?: string
  /** True books an order whose API hides its charge from the imported history; otherwise a person decides. */
  readonly chargeFromHistory?: boolean
  /** The pace of a scan for unregistered ids; never above `requestsPerMinute`. */
  readonly scanRequestsPerMinute: number
  /** How its order histories are read where they do not tell. */
  readonly history?: HistoryReading
}

export type SourceConfig = PayelancerConfig | PanelConfig
