/** `tieout config check` prints what it understood, without needing a secret or a database. */
import { expect, it } from 'vitest'
import { CONFIG, newFolder } from './support.ts'

it('shows books, sources and where secrets come from, and warns about the missing ones', async () => {
  const { run, path } = newFolder()
  const ran = await run('config', 'check')
  expect(ran).toMatchObject({ exitCode: 0, stderr: '' })
  expect(ran.stdout).toContain(`Database: sqlite:${path}/tieout.db`)
  expect(ran.stdout).toMatch(/netpanel +panel \(multiStatus\) +USD +UTC +1000 +https:\/\/panel\.example/)
  expect(ran.stdout).toMatch(/Warning: .*tieout\.yaml:10 .*NETPANEL_KEY, which is not set/)
})

it('warns when a key would travel in the clear, except on this machine', async () => {
  const config = (url: string): string =>
    `database: sqlite:./x.db\nbooks:\n  - name: a\n    currency: USD\n    sources:\n` +
    `      - { name: p, type: panel, baseUrl: "${url}", apiKey: { env: K }, currency: USD }\n`
  const open = await newFolder(config('http://panel.example/api/v2')).run('config', 'check')
  const local = await newFolder(config('http://127.0.0.1:8600/panels/p/api/v2')).run('config', 'check')
  expect(open.stdout).toMatch(/p is reached over plain http/)
  expect(local.stdout).not.toMatch(/plain http/)
})

it('is one document with --json', async () => {
  const ran = await newFolder().run('config', 'check', '--json')
  expect(JSON.parse(ran.stdout)).toMatchObject({ books: [{ name: 'agency', sources: [{ name: 'netpanel' }] }] })
})

it('shows who approves, what limits that, the rates, and each target with where it leads', async () => {
  const targets = `    journals: { approval: auto, limits: { perEntry: "500.00" }, differentApprover: false, closedPeriod: first-open-day }
    targets:
      - name: books
        type: quickbooks
        from: '2026-03-01'
        clientId: { env: QB_ID }
        clientSecret: { env: QB_SECRET }
        urls: { api: "http://quickbooks.example" }
      - { name: org, type: xero, from: '2026-04-01', postAs: draft, clientId: { env: X_ID }, clientSecret: { env: X_SECRET } }
`
  const folder = newFolder(`tokenKey: { env: TOKEN_KEY }\n${CONFIG.replace('    sources:', `${targets}    sources:`)}`)
  const { stdout, exitCode } = await folder.run('config', 'check')
  expect(exitCode).toBe(0)
  expect(stdout).toContain('Token key: variable TOKEN_KEY\n')
  expect(stdout).toContain(
    'Journals: auto, approved by the night; automatic up to 500.00 USD an entry; an entry of a closed period is dated on the first open day\n',
  )
  expect(stdout).toContain('Rates: none, one currency\n')
  expect(stdout).toMatch(
    /books +quickbooks +2026-03-01 +\d+ +\d+ +http:\/\/quickbooks\.example +http:\/\/localhost:8765\/callback +its type's own +variable QB_ID, variable QB_SECRET/,
  )
  expect(stdout).toMatch(/org +xero \(draft\) +2026-04-01 .*https:\/\/api\.xero\.com/)
  expect(stdout).toContain('Warning: target books is reached over plain http: its tokens can be read on the way.')
  for (const name of ['QB_SECRET', 'X_ID', 'TOKEN_KEY'])
    expect(stdout).toMatch(new RegExp(`Warning: .*${name}, which is not set`))
})

it('says of two people, and of a book without targets, what that means', async () => {
  const folder = newFolder(CONFIG.replace('    sources:', '    journals: { differentApprover: true }\n    sources:'))
  const { stdout } = await folder.run('config', 'check')
  expect(stdout).toContain('Journals: review, approved by a person; by somebody else than who prepared it; an entry of')
  expect(stdout).toContain('No targets: nothing is delivered.')
})
