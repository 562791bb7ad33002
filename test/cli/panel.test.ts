/** `tieout panel …` as a person and a script use it, against a panel on 127.0.0.1. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { CliIo } from '../../src/cli/io.ts'
import { orderingPanel, type OrderingPanel } from '../pipeline/ordering-panel.ts'
import { newFolder, run, type Ran } from './support.ts'

const LINK = 'https://example.com/page'
const WORD = ['--by', 'Ana', '--why', 'it is in the list']
const ADD = ['panel', 'add', '--service', '1', '--link', LINK, '--quantity', '100']

interface Desk {
  readonly panel: OrderingPanel
  readonly path: string
  readonly tieout: (argv: readonly string[], overrides?: Partial<CliIo>) => Promise<Ran>
}

async function desk(http = '{ timeoutMs: 2000, retries: 0 }'): Promise<Desk> {
  const panel = await orderingPanel()
  const { path } = newFolder(`database: sqlite:./tieout.db
http: ${http}
books:
  - name: agency
    currency: USD
    sources:
      - { name: netpanel, type: panel, baseUrl: '${panel.url}', apiKey: { env: NETPANEL_KEY }, currency: USD }
`)
  const env = { NETPANEL_KEY: 'a-key-of-the-tests' }
  return {
    panel,
    path,
    tieout: (argv, overrides) => run(['--config', join(path, 'tieout.yaml'), ...argv], { env, ...overrides }),
  }
}

/** Parsed stdout of a command with --json. */
function document(ran: Ran): unknown {
  return JSON.parse(ran.stdout)
}

function failure(ran: Ran): unknown {
  return JSON.parse(ran.stderr)
}

describe('the nights of a wallet', () => {
  it('are shown one a line, with what nothing explains, and as JSON', async () => {
    const { panel, tieout } = await desk()
    await tieout(['sync', '--now', '2026-03-02T00:05:00Z'])
    panel.wallet -= 250_000_000n
    await tieout(['sync', '--now', '2026-03-03T00:05:00Z'])
    const { exitCode, stdout } = await tieout(['panel', 'nights'])
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^2026-03-02 +100\.00$/m)
    expect(stdout).toMatch(/^2026-03-03 +-2\.50 +-2\.50 +97\.50$/m)
    expect(stdout).toContain('2 nights of netpanel, in USD.')
    expect(document(await tieout(['panel', 'nights', '--limit', '1', '--json']))).toMatchObject({
      source: 'netpanel',
      nights: [{ at: '2026-03-03T00:05:00.000Z', gained: '-2.50000000', rest: '-2.50000000', owed: '0.00000000' }],
    })
  })
})

