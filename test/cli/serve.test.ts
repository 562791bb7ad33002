/** The daemon as its users run it: a process that says where it listens, takes webhooks, and stops when asked. */
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished } from 'vitest'
import { EXIT_CODES } from '../../src/cli/exit-codes.ts'
import { logLevelOf, nightOutcome } from '../../src/cli/serve/night-outcome.ts'
import { ensureBook } from '../../src/ledger/books.ts'
import { claimTick, finishTick, knownSince } from '../../src/pipeline/serve/ticks.ts'
import { configText, daemon, SECRET, silentVendor, start } from './daemon.ts'
import { newFolder } from './support.ts'

function killIfAlive(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended, as it should.
  }
}

async function refusal(child: ChildProcess): Promise<{ readonly code: number; readonly said: string }> {
  if (child.stderr === null) throw new Error('the daemon has no errors')
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit') as Promise<[number]>])
  return { code, said }
}

it.each([
  ['done', 1, 'info'],
  ['stopped', 2, 'info'],
  ['busy', 1, 'info'],
  ['busy', 2, 'warn'],
  ['incomplete', 1, 'warn'],
  ['transient', 1, 'error'],
  ['crashed', 1, 'error'],
  ['failed', 1, 'error'],
] as const)('a night that ended as %s at attempt %i is logged as %s', (kind, attempt, level) => {
  expect(logLevelOf(kind, attempt)).toBe(level)
})

it.each([
  [0, 'closed', 'done'],
  [1, 'closed', 'done'],
  [0, 'not closed', 'crashed'],
  [1, 'not closed', 'crashed'],
  [1, 'without netpanel', 'incomplete'],
  [2, 'not closed', 'failed'],
  [65, 'not closed', 'failed'],
  [69, 'not closed', 'failed'],
  [70, 'not closed', 'crashed'],
  [70, 'closed', 'crashed'],
  [75, 'not closed', 'transient'],
  [79, 'closed', 'crashed'],
  [13, 'not closed', 'crashed'],
  [134, 'not closed', 'crashed'],
  [130, 'not closed', 'stopped'],
  [null, 'closed', 'crashed'],
] as const)('a night whose process ended with %s and whose run is %s is %s', (exitCode, run, kind) => {
  const end = { exitCode, endedBy: exitCode === null ? 'SIGKILL' : null, said: [], failure: null, failureCode: null }
  const unread = run === 'without netpanel' ? ['netpanel'] : []
  expect(nightOutcome(end, run === 'not closed' ? null : { unread }).kind).toBe(kind)
})

it.each(['BOOK_BUSY', 'LEASE_LOST'])('a night that met another process (%s) is busy', (failureCode) => {
  const end = { exitCode: 75, endedBy: null, said: [], failure: 'Another run is at work.', failureCode }
  expect(nightOutcome(end, null)).toEqual({ kind: 'busy', detail: 'Another run is at work.' })
})

