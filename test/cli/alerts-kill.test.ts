/** A process killed while a channel has its message and has not answered: the message is sent again, the same one, and no more. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { startServer } from '../http/support.ts'
import { newFolder, run } from './support.ts'

const MAIN = join(import.meta.dirname, '../../src/cli/main.ts')
const CONFIG = `database: sqlite:./tieout.db
alerts: { channels: [{ name: sms, type: webhook, webhookUrl: { env: SMS_URL } }] }
books:
  - name: agency
    currency: USD
    sources:
      - { name: netpanel, type: panel, baseUrl: 'http://127.0.0.1:9', apiKey: { env: PANEL_KEY }, currency: USD }
`

it('sends an alert again after a kill -9 while it was being sent, with the same id, and then never more', async () => {
  const victims: ChildProcess[] = []
  const server = await startServer((response, _request, index) => {
    // The first request reached the gateway; nobody lives to hear its answer.
    if (index === 0) victims[0]?.kill('SIGKILL')
    else response.writeHead(200).end()
  })
  onTestFinished(() => server.close())
  const file = join(newFolder(CONFIG).path, 'tieout.yaml')
  const tieout = (env: Readonly<Record<string, string>>, ...argv: string[]) => run(['--config', file, ...argv], { env })
  const env = { SMS_URL: `${server.url}/sms` }
  // The night fails for want of a key, and the channel for want of its address: the message is written and waits.
  await tieout({}, 'sync', '--now', '2026-03-20T00:16:00Z')
  const check = ['alerts', 'check', '--now']
  const victim = spawn(process.execPath, [MAIN, '--config', file, ...check, '2026-03-20T00:20:00Z'], {
    stdio: 'ignore',
    env: { ...process.env, ...env },
  })
  victims.push(victim)
  const [, signal] = (await once(victim, 'exit')) as [number | null, string | null]
  expect(signal).toBe('SIGKILL')
  await tieout(env, ...check, '2026-03-20T00:21:00Z')
  expect(server.received).toHaveLength(1)
  for (const minute of ['22', '23', '24']) await tieout(env, ...check, `2026-03-20T00:${minute}:00Z`)
  expect(server.received.map(({ headers }) => headers['idempotency-key'])).toEqual(['agency-1', 'agency-1'])
})
