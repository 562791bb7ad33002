/** The `alerts` section: its defaults, what can be switched off, and every way of getting it wrong, told at once. */
import { describe, expect, it } from 'vitest'
import { fillTemplate, TEMPLATE_PLACES, templateProblem } from '../../src/config/alert-template.ts'
import { parseConfig } from '../../src/config/load.ts'
import type { AlertsConfig } from '../../src/config/alert-model.ts'
import { ConfigError } from '../../src/domain/errors.ts'

const BOOK = `books:
  - name: agency
    currency: USD
    sources:
      - { name: netpanel, type: panel, baseUrl: 'https://panel.example/api/v2', apiKey: { env: K }, currency: USD }
      - { name: pub, type: payelancer, role: publisher, baseUrl: 'https://ads.example', apiKey: { env: K }, currency: USD }
`

function alertsOf(section: string): AlertsConfig | undefined {
  return parseConfig(`database: sqlite:./x.db\n${section}\n${BOOK}`, '/etc/tieout/tieout.yaml').alerts
}

function problems(section: string): readonly string[] {
  try {
    alertsOf(section)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n').slice(1)
    throw error
  }
}

const channel = (text: string): string => `alerts: { channels: [{ name: a, ${text} }] }`
const rules = (text: string): string => `alerts: { rules: { ${text} } }`

describe('the alerts section', () => {
  it('is nothing when it is left out, and watches with the documented defaults when it is empty', () => {
    expect(alertsOf('')).toBeUndefined()
    expect(alertsOf('alerts: {}')).toEqual({
      repeatAfterMs: 24 * 3_600_000,
      channels: [],
      rules: {
        runFailed: {},
        runLate: { graceMinutes: 120 },
        sourceFailed: {},
        sourceStale: { hours: 36 },
        walletBelow: {},
        runway: { days: 3 },
        clicksFell: { percent: 50 },
        spendSpike: { factor: 5 },
        exceptionsOpen: { olderThanDays: 5, amountAbove: 25_000_000_000n },
        unconverged: { hours: 36 },
        proofDiffers: { criticalAbove: 2_500_000_000n },
        connectionLost: { days: 14 },
      },
    })
  })

  it('takes thresholds, and false for a rule nobody wants', () => {
    const given = alertsOf(
      rules(
        "runLate: false, proofDiffers: false, exceptionsOpen: false, walletBelow: { agency/netpanel: '0.5', netpanel: '7' }, runway: { days: 0.5 }",
      ),
    )
    expect(given?.rules).toMatchObject({
      runLate: null,
      proofDiffers: null,
      exceptionsOpen: null,
      walletBelow: { 'agency/netpanel': 50_000_000n, netpanel: 700_000_000n },
      runway: { days: 0.5 },
    })
  })

  it('keeps addresses and passwords as references that know their line', () => {
    const given = alertsOf(
      channel('type: email, host: smtp.example.com, user: u, password: { file: ./pw }, from: a@b.c, to: [d@e.f]'),
    )
    expect(given?.channels).toEqual([
      {
        name: 'a',
        severity: 'warning',
        type: 'email',
        host: 'smtp.example.com',
        port: 587,
        tls: 'starttls',
        user: 'u',
        password: {
          from: 'file',
          path: '/etc/tieout/pw',
          where: '/etc/tieout/tieout.yaml:2 (alerts.channels[0].password)',
        },
        from: 'a@b.c',
        to: ['d@e.f'],
      },
    ])
  })

  it.each([
    ['alerts: 3', /alerts: .*/],
    ['alerts: { chanels: [] }', /this key is not known\. Did you mean "channels"\?/],
    ['alerts: { repeatAfterHours: 0 }', /more than 0/],
    [channel('type: pager'), /a channel has type: slack, discord, email or webhook/],
    [channel("type: slack, webhookUrl: 'https://hooks.slack.com/x'"), /a secret is never written into this file/],
    [channel('type: slack'), /webhookUrl: this setting is missing/],
    [channel('type: slack, webhookUrl: { env: A }, severity: low'), /warning \(everything\) or critical/],
    [
      channel('type: slack, webhookUrl: { env: A }, port: 25'),
      /port: this key is not known\. Known here: name, severity, type, webhookUrl/,
    ],
    [channel("type: webhook, webhookUrl: { env: A }, body: '{{nobody}}'"), /\{\{nobody\}\} is not a place; there are/],
    [channel('type: webhook, webhookUrl: { env: A }, body: \'{"t": {{title}}}\''), /not JSON once filled in/],
    [channel('type: webhook, webhookUrl: { env: A }, contentType: text/html'), /application\/json, application/],
    [channel('type: email, host: h, from: a, to: [b@c.d]'), /from: not an e-mail address/],
    [channel('type: email, host: h, from: a@b.c, to: []'), /name at least one address/],
    [channel("type: email, host: h, from: a@b.c, to: ['x@y.z,\\n@z']"), /not an e-mail address/],
    [channel('type: email, host: h, user: u, from: a@b.c, to: [b@c.d]'), /give both user and password, or neither/],
    [
      channel('type: email, host: mail.example, tls: none, from: a@b.c, to: [b@c.d]'),
      /without TLS only to this machine/,
    ],
    [channel('type: email, host: h, port: 0, from: a@b.c, to: [b@c.d]'), /port: at least 1/],
    [
      'alerts: { channels: [{ name: a, type: slack, webhookUrl: { env: A } }, { name: a, type: slack, webhookUrl: { env: A } }] }',
      /another channel is already named "a"/,
    ],
    [rules('runLate: true'), /runLate: false, or a mapping of its thresholds/],
    [rules('runLate: { graceMinutes: 0 }'), /at least 1/],
    [rules('runLate: { grace: 5 }'), /runLate\.grace: this key is not known/],
    [rules('clicksFell: { percent: 101 }'), /at most 100/],
    [rules('walletBelow: { netpanel: 50 }'), /put the amount in quotes/],
    [rules("walletBelow: { netpanel: '-1' }"), /not an amount/],
    [rules("walletBelow: { netpanl: '1' }"), /no book has a source "netpanl".*Did you mean "netpanel"\?/],
    [rules("walletBelow: { pub: '1' }"), /"pub" is a publisher's account, which has no wallet/],
    [rules("walletBelow: { other/netpanel: '1' }"), /no book has a source "other\/netpanel"/],
  ])('is refused as %s', (section, says) => {
    const found = problems(section)
    expect(found).toHaveLength(1)
    expect(found[0]).toMatch(says)
    expect(found[0]).toMatch(/^\/etc\/tieout\/tieout\.yaml:2: alerts/)
  })
})

describe('a body with places', () => {
  const values = Object.fromEntries(TEMPLATE_PLACES.map((place) => [place, `"${place}"&=\n`])) as Record<
    (typeof TEMPLATE_PLACES)[number],
    string
  >

  it('is escaped for its type', () => {
    expect(JSON.parse(fillTemplate('{"a":"{{title}}"}', 'application/json', values))).toEqual({ a: '"title"&=\n' })
    const form = fillTemplate('a={{title}}&b={{ text }}', 'application/x-www-form-urlencoded', values)
    expect([...new URLSearchParams(form)]).toEqual([
      ['a', '"title"&=\n'],
      ['b', '"text"&=\n'],
    ])
    expect(fillTemplate('{{title}}!', 'text/plain', values)).toBe('"title"&=\n!')
  })

  it('may hold anything that is no place', () => {
    expect(templateProblem('{"a": {"b": "{{text}}"}}', 'application/json')).toBeNull()
    expect(templateProblem('no places', 'text/plain')).toBeNull()
  })
})
