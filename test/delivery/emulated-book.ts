/**
 * A book with sealed journals, connected to emulators of QuickBooks and Xero. Made once, then copied: each case gets its
 * own database and its own emulators, which know the same tokens because those follow from the seed.
 */
import { copyFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadConfig } from '../../src/config/load.ts'
import { loadMappings } from '../../src/config/mappings.ts'
import type { BookConfig, Config } from '../../src/config/model.ts'
import { saveConnection } from '../../src/connections/store.ts'
import { openVault } from '../../src/connections/vault.ts'
import { openDatabase, type Database } from '../../src/db/database.ts'
import { migrate } from '../../src/db/migrate.ts'
import { findBook, type Book } from '../../src/ledger/books.ts'
import { landSettings } from '../../src/pipeline/sync.ts'
import { withRun } from '../../src/pipeline/with-run.ts'
import { withTarget } from '../../src/pipeline/delivery/target-client.ts'
import { saveCompany } from '../../src/targets/mapping/company-store.ts'
import { mappingState } from '../../src/targets/mapping/readiness.ts'
import { acceptMapping } from '../../src/targets/mapping/versions.ts'
import { connect, talkToTargets, type TargetTalk } from '../sandbox/target-talk.ts'
import { newFolder, newPostgresUrl, newSqliteUrl } from '../support/databases.ts'
import { newBook, post, type Event } from '../journals/support.ts'
import { standBetween, type Between } from './in-between.ts'
import { environmentOf } from './delivered-book.ts'
import { LASTING_ID, sealDays, START_MS } from './support.ts'

export const NAMES = ['quickbooks', 'xero'] as const
export type Name = (typeof NAMES)[number]

export const ENV = {
  TOKEN_KEY: Buffer.alloc(32, 7).toString('base64'),
  QB_ID: 'sandbox-quickbooks-id',
  QB_SECRET: 'sandbox-quickbooks-secret',
  XERO_ID: 'sandbox-xero-id',
  XERO_SECRET: 'sandbox-xero-secret',
  PANEL_KEY: 'unused',
}

/**
 * hard: QuickBooks takes two lines an entry, so that a journal goes in parts, and Xero's books are closed for its first
 * day, so that it goes out with another payload.
 */
export type Shape = 'plain' | 'hard'

/** The database is the caller's: this one only names a place. */
function configText(url: string, shape: Shape, books: readonly string[]): string {
  return `database: sqlite:./tieout.db
tokenKey: { env: TOKEN_KEY }
http: { retries: 0 }
books:
${books.map((book) => bookText(book, url, shape)).join('')}`
}

function bookText(book: string, url: string, shape: Shape): string {
  const urls = (name: Name, more: string): string =>
    `{ authorize: '${url}/${name}/authorize', token: '${url}/${name}/token', revoke: '${url}/${name}/revoke', ${more} }`
  return `  - name: ${book}
    currency: USD
    journals: { closedPeriod: ${shape === 'hard' ? 'first-open-day' : 'hold'} }
    sources:
      - { name: netpanel, type: panel, baseUrl: 'https://panel.example/api/v2', apiKey: { env: PANEL_KEY }, currency: USD }
    targets:
      - name: quickbooks
        type: quickbooks
        from: '2026-01-01'
        clientId: { env: QB_ID }
        clientSecret: { env: QB_SECRET }
        linesPerEntry: ${shape === 'hard' ? 2 : 250}
        requestsPerMinute: 60000
        urls: ${urls('quickbooks', `api: '${url}/quickbooks'`)}
      - name: xero
        type: xero
        from: '2026-01-01'
        clientId: { env: XERO_ID }
        clientSecret: { env: XERO_SECRET }
        requestsPerMinute: 60000
        urls: ${urls('xero', `connections: '${url}/xero/connections', api: '${url}/xero/api.xro/2.0'`)}
`
}

export interface Emulated {
  readonly talk: TargetTalk
  readonly config: Config
  readonly configPath: string
  readonly book: BookConfig
}

/** Emulators to which both connections of a prepared database are good; `through` may stand in between. */
export async function emulators(
  shape: Shape = 'plain',
  through?: (url: string) => Promise<string>,
  books: readonly string[] = ['acme-ads'],
): Promise<Emulated> {
  const talk = await talkToTargets()
  for (const name of NAMES) await connect(talk, name)
  if (shape === 'hard') {
    const closed = await talk.control('xero/settings', { periodLockDate: '2026-11-01' })
    if (closed.status !== 200) throw new Error(closed.text)
  }
  const path = join(newFolder(), 'tieout.yaml')
  const url = through === undefined ? talk.server.url : await through(talk.server.url)
  writeFileSync(path, configText(url, shape, books))
  const config = loadConfig(path)
  const [book] = config.books
  if (book === undefined) throw new Error('no book')
  return { talk, config, configPath: path, book }
}

export interface Watched extends Emulated {
  readonly between: Between
}