describe('reading calls', () => {
  it('print the wallet, the catalogue and orders, and write no database', async () => {
    const { panel, tieout } = await desk()
    expect(await tieout(['panel', 'balance'])).toEqual({ exitCode: 0, stdout: 'netpanel: 100.00000 USD\n', stderr: '' })
    const balance = { source: 'netpanel', balance: '100.00', shown: '100.00000', currency: 'USD' }
    expect(document(await tieout(['panel', 'balance', '--json']))).toEqual(balance)
    const services = await tieout(['panel', 'services', '--search', 'comments'])
    expect(services.stdout).toMatch(/^ +2 {2}Comments {2}Custom Comments +8 +1 +1500 {2}Second$/m)
    expect(services.stdout).not.toContain('Followers')
    expect(document(await tieout(['panel', 'services', '--search', 'Starter', '--json']))).toMatchObject({
      services: [{ service: '9', type: 'Package', rate: '4.99', rateText: '4.99', min: '1', max: '1', refill: null }],
      unreadable: [],
    })
    panel.orders.set('7', { charge: 27_819_000n, status: 'Verzögert' })
    const status = await tieout(['panel', 'status', '7', '8'])
    expect(status.exitCode).toBe(1)
    expect(status.stdout).toContain('a status not known here; it moves no money')
    expect(status.stdout).toContain('the panel says: Incorrect order ID')
    expect(document(await tieout(['panel', 'status', '7', '--json']))).toMatchObject({
      orders: [{ orderId: '7', rawStatus: 'Verzögert', status: 'unknown', charge: '0.27819', remains: '0' }],
    })
    const exceptions = await tieout(['todo'])
    expect(exceptions.stderr).toContain('There is no database at')
  })

  it.each([
    [{ error: 'Invalid API key' }, 2, 'VENDOR_UNAUTHORIZED'],
    [{ status: 'success', data: 'Other' }, 65, 'VENDOR_UNEXPECTED_SHAPE'],
    ['<html>Just a moment</html>', 65, 'VENDOR_HTML'],
    ['{"cut', 75, 'VENDOR_NOT_JSON'],
    [{ error: 'Rate limit exceeded' }, 75, 'VENDOR_RATE_LIMITED'],
  ])('explain %j with an exit code and a next step', async (services, exitCode, code) => {
    const { panel, tieout } = await desk()
    panel.services = services
    const ran = await tieout(['panel', 'services', '--json'])
    expect(ran.exitCode).toBe(exitCode)
    expect(failure(ran)).toMatchObject({ error: { code, exitCode, hint: expect.stringMatching(/\.$/) } })
  })

  it.each([
    ['600', '10 minutes, until 2026-'],
    ['61', '61 seconds, until 2026-'],
    ['86400', '1440 minutes, until 2026-'],
  ])('do not wait %s seconds for a limit, and say how long the vendor asks to wait', async (retryAfter, said) => {
    const { panel, tieout } = await desk('{ timeoutMs: 2000, retries: 4 }')
    for (const action of ['services', 'balance'])
      panel.answers.set(action, { status: 429, body: { error: 'Too many requests' }, retryAfter })
    const ran = await tieout(['panel', 'balance'])
    expect(ran.exitCode).toBe(75)
    expect(ran.stderr.replaceAll(/\s+/g, ' ')).toContain(`(HTTP 429), and it asks to wait ${said}`)
    expect(ran.stderr).toContain('http.commandWaitMs')
    expect(await tieout([...ADD, '--yes'])).toMatchObject({ exitCode: 75 })
    // Once by each command: what cannot be waited for is not asked again.
    expect(panel.count('balance')).toBe(2)
    expect(panel.count('add')).toBe(0)
  })

  it('say so when a limit does not say how long, and a minute is too long to wait', async () => {
    const { panel, tieout } = await desk('{ timeoutMs: 2000, retries: 4 }')
    panel.answers.set('balance', { status: 429, body: {} })
    const ran = await tieout(['panel', 'balance'])
    expect(ran).toMatchObject({
      exitCode: 75,
      stderr: expect.stringContaining('it does not say for how long') as string,
    })
    expect(panel.count('balance')).toBe(1)
  })

  it('wait for a limit as long as http.commandWaitMs says', async () => {
    const { panel, tieout } = await desk('{ timeoutMs: 2000, retries: 2, commandWaitMs: 60000, rateLimitWaitMs: 0 }')
    panel.answers.set('balance', { status: 429, body: {} })
    expect(await tieout(['panel', 'balance'])).toMatchObject({ exitCode: 75 })
    expect(panel.count('balance')).toBe(3)
  })

  it('send nobody to the address when the address answers', async () => {
    const { panel, tieout } = await desk()
    panel.services = { status: 'success', data: 'Empty Data' }
    expect(await tieout(['panel', 'services'])).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('0 services of netpanel'),
    })
    panel.answers.set('balance', { status: 200, body: { balance: '' } })
    expect(await tieout(['panel', 'balance'])).toMatchObject({
      exitCode: 65,
      stderr: expect.stringMatching(/has no balance\.[^]*the address and the key work\./),
    })
    panel.answers.set('multiStatus', { status: 400, body: { error: 'Incorrect action' } })
    const status = await tieout(['panel', 'status', '1', '2'])
    expect(status).toMatchObject({ exitCode: 65, stderr: expect.stringContaining('tieout doctor') })
    expect(status.stderr).toContain('multiAction')
    expect(status.stderr).not.toContain('Correct the request')
  })

  it('a hidden or missing balance is never shown as zero', async () => {
    const { panel, tieout } = await desk()
    panel.isWalletDead = true
    expect((await tieout(['panel', 'balance'])).exitCode).toBe(75)
  })
})

