/** Consent from the browser to the stored tokens, over a callback server of this machine and by pasting. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import type { TargetConfig, XeroTargetConfig } from '../../src/config/target-model.ts'
import { connectTarget, type ConnectRequest } from '../../src/connections/connect.ts'
import { disconnectTarget } from '../../src/connections/disconnect.ts'
import { lastLandedBatch, readBatch } from '../../src/log/landing.ts'
import { listConnections, type Connection } from '../../src/connections/store.ts'
import { createTokenSource } from '../../src/connections/renew.ts'
import type { Database } from '../../src/db/database.ts'
import { describeOnSqlite } from '../support/databases.ts'
import {
  agency,
  connected,
  ENV,
  newHttp,
  newVault,
  NOW_MS,
  quickbooksConfig,
  targetConfig,
  TYPES,
  xeroConfig,
} from './support.ts'
import { startTokenServer, type TokenServer } from './token-server.ts'

/** What the person's browser does with the address it is sent to. */
type Browser = (authorize: URL, pages: string[]) => Promise<void>

const visit = async (url: string, pages: string[]): Promise<void> => {
  const answer = await fetch(url)
  pages.push(`${answer.status} ${await answer.text()}`)
}

const RIGHT = '{back}?code=pasted&state={state}&realmId=realm-9#_=_'

/** Pastes one line after the other, then nothing; {back} is where the vendor was told to send the browser. */
function pasting(said: readonly string[], lines: readonly string[]): () => Promise<string> {
  const left = [...lines]
  return () => {
    const url = new URL(said.find((line) => /^http\S+\/authorize\?/.test(line)) ?? '')
    const back = url.searchParams.get('redirect_uri') ?? ''
    const state = url.searchParams.get('state') ?? ''
    const line = left.shift() ?? ''
    const plain = back.replace('http://', '')
    return Promise.resolve(line.replace('{back}', back).replace('{plain}', plain).replace('{state}', state))
  }
}

/** Consents, as company `realm` where the vendor says which. */
const allow: Browser = async (authorize, pages) => {
  const back = new URL(authorize.searchParams.get('redirect_uri') ?? '')
  back.search = new URLSearchParams({
    code: 'the-code',
    state: authorize.searchParams.get('state') ?? '',
    realmId: 'realm-1',
  }).toString()
  await visit(back.href, pages)
}

const deny: Browser = async (authorize, pages) => {
  const state = authorize.searchParams.get('state') ?? ''
  await visit(`${authorize.searchParams.get('redirect_uri') ?? ''}?error=access_denied&state=${state}`, pages)
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // a TCP server's address
  await new Promise((resolve) => server.close(resolve))
  return port
}

type Changes = Partial<Omit<ConnectRequest, 'ui'>> & { readonly ui?: Partial<ConnectRequest['ui']> }

interface Attempt {
  readonly said: string[]
  readonly pages: string[]
  /** Resolves when the browser has seen its last page. */
  readonly run: (changes?: Changes) => Promise<Awaited<ReturnType<typeof connectTarget>>>
}

async function attempt(database: Database, config: TargetConfig, browser: Browser): Promise<Attempt> {
  const { id } = await agency(database)
  const said: string[] = []
  const pages: string[] = []
  const visits: Promise<void>[] = []
  const redirectUri = `http://localhost:${await freePort()}/callback`
  const request: ConnectRequest = {
    kysely: database.kysely,
    book: id,
    config: { ...config, redirectUri },
    vault: newVault(),
    env: ENV,
    http: newHttp(),
    timeoutMs: 5000,
    nowMs: () => NOW_MS,
    company: null,
    statedPrefixes: new Map(),
    examine: () => Promise.resolve(),
    by: 'ann',
    consentTimeoutMs: 5000,
    signal: new AbortController().signal,
    ui: {
      say: (line) => void said.push(line),
      openBrowser: (url) => void visits.push(browser(new URL(url), pages)),
      paste: () => Promise.resolve(''),
      ask: null,
    },
  }
  const run: Attempt['run'] = async (changes = {}) => {
    try {
      return await connectTarget({ ...request, ...changes, ui: { ...request.ui, ...changes.ui } })
    } finally {
      await Promise.all(visits)
    }
  }
  return { said, pages, run }
}

