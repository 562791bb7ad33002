/**
 * What `tieout sandbox` prints: the sources to copy into tieout.yaml, the keys and webhook secrets as environment
 * variables, and the controls. They belong to the sandbox alone and are no secrets.
 */
import { secretOf } from './hooks.ts'
import type { World } from './world/state.ts'

const NIGHT_MS = 86_700_000

export function describeSandbox(world: World, url: string): readonly string[] {
  const payelancer = `${url}/payelancer`
  const panels = [...world.panels.values()].map((panel) => panel.options)
  const publishers = world.publishers.map((publisher) => publisher.options)
  const advertisers = world.advertisers.map((advertiser) => advertiser.options)
  const keys = [...publishers, ...advertisers, ...panels].map(
    ({ name, apiKey }) => `${variable(name, 'KEY')}=${apiKey}`,
  )
  const hooks = [...publishers, ...panels].flatMap(({ name, webhookUrl }) =>
    webhookUrl === undefined ? [] : [`${variable(name, 'HOOK')}=${secretOf(webhookUrl)}`],
  )
  return [
    `Sandbox at ${url}, world clock ${new Date(world.nowMs).toISOString()}, seed ${world.options.seed}`,
    '',
    'Sources for a book in tieout.yaml:',
    '',
    '    sources:',
    ...publishers.map(({ name, webhookUrl }) =>
      sourceLine(name, `type: payelancer, role: publisher${hookSetting(name, webhookUrl)}`, payelancer),
    ),
    ...advertisers.map(({ name }) => sourceLine(name, 'type: payelancer, role: advertiser', payelancer)),
    ...panels.map(({ name, currency, timeZone, webhookUrl }) =>
      sourceLine(
        name,
        `type: panel, timeZone: ${timeZone}${hookSetting(name, webhookUrl)}`,
        `${url}/panels/${name}/api/v2`,
        currency,
      ),
    ),
    '',
    hooks.length === 0 ? 'Their keys:' : 'Their keys, and the secrets of their webhooks for tieout serve:',
    '',
    ...[...keys, ...hooks].map((key) => `    export ${key}`),
    '',
    'Move the clock, ask for the truth, download what a person could:',
    '',
    `    curl -d '{"now":"${new Date(world.nowMs + NIGHT_MS).toISOString()}"}' ${url}/_sandbox/clock`,
    `    curl ${url}/_sandbox/truth`,
    `    curl ${url}/_sandbox/payments.csv`,
    ...panels.map(({ name }) => `    curl ${url}/_sandbox/panels/${name}/orders.csv`),
  ]
}

function sourceLine(name: string, kind: string, baseUrl: string, currency = 'USD'): string {
  const apiKey = `apiKey: { env: ${variable(name, 'KEY')} }`
  return `      - { name: ${name}, ${kind}, baseUrl: '${baseUrl}', ${apiKey}, currency: ${currency} }`
}

function hookSetting(name: string, webhookUrl: string | undefined): string {
  return webhookUrl === undefined ? '' : `, webhookSecret: { env: ${variable(name, 'HOOK')} }`
}

/** netpanel → TIEOUT_NETPANEL_KEY. */
function variable(name: string, what: 'KEY' | 'HOOK'): string {
  return `TIEOUT_${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}_${what}`
}
