/**
 * Looks at every book once, keeps what is wrong, and says what is new. Called at the end of a sync, failed ones too, and
 * at each wake of the daemon: it never throws for what a channel does, and a look that finds nothing new sends nothing.
 */
import type { BookConfig, Config } from '../config/model.ts'
import { loadMappings } from '../config/mappings.ts'
import type { Environment } from '../config/secrets.ts'
import type { Database } from '../db/database.ts'
import { findAlerts } from '../domain/alerts/alert-conditions.ts'
import { evidenceOf } from '../domain/alerts/alert-evidence.ts'
import { walletNow } from '../domain/alerts/alert-sources.ts'
import type { Alert } from '../domain/alerts/alert.ts'
import type { PostingRules } from '../domain/posting-rules.ts'
import { lastDueMs } from '../domain/time/schedule.ts'
import { listBooks, type Book } from '../ledger/books.ts'
import { deliverPending, type ChannelResult } from './deliver.ts'
import { readBookFacts } from './facts.ts'
import { createAlertHttpClient, speakThrough } from './speak.ts'
import { isNews, recordLook, type Look, type Said } from './state.ts'

export interface AlertEnvironment {
  readonly database: Database
  readonly clock: { readonly nowMs: () => number }
  readonly env: Environment
  readonly signal: AbortSignal
  readonly warn: (source: string, sentence: string) => void
}

export interface AlertReport {
  /** What is wrong now. */
  readonly open: readonly (Alert & { readonly book: string })[]
  /** What this look had to say. */
  readonly said: readonly (Said & { readonly book: string })[]
  readonly channels: readonly ChannelResult[]
}

export interface EvaluateOptions {
  /** Find and record, but send nothing: for a look inside a transaction that is rolled back. */
  readonly isSilent?: boolean
  /** A person asks: also channels that are being left alone after failures are tried. */
  readonly isAsked?: boolean
}

const MINUTE_MS = 60_000
/** All channels together get this long; what is left waits for the next look. */
const DELIVERY_LIMIT_MS = 60_000

/** The database must be migrated. Books it does not hold yet are passed over. */
export async function evaluateAlerts(
  environment: AlertEnvironment,
  config: Config,
  { isSilent = false, isAsked = false }: EvaluateOptions = {},
): Promise<AlertReport> {
  const { alerts } = config
  if (alerts === undefined) return { open: [], said: [], channels: [] }
  const open: (Alert & { readonly book: string })[] = []
  const said: (Said & { readonly book: string })[] = []
  const known = await listBooks(environment.database.kysely)
  const rules = rulesOf(config)
  const problems: unknown[] = []
  for (const book of config.books) {
    const stored = known.find(({ name }) => name === book.name)
    if (stored === undefined) continue
    try {
      const looked = await lookAtBook(environment, { alerts, book, stored, rules })
      open.push(...looked.found.map((each) => ({ ...each, book: book.name })))
      said.push(...looked.said.map((each) => ({ ...each, book: book.name })))
    } catch (error) {
      problems.push(error)
    }
  }
  const channels = isSilent ? [] : await speakAll(environment, alerts.channels, isAsked)
  // One book's trouble keeps neither the other books nor what already waits from being said.
  if (problems.length > 0) throw problems[0]
  return { open, said, channels }
}

const rulesByConfig = new WeakMap<Config, PostingRules>()

/** Read once per configuration: a daemon looks every minute, and uses what it was started with. */
function rulesOf(config: Config): PostingRules {
  const known = rulesByConfig.get(config)
  if (known !== undefined) return known
  const { rules } = loadMappings(config.mappings)
  rulesByConfig.set(config, rules)
  return rules
}

interface BookLook {
  readonly alerts: NonNullable<Config['alerts']>
  readonly book: BookConfig
  readonly stored: Book
  readonly rules: PostingRules
}

async function lookAtBook({ database, clock }: AlertEnvironment, { alerts, book, stored, rules }: BookLook) {
  const { kysely } = database
  const nowMs = clock.nowMs()
  const { runLate } = alerts.rules
  const dueMs = runLate === null ? null : lastDueMs(book.schedule, nowMs - runLate.graceMinutes * MINUTE_MS)
  const facts = await readBookFacts(kysely, stored, { config: book, rules, nowMs, dueMs })
  const found = findAlerts(facts, alerts.rules)
  const { channels: listeners, repeatAfterMs } = alerts
  const look: Look = {
    found,
    listeners,
    nowMs,
    repeatAfterMs,
    evidenceOf: (alert) => evidenceOf(alert, facts, alerts.rules),
    overTitle: ({ rule, object }) => walletNow(rule, object, facts),
  }
  if (!(await isNews(kysely, stored.id, look))) return { found, said: [] }
  return { found, said: await kysely.transaction().execute((trx) => recordLook(trx, stored.id, look)) }
}

async function speakAll(
  { database, clock, env, signal, warn }: AlertEnvironment,
  channels: NonNullable<Config['alerts']>['channels'],
  isAsked: boolean,
): Promise<readonly ChannelResult[]> {
  const http = createAlertHttpClient()
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(DELIVERY_LIMIT_MS)])
    const delivery = { db: database.kysely, nowMs: clock.nowMs, signal: limit, isAsked }
    const results = await deliverPending(
      delivery,
      channels.map(({ name }) => name),
      (name) => {
        const channel = channels.find((each) => each.name === name)
        if (channel === undefined) throw new RangeError(`there is no channel ${name}`)
        return speakThrough(channel, env, http)
      },
    )
    for (const { error, isLeftAlone } of results) if (error !== null && !isLeftAlone) warn('alerts', error)
    return results
  } finally {
    await http.close()
  }
}
