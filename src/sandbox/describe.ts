/**
 * What `tieout sandbox` prints: the sources to copy into tieout.yaml, the keys as environment variables, and the
 * controls. The keys belong to the sandbox alone and are no secrets.
 */
import type { World } from './world/state.ts'

const NIGHT_MS = 86_700_000

export function describeSandbox(world: World, url: string): readonly string[] {
  const payelancer = `${url}/payelancer`
  const panels = [...world.panels.values()].map((panel) => panel.options)
  const publishers = world.publishers.map((publisher) => publisher.options)
  const advertisers = world.advertisers.map((advertiser) => advertiser.options)
  const keys = [...publishers, ...advertisers, ...panels].map(({ name, apiKey }) => `${keyVariable(name)}=${apiKey}`)
  return [
    `Sandbox at ${url}, world clock ${new Date(world.nowMs).toISOString()}, seed ${world.options.seed}`,
    '',
    'Sources for a book in tieout.yaml:',
    '',
    '    sources:',
    ...publishers.map(({ name }) => sourceLine(name, 'type: payelancer, role: publisher', payelancer)),
    ...advertisers.map(({ name }) => sourceLine(name, 'type: payelancer, role: advertiser', payelancer)),
    ...panels.map(({ name, currency, timeZone }) =>
      sourceLine(name, `type: panel, timeZone: ${timeZone}`, `${url}/panels/${name}/api/v2`, currency),
    ),
    '',
    'Their keys:',
    '',
    ...keys.map((key) => `    export ${key}`),
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
  const apiKey = `apiKey: { env: ${keyVariable(name)} }`
  return `      - { name: ${name}, ${kind}, baseUrl: '${baseUrl}', ${apiKey}, currency: ${currency} }`
}

/** netpanel → TIEOUT_NETPANEL_KEY. */
function keyVariable(name: string): string {
  return `TIEOUT_${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}_KEY`
}
