/**
 * The demo's folder: an ordinary tieout.yaml with a `sandbox` section, key files, an inbox. Everything in it works with
 * the ordinary commands. A finished demo starts over; an unfinished one goes on.
 */
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { InputError } from '../domain/errors.ts'

/** What the demo makes in its folder, and may therefore remove. */
const OWN_FILES = [
  'tieout.yaml',
  'tieout.db',
  'tieout.db-wal',
  'tieout.db-shm',
  'accounting-systems.state',
  'inbox',
  'exports',
  'keys',
  'finished',
]

const KEYS: Readonly<Record<string, string>> = {
  pub: 'sandbox-publisher-key',
  ads: 'sandbox-advertiser-key',
  netpanel: 'sandbox-netpanel-key',
  grosspanel: 'sandbox-grosspanel-key',
  'quickbooks-id': 'sandbox-quickbooks-id',
  'quickbooks-secret': 'sandbox-quickbooks-secret',
  'xero-id': 'sandbox-xero-id',
  'xero-secret': 'sandbox-xero-secret',
}

const CONFIG = `# Made by "tieout demo". The vendors are simulated and so is the time: "tieout sync" in this folder
# runs every night that is missing. Everything else is an ordinary configuration.
database: sqlite:./tieout.db
tokenKey: { file: ./keys/token }
sandbox:
  seed: 7
  start: '2026-03-01'
  nights: 14
  ordersPerDay: 430
books:
  - name: agency
    documentPrefix: AGENCY
    currency: USD
    timeZone: UTC
    journals: { approval: auto }
    inbox: ./inbox
    export: { dir: ./exports/nightly, formats: [csv] }
    # Their statements are put into inbox/checking and inbox/paypal, as a person would download them every morning.
    accounts:
      - name: checking
        type: bank
        currency: USD
        number: '4021777'
        fees:
          - { name: card, percent: '3' }
          - { name: wire, flat: '4.00' }
        rules:
          - { contains: NETPANEL, means: top-up, source: netpanel }
          - { contains: GROSSPANEL, means: top-up, source: grosspanel }
          - { contains: PAYELANCER ADS, means: top-up, source: ads }
          - { contains: PAYELANCER PUBLISHER, means: payout, source: pub }
          - { contains: PAYPAL TRANSFER, means: transfer, account: paypal }
          - { contains: CLIENT RETAINER, means: income }
          - { contains: MONTHLY ACCOUNT FEE, means: bank-charge }
      - name: paypal
        type: paypal
        currency: USD
        fees:
          - { name: network, percent: '2' }
        rules:
          - { contains: NETPANEL, means: top-up, source: netpanel }
          - { contains: GROSSPANEL, means: top-up, source: grosspanel }
          - { contains: PAYELANCER ADS, means: top-up, source: ads }
          - { contains: Publisher payout, means: payout, source: pub }
          - { contains: Transfer from the bank, means: transfer, account: checking }
          - { contains: Transfer to the bank, means: transfer, account: checking }
          - { contains: Analytics plan, means: processor-fee }
    sources:
      # The sandbox takes the place of these addresses. It counts requests on simulated minutes, hence the higher rate.
      - { name: pub, type: payelancer, role: publisher, baseUrl: 'https://payelancer.example', apiKey: { file: ./keys/pub }, currency: USD, requestsPerMinute: 60000, counterMode: lifetime, payouts: { schedule: on_threshold, minimum: '50.00' } }
      - { name: ads, type: payelancer, role: advertiser, baseUrl: 'https://payelancer.example', apiKey: { file: ./keys/ads }, currency: USD, requestsPerMinute: 60000 }
      - { name: netpanel, type: panel, baseUrl: 'https://netpanel.example/api/v2', apiKey: { file: ./keys/netpanel }, currency: USD, timeZone: UTC, requestsPerMinute: 60000, allowHigherRate: true }
      - { name: grosspanel, type: panel, baseUrl: 'https://grosspanel.example/api/v2', apiKey: { file: ./keys/grosspanel }, currency: USD, timeZone: Europe/Berlin, requestsPerMinute: 60000, allowHigherRate: true }
    # And of the accounting systems', whose books lie in accounting-systems.state.
    targets:
      - { name: quickbooks, type: quickbooks, from: '2026-03-01', clientId: { file: ./keys/quickbooks-id }, clientSecret: { file: ./keys/quickbooks-secret }, requestsPerMinute: 60000 }
      - { name: xero, type: xero, from: '2026-03-01', clientId: { file: ./keys/xero-id }, clientSecret: { file: ./keys/xero-secret }, requestsPerMinute: 60000 }
`

/** Makes the folder ready and returns the path of its configuration. Throws InputError when the folder holds something else. */
export function prepareDemoFolder(folder: string): string {
  const config = join(folder, 'tieout.yaml')
  if (existsSync(folder) && !isDemoFolder(folder)) {
    throw new InputError(
      'DEMO_FOLDER',
      `${folder} exists and was not made by the demo.`,
      'Name another folder with --dir DIR.',
    )
  }
  if (existsSync(join(folder, 'finished'))) {
    for (const name of OWN_FILES) rmSync(join(folder, name), { recursive: true, force: true })
  }
  mkdirSync(folder, { recursive: true })
  // The configuration comes first: it is what marks the folder as the demo's own.
  writeFileSync(config, CONFIG)
  mkdirSync(join(folder, 'keys'), { recursive: true })
  for (const [name, key] of Object.entries(KEYS)) writeFileSync(join(folder, 'keys', name), `${key}\n`, { mode: 0o600 })
  const tokenKey = join(folder, 'keys', 'token')
  if (!existsSync(tokenKey)) writeFileSync(tokenKey, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600 })
  return config
}

export function markDemoFinished(folder: string): void {
  writeFileSync(join(folder, 'finished'), 'The next "tieout demo" starts over.\n')
}

function isDemoFolder(folder: string): boolean {
  const config = join(folder, 'tieout.yaml')
  return existsSync(config) && readFileSync(config, 'utf8').startsWith('# Made by "tieout demo"')
}
