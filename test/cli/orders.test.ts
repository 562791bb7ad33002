/** The registry from the command line: what is listed, what is shown of one order, and what a scan of ids says. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { orderingPanel, type OrderingPanel } from '../pipeline/ordering-panel.ts'
import { newFolder, run, type Ran } from './support.ts'

interface Registered {
  readonly panel: OrderingPanel
  readonly tieout: (...argv: readonly string[]) => Promise<Ran>
}

const HISTORY = [
  'ID,Date,Charge,Quantity,Service,Status',
  '101,2026-03-01 10:00:00,0.09,100,1 — Likes,Completed',
  '102,2026-03-02 10:00:00,1.00,1000,1 — Likes,In progress',
  '103,2026-03-03 10:00:00,0.50,500,2 — Views,In progress',
  '',
].join('\n')

async function registered(): Promise<Registered> {
  const panel = await orderingPanel()
  const source = `{ name: netpanel, type: panel, baseUrl: '${panel.url}', apiKey: { env: K }, currency: USD, timeZone: UTC, scanRequestsPerMinute: 1000 }`
  const { path } = newFolder(
    `database: sqlite:./tieout.db\nhttp: { retries: 0 }\nbooks: [{ name: agency, currency: USD, sources: [${source}] }]\n`,
  )
  const file = join(path, 'tieout.yaml')
  const tieout: Registered['tieout'] = (...argv) => run(['--config', file, ...argv], { env: { K: 'a-key' } })
  const history = join(path, 'history.csv')
  writeFileSync(history, HISTORY)
  const openings = join(path, 'openings.csv')
  writeFileSync(
    openings,
    'date,source,kind,amount,currency,reference,note\n2026-02-01,netpanel,opening-balance,100,USD,,\n',
  )
  panel.orders.set('101', { charge: 9_000_000n, status: 'Completed' })
  panel.orders.set('102', { charge: 40_000_000n, status: 'Canceled' })
  expect((await tieout('orders', 'import', history)).exitCode).toBe(0)
  await tieout('evidence', 'import', openings)
  await tieout('sync')
  await tieout('orders', 'add', '#104,105')
  return { panel, tieout }
}

function idsOf({ stdout }: Ran): readonly string[] {
  const { orders } = JSON.parse(stdout) as { readonly orders: readonly { readonly orderId: string }[] }
  return orders.map(({ orderId }) => orderId)
}

describe('tieout orders list', () => {
  it('shows what is known of each order, unknown as a dash', async () => {
    const { tieout } = await registered()
    const ran = await tieout('orders', 'list')
    expect(ran).toMatchObject({ exitCode: 0, stderr: '' })
    const [, , ...lines] = ran.stdout.split('\n')
    expect(lines[0]).toMatch(/^ +101 +history +2026-03-01 +completed +0\.09 +2026-03-29$/)
    expect(lines[1]).toMatch(/^ +102 +history +2026-03-02 +canceled +1\.00 +0\.60 +2026-03-30$/)
    expect(lines[2]).toMatch(/^ +103 +history +2026-03-03 +unknown to the panel +– +every run$/)
    expect(lines[3]).toMatch(/^ +104 +typed-in +– +not asked yet +– +every run$/)
    expect(lines).toContain('5 orders of netpanel, in USD.')
  })

  it.each([
    [['--unclear'], []],
    [['--unanswered'], ['103', '104', '105']],
    [['--due'], ['103', '104', '105']],
    [
      ['--due', '--now', '2026-04-05T00:00:00Z'],
      ['101', '102', '103', '104', '105'],
    ],
    [['--unanswered', '--due', '--after', '104'], ['105']],
  ])('with %j gives %j', async (flags, ids) => {
    const { tieout } = await registered()
    expect(idsOf(await tieout('orders', 'list', ...flags, '--json'))).toEqual(ids)
  })

  it('turns the page', async () => {
    const { tieout } = await registered()
    const first = await tieout('orders', 'list', '--limit', '2')
    expect(first.stdout).toContain('2 orders of netpanel, in USD. More: --after 102')
    const second = await tieout('orders', 'list', '--limit', '3', '--after', '102', '--json')
    expect(idsOf(second)).toEqual(['103', '104', '105'])
    expect(JSON.parse(second.stdout)).toMatchObject({ nextAfter: null })
  })
})

describe('tieout orders show', () => {
  it('gives everything known of one order and what is open about it', async () => {
    const { tieout } = await registered()
    const ran = await tieout('orders', 'show', '102')
    expect(ran).toMatchObject({ exitCode: 0, stderr: '' })
    for (const line of [
      /^Known from +order history file$/m,
      /^Charge now +0\.40000000 USD$/m,
      /^Highest charge +0\.40000000 USD$/m,
      /^Posted cost +1\.00000000 USD$/m,
      /^Claimed refund +0\.60000000 USD$/m,
      /^Unclear +–$/m,
    ])
      expect(ran.stdout).toMatch(line)
    const json = JSON.parse((await tieout('orders', 'show', '103', '--json')).stdout) as unknown
    expect(json).toMatchObject({
      orderId: '103',
      status: null,
      charge: null,
      listedCharge: '0.50000000',
      refusals: 1,
      exceptions: [{ code: 'ORDER_UNKNOWN' }],
    })
  })

  it('says how an order that is not registered gets there', async () => {
    const { tieout } = await registered()
    const ran = await tieout('orders', 'show', '999')
    expect(ran).toMatchObject({ exitCode: 2, stdout: '' })
    expect(ran.stderr).toMatch(/No order 999 of "netpanel" is registered\.\n.*tieout orders add 999 --source netpanel/)
  })
})

describe('tieout sync --scan-ids', () => {
  const backfill = ['sync', '--backfill', '2026-03-01..2026-03-02', '--source', 'netpanel'] as const

  it('says how many ids were asked about, found and unknown', async () => {
    const { panel, tieout } = await registered()
    panel.orders.set('90', { charge: 10_000_000n, status: 'Completed' })
    const ran = await tieout(...backfill, '--scan-ids', '1..110')
    expect(ran.stdout).toContain(
      'netpanel: scan of 1 to 110: 105 ids asked about, 1 found, 104 unknown. 5 ids passed over: registered or settled before.',
    )
    expect(ran.stdout).toContain('Unknown ids above 102, the newest order known, were not remembered')
    const again = await tieout(...backfill, '--scan-ids', '1..102', '--json')
    expect(JSON.parse(again.stdout)).toMatchObject({ scan: { asked: 0, found: 0, passedOver: 102 } })
    expect((await tieout('orders', 'show', '90')).stdout).toMatch(/^Known from +scan of ids$/m)
  })

  it.each([
    [['sync', '--scan-ids', '1..5'], /--scan-ids asks a panel about ids nobody registered.*\nAdd the days/],
    [
      ['sync', '--backfill', '2026-03-01..2026-03-02', '--scan-ids', '1..5'],
      /needs the panel.*\nName one with --source: netpanel/,
    ],
    [[...backfill, '--scan-ids', '5..1'], /5 is above 1/],
    [[...backfill, '--scan-ids', 'a..b'], /Give two order ids of digits/],
    [[...backfill, '--scan-ids', '1..10000001'], /10000001 ids; at most 10000000 at a time/],
  ])('refuses %j before anything is asked', async (argv, sentence) => {
    const { panel, tieout } = await registered()
    const before = panel.received.length
    const ran = await tieout(...argv)
    expect(ran).toMatchObject({ exitCode: 2, stdout: '' })
    expect(ran.stderr).toMatch(sentence)
    expect(panel.received).toHaveLength(before)
  })
})
