/** `tieout config check` prints what it understood, without needing a secret or a database. */
import { expect, it } from 'vitest'
import { newFolder } from './support.ts'

it('shows books, sources and where secrets come from, and warns about the missing ones', async () => {
  const { run, path } = newFolder()
  const ran = await run('config', 'check')
  expect(ran).toMatchObject({ exitCode: 0, stderr: '' })
  expect(ran.stdout).toContain(`Database: sqlite:${path}/tieout.db`)
  expect(ran.stdout).toMatch(/netpanel +panel \(multiStatus\) +USD +UTC +1000 +https:\/\/panel\.example/)
  expect(ran.stdout).toMatch(/Warning: .*tieout\.yaml:9 .*NETPANEL_KEY, which is not set/)
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