/** The same with a proxy in between, which can do harm. */
export async function watchedEmulators(shape: Shape = 'plain', books?: readonly string[]): Promise<Watched> {
  const held: { between: Between | null } = { between: null }
  const through = async (url: string): Promise<string> => {
    held.between = await standBetween(url)
    return held.between.url
  }
  const emulated = await emulators(shape, through, books)
  if (held.between === null) throw new Error('nothing stands between')
  return { ...emulated, between: held.between }
}

export interface Prepared {
  /** A database of its own for each case. */
  readonly copy: () => Promise<string>
}

export type Engine = 'sqlite' | 'postgres'

/** Journals of so many days, and what else happened on them, sealed; both targets connected, pulled and mapped. */
export async function prepare(engine: Engine, days: number, more: readonly Event[] = []): Promise<Prepared> {
  const url = engine === 'sqlite' ? newSqliteUrl() : await newPostgresUrl()
  const database = await openDatabase(url)
  await migrate(database, 0)
  const row = await newBook(database, 'acme-ads', LASTING_ID)
  if (more.length > 0) await post(database, row, more)
  await sealDays(database, row, days)
  await joined(database, row, await emulators())
  await database.close()
  return { copy: () => copyOf(engine, url) }
}

/** The book with landed settings, and both its targets connected, pulled and mapped. */
export async function joined(database: Database, row: Book, { talk, config, book }: Emulated): Promise<void> {
  const tokens = await talkToTargets()
  const mappings = loadMappings()
  const identity = { name: book.name, currency: 'USD', timeZone: 'UTC' }
  await withRun(environmentOf({ database, clock: { ms: START_MS } }), identity, 'delivery', {}, (context) =>
    landSettings(context, { ...identity, recognition: 'order', rules: mappings.rules, sources: [], money: null }),
  )
  for (const target of book.targets) {
    const name = target.type
    // The same consent on emulators of the same seed gives the same tokens.
    const { tokens: granted, realmId } = await connect(tokens, name)
    const companyId = name === 'quickbooks' ? realmId : ([...talk.server.targets.xero.organisations.keys()][0] ?? '')
    const soon = Date.now() + 1_500_000
    await saveConnection(
      database.kysely,
      openVault(config, ENV),
      { book: row.id, target: name },
      {
        type: name,
        companyId,
        companyName: 'Acme',
        currency: 'USD',
        vendorConnection: '',
        by: 'ann',
        nowMs: Date.now(),
        grant: {
          accessToken: granted.access_token,
          refreshToken: granted.refresh_token,
          accessExpiresAtMs: soon,
          refreshExpiresAtMs: soon + 86_400_000,
          hardExpiresAtMs: null,
          scopes: '',
        },
      },
    )
    const environment = { config, database, book: row, env: ENV, signal: new AbortController().signal }
    const pulled = await withTarget(environment, target, (client) => client.pull())
    if (pulled.kind !== 'ok') throw new Error(pulled.message)
    const key = { book: row.id, target: name }
    await saveCompany(database.kysely, key, pulled.value, { by: 'ann', nowMs: 0 })
    const state = await mappingState(database.kysely, { book: row.id, config: book, target, mappings })
    await acceptMapping(database.kysely, key, state.lines, { by: 'ann', nowMs: 0 })
  }
}

async function copyOf(engine: Engine, url: string): Promise<string> {
  if (engine === 'postgres') return newPostgresUrl({ copyOf: url })
  const copy = newSqliteUrl()
  copyFileSync(url.replace('sqlite:', ''), copy.replace('sqlite:', ''))
  return copy
}

export async function bookOf(database: Database) {
  return findBook(database.kysely, 'acme-ads')
}

/** Amounts are decimal text. */
interface HandEntry {
  readonly memo: string
  readonly status: string
  readonly document: string | null
  readonly date: string
  readonly currency: string
  readonly lines: readonly { readonly account: string; readonly amount: string; readonly description: string }[]
}

/** Documents in an emulator, each as often as it is there. */
export async function documentsAt({ talk }: Emulated, name: Name): Promise<readonly string[]> {
  const { json } = await talk.control(`${name}/entries`)
  return (json as readonly HandEntry[]).map(({ memo }) => memo.split(' ')[0] ?? '').toSorted()
}

/** Everything a person sees of the entries in an emulator, in the order of their documents; without ids and versions. */
export async function contentAt({ talk }: Emulated, name: Name): Promise<readonly HandEntry[]> {
  const { json } = await talk.control(`${name}/entries`)
  const names = name === 'quickbooks' ? quickbooksAccounts(talk) : new Map<string, string>()
  return (json as readonly HandEntry[])
    .map(({ memo, status, document, date, currency, lines }) => {
      const named = lines.map((line) => ({ ...line, account: names.get(line.account) ?? line.account }))
      return { memo, status, document, date, currency, lines: named }
    })
    .toSorted((a, b) => (a.memo < b.memo ? -1 : 1))
}

/** QuickBooks numbers its accounts, and another one in the chart moves them. */
function quickbooksAccounts({ server }: TargetTalk): ReadonlyMap<string, string> {
  const companies = [...server.targets.quickbooks.companies.values()]
  return new Map(companies.flatMap(({ accounts }) => accounts.map(({ id, fullName }) => [id, fullName] as const)))
}
