/** `tieout statements import --dry-run` shows how a bank's CSV is read, and the next file of the account is read so. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { CONFIG, newFolder } from './support.ts'

const ACCOUNTS = '    accounts:\n      - { name: checking, type: bank, currency: USD }\n'

it('shows what each column is taken for, rows beside it, and the first line in a sentence', async () => {
  const folder = newFolder(CONFIG.replace('    sources:', `${ACCOUNTS}    sources:`))
  const file = (name: string, ...rows: readonly string[]): string => {
    const path = join(folder.path, name)
    writeFileSync(path, ['Date;Text;Amount;Note', ...rows, ''].join('\n'))
    return path
  }
  const march = file('march.csv', '05/03/2026;A shop;-59,99;', '16/03/2026;A client;120,00;')
  const tried = await folder.run('statements', 'import', march, '--account', 'checking', '--dry-run')
  expect(tried.exitCode).toBe(0)
  expect(tried.stdout).toContain(
    'Read so: line 2: 59.99 out on 2026-03-05. Profile of the account: dates dmy, decimal comma, positive amounts came in.',
  )
  expect(tried.stdout).toMatch(/Column of the file +Read as +Line 2 +Line 3/)
  expect(tried.stdout).toMatch(/Amount +amount +-59,99 +120,00/)

  // Neither file alone tells the order of days of the second.
  const april = file('april.csv', '01/04/2026;A shop;-1,00;')
  const both = await folder.run('statements', 'import', march, april, '--account', 'checking')
  expect(both).toMatchObject({ exitCode: 0 })
  expect(both.stdout).toContain('Read so: line 2: 1.00 out on 2026-04-01.\n')
  const may = file('may.csv', '02/13/2026;A shop;-1,00;')
  const refused = await folder.run('statements', 'import', may, '--account', 'checking')
  expect(refused.exitCode).toBe(2)
  expect(refused.stderr).toContain('does not exist in the order dmy')
})
