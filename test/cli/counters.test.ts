/** A held reading as a person meets it: listed, shown with what each answer would post, answered, and answered otherwise. */
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
    sources: [{ ${source}, counterMode: lifetime, baseUrl: 'http://127.0.0.1:${address.port}' }]
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

it('lists what is held, shows what each answer would post, takes one, and posts what was shown', async () => {
  const { tieout, night } = await desk()
  await night(2, 1000, 50, 100)
  await night(3, 1100, 55, 60)
  const held = await tieout('explain', 'pub')
  expect(held.stdout).toMatch(/3\.1 +pub +2026-03-03 +60\.00 +-40\.00 +1100 +55 +held +C2: the amount fell/)
  expect(held.stdout).toContain('Answer the held one: tieout todo --code COUNTER_HELD')
  const shown = (await tieout('explain', 'E-1')).stdout
  expect(shown).toContain('the amount fell: 100.00 before, 60.00 USD on 2026-03-03; waiting: 3.1 (60.00)')
  expect(shown).toContain('each answer would post: clawback -40.00, reset 0.00, other-account 0.00, wrong 0.00')
  expect(shown).toMatch(/clawback: .*\n +2026-03-02 Dr 4090:pub 40\.00\n +2026-03-02 Cr 1100:pub 40\.00/)
  expect(shown).toContain('right: not now, the amount fell; say clawback, payout or reset')
  const answer = ['decide', 'E-1', 'clawback', ...SIGNED]
  expect((await tieout(...answer, '--dry-run')).stdout).toContain('2026-03-02 Dr 4090:pub 40.00')
  expect((await tieout('explain', 'pub')).stdout).toContain('Answer the held one')
  expect((await tieout(...answer)).stdout).toContain('2026-03-02 Dr 4090:pub 40.00')
  expect((await tieout('explain', 'pub')).stdout).not.toContain('Answer the held one')
  expect((await tieout('todo')).stdout).toContain('Nothing else waits for a person.')
  const undone = await tieout('undo', 'E-1', ...SIGNED)
  expect(undone).toMatchObject({ exitCode: 2, stdout: '' })
  expect(undone.stderr).toContain('a later answer about the same reading replaces it')
  const again = await tieout(...answer)
  expect(again).toMatchObject({ exitCode: 2, stdout: '' })
  expect(again.stderr).toContain('it is closed')
  const otherwise = ['decide', 'E-1', 'reset', '--earned', '7.50', '--reading', '3.1', ...SIGNED]
  const taken = (await tieout(...otherwise)).stdout
  expect(taken).toContain('2026-03-02 Dr 1100:pub 7.50')
  expect(taken).toContain('2026-03-02 Dr 1100:pub 40.00')
  const rows: unknown = JSON.parse((await tieout('explain', 'pub', '--json')).stdout)
  expect(rows).toMatchObject([
    { reading: '3.1', rule: 'C4', answer: { as: 'reset', by: 'Ada' }, posts: [{ amount: '7.50000000' }] },
    { rule: 'C0' },
  ])
})

it('says what waits, in the proofs and before journals are approved', async () => {
  const { tieout, night } = await desk()
  await night(2, 1000, 50, 200)
  await night(3, 1100, 55, 210)
  await night(4, 1200, 60, 120)
  const proofs = await tieout('reconcile', 'proofs')
  expect(proofs.exitCode).toBe(1)
  expect(proofs.stdout).toMatch(/1100:pub .* a reading waits since 2026-03-03 +counter$/m)
  const approve = ['journals', 'approve', '--through', '2026-03-31', '--by', 'Ada', '--dry-run']
  expect((await tieout(...approve)).stderr).toContain(
    'Note: of the counter of pub a reading waits since 2026-03-03; answer it: tieout todo --code COUNTER_HELD.',
  )
  const document: unknown = JSON.parse((await tieout(...approve, '--json')).stdout)
  expect(document).toMatchObject({ waiting: [{ source: 'pub', held: { reading: '4.1', readings: 1 } }] })
})

it('refuses what does not fit, and keeps nothing of it', async () => {
  const { tieout, night } = await desk()
  await night(2, 1000, 50, 100)
  await night(3, 10, 1, 0)
  const refusal = async (...argv: string[]): Promise<string> => {
    const { exitCode, stdout, stderr } = await tieout('decide', 'E-1', ...argv)
    expect([exitCode, stdout]).toEqual([2, ''])
    return stderr
  }
  expect(await refusal('payout', ...SIGNED)).toContain('counterMode: lifetime')
  expect(await refusal('reset', '--reading', '9.1', ...SIGNED)).toContain('the counter has no reading 9.1')
  expect(await refusal('reset', '--reading', 'third', ...SIGNED)).toContain('Give the name of a reading')
  expect(await refusal('reset', '--earned', 'much', ...SIGNED)).toContain('Give an amount')
  expect(await refusal('wrong', '--earned', '1', ...SIGNED)).toContain('leave --earned out')
  expect(await refusal('top-up', ...SIGNED)).toContain('a COUNTER_HELD is resolved as payout')
  expect((await tieout('explain', 'pub')).stdout).toContain('Answer the held one')
})
