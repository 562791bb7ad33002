/** A QuickBooks that answers what a test tells it to, with the target in front of it, and entries to send. */
import { onTestFinished } from 'vitest'
import type { TokenSource } from '../../../src/connections/token-source.ts'
import type { EntryLine, TargetEntry } from '../../../src/targets/entry.ts'
import type { AccountingTarget } from '../../../src/targets/port.ts'
import { createQuickbooksTarget } from '../../../src/targets/quickbooks/client.ts'
import { json, NOW_MS, startServer, testClient, type Handler } from '../../http/support.ts'

export const REALM = '4620816365177562130'
/** What no message may ever hold. */
export const ACCESS_TOKENS = ['access-token-number-1', 'access-token-number-2']

export interface Asked {
  readonly method: string
  readonly path: string
  readonly parameters: Readonly<Record<string, string>>
  readonly authorization: string
  readonly body: string
}

/** What comes back to the nth request; text is sent as it is. */
export interface Scripted {
  readonly status?: number
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}
export type Script = (asked: Asked, index: number) => Scripted | 'hang up'

export interface Stage {
  readonly target: AccountingTarget
  readonly asked: readonly Asked[]
  readonly renewed: readonly string[]
  /** How many requests were let through by the limiter. */
  readonly passed: () => number
}

export const PREFERENCES = {
  Preferences: {
    AccountingInfoPrefs: { BookCloseDate: '2026-02-28', ClassTrackingPerTxnLine: true, TrackDepartments: true },
    CurrencyPrefs: { HomeCurrency: { value: 'USD' }, MultiCurrencyEnabled: true },
  },
}

interface StageOptions {
  readonly tokens?: Partial<TokenSource>
  readonly signal?: AbortSignal
}

export async function stage(
  script: Script,
  { tokens = {}, signal = new AbortController().signal }: StageOptions = {},
): Promise<Stage> {
  const asked: Asked[] = []
  const renewed: string[] = []
  let passed = 0
  const acquire = (asking?: AbortSignal): Promise<void> => {
    if (asking?.aborted === true) return Promise.reject(new Error('stopped'))
    passed += 1
    return Promise.resolve()
  }
  const handler: Handler = (response, { method, url, headers, body }, index) => {
    const { pathname, searchParams } = new URL(url, 'http://quickbooks')
    const authorization = headers.authorization ?? ''
    const request = { method, path: pathname, parameters: Object.fromEntries(searchParams), authorization, body }
    asked.push(request)
    const answer = script(request, index)
    if (answer === 'hang up') return void response.socket?.destroy()
    if (typeof answer.body !== 'string') return json(response, answer.status ?? 200, answer.body, answer.headers)
    response.writeHead(answer.status ?? 200, answer.headers ?? { 'content-type': 'application/json' })
    response.end(answer.body)
  }
  const server = await startServer(handler)
  const { client } = testClient()
  onTestFinished(async () => {
    await server.close()
    await client.close()
  })
  const [first = '', second = ''] = ACCESS_TOKENS
  const target = createQuickbooksTarget({
    config: {
      type: 'quickbooks',
      name: 'books',
      clientId: { from: 'env', name: 'ID', where: '' },
      clientSecret: { from: 'env', name: 'SECRET', where: '' },
      redirectUri: 'http://localhost:8765/callback',
      from: '2026-01-01',
      linesPerEntry: 250,
      deliverOpenings: true,
      requestsPerMinute: 400,
      urls: { authorize: '', token: '', revoke: '', api: server.url },
    },
    label: 'agency/books',
    http: client,
    tokens: {
      current: () => Promise.resolve({ ok: true, accessToken: first, companyId: REALM }),
      renew: (refused) => {
        renewed.push(refused)
        return Promise.resolve({ ok: true, accessToken: second, companyId: REALM })
      },
      ...tokens,
    },
    limiter: { acquire },
    nowMs: () => NOW_MS,
    signal,
  })
  return { target, asked, renewed, passed: () => passed }
}

/** Answers preferences by itself and leaves the rest to the script. */
export function withPreferences(script: Script): Script {
  return (asked, index) => (asked.path.endsWith('/preferences') ? { body: PREFERENCES } : script(asked, index))
}

export function fault(code: string, message: string, detail = '', type = 'ValidationFault'): object {
  return { Fault: { Error: [{ Message: message, Detail: detail, code, element: '' }], type }, time: 'now' }
}

export function line(account: string, amount: bigint, changes: Partial<EntryLine> = {}): EntryLine {
  return { account, amount, description: `on ${account}`, dimensions: [], entity: null, ...changes }
}

export const ENTRY: TargetEntry = {
  document: 'ACME-20261105-2',
  date: '2026-11-05',
  currency: 'USD',
  exchangeRate: null,
  memo: 'ACME-20261105-2 USD journal of 2026-11-05, ledger 121..130',
  lines: [line('35', 9_710_000_000n), line('60', 290_000_000n), line('79', -10_000_000_000n)],
}

/** As QuickBooks echoes a body: its own fields added, its own order. */
export function echo(body: string, changes: Readonly<Record<string, unknown>> = {}): object {
  const sent: unknown = JSON.parse(body)
  const fields = typeof sent === 'object' ? sent : {}
  return { time: 'now', JournalEntry: { ...fields, domain: 'QBO', SyncToken: '0', Id: '228', TotalAmt: 0, ...changes } }
}
