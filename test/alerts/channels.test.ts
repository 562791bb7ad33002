/** What each channel sends over real HTTP and SMTP, that others' words stay words, and that no secret is ever said. */
import { describe, expect, it, onTestFinished } from 'vitest'
import { discordPayload, speakDiscord } from '../../src/alerts/channels/discord.ts'
import { speakEmail } from '../../src/alerts/channels/email.ts'
import { slackPayload, speakSlack } from '../../src/alerts/channels/slack.ts'
import { speakWebhook, webhookBody } from '../../src/alerts/channels/webhook.ts'
import { bodyText, headline, type Notice } from '../../src/alerts/notice.ts'
import { fit, oneLine } from '../../src/alerts/plain.ts'
import { createAlertHttpClient } from '../../src/alerts/speak.ts'
import { createSecret } from '../../src/http/secret.ts'
import { startServer, type Handler, type TestServer } from '../http/support.ts'
import { startMailServer } from '../support/smtp-server.ts'

const NOTICE: Notice = {
  id: 'agency-7',
  event: 'opened',
  severity: 'critical',
  book: 'agency',
  rule: 'walletBelow',
  object: 'netpanel',
  title: 'agency: the wallet of netpanel is low',
  detail: 'It holds 3.00 USD.',
  firstSeenMs: Date.UTC(2026, 2, 18),
  atMs: Date.UTC(2026, 2, 20),
}
const NASTY =
  '@everyone <!channel> <@U123> <https://evil.example|click> [pay](https://evil.example) **bold** `x`\r\nBcc: a@b.c \u202e\u0007 "}, {"a":1'
const signal = new AbortController().signal

async function serve(handler: Handler): Promise<TestServer> {
  const server = await startServer(handler)
  onTestFinished(() => server.close())
  return server
}

function client() {
  const http = createAlertHttpClient()
  onTestFinished(() => http.close())
  return http
}

describe('a notice in words', () => {
  it.each([
    [{}, 'CRITICAL: agency: the wallet of netpanel is low', 'It holds 3.00 USD.'],
    [{ severity: 'warning' as const }, 'Warning: agency: the wallet of netpanel is low', 'It holds 3.00 USD.'],
    [
      { event: 'raised' as const },
      'CRITICAL, worse than before: agency: the wallet of netpanel is low',
      'It holds 3.00 USD.',
    ],
    [
      { event: 'repeated' as const },
      'CRITICAL, still: agency: the wallet of netpanel is low',
      'It holds 3.00 USD. Open since 2026-03-18 00:00 UTC.',
    ],
    [
      { event: 'resolved' as const },
      'Resolved: agency: the wallet of netpanel is low',
      'Over after 2 days; it began 2026-03-18 00:00 UTC.',
    ],
  ])('%j', (change, title, body) => {
    expect([headline({ ...NOTICE, ...change }), bodyText({ ...NOTICE, ...change })]).toEqual([title, body])
  })
})

