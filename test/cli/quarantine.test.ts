/** What was set aside, as a person meets it after a night with a poisoned answer: look, have it read again, close. */
import { createServer } from 'node:http'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { nested, statsOf } from '../poison/poisoned-book.ts'
import { newFolder, run, type Ran } from './support.ts'

interface Desk {
  readonly tieout: (...argv: string[]) => Promise<Ran>
  readonly write: (name: string, text: string) => string
  /** What the network answers from now on. */
  readonly answer: (body: string) => void
  readonly configure: (more: string) => void
}

async function desk(): Promise<Desk> {
  let body = statsOf('"10.00"')
  const server = createServer((_message, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no TCP address')
  const source = `name: pub, type: payelancer, role: publisher, currency: USD, requestsPerMinute: 60000, apiKey: { env: KEY }`
  const text = (more: string): string => `database: sqlite:./tieout.db
http: { noAnswerWaitMs: 0 }
books:
  - name: agency
    currency: USD
${more}    sources: [{ ${source}, baseUrl: 'http://127.0.0.1:${address.port}' }]
`
  const { path } = newFolder(text(''))
  const write: Desk['write'] = (name, content) => {
    writeFileSync(join(path, name), content)
    return join(path, name)
  }
  return {
    tieout: (...argv) => run(['--config', join(path, 'tieout.yaml'), ...argv], { env: { KEY: 'k' } }),
    write,
    answer: (next) => void (body = next),
    configure: (more) => void write('tieout.yaml', text(more)),
  }
}

const SIGNED = ['--by', 'Ada', '--why', 'the limit was too low', '--now', '2026-03-04T09:00:00Z']

it('goes on after a poisoned answer, shows it with its bytes, and reads it again when the limit is raised', async () => {
  const { tieout, answer, configure } = await desk()
  configure('    reading: { maxDepth: 8 }\n')
  await tieout('sync', '--now', '2026-03-02T00:05:00Z')
  answer(statsOf('"12.50"', `,"debug":${nested(3000)}`))
  for (const day of [3, 4]) {
    const night = await tieout('sync', '--now', `2026-03-0${day}T00:05:00Z`)
    expect(night).toMatchObject({ exitCode: 1 })
    expect(night.stdout + night.stderr).toContain('Payelancer gave an answer that is nested more than 8 deep')
  }
  const listed = await tieout('todo', '--set-aside')
  expect(listed.stdout).toMatch(/^2026-03-04T00:05:00\.000Z +pub +counter +\d+\.1 +Payelancer gave/m)
  expect(listed.stdout).toContain('1 row set aside.')
  const [name = ''] = /\d+\.1(?= +Payelancer)/.exec(listed.stdout) ?? []
  const shown = await tieout('explain', name)
  expect(shown).toMatchObject({ exitCode: 0, stderr: '' })
  expect(shown.stdout).toMatch(/\{"success":true,"role":"publisher","stat[^]* … \(\d+ characters more\)/)
  expect(shown.stdout).toContain(`Read it again: tieout decide ${name} retry --why TEXT`)
  const still = await tieout('decide', name, 'retry', ...SIGNED, '--dry-run')
  expect(still).toMatchObject({ exitCode: 1 })
  expect(still.stdout).toContain('Still not readable')
  answer(statsOf('"12.50"'))
  configure('    reading: { maxDepth: 8, maxMegabytes: 1 }\n')
  expect((await tieout('sync', '--now', '2026-03-05T00:05:00Z')).exitCode).not.toBe(70)
  expect((await tieout('todo', '--set-aside')).stdout).toBe('Nothing is set aside.\n')
  expect((await tieout('todo', '--set-aside', '--all')).stdout).toContain('2 rows set aside.')
  const late = await tieout('decide', name, 'retry', ...SIGNED)
  expect(late).toMatchObject({ exitCode: 2, stdout: '' })
  expect(late.stderr).toContain(`Row ${name} does not wait any more: a later answer of the same thing was read.`)
})

it('names a row of a file on every report until a person says that it is known', async () => {
  const { tieout, write } = await desk()
  const header = 'date,source,kind,amount,currency,reference,note\n'
  const file = write(
    'payouts.csv',
    `${header}2026-03-01,pub,payout,dear,USD,P-1,\n2026-03-01,nobody,payout,1.00,USD,P-2,\n`,
  )
  expect(await tieout('evidence', 'import', file, '--now', '2026-03-02T09:00:00Z')).toMatchObject({ exitCode: 1 })
  await tieout('sync', '--now', '2026-03-03T00:05:00Z')
  await tieout('sync', '--now', '2026-03-04T00:05:00Z')
  expect((await tieout('report', '--night', '2026-03-03')).stdout).toContain('2 rows are in quarantine')
  const queue = await tieout('todo')
  expect(queue.stdout).toMatch(/FILE_UNREAD quarantine:\d+\.1: /)
  const rows = JSON.parse((await tieout('todo', '--set-aside', '--json')).stdout) as readonly { readonly row: string }[]
  const first = rows.map(({ row }) => row).at(-1) ?? ''
  const shown = await tieout('explain', first)
  expect(shown.stdout).toContain('  2: 2026-03-01,pub,payout,dear,USD,P-1,\n')
  expect((await tieout('explain', first, '--json')).stdout).toContain('"canBeReadAgain": true')
  for (const [name] of queue.stdout.matchAll(/E-\d+(?=.*FILE_UNREAD .*quarantine:)/g)) {
    const said = ['decide', name, 'acknowledge', ...SIGNED]
    expect((await tieout(...said, '--dry-run')).stdout).toContain('Dry run: nothing was kept.')
    expect(await tieout(...said)).toMatchObject({ exitCode: 0, stderr: '' })
  }
  expect((await tieout('todo', '--set-aside')).stdout).toBe('Nothing is set aside.\n')
  expect((await tieout('todo')).stdout).not.toContain('FILE_UNREAD')
  expect((await tieout('ledger', 'verify')).exitCode).toBe(0)
})

it.each([
  [['explain', 'x'], '"x" names nothing that waits'],
  [['explain', '99.1'], 'No row 99.1 was set aside'],
  [['decide', '99.1', 'retry', ...SIGNED], 'There is no row 99.1 in quarantine'],
  [['decide', '99.1', 'acknowledge', ...SIGNED], '"acknowledge" does not fit a row that was set aside'],
  [['decide', '99.1', 'retry', '--amount', '3', ...SIGNED], '"retry" says nothing about --amount'],
])('refuses %j', async (argv, says) => {
  const { tieout } = await desk()
  await tieout('sync', '--now', '2026-03-02T00:05:00Z')
  const ran = await tieout(...argv)
  expect(ran).toMatchObject({ exitCode: 2, stdout: '' })
  expect(ran.stderr).toContain(says)
})
