/** `tieout deliver` ends with a code that says whether anybody has something to do, also about what was found earlier. */
import { copyFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { run, type Ran } from '../cli/support.ts'
import { emulators, ENV, prepare } from './emulated-book.ts'

it('is 1 while an entry is known to be gone from a target, and 0 when it is there again', async () => {
  const { copy } = await prepare('sqlite', 1)
  const { configPath, talk } = await emulators()
  copyFileSync((await copy()).replace('sqlite:', ''), join(dirname(configPath), 'tieout.db'))
  const type = (...argv: string[]): Promise<Ran> => run(['--config', configPath, ...argv], { env: ENV })
  expect(await type('deliver')).toMatchObject({ exitCode: 0 })
  const [entry] = (await talk.control('quickbooks/entries')).json as readonly { readonly id: string }[]
  await talk.control('quickbooks/delete', { id: entry?.id ?? '' })
  await type('targets', 'drift', '--all')
  const known = await type('deliver')
  expect(known.exitCode).toBe(1)
  expect(known.stdout).toContain('quickbooks: 1 entry is known to be changed, gone or copied there.')
  expect(known.stdout).not.toContain('xero: 1 entry is known')
  const again = await type('deliver', '--retry', 'ACMEADS-20261101-1', '--target', 'quickbooks', '--by', 'ann')
  expect(again).toMatchObject({ exitCode: 0 })
  expect(await type('deliver')).toMatchObject({ exitCode: 0 })
})
