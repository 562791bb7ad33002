/** The daemon's routes over a real spool, asked as a vendor would ask them. */
import { onTestFinished } from 'vitest'
import { parseConfig } from '../../src/config/load.ts'
import { openSpool, type Spool } from '../../src/db/spool.ts'
import type { Database } from '../../src/db/database.ts'
import { storeDeliveries, type NewDelivery } from '../../src/evidence/webhooks.ts'
import { createWebApp } from '../../src/web/app.ts'
import { createWebCounters, type WebCounters } from '../../src/web/counters.ts'
import { createDeliveryQueue } from '../../src/web/delivery-queue.ts'
import { readHookSecrets, type HookSecrets } from '../../src/web/hook-secrets.ts'
import { createLog } from '../../src/web/log.ts'
import type { ReportParts } from '../../src/web/report-routes.ts'
import type { Snapshot } from '../../src/web/monitor-routes.ts'
import { createSourceRate } from '../../src/web/source-rate.ts'

export const NOW_MS = Date.UTC(2026, 2, 20)
export const SECRET = 'the-secret-of-the-panel-of-agency'
export const OTHER_SECRET = 'the-secret-of-the-panel-of-shop-2'

export const ENV = {
  KEY: 'an-api-key',
  HOOK: SECRET,
  HOOK_2: OTHER_SECRET,
  SHORT: 'too-short',
  SPACED: 'with a space and / in it',
}

/** Each book has a panel "netpanel" with the named variable as its webhook secret. */
export function configWith(...hooks: readonly (readonly [book: string, variable: string])[]) {
  const books = hooks.map(
    ([book, variable]) => `  - name: ${book}
    currency: USD
    sources:
      - { name: netpanel, type: panel, baseUrl: 'https://panel.example/api/v2', apiKey: { env: KEY }, webhookSecret: { env: ${variable} }, currency: USD }
      - { name: quiet, type: panel, baseUrl: 'https://panel.example/api/v2', apiKey: { env: KEY }, currency: USD }`,
  )
  return parseConfig(`database: sqlite:./tieout.db\nbooks:\n${books.join('\n')}\n`, '/nowhere/tieout.yaml')
}

export function secretsOf(...hooks: readonly (readonly [book: string, variable: string])[]): HookSecrets {
  return readHookSecrets(configWith(...hooks), ENV)
}

export interface WebRig {
  readonly post: (path: string, body: string | Buffer, headers?: Readonly<Record<string, string>>) => Promise<Response>
  readonly get: (path: string) => Promise<Response>
  readonly app: ReturnType<typeof createWebApp>
  /** How many requests have come to where their rate is looked at. */
  readonly reached: () => number
  readonly spool: Spool
  readonly counters: WebCounters
  readonly log: readonly string[]
  /** Groups in the order they were committed. */
  readonly commits: readonly (readonly NewDelivery[])[]
}

export interface WebOptions {
  readonly secrets?: HookSecrets
  readonly perSecond?: number
  readonly waiting?: number
  /** Instead of storing. */
  readonly store?: (deliveries: readonly NewDelivery[]) => Promise<void>
  readonly read?: () => Promise<Snapshot>
  readonly reports?: ReportParts
  readonly nowMs?: () => number
}

export async function webRig(database: Database, options: WebOptions = {}): Promise<WebRig> {
  const spool = await openSpool(database, NOW_MS)
  onTestFinished(() => spool.close())
  const secrets = options.secrets ?? secretsOf(['agency', 'HOOK'], ['shop', 'HOOK_2'])
  const commits: (readonly NewDelivery[])[] = []
  const log: string[] = []
  const store = options.store ?? ((deliveries) => storeDeliveries(spool.kysely, deliveries))
  let problem: string | null = null
  const queue = createDeliveryQueue(
    async (deliveries) => {
      commits.push(deliveries)
      try {
        await store(deliveries)
      } catch (error) {
        problem = String(error)
        throw error
      }
    },
    { group: 1000, waiting: options.waiting ?? 5000 },
  )
  const counters = createWebCounters()
  const nowMs = options.nowMs ?? (() => NOW_MS)
  let reached = 0
  const rate = createSourceRate(options.perSecond ?? 1000, nowMs)
  const app = createWebApp(
    {
      secrets,
      queue,
      rate: {
        allow: (source) => {
          reached += 1
          return rate.allow(source)
        },
      },
      counters,
      log: createLog({ write: (line) => void log.push(line), secrets: secrets.secrets, nowMs }),
      nowMs,
    },
    {
      read: options.read ?? (() => Promise.resolve({ statuses: [], runs: [] })),
      problem: () => problem,
      counters,
      commits: queue.commits,
      nowMs,
      keepMs: 0,
    },
    options.reports ?? {
      password: null,
      books: [],
      page: () => Promise.reject(new Error('no book has a report here')),
    },
  )
  const post: WebRig['post'] = async (path, body, headers = {}) =>
    app.request(path, { method: 'POST', body: typeof body === 'string' ? body : new Uint8Array(body), headers })
  return { post, get: async (path) => app.request(path), app, reached: () => reached, spool, counters, log, commits }
}