describe('panel add', () => {
  it('shows type, price and wallet, asks, and sends after a yes', async () => {
    const { panel, tieout } = await desk()
    const questions: string[] = []
    const ask = (text: string) => (question: string) => (questions.push(question), Promise.resolve(text))
    const no = await tieout(ADD, { ask: ask('') })
    expect(no.stdout).toContain('Expected charge: 0.09 USD (0.90 per 1,000)\nWallet: 100.00 USD, then 99.91\n')
    expect(no.stdout).toContain('Nothing was sent.')
    expect(no.exitCode).toBe(0)
    expect(panel.count('add')).toBe(0)
    const yes = await tieout(ADD, { ask: ask('y') })
    expect(yes.stdout).toContain('netpanel: order 23501 is placed.\nWallet 100.00 → 99.91 USD: it fell by 0.09')
    expect(questions[0]).toBe('Send this order for 0.09 USD to netpanel? [y/N] ')
    expect(panel.count('add')).toBe(1)
  })

  it('refuses to spend unasked where there is nobody to ask', async () => {
    const { panel, tieout } = await desk()
    expect(await tieout(ADD)).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--yes') })
    expect(panel.count('add')).toBe(0)
  })

  it('with --dry-run checks and shows, and sends and writes nothing', async () => {
    const { panel, tieout } = await desk()
    expect(document(await tieout([...ADD, '--dry-run', '--json']))).toMatchObject({
      source: 'netpanel',
      parameters: { service: '1', link: LINK, quantity: '100' },
      expectedCharge: [{ unit: 'per-1000', amount: '0.09', currency: 'USD' }],
      wallet: { balance: '100.00', currency: 'USD' },
      dryRun: true,
    })
    expect(panel.count('add')).toBe(0)
    expect((await tieout(['todo'])).stderr).toContain('There is no database at')
  })

  it('takes every type of the document, lists from files too', async () => {
    const { panel, path, tieout } = await desk()
    panel.services = [
      { service: '5', name: 'Search', type: 'SEO', rate: '1', min: 1, max: 1000 },
      { service: '6', name: 'Votes', type: 'poll', rate: '1', min: 1, max: 1000 },
      { service: '8', name: 'Invites', type: 'Invites from Groups', rate: '1', min: 1, max: 1000 },
      { service: '2', name: 'Comments', type: 'Custom Comments', rate: '1', min: 1, max: 1000 },
    ]
    const comments = join(path, 'comments.txt')
    writeFileSync(comments, 'nice\r\n\r\nso good\n')
    const base = ['panel', 'add', '--yes', '--link', LINK]
    await tieout([...base, '--service', '5', '--quantity', '9', '--keywords', 'red shoes,boots', '--keywords', 'hat'])
    await tieout([...base, '--service', '6', '--quantity', '9', '--answer-number', '2'])
    await tieout([...base, '--service', '8', '--quantity', '9', '--group', 'one', '--group', 'two'])
    await tieout([...base, '--service', '2', '--comments-file', comments, '--comment', 'first'])
    expect(panel.received.filter(({ action }) => action === 'add')).toEqual([
      { action: 'add', service: '5', link: LINK, quantity: '9', keywords: 'red shoes\nboots\nhat' },
      { action: 'add', service: '6', link: LINK, quantity: '9', answer_number: '2' },
      { action: 'add', service: '8', link: LINK, quantity: '9', groups: 'one\ntwo' },
      { action: 'add', service: '2', link: LINK, comments: 'first\nnice\nso good' },
    ])
  })

  it('sends nothing that the wallet cannot pay', async () => {
    const { panel, tieout } = await desk()
    panel.wallet = 8_000_000n
    expect(await tieout([...ADD, '--yes'])).toMatchObject({ exitCode: 65, stderr: expect.stringContaining('Top up') })
    expect(panel.count('add')).toBe(0)
  })

  it.each([
    [402, { error: 'Not enough funds' }, 65, 'ORDER_INSUFFICIENT_BALANCE'],
    [401, { error: 'Invalid API key' }, 2, 'ORDER_UNAUTHORIZED'],
    [429, { error: 'Rate limit exceeded' }, 75, 'ORDER_RATE_LIMITED'],
    [200, { error: 'neworder.error.invalid_link' }, 65, 'ORDER_VENDOR_ERROR'],
  ])('refused with %s %j ends in exit code %s', async (status, body, exitCode, code) => {
    const { panel, tieout } = await desk()
    panel.nextAdd = { status, body }
    const ran = await tieout([...ADD, '--yes', '--json'])
    expect(ran.exitCode).toBe(exitCode)
    expect(failure(ran)).toMatchObject({ error: { code } })
  })

  it('refused since such an order is there already is one to look for on the site', async () => {
    const { panel, tieout } = await desk()
    panel.nextAdd = { status: 200, body: { error: 'neworder.error.link_duplicate' } }
    const ran = await tieout([...ADD, '--yes'])
    expect(ran.exitCode).toBe(1)
    expect(ran.stdout).toContain(
      'it is not known whether order 1 was placed: The panel says that it has an order like it ("neworder.error.link_duplicate")',
    )
  })

  it('placed without the expected charge says so and ends in exit code 1', async () => {
    const { panel, tieout } = await desk()
    panel.charge = 8_000_000n
    const ran = await tieout([...ADD, '--yes'])
    expect(ran.exitCode).toBe(1)
    expect(ran.stdout).toContain('it fell by 0.08, expected 0.09.')
    expect(ran.stdout).toContain('That is not the price: REQUEST_UNCERTAIN stays open')
  })

  it('without an answer says what to do, and the word of a person settles it', async () => {
    const { panel, tieout } = await desk()
    panel.nextAdd = 'placed-then-dropped'
    const ran = await tieout([...ADD, '--yes'])
    expect(ran.exitCode).toBe(1)
    expect(ran.stdout).toContain(
      'the connection broke before an answer was complete; the wallet fell by 0.09, the price',
    )
    expect(ran.stdout).toContain('tieout decide E-1 placed --reference ORDER_ID')
    expect(ran.stdout).not.toContain('try again')
    const again = await tieout([...ADD, '--yes'])
    expect(again).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('Exactly this order was sent before (1)'),
    })
    const list = await tieout(['todo', '--code', 'REQUEST_UNCERTAIN', '--json'])
    expect(document(list)).toMatchObject({ items: [{ object: 'add:1', amount: '-0.09000000' }] })
    expect((await tieout(['explain', 'E-1'])).stdout).toContain(
      'It is answered by tieout decide E-1 placed, not-placed.',
    )
    const resolve = ['decide', 'E-1', 'placed', ...WORD]
    expect((await tieout(resolve)).stderr).toContain("What is its id at the vendor's?")
    expect((await tieout(['decide', 'E-1', 'sent', ...WORD])).stderr).toContain('Say one of placed, not-placed.')
    expect((await tieout([...resolve.slice(0, 3), '--reference', '23501'])).stderr).toContain("'--why <text>'")
    const unsigned = await tieout([...resolve, '--reference', '23501', '--why', ' '])
    expect(unsigned.stderr).toContain('A decision needs a name and a reason.')
    expect((await tieout([...resolve, '--reference', '23501'])).stdout).toContain('is order 23501')
    const waits = async () => document(await tieout(['todo', '--code', 'REQUEST_UNCERTAIN', '--json']))
    const back = ['undo', 'E-1', '--by', 'Ana', '--why', 'it was another order']
    expect((await tieout([...back, '--dry-run'])).stdout).toContain('Dry run: nothing was kept.')
    expect(await waits()).toMatchObject({ items: [] })
    expect((await tieout(back)).stdout).toBe('netpanel: it is not known again what became of order 1.\n')
    expect(await waits()).toMatchObject({ items: [{ id: 'E-1', object: 'add:1' }] })
    expect((await tieout(back)).stderr).toContain('Nobody has said of order 1 of "netpanel" what became of it.')
    expect((await tieout(['decide', 'E-1', 'not-placed', ...WORD])).stdout).toContain('is closed as not placed')
    await tieout(back)
    expect((await tieout([...resolve, '--reference', '23501'])).stdout).toContain('is order 23501')
    expect(document(await tieout(['todo', '--code', 'REQUEST_UNCERTAIN', '--json']))).toMatchObject({ items: [] })
    expect(panel.count('add')).toBe(1)
  })
})