const rows = async ({ kysely }: Database): Promise<readonly Connection[]> => listConnections(kysely, 1n)

describeOnSqlite('tieout connect', (fresh) => {
  it.each(TYPES)('connects %s over the browser, exchanging the code once', async (type) => {
    const server = await startTokenServer()
    const database = await fresh()
    const { run, pages } = await attempt(database, targetConfig(type, server.url), allow)
    await run()
    expect(pages).toEqual([expect.stringMatching(/^200 [^]*Consent received/)])
    expect(server.asked.map((form) => form.get('code'))).toEqual(['the-code'])
    const company =
      type === 'xero'
        ? { company_id: 'tenant-1', company_name: 'Org', company_currency: 'NZD', vendor_connection: 'conn-1' }
        : { company_id: 'realm-1', company_name: 'Realm Ltd', company_currency: null, vendor_connection: '' }
    expect(await rows(database)).toEqual([
      expect.objectContaining({ target: 'books', status: 'connected', version: 1n, connected_by: 'ann', ...company }),
    ])
  })

  it('asks Xero for the granular scopes, offline access and a verifier it sends only with the code', async () => {
    const server = await startTokenServer()
    let asked = new URLSearchParams()
    const { run } = await attempt(await fresh(), xeroConfig(server.url), (authorize, pages) => {
      asked = authorize.searchParams
      return allow(authorize, pages)
    })
    await run()
    expect(asked.get('scope')).toBe('offline_access accounting.manualjournals accounting.settings.read')
    expect(asked.get('code_challenge_method')).toBe('S256')
    const verifier = server.asked[0]?.get('code_verifier') ?? ''
    const digest = await crypto.subtle.digest('SHA-256', Buffer.from(verifier))
    expect(asked.get('code_challenge')).toBe(Buffer.from(digest).toString('base64url'))
  })

  it('lets a foreign state, another path and a second answer change nothing', async () => {
    const server = await startTokenServer()
    const { run, pages } = await attempt(await fresh(), quickbooksConfig(server.url), async (authorize, seen) => {
      const redirect = authorize.searchParams.get('redirect_uri') ?? ''
      await visit(`${redirect}?code=stolen&state=another&realmId=1`, seen)
      await visit(`${redirect}?code=stolen`, seen)
      await visit(`${redirect}/favicon.ico`, seen)
      server.faults.push({ kind: 'hang' })
      const first = allow(authorize, seen)
      await server.arrived(1)
      await allow(authorize, seen)
      server.release()
      await first
    })
    await run()
    expect(pages.map((page) => page.slice(0, 3))).toEqual(['400', '400', '404', '409', '200'])
    expect(server.asked).toHaveLength(1)
  })

  it('says that consent was refused, in the browser and as an error, and asks for no token', async () => {
    const server = await startTokenServer()
    const database = await fresh()
    const { run, pages } = await attempt(database, xeroConfig(server.url), deny)
    await expect(run()).rejects.toThrow(/refused in the browser/)
    expect(pages).toEqual([expect.stringContaining('The consent was not given')])
    expect(server.asked).toHaveLength(0)
    expect(await rows(database)).toEqual([])
  })

  it('tells the browser when no token came of the consent', async () => {
    const server = await startTokenServer()
    server.faults.push({ kind: 'answer', status: 503, body: {} })
    const { run, pages } = await attempt(await fresh(), quickbooksConfig(server.url), allow)
    await expect(run()).rejects.toThrow(/HTTP 503/)
    expect(pages).toEqual([expect.stringMatching(/^502 /)])
    expect(server.asked).toHaveLength(1)
  })

  it('stops waiting when nobody comes back, and at the first signal', async () => {
    const server = await startTokenServer()
    const { run } = await attempt(await fresh(), xeroConfig(server.url), () => Promise.resolve())
    await expect(run({ consentTimeoutMs: 1 })).rejects.toThrow(/Nobody came back/)
    await expect(run({ signal: AbortSignal.abort(new Error('interrupted')) })).rejects.toThrow('interrupted')
  })

  it('reads a pasted address, tells what is wrong with others, and gives up when nothing is pasted', async () => {
    const server = await startTokenServer()
    const { run, said } = await attempt(await fresh(), quickbooksConfig(server.url), allow)
    const ui = { openBrowser: null, paste: pasting(said, ['{back}?code=1&state=wrong&realmId=1', 'nonsense', RIGHT]) }
    expect(await run({ ui })).toMatchObject({ id: 'realm-9' })
    expect(said.filter((line) => line.startsWith('That is not'))).toEqual([
      expect.stringContaining('its state is not the one'),
      expect.stringContaining('it has no state'),
    ])
    await expect(run({ ui: { ...ui, paste: () => Promise.resolve('') } })).rejects.toThrow(/nothing was pasted/)
    expect(server.asked).toHaveLength(1)
  })

  it.each([
    ['of another host', 'http://evil.example/callback'],
    ['of another host without its scheme', 'evil.example/callback'],
    ['of another port', 'http://localhost:1/callback'],
    ['over another scheme', 'https://localhost/callback'],
    ['of another path', '{back}/more'],
    ['with the right one as its user', 'http://localhost@evil.example/callback'],
  ])('refuses a pasted address %s, though its state is right', async (_what, address) => {
    const server = await startTokenServer()
    const { run, said } = await attempt(await fresh(), quickbooksConfig(server.url), allow)
    const ui = { openBrowser: null, paste: pasting(said, [RIGHT.replace('{back}', address)]) }
    await expect(run({ ui })).rejects.toThrow(/does not start with http:\/\/localhost:\d+\/callback/)
    expect(server.asked).toEqual([])
  })

  it.each([
    ['the query alone', '?code=pasted&state={state}&realmId=realm-9'],
    ['no question mark', 'code=pasted&state={state}&realmId=realm-9'],
    ['no scheme', RIGHT.replace('{back}', '{plain}')],
  ])('takes a pasted answer with %s', async (_what, text) => {
    const server = await startTokenServer()
    const { run, said } = await attempt(await fresh(), quickbooksConfig(server.url), allow)
    expect(await run({ ui: { openBrowser: null, paste: pasting(said, [text]) } })).toMatchObject({ id: 'realm-9' })
  })
})

