/** A scripted Xero on 127.0.0.1, a token source that records what it was asked, and one journal as Xero answers it. */
import type { ServerResponse } from 'node:http'
import { onTestFinished } from 'vitest'
import type { XeroTargetConfig } from '../../../src/config/target-model.ts'
import type { TokenAnswer, TokenSource } from '../../../src/connections/token-source.ts'
import { unitsOf } from '../../../src/domain/money/money.ts'
import type { RateLimiter } from '../../../src/http/rate-limit.ts'
import type { EntryLine, TargetEntry } from '../../../src/targets/entry.ts'
import type { AccountingTarget } from '../../../src/targets/port.ts'
import { xeroBody } from '../../../src/targets/xero/body.ts'
import { createXeroTarget } from '../../../src/targets/xero/client.ts'
import type { ExchangeLimits } from '../../../src/targets/xero/exchange.ts'
import { json, NOW_MS, startServer, testClient, type Handler, type TestServer } from '../../http/support.ts'

export const TOKEN = 'eyJhbGciOi.first-access-token.c2ln'
export const RENEWED = 'eyJhbGciOi.second-access-token.c2ln'
export const TENANT = '4a1f3c6e-0000-4000-8000-7f2b5d9e1a00'
export const JOURNAL_ID = '99cb8353-ae44-440a-9ec2-8c4f6e4a1b11'

export interface Harness {
  readonly target: AccountingTarget
  readonly server: TestServer
  /** The tokens that were refused. */
  readonly renewals: readonly string[]
  /** "PUT /api/ManualJournals?…", the organisation left out. */
  readonly asked: () => readonly string[]
  readonly stop: AbortController
}

export interface HarnessOptions {
  readonly config?: Partial<XeroTargetConfig>
  readonly current?: TokenAnswer
  readonly renewed?: TokenAnswer
  readonly nowMs?: () => number
  readonly limits?: ExchangeLimits
  readonly limiter?: RateLimiter
  /** What /Organisation answers; otherwise it is Acme in USD with open books. */
  readonly organisation?: Handler
}

const freely: RateLimiter = { acquire: () => Promise.resolve() }

export async function startXero(handler: Handler, options: HarnessOptions = {}): Promise<Harness> {
  let others = 0
  const server = await startServer((response, request, index) => {
    if (request.url === '/api/Organisation' && options.organisation === undefined) return organisation(response)
    if (request.url === '/api/Organisation') return options.organisation?.(response, request, index)
    others += 1
    handler(response, request, others - 1)
  })
  const renewals: string[] = []
  const good = (accessToken: string): TokenAnswer => ({ ok: true, accessToken, companyId: TENANT })
  const tokens: TokenSource = {
    current: () => Promise.resolve(options.current ?? good(TOKEN)),
    renew: (refused) => {
      renewals.push(refused)
      return Promise.resolve(options.renewed ?? good(RENEWED))
    },
  }
  const { client } = testClient({ connections: 50 })
  const stop = new AbortController()
  const target = createXeroTarget(
    {
      config: { ...config(`${server.url}/api`), ...options.config },
      label: 'agency/books',
      http: client,
      tokens,
      limiter: options.limiter ?? freely,
      nowMs: options.nowMs ?? (() => NOW_MS),
      signal: stop.signal,
    },
    options.limits,
  )
  const asked = (): readonly string[] =>
    server.received.filter(({ url }) => url !== '/api/Organisation').map(({ method, url }) => `${method} ${url}`)
  onTestFinished(async () => {
    await target.close()
    await server.close()
    await client.close()
  })
  return { target, server, renewals, asked, stop }
}

function config(api: string): XeroTargetConfig {
  return {
    name: 'books',
    type: 'xero',
    clientId: { from: 'env', name: 'XERO_ID', where: 'clientId' },
    clientSecret: { from: 'env', name: 'XERO_SECRET', where: 'clientSecret' },
    redirectUri: 'http://localhost:8765/callback',
    from: '1900-01-01',
    linesPerEntry: 100,
    deliverOpenings: true,
    requestsPerMinute: 55,
    grant: 'authorization-code',
    postAs: 'posted',
    urls: { authorize: api, token: api, revoke: api, connections: api, api },
  }
}

export const ACME = {
  OrganisationID: 'b1f0a2d4-0000-4000-8000-000000000001',
  Name: 'Acme Ads',
  BaseCurrency: 'USD',
}

function organisation(response: ServerResponse): void {
  json(response, 200, { Id: 'x', Status: 'OK', Organisations: [ACME] })
}

export const money = unitsOf

export function line(account: string, amount: string, changes: Partial<EntryLine> = {}): EntryLine {
  return { account, amount: money(amount), description: `line on ${account}`, dimensions: [], entity: null, ...changes }
}

export function entry(changes: Partial<TargetEntry> = {}): TargetEntry {
  const document = changes.document ?? 'ACME-20261105-2'
  return {
    document,
    date: '2026-11-05',
    currency: 'USD',
    exchangeRate: null,
    memo: `${document} USD journal of 2026-11-05, ledger 121..130`,
    lines: [line('400', '97.10'), line('404', '2.90'), line('200', '-100.00')],
    ...changes,
  }
}

export const KEY = 'k-0123456789abcdef'

export function request(changes: Partial<TargetEntry> = {}): { body: string; key: string; document: string } {
  const sent = entry(changes)
  return { body: xeroBody({ postAs: 'posted' })(sent), key: KEY, document: sent.document }
}

/** A journal the way Xero holds it: dates of its own kind, an id, no name for a currency. */
export function held(changes: Partial<TargetEntry> = {}, more: Readonly<Record<string, unknown>> = {}): unknown {
  const { memo, date, lines } = entry(changes)
  return {
    Date: `/Date(${Date.parse(`${date}T00:00:00Z`)}+0000)/`,
    Status: 'POSTED',
    LineAmountTypes: 'NoTax',
    UpdatedDateUTC: '/Date(1773435300123+0000)/',
    ManualJournalID: JOURNAL_ID,
    Narration: memo,
    JournalLines: lines.map((one) => ({
      Description: one.description,
      TaxType: 'NONE',
      TaxAmount: 0,
      LineAmount: Number(one.amount) / 1e8,
      AccountCode: one.account,
      Tracking: one.dimensions.map(({ name, value }) => ({ Name: name, Option: value, Options: [] })),
      IsBlank: false,
    })),
    ShowOnCashBasisReports: true,
    HasAttachments: false,
    ...more,
  }
}

export function journals(
  response: ServerResponse,
  list: readonly unknown[],
  pagination?: { readonly page: number; readonly pageCount: number; readonly itemCount: number },
): void {
  const counted = pagination === undefined ? {} : { pagination: { ...pagination, pageSize: 500 } }
  json(response, 200, { Id: 'x', Status: 'OK', ProviderName: 'tieout', ...counted, ManualJournals: list })
}

/** Everything on one page. */
export function page(response: ServerResponse, list: readonly unknown[]): void {
  journals(response, list, { page: 1, pageCount: 1, itemCount: list.length })
}
