/** What the doctor says about accounting systems, from one that was never connected to one whose key is wrong. */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parseConfig } from '../../src/config/load.ts'
import { checkConnections } from '../../src/pipeline/doctor/connection-checks.ts'
import type { Database } from '../../src/db/database.ts'
import { connected, newVault, NOW_MS, xeroConfig } from '../connections/support.ts'
import { startTokenServer } from '../connections/token-server.ts'
import { describeOnSqlite, newFolder } from '../support/databases.ts'

const DAY_MS = 86_400_000
const KEY = randomBytes(32).toString('base64')

const text = (target: string): string => `database: sqlite:./x.db
tokenKey: { env: TIEOUT_TOKEN_KEY }
books:
  - name: agency
    currency: USD
    sources:
      - { name: panel, type: panel, baseUrl: 'https://panel.example/api/v2', apiKey: { env: KEY }, currency: USD }
    targets:
      - { name: books, from: '2026-01-01', clientId: { env: CLIENT_ID }, clientSecret: { env: CLIENT_SECRET }, ${target} }
`

async function look(database: Database | null, target = 'type: xero', key = KEY): Promise<readonly string[]> {
  const found = await checkConnections({
    config: parseConfig(text(target), join(newFolder(), 'tieout.yaml')),
    env: { TIEOUT_TOKEN_KEY: key },
    nowMs: NOW_MS,
    database,
    databaseError: null,
    databaseFolder: null,
    probes: [],
    freeBytes: () => 0,
    signal: new AbortController().signal,
  })
  return found.map(({ verdict, about, says, next }) => `${verdict} ${about}: ${says} ${next}`.trim())
}

describeOnSqlite('the check of connections', (fresh) => {
  const setUp = async (): Promise<Database> => {
    const server = await startTokenServer()
    const database = await fresh()
    await connected(database, xeroConfig(server.url), server, DAY_MS, newVault(KEY))
    return database
  }

  it('finds a target that was never connected, with a database and without', async () => {
    const never = ['warn agency/books: is not connected. Run tieout connect books --book agency.']
    expect(await look(await fresh())).toEqual(never)
    expect(await look(null)).toEqual(never)
  })

  it('finds one that is in order, and each way in which it is not', async () => {
    const database = await setUp()
    const set = (values: object) => database.kysely.updateTable('connection').set(values).execute()
    expect(await look(database)).toEqual(['ok agency/books: connected to Org'])
    await set({ trouble: 'Xero answered HTTP 503.' })
    expect(await look(database)).toEqual([expect.stringMatching(/^warn agency\/books: Xero answered HTTP 503/)])
    await set({ trouble_at_ms: BigInt(NOW_MS + 2 * DAY_MS) })
    expect(await look(database)).toEqual([expect.stringMatching(/^fail agency\/books: no token has come for more/)])
    await set({ trouble: null, hard_expires_at_ms: BigInt(NOW_MS + 3 * DAY_MS) })
    expect(await look(database)).toEqual([expect.stringContaining('consent ends on 2026-11-24, whatever is done')])
    await set({ hard_expires_at_ms: BigInt(NOW_MS) })
    expect(await look(database)).toEqual([expect.stringMatching(/^fail .* consent ended on 2026-11-21/)])
    await set({ status: 'disconnected', access_token: null, refresh_token: null })
    expect(await look(database)).toEqual([expect.stringMatching(/^warn .* is disconnected/)])
  })

  it('finds a key that opens nothing, and one that is no key', async () => {
    const database = await setUp()
    expect(await look(database, 'type: xero', randomBytes(32).toString('hex'))).toEqual([
      expect.stringMatching(/^fail books: The tokens .* encrypted with another key/),
    ])
    expect(await look(database, 'type: xero', 'no-key')).toEqual([
      expect.stringMatching(/^fail token key: .* is not a key/),
      expect.stringMatching(/^ok /),
    ])
  })

  it.each([
    ["type: xero, redirectUri: 'http://127.0.0.1:8765/callback'", /which Xero does not take/],
    ["type: quickbooks, redirectUri: 'http://books.example/callback'", /over plain http/],
  ])('warns of %s', async (target, says) => {
    expect(await look(null, target)).toContainEqual(expect.stringMatching(says))
  })

  it.each([
    "type: quickbooks, redirectUri: 'https://books.example/callback'",
    "type: quickbooks, redirectUri: 'http://127.0.0.1:8765/callback'",
    "type: xero, grant: client-credentials, redirectUri: 'http://127.0.0.1:1/x'",
  ])('finds nothing wrong with %s', async (target) => {
    expect(await look(null, target)).toEqual([expect.stringContaining('is not connected')])
  })
})