const second = { id: 'conn-2', tenantId: 'tenant-2', tenantName: 'Second' }

describeOnSqlite('the choice of a company', (fresh) => {
  const setUp = async (
    changes: Partial<XeroTargetConfig> = {},
  ): Promise<Attempt & { readonly server: TokenServer }> => {
    const server = await startTokenServer()
    server.companies.push(second)
    return { server, ...(await attempt(await fresh(), xeroConfig(server.url, changes), allow)) }
  }

  it('lists them for a person, and takes the number', async () => {
    const { run, said } = await setUp()
    const answers = ['7', '2']
    const ask = (): Promise<string> => Promise.resolve(answers.shift() ?? '')
    expect(await run({ ui: { ask } })).toMatchObject({ id: 'tenant-2', vendorConnection: 'conn-2' })
    expect(said).toContain('  2. Second (tenant-2)')
  })

  it('lists them in the error where there is nobody to ask', async () => {
    const { run } = await setUp()
    await expect(run()).rejects.toThrow(/Org \(tenant-1\); Second \(tenant-2\)/)
  })

  it('takes the one that is named by id or name, and no other', async () => {
    const { run } = await setUp()
    await expect(run({ company: 'third' })).rejects.toThrow(/does not reach "third"/)
    expect(await run({ company: 'tenant-2' })).toMatchObject({ id: 'tenant-2' })
    expect(await run()).toMatchObject({ id: 'tenant-2' })
    expect(await run({ company: 'org' })).toMatchObject({ id: 'tenant-1' })
  })

  it('does not move a target to another company unless it is named', async () => {
    const server = await startTokenServer()
    const database = await fresh()
    const { run } = await attempt(database, xeroConfig(server.url), allow)
    await run()
    server.companies.splice(0, 1, second)
    await expect(run()).rejects.toThrow(/has been connected to Org \(tenant-1\), and this consent is for Second/)
    expect(await rows(database)).toMatchObject([{ company_id: 'tenant-1', version: 1n }])
    await run({ company: 'tenant-2' })
    expect(await rows(database)).toMatchObject([{ company_id: 'tenant-2', version: 2n }])
  })

  it('knows the organisation of a custom connection, which needs no browser', async () => {
    const server = await startTokenServer()
    const database = await fresh()
    const config = xeroConfig(server.url, { grant: 'client-credentials' })
    const { run } = await attempt(database, config, () => Promise.reject(new Error('no browser is needed')))
    server.issue()
    await run()
    expect(await rows(database)).toMatchObject([{ company_id: 'org-1', company_currency: 'NZD' }])
    expect(server.asked[0]?.get('scope')).toBe('accounting.manualjournals accounting.settings.read')
  })
})

