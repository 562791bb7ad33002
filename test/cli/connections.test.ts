/** `tieout connect`, `connections` and `disconnect` as a person types them, and that no token is in anything they leave. */
import { randomBytes } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { CliIo } from '../../src/cli/io.ts'
import { startTokenServer, type TokenServer } from '../connections/token-server.ts'
import { CONFIG, newFolder, run, type Folder, type Ran } from './support.ts'

const KEY = randomBytes(32).toString('base64')
const ENV = { CLIENT_ID: 'the-client-id', CLIENT_SECRET: 'the-client-secret', TIEOUT_TOKEN_KEY: KEY, USER: 'ann' }

const config = (url: string): string => `tokenKey: { env: TIEOUT_TOKEN_KEY }
${CONFIG}    targets:
      - name: qbo
        type: quickbooks
        from: '2026-01-01'
        requestsPerMinute: 60000
        clientId: { env: CLIENT_ID }
        clientSecret: { env: CLIENT_SECRET }
        urls: { authorize: ${url}/authorize, token: ${url}/token, revoke: ${url}/revoke, api: ${url}/api }
      - name: xero
        type: xero
        from: '2026-01-01'
        requestsPerMinute: 60000
        clientId: { env: CLIENT_ID }
        clientSecret: { env: CLIENT_SECRET }
        urls:
          authorize: ${url}/authorize
          token: ${url}/token
          revoke: ${url}/revoke
          connections: ${url}/connections
          api: ${url}/api
`

interface Office {
  readonly server: TokenServer
  readonly folder: Folder
  readonly tieout: (argv: readonly string[], overrides?: Partial<CliIo>) => Promise<Ran>
  readonly connect: (target: string, ...more: string[]) => Promise<Ran>
}

async function office(): Promise<Office> {
  const server = await startTokenServer()
  const folder = newFolder(config(server.url))
  const tieout: Office['tieout'] = (argv, overrides = {}) =>
    run(['--config', join(folder.path, 'tieout.yaml'), ...argv], { env: ENV, ...overrides })
  const connect: Office['connect'] = async (target, ...more) => {
    let shown = ''
    const stderr = { write: (text: string) => void (shown += text), isTty: false, columns: undefined }
    const readLine = (): Promise<string> => {
      const url = new URL(shown.split('\n').find((line) => line.startsWith(server.url)) ?? '')
      const state = url.searchParams.get('state') ?? ''
      return Promise.resolve(`http://localhost:8765/callback?code=the-code&state=${state}&realmId=4620816365`)
    }
    const ran = await tieout(['connect', target, '--no-browser', ...more], { readLine, stderr })
    return { ...ran, stderr: shown }
  }
  return { server, folder, tieout, connect }
}