describe('the words of others', () => {
  it('mention nobody and link nowhere in Slack', () => {
    const text = JSON.stringify(slackPayload({ ...NOTICE, detail: NASTY }))
    expect(text).not.toMatch(/<[!@#h]|@everyone|@[a-z]|:\/\//i)
    expect(text).toContain('&lt;!channel&gt;')
  })

  it('mention nobody, format nothing and link nowhere in Discord', () => {
    const { embeds, allowed_mentions } = discordPayload({ ...NOTICE, detail: NASTY })
    const { description = '' } = embeds[0] ?? {}
    expect(allowed_mentions).toEqual({ parse: [] })
    expect(description).not.toMatch(/(?<!\\)[*_`[\]<>]|@everyone|:\/\//)
  })

  it('stay inside their field of a webhook', () => {
    const notice = { ...NOTICE, detail: NASTY }
    const json = webhookBody(notice, {
      contentType: 'application/json',
      body: '{"text": "{{detail}}", "n": "{{ book }}"}',
    })
    expect(Object.keys(JSON.parse(json) as object)).toEqual(['text', 'n'])
    const form = webhookBody(notice, { contentType: 'application/x-www-form-urlencoded', body: 'm={{detail}}&k=v' })
    expect([...new URLSearchParams(form).keys()]).toEqual(['m', 'k'])
    expect(webhookBody(notice, { contentType: 'text/plain', body: undefined })).not.toMatch(/\p{Cc}|\u202e/u)
  })

  it('are cut to what a channel takes, never inside an escape or a character', () => {
    expect(fit('abcdef', 4)).toBe('abc…')
    expect(fit('ab', 2)).toBe('ab')
    expect(fit('a&b', 6, (each) => (each === '&' ? '&amp;' : each))).toBe('a…')
    expect(fit('😀😀', 3)).toBe('😀…')
    const long = { ...NOTICE, title: '<'.repeat(9000), detail: '*'.repeat(9000) }
    const slack = slackPayload(long)
    expect(slack.text.length).toBeLessThanOrEqual(3000)
    expect(slack.blocks.map(({ text }) => text.text.length <= (text.text.startsWith('CRITICAL') ? 150 : 3000))).toEqual(
      [true, true],
    )
    const [embed] = discordPayload(long).embeds
    expect(embed?.title.length).toBeLessThanOrEqual(256)
    expect(embed?.description.length).toBeLessThanOrEqual(4096)
    expect(oneLine(' a\r\n\tb\u0000 ')).toBe('a b')
  })
})

describe('chat and webhooks', () => {
  it('post JSON and take any 2xx for delivered', async () => {
    const server = await serve((response, _request, index) => response.writeHead(index === 0 ? 200 : 204).end())
    const http = client()
    expect(await speakSlack(http, 'ops', createSecret(`${server.url}/services/T/B/x`))(NOTICE, signal)).toEqual({
      ok: true,
    })
    expect(await speakDiscord(http, 'chat', createSecret(`${server.url}/api/webhooks/1/x`))(NOTICE, signal)).toEqual({
      ok: true,
    })
    const settings = {
      name: 'sms',
      contentType: 'application/json',
      body: undefined,
      authorization: createSecret('Bearer tok-123'),
    } as const
    expect(await speakWebhook(http, { ...settings, url: createSecret(`${server.url}/sms`) })(NOTICE, signal)).toEqual({
      ok: true,
    })
    expect(server.received.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'POST /services/T/B/x',
      'POST /api/webhooks/1/x?wait=true',
      'POST /sms',
    ])
    expect(server.received[2]?.headers).toMatchObject({
      authorization: 'Bearer tok-123',
      'idempotency-key': 'agency-7',
    })
    expect(JSON.parse(server.received[2]?.body ?? '')).toEqual({
      id: 'agency-7',
      event: 'opened',
      severity: 'critical',
      book: 'agency',
      rule: 'walletBelow',
      object: 'netpanel',
      title: 'CRITICAL: agency: the wallet of netpanel is low',
      detail: 'It holds 3.00 USD.',
      text: 'CRITICAL: agency: the wallet of netpanel is low. It holds 3.00 USD.',
      at: '2026-03-20T00:00:00.000Z',
      firstSeen: '2026-03-18T00:00:00.000Z',
    })
  })

  it.each([
    [400, true, 'refused this message'],
    [404, false, 'make a new webhook'],
    [403, false, 'no longer valid'],
    [500, false, 'could not take the message'],
  ])('say what HTTP %i means and never the address, even when the answer quotes it', async (status, refused, says) => {
    const server = await serve((response, { url }) => response.writeHead(status).end(`no such hook ${url} tok-123`))
    const url = createSecret(`${server.url}/services/T0/B0/very-secret?token=also-secret`)
    const settings = {
      name: 'sms',
      contentType: 'application/json',
      body: undefined,
      authorization: createSecret('tok-123'),
    } as const
    const said = await speakWebhook(client(), { ...settings, url })(NOTICE, signal)
    expect(said).toMatchObject({ ok: false, refused })
    expect(said).toHaveProperty('message', expect.stringContaining(says))
    expect(JSON.stringify(said)).not.toMatch(/very-secret|also-secret|tok-123|services/)
  })

  it('say that an address is none, without printing it', async () => {
    const said = await speakSlack(client(), 'ops', createSecret('not-a-url-but-secret'))(NOTICE, signal)
    expect(said).toMatchObject({ ok: false })
    expect(JSON.stringify(said)).not.toContain('not-a-url')
  })
})

describe('e-mail', () => {
  const settings = {
    name: 'mail',
    host: '127.0.0.1',
    tls: 'none',
    from: 'books@example.com',
    to: ['a@example.com', 'b@example.com'],
  } as const

  it('goes to everybody, as plain text with a safe subject', async () => {
    const server = await startMailServer({ password: 'pass-word' })
    const speak = speakEmail({ ...settings, port: server.port, user: 'tieout', password: createSecret('pass-word') })
    const title = 'agency: oops\r\nBcc: evil@example.com'
    expect(await speak({ ...NOTICE, title, detail: NASTY }, signal)).toEqual({ ok: true })
    const [mail] = server.received
    expect(mail).toMatchObject({ user: 'tieout', to: ['a@example.com', 'b@example.com'] })
    expect(mail?.text).toMatch(/^Subject: tieout: CRITICAL: agency: oops Bcc: evil@example.com\r$/m)
    expect(mail?.text).not.toMatch(/^Bcc:/m)
    expect(mail?.text).toMatch(/^X-Tieout-ID: agency-7\r$/m)
  })

  it.each([
    ['a wrong password', { password: 'other' }, 'none', 'refused the user or password', false],
    ['a server without TLS', {}, 'starttls', 'nothing was sent in the clear', false],
    ['a certificate nobody vouches for', { startTls: true }, 'starttls', 'TLS', false],
    ['a refused message', { refusal: 'looks like spam' }, 'none', 'refused the message', true],
  ] as const)('says what %s means', async (_what, options, tls, says, refused) => {
    const server = await startMailServer(options)
    const speak = speakEmail({
      ...settings,
      tls,
      port: server.port,
      user: 'tieout',
      password: createSecret('pass-word'),
    })
    const said = await speak(NOTICE, signal)
    expect(said).toMatchObject({ ok: false, refused })
    expect(said).toHaveProperty('message', expect.stringContaining(says))
    expect(JSON.stringify(said)).not.toContain('pass-word')
    expect(server.received).toEqual([])
  })
})
