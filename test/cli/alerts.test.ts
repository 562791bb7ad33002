/** `tieout alerts`, and that a night tells the channels what went wrong in it, also when it failed. */
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startServer, type TestServer } from '../http/support.ts'
import { newFolder, run, type Ran } from './support.ts'

const CONFIG = `database: sqlite:./tieout.db
http: { retries: 0 }
alerts:
  channels:
    - { name: chat, type: slack, webhookUrl: { env: CHAT_URL } }
    - { name: sms, type: webhook, severity: critical, webhookUrl: { env: SMS_URL } }
  # Nobody answers behind the panel's address; here it is about runs and channels.
  rules: { sourceFailed: false }
books:
  - name: agency
    currency: USD
    sources:
      - { name: netpanel, type: panel, baseUrl: 'http://127.0.0.1:9', apiKey: { env: PANEL_KEY }, currency: USD }
`

interface Rig {
  readonly server: TestServer
  readonly tieout: (argv: readonly string[], env?: Readonly<Record<string, string>>) => Promise<Ran>
  readonly heard: () => readonly string[]
}

async function rig(config = CONFIG): Promise<Rig> {
  const server = await startServer((response, { url }) => response.writeHead(url === '/gone' ? 404 : 200).end())
  onTestFinished(() => server.close())
  const folder = newFolder(config)
  const urls = { CHAT_URL: `${server.url}/chat-secret`, SMS_URL: `${server.url}/sms-secret`, PANEL_KEY: 'panel-key' }
  return {
    server,
    tieout: (argv, env = {}) =>
      run(['--config', join(folder.path, 'tieout.yaml'), ...argv], { env: { ...urls, ...env } }),
    heard: () =>
      server.received.map(({ url, body }) => {
        const { text } = JSON.parse(body) as { readonly text: string }
        return `${url.slice(1, url.indexOf('-'))}: ${text}`
      }),
  }
}

describe('a night', () => {
  it('tells the channels when it fails, why, and when the next one has ended well', async () => {
    const { tieout, heard } = await rig()
    const failed = await tieout(['sync', '--now', '2026-03-20T00:16:00Z'], { PANEL_KEY: '' })
    expect(failed).toMatchObject({ exitCode: 2 })
    const title = 'CRITICAL: agency: the night 2026-03-19 (run 1) failed. The night 2026-03-19 (run 1), started'
    const starts = [`chat: ${title}`, `sms: ${title}`]
    expect(heard()).toEqual(
      starts.map((start) => expect.stringMatching(start.replaceAll(/[()]/g, String.raw`\$&`)) as string),
    )
    expect(heard()[0]).toContain('takes a secret from the environment variable PANEL_KEY')
    await tieout(['sync', '--now', '2026-03-20T00:30:00Z'])
    expect(
      heard().filter((text) => text.includes('Resolved: agency: the night 2026-03-19 (run 1) failed')),
    ).toHaveLength(2)
  })

  it('tells nobody of a dry run, and ends as it would have when a channel is down', async () => {
    const { tieout, heard } = await rig()
    await tieout(['sync', '--dry-run', '--now', '2026-03-20T00:16:00Z'], { PANEL_KEY: '' })
    expect(heard()).toEqual([])
    const failed = await tieout(['sync', '--now', '2026-03-20T00:16:00Z'], { PANEL_KEY: '', CHAT_URL: '' })
    expect(failed.exitCode).toBe(2)
    expect(failed.stderr).toContain('alerts: ')
    expect(failed.stderr).toContain('CHAT_URL, which is empty')
    expect(heard()).toHaveLength(1)
  })

  it('says when a source has given nothing for too long', async () => {
    const { tieout, heard } = await rig()
    for (const day of ['20', '21', '22']) await tieout(['sync', '--now', `2026-03-${day}T00:16:00Z`])
    expect(heard().filter((text) => text.includes('nothing new from netpanel'))).toHaveLength(1)
  })
})