describe('an order of unknown outcome', () => {
  it('warns when the order it is given was charged something else', async () => {
    const { panel, tieout } = await desk()
    panel.nextAdd = 'placed-then-dropped'
    await tieout([...ADD, '--yes'])
    panel.orders.set('777', { charge: 50_000_000n, status: 'Pending' })
    const resolve = ['decide', 'E-1', 'placed', ...WORD, '--dry-run', '--reference']
    const other = await tieout([...resolve, '777'])
    expect(other.stderr).toContain('order 777 was charged 0.50 USD, where order 1 should cost 0.09. Make sure')
    expect((await tieout([...resolve, '23501'])).stderr).not.toContain('should cost')
  })
})

describe('panel cancel and refill', () => {
  it('show one line per order, and say that a request is not a result', async () => {
    const { panel, tieout } = await desk()
    panel.request = [
      { order: 9, cancel: { status: 'success' } },
      { order: 2, error: 'Incorrect order ID' },
    ]
    const ran = await tieout(['panel', 'cancel', '9', '#2'])
    expect(ran.exitCode).toBe(1)
    expect(ran.stdout).toMatch(/^ +9 {2}requested/m)
    expect(ran.stdout).toMatch(/^ +2 {2}refused +Incorrect order ID/m)
    expect(ran.stdout).toContain('netpanel took 1 request of 2. A request is not a result')
    expect(panel.received.find(({ action }) => action === 'cancel')).toEqual({ action: 'cancel', orders: '9,2' })
    panel.request = { refill: 5 }
    expect(document(await tieout(['panel', 'refill', '9', '--json']))).toMatchObject({
      action: 'refill',
      orders: [{ orderId: '9', result: 'requested', says: 'refill 5' }],
    })
  })

  it('with --dry-run ask nothing, and refuse what is not an order id', async () => {
    const { panel, tieout } = await desk()
    expect((await tieout(['panel', 'cancel', '9', '--dry-run'])).stdout).toContain('Dry run: nothing was sent.')
    expect(await tieout(['panel', 'cancel', 'a b'])).toMatchObject({ exitCode: 2 })
    expect(panel.received).toEqual([])
  })
})