describeOnSqlite('tieout disconnect', (fresh) => {
  it.each(TYPES)('ends it at %s and forgets the tokens', async (type) => {
    const server = await startTokenServer()
    const database = await fresh()
    const { options } = await connected(database, targetConfig(type, server.url), server, 3_600_000)
    const refreshToken = server.newest()
    expect(await disconnectTarget(options, 'ann')).toMatchObject({ kind: 'done', isRevoked: true })
    expect(server.revoked).toEqual([refreshToken])
    expect(server.deleted).toEqual(type === 'xero' ? ['conn-1'] : [])
    expect(await rows(database)).toMatchObject([
      { status: 'disconnected', access_token: null, refresh_token: null, company_id: 'company-1' },
    ])
    expect(await disconnectTarget(options, 'ann')).toEqual({ kind: 'never' })
    const said = await readBatch(
      database.kysely,
      options.book.id,
      await lastLandedBatch(database.kysely, options.book.id),
    )
    expect(said).toMatchObject([{ kind: 'connection' }])
    expect(JSON.parse(said[0]?.body.toString('utf8') ?? '')).toMatchObject({
      to: 'disconnected',
      by: 'ann',
      companyId: 'company-1',
    })
    expect(said[0]?.body.includes(refreshToken)).toBe(false)
    expect(await createTokenSource(options).current()).toMatchObject({ ok: false, reconnect: true })
  })

  it('keeps a consent of Xero that serves another organisation', async () => {
    const server = await startTokenServer()
    server.companies.push(second)
    const { options } = await connected(await fresh(), xeroConfig(server.url), server, 3_600_000)
    expect(await disconnectTarget(options, 'ann')).toMatchObject({ says: expect.stringContaining('Second') as string })
    expect([server.deleted, server.revoked]).toEqual([['conn-1'], []])
  })

  it.each(TYPES)('forgets the tokens of %s also when the vendor cannot be reached', async (type) => {
    const server = await startTokenServer()
    const database = await fresh()
    const { options } = await connected(database, targetConfig(type, server.url), server, 3_600_000)
    server.isDown = true
    expect(await disconnectTarget(options, 'ann')).toMatchObject({ kind: 'done', isRevoked: false })
    expect(await rows(database)).toMatchObject([{ status: 'disconnected', refresh_token: null }])
  })

  it('forgets them also with a key that opens nothing', async () => {
    const server = await startTokenServer()
    const database = await fresh()
    const { options } = await connected(database, quickbooksConfig(server.url), server)
    const outcome = await disconnectTarget({ ...options, vault: newVault() }, 'ann')
    expect(outcome).toMatchObject({ isRevoked: false, says: expect.stringContaining('another key') as string })
    expect(await rows(database)).toMatchObject([{ refresh_token: null }])
  })
})