describe('tieout alerts', () => {
  it('shows what is open and how the channels do, and never an address', async () => {
    const { tieout, server } = await rig()
    const env = { PANEL_KEY: '', SMS_URL: `${server.url}/gone` }
    await tieout(['sync', '--now', '2026-03-20T00:16:00Z'], env)
    const listed = await tieout(['alerts', 'list', '--now', '2026-03-20T02:16:00Z'])
    expect(listed.exitCode).toBe(0)
    expect(listed.stdout).toMatch(
      /^critical {2}runFailed .* open {4,}2 hours {4,}1 {2}agency: the night 2026-03-19 \(run 1\) failed/m,
    )
    expect(listed.stdout).toMatch(/^sms {6}webhook {2}critical {10,}1 {2}never .*make a new webhook/m)
    expect(listed.stdout).not.toMatch(/127\.0\.0\.1|secret\b.*\/|gone/)
    const json = await tieout(['--json', 'alerts', 'list'])
    expect(JSON.parse(json.stdout)).toMatchObject({
      book: 'agency',
      alerts: [
        { rule: 'runFailed', status: 'open', timesSeen: 1, firstSeen: '2026-03-20T00:16:00.000Z', resolvedAt: null },
      ],
      channels: [
        { name: 'chat', waiting: 0, failures: 0, lastError: null, retryAt: null },
        { name: 'sms', waiting: 1, failures: 1, retryAt: '2026-03-20T00:17:00.000Z' },
      ],
    })
  })

  it('looks again when asked, tries a channel that was being left alone, and lists what is over with --all', async () => {
    const { tieout, server, heard } = await rig()
    const at = ['--now', '2026-03-20T00:16:00Z']
    await tieout(['sync', ...at], { PANEL_KEY: '', SMS_URL: `${server.url}/gone` })
    const checked = await tieout(['alerts', 'check', ...at])
    expect(checked.exitCode).toBe(1)
    expect(checked.stdout).toContain('Nothing new to say.')
    expect(checked.stdout).toContain('sms: 1 message delivered.')
    expect(heard().filter((text) => text.startsWith('sms: CRITICAL'))).toHaveLength(1)
    await tieout(['sync', ...at])
    expect((await tieout(['alerts', 'list', ...at])).stdout).toContain('No open alerts.')
    expect((await tieout(['alerts', 'list', '--all', ...at])).stdout).toMatch(/runFailed .* resolved/)
    expect(await tieout(['alerts', 'check', ...at])).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('Nothing is wrong.'),
    })
  })

  it('prints with --dry-run what would be said, and keeps and sends nothing', async () => {
    const { tieout, heard } = await rig()
    await tieout(['sync', '--now', '2026-03-20T00:16:00Z'])
    const later = ['--now', '2026-03-25T12:00:00Z']
    const dry = await tieout(['alerts', 'check', '--dry-run', ...later])
    expect(dry.stdout).toContain('Would say (opened): agency: the night is late, to chat, sms')
    expect(heard()).toEqual([])
    expect((await tieout(['alerts', 'list', ...later])).stdout).toContain('No open alerts.')
  })

  it('sends a test message, and says why one could not be sent', async () => {
    const { tieout, server, heard } = await rig()
    expect(await tieout(['alerts', 'test', 'chat'])).toMatchObject({
      exitCode: 0,
      stdout: 'Channel chat took the test message; see that it arrived.\n',
    })
    expect(heard()).toEqual([expect.stringContaining('chat: Test: tieout can reach chat')])
    expect(await tieout(['alerts', 'test', 'chat'], { CHAT_URL: `${server.url}/gone` })).toMatchObject({
      exitCode: 1,
      stdout:
        'Slack channel "chat" does not exist; make a new webhook and put its address into the secret (HTTP 404).\n',
    })
    expect(await tieout(['alerts', 'test', 'chat'], { CHAT_URL: '' })).toMatchObject({ exitCode: 2 })
    expect(await tieout(['alerts', 'test', 'chatt'])).toMatchObject({
      exitCode: 2,
      stderr: 'There is no channel "chatt".\nThey are chat, sms. Did you mean "chat"?\n',
    })
  })

  it('says what is missing when nothing is configured or nothing has run', async () => {
    const { tieout } = await rig()
    expect((await tieout(['alerts', 'check'])).stderr).toContain('There is no database')
    const bare = await rig(CONFIG.replace(/alerts:\n(?: .*\n)*/, ''))
    expect(await bare.tieout(['alerts', 'check'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('has no section alerts.'),
    })
  })
})
