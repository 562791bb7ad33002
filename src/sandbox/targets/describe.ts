/**
 * What `tieout sandbox` prints about the accounting systems: the targets to copy into tieout.yaml, the app's keys as
 * environment variables, and a person's hand in the books.
 */
import { QUICKBOOKS_CLIENT, XERO_CLIENT, type Targets } from './targets.ts'

/** Printed the same every time, so that tokens of yesterday's sandbox can be read; real books make their own. */
const TOKEN_KEY = Buffer.from('sandbox-sandbox-sandbox-sandbox!').toString('base64')

export function describeTargets({ quickbooks, xero }: Targets, url: string, startMs: number): readonly string[] {
  const companies = [...quickbooks.companies.values()].map(({ name, realmId }) => `${name} (${realmId})`)
  const organisations = [...xero.organisations.values()].map(({ name, tenantId }) => `${name} (${tenantId})`)
  const from = new Date(startMs).toISOString().slice(0, 10)
  return [
    '',
    'Targets for a book in tieout.yaml:',
    '',
    '    targets:',
    ...targetLines('quickbooks', from, [
      ['authorize', `${url}/quickbooks/authorize`],
      ['token', `${url}/quickbooks/token`],
      ['revoke', `${url}/quickbooks/revoke`],
      ['api', `${url}/quickbooks`],
    ]),
    ...targetLines('xero', from, [
      ['authorize', `${url}/xero/authorize`],
      ['token', `${url}/xero/token`],
      ['revoke', `${url}/xero/revoke`],
      ['connections', `${url}/xero/connections`],
      ['api', `${url}/xero/api.xro/2.0`],
    ]),
    '',
    'Their keys, and one to encrypt the tokens with (tokenKey: { env: TIEOUT_TOKEN_KEY } at the top of tieout.yaml):',
    '',
    `    export TIEOUT_QUICKBOOKS_ID=${QUICKBOOKS_CLIENT.id} TIEOUT_QUICKBOOKS_SECRET=${QUICKBOOKS_CLIENT.secret}`,
    `    export TIEOUT_XERO_ID=${XERO_CLIENT.id} TIEOUT_XERO_SECRET=${XERO_CLIENT.secret}`,
    `    export TIEOUT_TOKEN_KEY=${TOKEN_KEY}`,
    '',
    'Their companies, what was delivered, a person at work in the books, closed books, planned faults:',
    '',
    `    QuickBooks: ${companies.join(', ')}`,
    `    Xero: ${organisations.join(', ')}`,
    `    curl ${url}/_sandbox/quickbooks/entries`,
    `    curl -d '{"id":"201"}' ${url}/_sandbox/quickbooks/duplicate`,
    `    curl -d '{"bookCloseDate":"2026-11-30"}' ${url}/_sandbox/quickbooks/settings`,
    `    curl -d '{"script":["drop-after"],"on":"create"}' ${url}/_sandbox/xero/faults`,
  ]
}

function targetLines(
  type: 'quickbooks' | 'xero',
  from: string,
  urls: readonly (readonly [string, string])[],
): readonly string[] {
  const variable = `TIEOUT_${type.toUpperCase()}`
  return [
    `      - name: ${type}`,
    `        type: ${type}`,
    `        from: '${from}'`,
    `        clientId: { env: ${variable}_ID }`,
    `        clientSecret: { env: ${variable}_SECRET }`,
    '        urls:',
    ...urls.map(([name, address]) => `          ${name}: '${address}'`),
  ]
}
