/** `tieout counters` as a person uses it: list what is held, rehearse a decision, take it, and be told what does not fit. */
import { createServer } from 'node:http'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { newFolder, run, type Ran } from './support.ts'

interface Desk {
  readonly tieout: (...argv: string[]) => Promise<Ran>
  /** One night's reading of impressions, clicks and earnings. */
  readonly night: (day: number, impressions: number, clicks: number, earnings: number) => Promise<void>
}

async function desk(): Promise<Desk> {
  let stats = {}
  const server = createServer((_message, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ success: true, role: 'publisher', stats }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no TCP address')
  const source = `name: pub, type: payelancer, role: publisher, currency: USD, requestsPerMinute: 60000, apiKey: { env: KEY }`
  const { path } = newFolder(`database: sqlite:./tieout.db
books:
  - name: agency
    currency: USD
    sources: [{ ${source}, baseUrl: 'http://127.0.0.1:${address.port}' }]
`)
  const tieout: Desk['tieout'] = (...argv) =>
    run(['--config', join(path, 'tieout.yaml'), ...argv], { env: { KEY: 'k' } })
  const night: Desk['night'] = async (day, impressions, clicks, earnings) => {
    stats = { impressions, clicks, earnings }
    await tieout('sync', '--now', `2026-03-0${day}T00:05:00Z`)
  }
  return { tieout, night }
}

const SIGNED = ['--by', 'Ada', '--why', 'mail of the network', '--now', '2026-03-03T09:00:00Z']

it('lists what is held, rehearses a decision, takes it once, and says what it posted', async () => {
  const { tieout, night } = await desk()
  await night(2, 1000, 50, 100)
  await night(3, 1100, 55, 60)
  const held = await tieout('counters', 'list', '--held')
  expect(held.stdout).toMatch(
    /3\.1 +pub +2026-03-03T00:05:00\.000Z +60\.00 +-40\.00 +\+100 +\+5 +held +COUNTER_DECREASE/,
  )
  expect(held.stdout).toContain('Decide with: tieout counters accept READING --as …, or reject READING.')
  expect((await tieout('exceptions', 'list')).stdout).toContain('reading 3.1: the counter fell by 40.00')
  const accept = ['counters', 'accept', '3.1', '--as', 'clawback', ...SIGNED]
  const rehearsed = await tieout(...accept, '--dry-run')
  expect(rehearsed.stdout).toBe(
    'Day         Kind      Amount  Memo\n' +
      '──────────  ────────  ──────  ───────────────────────────\n' +
      '2026-03-02  clawback   40.00  accepted as clawback by Ada\n' +
      'Reading 3.1 of pub: accepted, -40.00 (clawback by Ada: mail of the network).\n' +
      'pub: 1 transaction posted.\nDry run: nothing was kept.\n',
  )
  expect((await tieout('counters', 'list', '--held')).stdout).toContain('1 held reading.')
  const taken = JSON.parse((await tieout(...accept, '--json')).stdout)
  expect(taken).toMatchObject({
    source: 'pub',
    posted: 1,
    dryRun: false,
    readings: [
      {
        reading: '3.1',
        status: 'accepted',
        code: 'COUNTER_DECREASE',
        change: '-40.00000000',
        decided: { as: 'clawback', by: 'Ada', why: 'mail of the network' },
      },
    ],
  })
  expect((await tieout('counters', 'list', '--held')).stdout).toContain('0 held readings.')
  expect((await tieout('exceptions', 'list')).stdout).toContain('No open exceptions.')
  const again = await tieout(...accept)
  expect(again).toMatchObject({ exitCode: 2, stdout: '' })
  expect(again.stderr).toMatch(
    /^Reading 3\.1 \(2026-03-02\) was decided already: clawback, by Ada on 2026-03-03T09:00:00\.000Z\.\n/,
  )
})

it('takes another decision about a reading, and says what it reverses', async () => {
  const { tieout, night } = await desk()
  await night(2, 1000, 50, 200)
  await night(3, 1100, 55, 50)
  await night(4, 1200, 60, 120)
  expect((await tieout('counters', 'list')).stdout).toMatch(/\+70\.00 +\+100 +\+5 +provisional +rose as usual$/m)
  await tieout('counters', 'accept', '3.1', '--as', 'clawback', ...SIGNED)
  const payout = ['counters', 'accept', '3.1', '--as', 'payout', '--earned', '7.50', ...SIGNED]
  const rehearsed = (await tieout(...payout, '--dry-run')).stdout
  expect(rehearsed).toMatch(/^2026-03-02 +earn +7\.50 +accepted as payout by Ada$/m)
  expect(rehearsed).toMatch(/^2026-03-02 +clawback +-150\.00 +reverses what was booked of reading 3\.1/m)
  const taken: unknown = JSON.parse((await tieout(...payout, '--json')).stdout)
  expect(taken).toMatchObject({
    posted: 2,
    undecided: null,
    entries: [
      { kind: 'clawback', amount: '-150.00000000' },
      { kind: 'earn', amount: '7.50000000' },
    ],
  })
  const refused = await tieout('counters', 'accept', '3.1', '--as', 'clawback', '--earned', '3', ...SIGNED)
  expect(refused.stderr).toMatch(/^A clawback says itself how much it comes to\./)
})

it('says what stays undecided, in the proofs and before journals are approved', async () => {
  const { tieout, night } = await desk()
  await night(2, 1000, 50, 200)
  await night(3, 1100, 55, 50)
  await night(4, 1200, 60, 120)
  const proofs = await tieout('reconcile', 'proofs')
  expect(proofs.exitCode).toBe(1)
  expect(proofs.stdout).toMatch(/1100:pub .* -80\.00 to open +counter$/m)
  const json: unknown = JSON.parse((await tieout('reconcile', 'proofs', '--json')).stdout)
  const undecided = { since: '2026-03-02', reading: '3.1', booked: '70.00000000', low: '-80.00000000', high: 'open' }
  expect(JSON.stringify(json)).toContain(JSON.stringify(undecided))
  const approve = ['journals', 'approve', '--through', '2026-03-31', '--by', 'Ada', '--dry-run']
  const approved = await tieout(...approve)
  expect(approved.stderr).toContain(
    'Note: pub is undecided since 2026-03-02 (-80.00 to open in USD since then, 70.00 of it booked provisionally); to decide: tieout counters accept 3.1 --as MEANING.',
  )
  const document: unknown = JSON.parse((await tieout(...approve, '--json')).stdout)
  expect(document).toMatchObject({ undecided: [{ source: 'pub', ...undecided, days: ['2026-03-03'] }] })
})

it('says in words why a reading was booked, with the id of the rule in JSON', async () => {
  const { tieout, night } = await desk()
  await night(2, 1000, 50, 100)
  await night(3, 1100, 55, 110)
  await night(4, 1100, 55, 111)
  const listed = await tieout('counters', 'list')
  expect(listed.stdout).toMatch(/\+10\.00 +\+100 +\+5 +booked +rose as usual$/m)
  expect(listed.stdout).toMatch(/\+1\.00 +0 +0 +booked +corrected upwards, late$/m)
  expect(listed.stdout).not.toContain('counter/')
  const rows: unknown = JSON.parse((await tieout('counters', 'list', '--json')).stdout)
  expect(rows).toMatchObject([{ rule: 'counter/repost-up' }, { rule: 'counter/rise' }, { rule: null }])
})

it('says what a counter is taken as, and refuses what does not fit', async () => {
  const { tieout, night } = await desk()
  await night(2, 1000, 50, 100)
  await night(3, 10, 1, 0)
  const refusal = async (...argv: string[]): Promise<string> => {
    const { exitCode, stdout, stderr } = await tieout('counters', ...argv)
    expect([exitCode, stdout]).toEqual([2, ''])
    return stderr
  }
  expect(await refusal('accept', '3.1', '--as', 'spike-ok', ...SIGNED)).toMatch(/cannot be accepted as spike-ok/)
  expect(await refusal('accept', '9.1', '--as', 'reset', ...SIGNED)).toMatch(/There is no reading 9\.1/)
  expect(await refusal('accept', 'third', '--as', 'reset', ...SIGNED)).toMatch(/"third" is not the name of a reading/)
  expect(await refusal('accept', '2', '--as', 'reset', ...SIGNED)).toMatch(
    /cannot be accepted as reset: it is where counting starts/,
  )
  expect(await refusal('accept', '3', '--as', 'gift', ...SIGNED)).toMatch(
    /Say one of clawback, payout, reset, other-account, spike-ok, payout-returned, repost/,
  )
  expect(await refusal('accept', '3', '--as', 'reset', '--by', ' ', '--why', 'x')).toMatch(/needs a name and a reason/)
  expect(await refusal('reject', '3')).toMatch(/--by/)
  expect(await refusal('mode', 'pub', 'maybe', ...SIGNED)).toMatch(/"maybe" is not a mode/)
  expect(await refusal('mode', 'pubs', 'unpaid', ...SIGNED)).toMatch(/Did you mean "pub"\?/)
  expect(await refusal('mode', 'pub', 'lifetime', ...SIGNED)).toMatch(/taken as lifetime already/)
  expect((await tieout('status')).stdout).toContain('Now:        idle.\n')
  const shown = (await tieout('runs', 'list')).stdout
  expect(shown).toMatch(/ decision +mode lifetime, by Ada, of pub +failed +2026-03-03T09:00:00Z +0 s\n/)
  expect(shown).toMatch(/ decision +accept 9\.1 as reset, by Ada +failed /)
  expect((await tieout('counters', 'mode', 'pub', 'unpaid', ...SIGNED)).stdout).toMatch(
    /^The counter of pub is taken as/,
  )
  expect((await tieout('counters', 'list')).stdout).toContain('what is unpaid: payouts lower it')
  expect((await tieout('counters', 'reject', '3', ...SIGNED)).stdout).toContain('Reading 3.1 of pub: rejected')
})
