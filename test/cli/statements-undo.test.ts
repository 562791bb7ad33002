/** `tieout statements undo` as a person types it: tried first, done, listed, and refused a second time. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { CONFIG, newFolder } from './support.ts'

const ACCOUNTS = '    accounts:\n      - { name: checking, type: bank, currency: USD }\n'
const SIGNED = ['--by', 'Ann', '--why', 'of another company'] as const

it('takes a file back by the hash that the list shows', async () => {
  const folder = newFolder(CONFIG.replace('    sources:', `${ACCOUNTS}    sources:`))
  const path = join(folder.path, 'march.csv')
  writeFileSync(path, 'Date,Amount,Text\n2026-03-02,-5.00,a\n2026-03-03,12.00,b\n')
  const importing = () => folder.run('statements', 'import', path, '--account', 'checking')
  expect(await importing()).toMatchObject({ exitCode: 0 })
  const listed = await folder.run('statements', 'list')
  const hash = /[0-9a-f]{12}/.exec(listed.stdout)?.[0] ?? ''

  const tried = await folder.run('statements', 'undo', hash, ...SIGNED, '--dry-run')
  expect(tried).toMatchObject({ exitCode: 0 })
  expect(tried.stdout).toContain('Dry run: nothing was taken back.')
  expect((await folder.run('statements', 'lines')).stdout).toContain('2026-03-02')

  const done = await folder.run('statements', 'undo', hash, ...SIGNED, '--json')
  expect(done.exitCode).toBe(0)
  expect(JSON.parse(done.stdout)).toMatchObject({
    files: [{ account: 'checking', name: 'march.csv', lines: 2, by: 'Ann', why: 'of another company' }],
  })
  expect((await folder.run('statements', 'list')).stdout).toMatch(
    /No statements imported yet[\s\S]*was taken back from checking .* by Ann/,
  )
  expect((await folder.run('statements', 'lines', '--open')).stdout).not.toContain('2026-03-02')
  expect((await folder.run('statements', 'show', '1')).stdout).toContain('Its file was taken back.')

  const twice = await folder.run('statements', 'undo', hash, ...SIGNED)
  expect(twice).toMatchObject({ exitCode: 2 })
  expect(twice.stderr).toContain('march.csv was taken back on')
  expect((await importing()).stdout).toContain('2')
  expect((await folder.run('ledger', 'verify')).exitCode).toBe(0)
})

it('needs a name and a reason, and a file that is there', async () => {
  const folder = newFolder(CONFIG.replace('    sources:', `${ACCOUNTS}    sources:`))
  await folder.database()
  expect((await folder.run('statements', 'undo', 'abcdef01')).exitCode).toBe(2)
  const unknown = await folder.run('statements', 'undo', 'abcdef01', ...SIGNED)
  expect(unknown.stderr).toContain('Nothing imported is called "abcdef01"')
})