describe('tieout connect', () => {
  it('connects a target of a book that has never run, and shows it', async () => {
    const { tieout, connect } = await office()
    expect((await tieout(['connections'])).stdout).toMatch(/agency +qbo +quickbooks +not connected/)
    expect(await connect('qbo')).toMatchObject({
      exitCode: 0,
      stdout:
        'Target qbo is connected to Realm Ltd (4620816365).\nIts tokens are encrypted with tokenKey; tieout connections shows how long they last.\n',
    })
    const { stdout, exitCode } = await tieout(['connections'])
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/agency +qbo +quickbooks +connected +Realm Ltd \(4620816365\)/)
    expect(stdout).toMatch(/agency +xero +xero +not connected/)
    expect(stdout).toContain('xero: run tieout connect xero --book agency.')
    await connect('xero')
    expect((await tieout(['connections', 'list'])).exitCode).toBe(0)
  })

  it.each([
    [
      randomBytes(32).toString('base64'),
      'another key',
      'other-key',
      /qbo: The tokens of target qbo were encrypted with/,
    ],
    ['short', 'no key', 'no-key', /qbo: .*is not a key: 32 bytes.* Make one with/],
    ['', 'no key', 'no-key', /qbo: .*TIEOUT_TOKEN_KEY, which is empty/],
  ])('shows under the key %j that its tokens cannot be used', async (key, words, state, sentence) => {
    const { tieout, connect } = await office()
    await connect('qbo')
    await connect('xero')
    expect((await tieout(['connections'])).exitCode).toBe(0)
    const env = { ...ENV, TIEOUT_TOKEN_KEY: key }
    const shown = await tieout(['connections'], { env })
    expect(shown.exitCode).toBe(1)
    expect(shown.stdout).toMatch(new RegExp(`qbo +quickbooks +${words} +Realm Ltd`))
    expect(shown.stdout).toMatch(sentence)
    const { stdout } = await tieout(['connections', '--json'], { env })
    expect(JSON.parse(stdout)).toMatchObject({
      connections: [
        { target: 'qbo', state },
        { target: 'xero', state },
      ],
    })
  })

  it('shows that a token was changed, and asks for no key where nothing is stored', async () => {
    const { tieout, connect, folder } = await office()
    await connect('qbo')
    const { kysely } = await folder.database()
    const { access_token: token } = await kysely
      .selectFrom('connection')
      .select('access_token')
      .executeTakeFirstOrThrow()
    await kysely
      .updateTable('connection')
      .set({ access_token: `${token?.slice(0, -4)}AAAA` })
      .execute()
    expect((await tieout(['connections'])).stdout).toMatch(/qbo +quickbooks +tokens damaged/)
    await tieout(['disconnect', 'qbo'])
    const env = { ...ENV, TIEOUT_TOKEN_KEY: '' }
    expect((await tieout(['connections'], { env })).stdout).toMatch(/qbo +quickbooks +disconnected/)
  })

  it('gives programs every instant and scope, and no token', async () => {
    const { tieout, connect } = await office()
    await connect('xero', '--by', 'Ann Accountant')
    const { stdout } = await tieout(['connections', '--json'])
    expect(JSON.parse(stdout)).toMatchObject({
      connections: [
        { target: 'qbo', state: 'never', company: null },
        {
          target: 'xero',
          state: 'good',
          company: { id: 'tenant-1', name: 'Org', currency: 'NZD' },
          scopes: ['accounting.settings.read'],
          connectedBy: 'Ann Accountant',
          accessExpiresAt: '2026-03-20T00:30:00Z',
          refreshExpiresAt: '2026-06-28T00:00:00Z',
        },
      ],
    })
  })

  it.each([
    [['connect', 'qb'], {}, /no target "qb".*Did you mean "qbo"/s],
    [['connect', 'qbo'], { env: { ...ENV, TIEOUT_TOKEN_KEY: '' } }, /TIEOUT_TOKEN_KEY, which is empty/],
    [['connect', 'qbo'], { env: { ...ENV, TIEOUT_TOKEN_KEY: 'no-key' } }, /is not a key: 32 bytes/],
    [['connect', 'qbo', '--no-browser'], { env: { ...ENV, CLIENT_SECRET: '' } }, /clientSecret.*CLIENT_SECRET/s],
    [['connect', 'qbo', '--no-browser'], {}, /nothing was pasted/],
  ] as const)('refuses %j in words', async (argv, overrides, says) => {
    const { tieout, folder } = await office()
    await folder.database()
    expect(await tieout(argv, overrides)).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(says) as string })
  })

  it('says that a connection is lost and what to run, and is whole again after that', async () => {
    const { server, folder, tieout, connect } = await office()
    await connect('qbo')
    const { kysely } = await folder.database()
    const trouble = 'QuickBooks (target qbo) no longer accepts this connection (invalid_grant).'
    await kysely.updateTable('connection').set({ status: 'broken', trouble }).execute()
    expect((await tieout(['connections'])).stdout).toContain(`qbo: ${trouble} Run tieout connect qbo --book agency.`)
    expect((await tieout(['status'])).stdout).toMatch(/Targets: +qbo needs reconnecting/)
    await connect('qbo')
    expect((await tieout(['status'])).stdout).toMatch(/Targets: +qbo connected to Realm Ltd/)
    expect(server.asked).toHaveLength(2)
  })

  it('leaves no token, code or secret in its output or in the database', async () => {
    const { tieout, connect, server, folder } = await office()
    const said: Ran[] = []
    said.push(await connect('qbo'), await connect('xero'), await connect('xero', '--json'))
    server.faults.push({ kind: 'answer', status: 400, body: { error: 'invalid_grant', why: server.newest() } })
    said.push(await connect('qbo', '--debug'))
    for (const argv of [['connections'], ['connections', '--json'], ['status'], ['status', '--json'], ['doctor']]) {
      said.push(await tieout([...argv, ...(argv[0] === 'doctor' ? ['--offline'] : [])]))
    }
    server.isDown = true
    said.push(await tieout(['disconnect', 'qbo', '--debug']), await tieout(['connections', '--json']))
    const database = readdirSync(folder.path)
      .filter((name) => name.startsWith('tieout.db'))
      .map((name) => readFileSync(join(folder.path, name), 'latin1'))
    const everything = [...said.flatMap(({ stdout, stderr }) => [stdout, stderr]), ...database].join('\n')
    const secrets = [...server.secrets, 'the-code', 'the-client-secret', KEY]
    expect(server.secrets.length).toBeGreaterThan(4)
    expect(secrets.filter((secret) => everything.includes(secret))).toEqual([])
  })
})
