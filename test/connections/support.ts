/** A connected target over a database of the test's own, and token sources that ask a server of the test's own. */
import { randomBytes } from 'node:crypto'
import { onTestFinished } from 'vitest'
import type { QuickbooksTargetConfig, TargetConfig, XeroTargetConfig } from '../../src/config/target-model.ts'
import { createTokenSource, type TokenSourceOptions } from '../../src/connections/renew.ts'
import { saveConnection } from '../../src/connections/store.ts'
import type { TokenSource } from '../../src/connections/token-source.ts'
import { vaultOf, type Vault } from '../../src/connections/vault.ts'
import type { Database } from '../../src/db/database.ts'
import { createHttpClient, type HttpClient } from '../../src/http/client.ts'
import { ensureBook, type Book } from '../../src/ledger/books.ts'
import type { TokenServer } from './token-server.ts'

export const NOW_MS = Date.UTC(2026, 10, 21, 9)
export const ENV = { CLIENT_ID: 'the-client-id', CLIENT_SECRET: 'the-client-secret' }
export const TYPES = ['quickbooks', 'xero'] as const

const common = {
  name: 'books',
  clientId: { from: 'env', name: 'CLIENT_ID', where: 'clientId' },
  clientSecret: { from: 'env', name: 'CLIENT_SECRET', where: 'clientSecret' },
  redirectUri: 'http://localhost:8765/callback',
  from: '2026-01-01',
  linesPerEntry: 100,
  deliverOpenings: true,
  requestsPerMinute: 55,
} as const

export function quickbooksConfig(url: string): QuickbooksTargetConfig {
  const urls = { authorize: `${url}/authorize`, token: `${url}/token`, revoke: `${url}/revoke`, api: `${url}/api` }
  return { ...common, type: 'quickbooks', urls }
}

export function xeroConfig(url: string, changes: Partial<XeroTargetConfig> = {}): XeroTargetConfig {
  const { urls } = quickbooksConfig(url)
  const more = { type: 'xero', grant: 'authorization-code', postAs: 'posted' } as const
  return { ...common, ...more, urls: { ...urls, connections: `${url}/connections` }, ...changes }
}

export function targetConfig(type: TargetConfig['type'], url: string): TargetConfig {
  return type === 'xero' ? xeroConfig(url) : quickbooksConfig(url)
}

export function newVault(key = randomBytes(32).toString('base64')): Vault {
  return vaultOf({ from: 'env', name: 'KEY', where: 'tokenKey' }, { KEY: key })
}

export function newHttp(totalMs = 5000): HttpClient {
  const http = createHttpClient({
    userAgent: 'tieout-test',
    connections: 4,
    timeoutsMs: { headers: totalMs, body: totalMs, connect: totalMs, total: totalMs },
    maxBodyBytes: 1 << 20,
    retry: { attempts: 1, baseDelayMs: 1, maxDelayMs: 1 },
    sleep: () => Promise.resolve(),
    random: () => 0.5,
    nowMs: () => NOW_MS,
  })
  onTestFinished(() => http.close())
  return http
}

export async function agency({ kysely }: Database): Promise<Book> {
  return ensureBook(kysely, { name: 'agency', currency: 'USD', timeZone: 'UTC' })
}

export interface Connected {
  readonly book: Book
  readonly config: TargetConfig
  readonly vault: Vault
  readonly options: TokenSourceOptions
  readonly accessToken: string
  /** Moves the clock of all sources made here. */
  readonly pass: (ms: number) => void
  readonly source: (changes?: Partial<TokenSourceOptions>) => TokenSource
}

/** A target whose access token has run out already, unless `livesMs` says otherwise. */
export async function connected(
  database: Database,
  config: TargetConfig,
  server: TokenServer,
  livesMs = 0,
  vault = newVault(),
): Promise<Connected> {
  const book = await agency(database)
  const tokens = server.issue()
  const grant = {
    ...tokens,
    accessExpiresAtMs: NOW_MS + livesMs,
    refreshExpiresAtMs: NOW_MS + 60 * 86_400_000,
    hardExpiresAtMs: null,
    scopes: 'accounting.settings.read',
  }
  const company = { companyId: 'company-1', companyName: 'Org', currency: 'USD', vendorConnection: 'conn-1' }
  const made = { type: config.type, ...company, by: 'ann', nowMs: NOW_MS, grant }
  await saveConnection(database.kysely, vault, { book: book.id, target: config.name }, made)
  let nowMs = NOW_MS
  const options: TokenSourceOptions = {
    kysely: database.kysely,
    book,
    config,
    vault,
    env: ENV,
    http: newHttp(),
    timeoutMs: 5000,
    nowMs: () => nowMs,
    sleep: () => new Promise((resolve) => setImmediate(resolve)),
    signal: new AbortController().signal,
  }
  return {
    book,
    config,
    vault,
    options,
    accessToken: tokens.accessToken,
    pass: (ms) => (nowMs += ms),
    source: (changes = {}) => createTokenSource({ ...options, ...changes }),
  }
}
