/** A book with a bank account and a network: four lines of a statement, three payouts, and what the night made of them. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { newFolder, run, type Ran } from './support.ts'

export const CONFIG = `database: sqlite:./tieout.db
books:
  - name: agency
    currency: USD
    journals: { differentApprover: true }
    exceptions: { reviewAbove: '25.00' }
    accounts:
      - { name: bank, type: bank, currency: USD, code: '1000', rules: [{ contains: MONTHLY FEE, means: bank-charge }] }
    sources:
      - { name: pub, type: payelancer, role: publisher, baseUrl: 'http://127.0.0.1:9', apiKey: { env: K }, currency: USD, timeZone: UTC, payouts: { schedule: stated } }
`

export const NOW = ['--now', '2026-03-10T12:00:00Z']

export async function desk(): Promise<(...argv: string[]) => Promise<Ran>> {
  const { path } = newFolder(CONFIG)
  const tieout = (...argv: string[]): Promise<Ran> =>
    run(['--config', join(path, 'tieout.yaml'), ...argv], { env: { K: 'k' } })
  const [evidence, bank] = [join(path, 'evidence.csv'), join(path, 'bank.csv')]
  writeFileSync(
    evidence,
    'date,source,kind,amount,currency,reference,note\n2026-03-01,pub,opening-balance,900.00,USD,,\n' +
      '2026-03-04,pub,payout,150.00,USD,PO-1,\n2026-03-04,pub,payout,80.00,USD,PO-2,\n2026-03-09,pub,payout,99.00,USD,PO-3,\n',
  )
  writeFileSync(
    bank,
    'Date,Description,Amount\n2026-03-05,PAYELANCER 1,150.00\n2026-03-05,CUSTOMER X,80.00\n2026-03-06,MONTHLY FEE,-4.00\n2026-03-09,WHAT,40.00\n',
  )
  for (const argv of [
    ['evidence', 'import', evidence, ...NOW],
    [
      'statements',
      'import',
      bank,
      '--account',
      'bank',
      '--format',
      'bank-csv',
      '--columns',
      'sign=in-positive',
      ...NOW,
    ],
  ]) {
    const done = await tieout(...argv)
    if (done.exitCode !== 0) throw new Error(done.stderr)
  }
  return tieout
}
