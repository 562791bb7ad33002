/** `tieout payelancer …` as a person uses it, against the sandbox's ad network. */
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startSandbox } from '../../src/sandbox/server.ts'
import { defaultWorldOptions } from '../../src/sandbox/world/options.ts'
import { createWorld } from '../../src/sandbox/world/world.ts'
import { json, startServer } from '../http/support.ts'
import { newFolder, run, type Ran } from './support.ts'

const CAMPAIGN = ['--name', 'Summer Shoe Sale', '--budget', '5.00', '--target-url', 'https://example.com/sale']

async function desk(): Promise<(...argv: readonly string[]) => Promise<Ran>> {
  const options = defaultWorldOptions({ seed: 1, startMs: Date.UTC(2026, 2, 1), days: 1, ordersPerDay: 1 })
  const sandbox = await startSandbox({ world: createWorld(options) })
  onTestFinished(() => sandbox.close())
  const [pub, ads] = [options.publishers[0]?.apiKey ?? '', options.advertisers[0]?.apiKey ?? '']
  return commands(`${sandbox.url}/payelancer`, { PUB_KEY: pub, ADS_KEY: ads })
}

function commands(url: string, env: Readonly<Record<string, string>>) {
  const { path } = newFolder(`database: sqlite:./tieout.db
http: { timeoutMs: 2000, retries: 3 }
books:
  - name: agency
    currency: USD
    sources:
      - { name: pub, type: payelancer, role: publisher, baseUrl: '${url}', apiKey: { env: PUB_KEY }, currency: USD, requestsPerMinute: 60000 }
      - { name: ads, type: payelancer, role: advertiser, baseUrl: '${url}', apiKey: { env: ADS_KEY }, currency: USD, requestsPerMinute: 60000 }
`)
  return (...argv: readonly string[]) => run(['--config', join(path, 'tieout.yaml'), ...argv], { env })
}

describe('payelancer', () => {
  it('shows the counters of either role, and the formats', async () => {
    const tieout = await desk()
    expect((await tieout('payelancer', 'stats', '--source', 'pub')).stdout).toMatch(
      /^pub \(publisher\): \d+ impressions, \d+ clicks, earnings [\d.]+ USD in all\.$/m,
    )
    expect(JSON.parse((await tieout('payelancer', 'stats', '--source', 'ads', '--json')).stdout)).toMatchObject({
      source: 'ads',
      role: 'advertiser',
      spent: expect.stringMatching(/^\d+\.\d\d/),
      currency: 'USD',
    })
    const formats = await tieout('payelancer', 'formats', '--source', 'ads')
    expect(formats.stdout).toContain('banner_300x250  Medium Rectangle')
    expect((await tieout('payelancer', 'stats')).stderr).toContain('Name one with --source: pub, ads.')
  })

  it('creates a campaign, whose budget is disclosed and not booked', async () => {
    const tieout = await desk()
    const create = ['payelancer', 'campaigns', 'create', '--source', 'ads', ...CAMPAIGN]
    expect((await tieout(...create, '--dry-run')).stdout).toContain('Dry run: nothing was sent.')
    expect(await tieout(...create)).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--yes') })
    const created = await tieout(...create, '--yes')
    expect(created.stdout).toMatch(
      /campaign "Summer Shoe Sale" is created as \w+\.\nIts budget of 5\.00 USD is a commit/,
    )
    expect(JSON.parse((await tieout('payelancer', 'campaigns', 'list', '--json')).stdout)).toMatchObject([
      { source: 'ads', state: 'created', name: 'Summer Shoe Sale', budget: '5.00', currency: 'USD' },
    ])
    expect(JSON.parse((await tieout('ledger', 'balances', '--json')).stdout)).toMatchObject({ rows: [] })
  })

  it.each([
    [['--name', ' ', '--budget', '5', '--target-url', 'https://x.example'], '--name: cannot be empty'],
    [['--name', 'x', '--budget', '5,00', '--target-url', 'https://x.example'], '--budget: must be a positive decimal'],
    [['--name', 'x', '--budget', '0', '--target-url', 'https://x.example'], '--budget: must be a positive decimal'],
    [['--name', 'x', '--budget', '5', '--target-url', 'javascript:alert(1)'], '--target-url: not an http(s) address'],
    [['--name', 'x', '--budget', '5', '--target-url', 'example.com'], '--target-url: not an http(s) address'],
  ])('refuses %j before sending anything', async (fields, says) => {
    const tieout = commands('http://127.0.0.1:9', { ADS_KEY: 'k' })
    const ran = await tieout('payelancer', 'campaigns', 'create', '--source', 'ads', '--yes', ...fields)
    expect(ran).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(says) })
  })

  it('is for advertisers only', async () => {
    const tieout = await desk()
    const ran = await tieout('payelancer', 'campaigns', 'create', '--source', 'pub', ...CAMPAIGN, '--yes')
    expect(ran).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('"pub" is a publisher account') })
  })

  it.each([
    ['a dropped connection', 'dropped', 1, 'unknown'],
    ['an upstream error', { status: 502, body: {} }, 1, 'unknown'],
    ['too little balance', { status: 402, body: { error: 'Insufficient balance' } }, 65, 'refused'],
    ['a refused key', { status: 401, body: { error: 'Invalid API key' } }, 2, 'refused'],
    ['a full limit', { status: 429, body: { error: 'Too many requests' } }, 75, 'refused'],
    ['success: false', { status: 200, body: { success: false, error: 'Name taken' } }, 65, 'refused'],
    ['an undocumented answer', { status: 200, body: { status: 'success', campaign_id: '77' } }, 1, 'unknown'],
    ['no id', { status: 200, body: { success: true } }, 0, 'created'],
  ] as const)('that gets %s is sent once', async (_name, fault, exitCode, state) => {
    const server = await startServer((response) => {
      if (fault === 'dropped') response.destroy()
      else json(response, fault.status, fault.body)
    })
    onTestFinished(() => server.close())
    const tieout = commands(server.url, { PUB_KEY: 'p', ADS_KEY: 'k' })
    const ran = await tieout('payelancer', 'campaigns', 'create', '--source', 'ads', ...CAMPAIGN, '--yes')
    expect(ran.exitCode).toBe(exitCode)
    expect(server.received).toHaveLength(1)
    const list = await tieout('payelancer', 'campaigns', 'list', '--json')
    expect(JSON.parse(list.stdout)).toMatchObject([{ state, campaignId: null }])
    expect(list.exitCode).toBe(state === 'unknown' ? 1 : 0)
    expect(ran.stdout + ran.stderr).not.toContain('next run')
  })
})

