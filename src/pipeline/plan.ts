/** From the configuration to what a run needs: settings to land, and a client for each source, made when it is used. */
import type { BookConfig, HttpConfig, PanelConfig, SourceConfig } from '../config/model.ts'
import { resolveSecret, type Environment } from '../config/secrets.ts'
import type { Database } from '../db/database.ts'
import { reserveSlots } from '../db/rate-slots.ts'
import type { PostingRules } from '../domain/posting-rules.ts'
import { createHttpClient, type HttpClient } from '../http/client.ts'
import { createRateLimiter, type RateLimiter } from '../http/rate-limit.ts'
import { createSharedRateLimiter } from '../http/shared-rate-limit.ts'
import { machine } from '../machine/machine.ts'
import { exceptionSettings } from './exception-settings.ts'
import { moneyOf, payoutSettings } from './money-settings.ts'
import { createPanelClient } from '../sources/panel/client.ts'
import { createPayelancerClient } from '../sources/payelancer/client.ts'
import type { Clock } from './run-context.ts'
import type { BookPlan, SourcePlan } from './sync.ts'

/** Answers that take three seconds still come at a thousand a minute. */
const CONNECTIONS_PER_ORIGIN = 50
const MAX_BODY_BYTES = 64 * 1024 * 1024
/** Requests that may start at once after a pause; the limit per minute holds all the same. */
const BURST = 20
const SCAN_BURST = 2

export interface PlanEnvironment {
  readonly env: Environment
  readonly clock: Clock
  readonly http: HttpClient
  /** Where the pace is shared with other processes; null keeps one of its own. */
  readonly database: Database | null
}

/** The pace and retries of a run's HTTP follow the real clock; only what is recorded follows `--now`. */
export function createRunHttpClient(settings: HttpConfig, clock: Clock): HttpClient {
  const { timeoutMs, retries, rateLimitWaitMs, noAnswerWaitMs, maxWaitMs } = settings
  const limits = { windowMs: rateLimitWaitMs, noAnswerMs: noAnswerWaitMs, totalMs: maxWaitMs }
  return createHttpClient({
    userAgent: 'tieout (accounting sync)',
    connections: CONNECTIONS_PER_ORIGIN,
    timeoutsMs: { connect: Math.min(10_000, timeoutMs), headers: timeoutMs, body: timeoutMs, total: timeoutMs },
    maxBodyBytes: MAX_BODY_BYTES,
    retry: { attempts: retries + 1, baseDelayMs: 500, maxDelayMs: 60_000, limits },
    sleep: machine().sleep,
    random: machine().random,
    nowMs: clock.nowMs,
    wallMs: machine().nowMs,
  })
}

/** The same for a command that a person waits for: a limit that lasts longer is said instead of waited for. */
export function createCommandHttpClient(settings: HttpConfig, clock: Clock): HttpClient {
  const { maxWaitMs, commandWaitMs } = settings
  return createRunHttpClient({ ...settings, maxWaitMs: Math.min(maxWaitMs, commandWaitMs) }, clock)
}

export function planBook(book: BookConfig, rules: PostingRules, environment: PlanEnvironment): BookPlan {
  const { name, currency, timeZone, recognition, reading } = book
  const sources = book.sources.map((source) => planSource(source, environment))
  const exceptions = exceptionSettings(book.exceptions)
  return { name, currency, timeZone, recognition, rules, sources, money: moneyOf(book), reading, exceptions }
}

function planSource(source: SourceConfig, { env, http, database }: PlanEnvironment): SourcePlan {
  const { name, currency, timeZone } = source
  const client = () => ({
    name,
    url: source.baseUrl,
    key: resolveSecret(source.apiKey, env),
    http,
    limiter: limiterOf(source, database),
  })
  if (source.type === 'panel') {
    const { multiAction, sweepLimit, quietMoment, statusCodes, statusCurrency, chargeFromHistory } = source
    const { dripFeed, unlisted, creditDays } = source
    const task = () => {
      const settings = { ...client(), multiAction }
      const scanClient = createPanelClient({ ...settings, limiter: scanLimiter(source, settings.limiter) })
      return { name, currency, sweepLimit, quietMoment, client: createPanelClient(settings), scanClient }
    }
    const reading = {
      ...(statusCodes === undefined ? {} : { statusCodes }),
      ...(statusCurrency === undefined ? {} : { statusCurrency }),
      // Off is as if it were not there, so that books without it have the settings they always had.
      ...(chargeFromHistory === true ? { chargeFromHistory } : {}),
      ...(dripFeed === undefined ? {} : { dripFeed }),
      ...(unlisted === 'spend' ? { unlisted } : {}),
      ...(creditDays === undefined ? {} : { creditDays }),
    }
    return { name, currency, timeZone, kind: 'panel', ...reading, task }
  }
  return {
    name,
    currency,
    timeZone,
    kind: source.role,
    ...(source.counterMode === undefined ? {} : { counterMode: source.counterMode }),
    ...(source.payouts === undefined ? {} : { payouts: payoutSettings(source.payouts) }),
    task: () => ({ name, client: createPayelancerClient(client()) }),
  }
}

/** A scan keeps to its own, slower pace, and to the panel's as every request does. */
function scanLimiter({ scanRequestsPerMinute }: PanelConfig, panel: RateLimiter): RateLimiter {
  const perMinute = scanRequestsPerMinute
  const { nowMs, sleep } = machine()
  const scan = createRateLimiter({ perMinute, burst: SCAN_BURST, nowMs, sleep })
  return {
    acquire: async (signal) => {
      await scan.acquire(signal)
      await panel.acquire(signal)
    },
  }
}

/** One pace for all processes that ask a vendor; a dry run, which may write nothing that stays, keeps a pace of its own. */
function limiterOf({ baseUrl, requestsPerMinute }: SourceConfig, database: Database | null): RateLimiter {
  const perMinute = requestsPerMinute
  const { nowMs, monotonicMs, sleep } = machine()
  if (database === null || database.isScratch === true) {
    return createRateLimiter({ perMinute, burst: BURST, nowMs, sleep })
  }
  const { origin } = new URL(baseUrl)
  return createSharedRateLimiter({
    perMinute,
    reserve: (slots, intervalMs) => reserveSlots(database.kysely, origin, slots, intervalMs),
    nowMs: monotonicMs,
    sleep,
  })
}