describe('tieout serve', () => {
  it('keeps a webhook, stops when asked, and has the secret in no line of its log', async () => {
    const folder = newFolder(configText())
    await folder.database()
    const { url, child, logged, log } = await daemon(folder)
    const body = '{"order_id":1487,"status":"Completed","remains":0,"start_count":8421,"charge":4.5}'
    const response = await fetch(`${url}/hooks/netpanel/${SECRET}`, { method: 'POST', body })
    expect(response.status).toBe(200)
    expect((await fetch(`${url}/hooks/netpanel/guess`, { method: 'POST', body })).status).toBe(404)
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
    expect(await (await fetch(`${url}/metrics`)).text()).toContain('tieout_webhook_waiting{book="agency"} 1')
    child.kill('SIGTERM')
    await logged('stopped')
    expect(await once(child, 'exit')).toEqual([0, null])
    expect(log()).not.toContain(SECRET)
    const took = await folder.run('webhooks', 'take')
    expect(took).toMatchObject({ exitCode: 2 })
    expect(took.stderr).toContain('NETPANEL_KEY')
    const status = await folder.run('status')
    expect(status.stdout).toContain('0 deliveries to take in, 1 update not confirmed by an answer')
  })

  it('runs the night when its time has come, shows its page, and tries again what could not be read', async () => {
    const folder = newFolder(configText('serve: { reportPassword: { env: REPORT } }\n'))
    await folder.database()
    const before = await daemon(folder, '--now', '2026-03-20T12:00:00Z')
    await before.logged('scheduled')
    before.child.kill('SIGTERM')
    await once(before.child, 'exit')
    const after = await daemon(folder, '--now', '2026-03-23T08:00:00Z')
    expect(await after.logged('netpanel could not be read to the end.')).toMatchObject({
      book: 'agency',
      what: 'night',
      outcome: 'incomplete',
      attempt: 1,
      level: 'warn',
    })
    const get = (path: string, password: string) =>
      fetch(`${after.url}${path}`, { headers: { authorization: `Basic ${btoa(`tieout:${password}`)}` } })
    const asked = await fetch(`${after.url}/`)
    expect([asked.status, asked.headers.get('www-authenticate')]).toEqual([401, 'Basic realm="tieout"'])
    const [, link = ''] = /href="([^"]+)"/.exec(await (await get('/', 'open sesame')).text()) ?? []
    expect([link, (await get(link, 'a guess')).status]).toEqual(['/books/agency/report', 401])
    const page = await get(link, 'open sesame')
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=UTF-8'])
    expect(await page.text()).toContain('step poll:netpanel did not finish')
    after.child.kill('SIGTERM')
    await once(after.child, 'exit')
    const { stdout } = await folder.run('status', '--json', '--now', '2026-03-23T08:01:00Z')
    expect(JSON.parse(stdout)).toMatchObject({
      books: [
        {
          book: 'agency',
          lastNight: { kind: 'sync', arguments: { night: '2026-03-22' } },
          schedule: {
            nextDueAt: '2026-03-24T00:15:00Z',
            lastStarted: { dueAt: '2026-03-23T00:15:00Z', status: 'retry', attempts: 1 },
          },
        },
      ],
    })
  })

  it('proves the books after the night of a Sunday, and is not healthy while they differ', async () => {
    const folder = newFolder(configText())
    const { kysely } = await folder.database()
    const { id } = await ensureBook(kysely, { name: 'agency', currency: 'USD', timeZone: 'UTC' })
    const dueAtMs = Date.parse('2026-03-22T00:15:00Z')
    await knownSince(kysely, id, dueAtMs - 1)
    const claim = { dueAtMs, seen: null, holder: 'here/1/test', nowMs: dueAtMs, aliveUntilMs: dueAtMs }
    const tick = await claimTick(kysely, id, claim)
    if (tick === null) throw new Error('the night is taken')
    const done = { status: 'done', retryAtMs: null, nowMs: dueAtMs, detail: 'Done.', outcome: 'done' } as const
    await finishTick(kysely, id, tick, done)
    const file = { book: id, sha256: 'x', name: 'x.csv', kind: 'evidence', source: '', imported_at_ms: 1n }
    await kysely.insertInto('imported_file').values(file).execute()
    const { url, logged } = await daemon(folder, '--now', '2026-03-22T08:00:00Z')
    const differs =
      'The books are not what their log makes them. Run tieout ledger verify --rebuild to see what differs.'
    expect(await logged(differs)).toMatchObject({ book: 'agency', what: 'proof', outcome: 'failed', level: 'error' })
    const health = await fetch(`${url}/healthz`)
    expect([health.status, await health.text()]).toEqual([503, expect.stringContaining(differs)])
  })

  it('stops at once at the second signal, and leaves no night at work behind', async () => {
    const vendor = await silentVendor()
    const folder = newFolder(configText().replace('http://127.0.0.1:1/', vendor.url).replace('1000', '60000'))
    const database = await folder.database()
    const before = await daemon(folder, '--now', '2026-03-20T12:00:00Z')
    await before.logged('scheduled')
    before.child.kill('SIGTERM')
    await once(before.child, 'exit')
    const { child, logged, log } = await daemon(folder, '--now', '2026-03-23T08:00:00Z')
    const connection = await vendor.asked
    const { holder } = await database.kysely.selectFrom('lease').select('holder').executeTakeFirstOrThrow()
    const night = Number(holder.split('/')[1])
    expect(night).not.toBe(child.pid)
    // A night that cannot even hear the first signal keeps the daemon waiting; only the second one ends both.
    process.kill(night, 'SIGSTOP')
    onTestFinished(() => killIfAlive(night))
    child.kill('SIGTERM')
    await logged('stopping after the current batch; a second signal stops at once')
    const closed = once(connection, 'close')
    child.kill('SIGTERM')
    expect(await once(child, 'exit')).toEqual([EXIT_CODES.interrupted.code, null])
    await closed
    expect(log()).not.toContain('"msg":"stopped"')
  })

  it.each([
    ['there is no database', configText(), [], /There is no database at .*\n.*they create it/],
    ['a key of the configuration is wrong', configText('serve: { port: 70000 }\n'), [], /serve\.port: at most 65535/],
    ['a flag is wrong', configText(), ['--port', 'http'], /Give a whole number/],
  ])('refuses to start, with a sentence, when %s', async (_name, config, args, message) => {
    const { code, said } = await refusal(start(newFolder(config), args))
    expect(code).toBe(2)
    expect(said).toMatch(message)
  })

  it.each([
    ['the key of a source', '', { NETPANEL_HOOK: SECRET }, [/NETPANEL_KEY, which is not set/, /\nSet NETPANEL_KEY in/]],
    [
      'everything, and names each',
      'alerts: { channels: [{ name: chat, type: slack, webhookUrl: { file: ./slack } }] }\n',
      {},
      [/^3 secrets are missing:/, /NETPANEL_KEY/, /NETPANEL_HOOK/, /slack, which cannot be read/],
    ],
  ])('refuses to start without %s', async (_name, more, secrets, messages) => {
    const folder = newFolder(configText(more))
    await folder.database()
    const { code, said } = await refusal(start(folder, ['--port', '0'], secrets))
    expect(code).toBe(2)
    for (const message of messages) expect(said).toMatch(message)
  })

  it('refuses to start when the port is taken', async () => {
    const folder = newFolder(configText())
    await folder.database()
    const other = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void other.close())
    await once(other, 'listening')
    const address = other.address()
    const port = String(typeof address === 'object' ? address?.port : '')
    const { code, said } = await refusal(start(folder, ['--port', port]))
    expect(code).toBe(2)
    expect(said).toContain(`Port ${port} on 127.0.0.1 is taken by another program`)
  })
})
