/** An amount that cannot be read never counts as zero or as none: each refusal names the field. */
import { expect, it } from 'vitest'
import { parseConfig } from '../../src/config/load.ts'

function text(book: string, source: string, top: string): string {
  return `database: sqlite:./x.db
${top}
books:
  - name: agency
    currency: USD
    sources:
      - name: pub
        type: payelancer
        role: publisher
        baseUrl: https://payelancer.example
        apiKey: { env: K }
        currency: USD
${source === '' ? '' : `        ${source}`}
      - { name: panel, type: panel, baseUrl: 'https://panel.example/api/v2', apiKey: { env: K }, currency: USD }
${book === '' ? '' : `    ${book}`}
`
}

const BANK = 'name: bank, type: bank, currency: USD'

it.each([
  ['books[0].sources[0].payouts.minimum', '', 'payouts: { minimum: $ }', ''],
  ['books[0].accounts[0].fees[0].flat', `accounts: [{ ${BANK}, fees: [{ name: wire, flat: $ }] }]`, '', ''],
  ['books[0].exceptions.reviewAbove', 'exceptions: { reviewAbove: $ }', '', ''],
  ['books[0].exceptions.escalateAbove', 'exceptions: { escalateAbove: $ }', '', ''],
  ['books[0].journals.limits.perEntry', 'journals: { limits: { perEntry: $ } }', '', ''],
  ['books[0].journals.limits.perDay', 'journals: { limits: { perDay: $ } }', '', ''],
  ['alerts.rules.walletBelow.panel', '', '', 'alerts: { rules: { walletBelow: { panel: $ } } }'],
  ['alerts.rules.proofDiffers.criticalAbove', '', '', 'alerts: { rules: { proofDiffers: { criticalAbove: $ } } }'],
])('refuses an unreadable %s by name', (path, ...parts) => {
  const [book, source, top] = parts
  const written = (amount: string) =>
    parseConfig(
      text(book, source, top).replace('$', () => amount),
      'tieout.yaml',
    )
  expect(() => written('"1.00"')).not.toThrow(path)
  for (const unreadable of ['"1,5 USD"', '""', '"NaN"']) {
    expect(() => written(unreadable)).toThrow(`${path}: not an amount`)
  }
})