describe('a campaign of unknown outcome', () => {
  const CREATE = ['payelancer', 'campaigns', 'create', '--source', 'ads', '--yes']
  const RESOLVE = ['decide', 'E-1']
  const WORD = ['--by', 'Ana', '--why', 'looked in the account']

  async function lost() {
    let isDown = true
    const server = await startServer((response) => {
      if (isDown) json(response, 504, {})
      else json(response, 200, { success: true, id: 78 })
    })
    onTestFinished(() => server.close())
    const tieout = commands(server.url, { PUB_KEY: 'p', ADS_KEY: 'k' })
    const ran = await tieout(...CREATE, ...CAMPAIGN)
    isDown = false
    expect(ran.stdout).toContain('tieout decide E-1 not-placed --by NAME --why TEXT')
    const ref = /campaign "[^"]+" \((\d+)\) was created/.exec(ran.stdout)?.[1] ?? 'none'
    return { server, tieout, ref }
  }

  it('is refused when sent again, while another one is sent', async () => {
    const { server, tieout, ref } = await lost()
    const again = await tieout(...CREATE, ...CAMPAIGN)
    expect(again).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(`was sent before (${ref})`) })
    expect(again.stderr).toContain('tieout todo --source ads names it')
    expect(server.received).toHaveLength(1)
    const open = await tieout('todo', '--json')
    expect(open.stdout).toContain(`"object": "campaign:${ref}"`)
    const other = await tieout(...CREATE, '--name', 'Winter', ...CAMPAIGN.slice(2))
    expect(other.stdout).toContain('campaign "Winter" is created as 78.')
    const same = await tieout(...CREATE, '--name', 'Winter', ...CAMPAIGN.slice(2))
    expect(same).toMatchObject({ exitCode: 2, stdout: '' })
    expect(same.stderr).toMatch(/Exactly this campaign was placed .* ago, as campaign 78\. Nothing was sent\./)
    expect((await tieout(...CREATE, '--name', 'Winter', ...CAMPAIGN.slice(2), '--again')).exitCode).toBe(0)
    expect(server.received).toHaveLength(3)
  })

  it('is what a person says it is, kept with name and reason, once', async () => {
    const { tieout, ref } = await lost()
    await tieout(...CREATE, '--name', 'Winter', ...CAMPAIGN.slice(2))
    expect((await tieout(...RESOLVE, 'placed', ...WORD)).stderr).toContain("What is its id at the vendor's?")
    expect((await tieout(...RESOLVE, 'placed', '--reference', '78', ...WORD)).stderr).toContain(
      'Campaign 78 is campaign',
    )
    const dry = await tieout(...RESOLVE, 'placed', '--reference', '77', ...WORD, '--dry-run')
    expect(dry.stdout).toContain('Dry run: nothing was kept.')
    const said = await tieout(...RESOLVE, 'placed', '--reference', '77', ...WORD)
    expect(said).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('is campaign 77 of the account.') })
    const list = await tieout('payelancer', 'campaigns', 'list', '--json')
    expect(JSON.parse(list.stdout)).toMatchObject([
      {
        ref,
        state: 'created',
        campaignId: '77',
        detail: expect.stringContaining('Ana says: created as 77 (looked in the account)'),
      },
      { state: 'created', campaignId: '78' },
    ])
    expect((await tieout(...RESOLVE, 'not-placed', ...WORD)).stderr).toContain('E-1 is closed.')
    expect((await tieout('todo')).exitCode).toBe(0)
    expect((await tieout('ledger', 'verify')).exitCode).toBe(0)
    const back = ['undo', 'E-1', '--by', 'Ana', '--why', 'it was another one'] as const
    expect((await tieout(...back)).stdout).toBe(`ads: it is not known again what became of campaign ${ref}.\n`)
    expect((await tieout(...back)).stderr).toContain('Nobody has said of campaign')
    expect((await tieout('todo')).stdout).toContain('tieout decide E-1 not-placed')
    expect((await tieout(...RESOLVE, 'not-placed', ...WORD)).stdout).toContain('is closed as not created')
  })

  it('may be sent again when a person says that it was not created', async () => {
    const { server, tieout } = await lost()
    expect((await tieout(...RESOLVE, 'not-placed', ...WORD)).stdout).toContain('is closed as not created.')
    expect((await tieout(...CREATE, ...CAMPAIGN)).exitCode).toBe(0)
    expect(server.received).toHaveLength(2)
  })
})
