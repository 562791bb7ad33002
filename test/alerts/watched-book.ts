/** A book whose figures a test sets directly, watched through real channels on 127.0.0.1, by a clock of its own. */
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { evaluateAlerts, type AlertReport, type EvaluateOptions } from '../../src/alerts/evaluate.ts'
import { parseConfig } from '../../src/config/load.ts'
import type { Config } from '../../src/config/model.ts'
import type { Database } from '../../src/db/database.ts'
import { saveWalletReading } from '../../src/evidence/readings.ts'
import { ensureBook, ensureSources, type Book } from '../../src/ledger/books.ts'
import { startServer, type TestServer } from '../http/support.ts'
import { newFolder } from '../support/databases.ts'

export const HOUR_MS = 3_600_000
export const START_MS = Date.UTC(2026, 2, 20, 12)

export interface Watched {
  readonly config: Config
  readonly env: Readonly<Record<string, string>>
  readonly book: Book
  /** Hours after the start. */
  readonly at: (hour: number) => void
  readonly wallet: (dollars: number) => Promise<void>
  /** On the book's database, or on another one that stands in for it. */
  readonly look: (options?: EvaluateOptions, on?: Database) => Promise<AlertReport>
  readonly chat: Channel
  readonly sms: Channel
  readonly warnings: readonly string[]
}

export interface Channel {
  /** The first line of every message it took, in order. */
  readonly heard: () => readonly string[]
  /** Every request, refused ones too. */
  readonly asked: () => number
  readonly answer: (status: number) => void
}

const USD = 100_000_000n

/** `rules` are more lines of the rules section; `chat` hears everything, `sms` only what is critical. */
export async function watch(
  database: Database,
  rules = 'sourceStale: false, walletBelow: { panel: "100" }',
): Promise<Watched> {
  const chat = await startChannel()
  const sms = await startChannel()
  const env = { CHAT_URL: `${chat.server.url}/hook`, SMS_URL: `${sms.server.url}/sms`, KEY: 'a-key' }
  const config = parseConfig(configText(rules), join(newFolder(), 'tieout.yaml'))
  const book = await ensureBook(database.kysely, { name: 'agency', currency: 'USD', timeZone: 'UTC' })
  const sources = await ensureSources(database.kysely, book, [{ name: 'panel', kind: 'panel' }])
  const source = sources.get('panel') ?? 0n
  const warnings: string[] = []
  let nowMs = START_MS
  let batch = 0
  const environment = {
    database,
    clock: { nowMs: () => nowMs },
    env,
    signal: new AbortController().signal,
    warn: (_source: string, sentence: string) => void warnings.push(sentence),
  }
  return {
    config,
    env,
    book,
    warnings,
    chat: chat.channel,
    sms: sms.channel,
    at: (hour) => (nowMs = START_MS + hour * HOUR_MS),
    look: (options, on = database) => evaluateAlerts({ ...environment, database: on }, config, options),
    wallet: async (dollars) => {
      batch += 1
      const balance = BigInt(dollars) * USD
      const reading = {
        batch,
        observedAtMs: nowMs,
        decimals: 5,
        moment: 'after',
        balance,
        currency: 'USD',
        booked: balance,
        consistent: true,
      } as const
      await saveWalletReading(database.kysely, book.id, source, 1, reading)
    },
  }
}

async function startChannel(): Promise<{ readonly server: TestServer; readonly channel: Channel }> {
  const statuses: number[] = []
  let status = 200
  const server = await startServer((response) => {
    statuses.push(status)
    response.writeHead(status).end()
  })
  onTestFinished(() => server.close())
  const heard = (): readonly string[] =>
    server.received.filter((_request, index) => statuses[index] === 200).map(({ body }) => titleOf(body))
  return { server, channel: { heard, asked: () => server.received.length, answer: (next) => (status = next) } }
}

function titleOf(body: string): string {
  return (JSON.parse(body) as { readonly title: string }).title
}

function configText(rules: string): string {
  return `database: 'sqlite::memory:'
alerts:
  channels:
    - { name: chat, type: webhook, webhookUrl: { env: CHAT_URL } }
    - { name: sms, type: webhook, severity: critical, webhookUrl: { env: SMS_URL } }
  rules: { proofDiffers: false, ${rules} }
books:
  - name: agency
    currency: USD
    sources:
      - { name: panel, type: panel, baseUrl: 'https://panel.example/api/v2', apiKey: { env: KEY }, currency: USD }
`
}
