/** A token that is not this target's, or that nobody can open, fails its target: the night and the other target go on. */
import { copyFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { run, type Ran } from '../cli/support.ts'
import { opened } from '../support/databases.ts'
import { documentsAt, emulators, ENV, prepare } from './emulated-book.ts'

const DAMAGED = 'The stored access token of target quickbooks is not what was stored'

async function desk(token: ReturnType<typeof sql>) {
  const { copy } = await prepare('sqlite', 1)
  const emulated = await emulators()
  const file = join(dirname(emulated.configPath), 'tieout.db')
  copyFileSync((await copy()).replace('sqlite:', ''), file)
  const { kysely } = await opened(`sqlite:${file}`)
  await sql`update connection set access_token = ${token} where target = 'quickbooks'`.execute(kysely)
  const type = (...argv: string[]): Promise<Ran> => run(['--config', emulated.configPath, ...argv], { env: ENV })
  return { type, there: (name: 'quickbooks' | 'xero') => documentsAt(emulated, name) }
}

const TOKENS = [
  ['another target', sql`(select access_token from connection where target = 'xero')`],
  ['nobody', sql`'v1.none.none.none'`],
] as const

it.each(TOKENS)('of %s in a row fails the delivery to that target alone', async (_whose, token) => {
  const { type, there } = await desk(token)
  const delivered = await type('deliver')
  expect(delivered).toMatchObject({ exitCode: 1, stderr: '' })
  expect(delivered.stdout).toContain('tieout connect quickbooks')
  expect(delivered.stdout).toContain('xero: 1 entry created, 1 read back and equal.')
  expect(await there('xero')).toHaveLength(1)
  expect(await there('quickbooks')).toEqual([])
  const alone = await type('deliver', '--target', 'quickbooks')
  expect(alone).toMatchObject({ exitCode: 2, stdout: '' })
})

it('does not fail a night, and is an item of that target', async () => {
  const { type, there } = await desk(TOKENS[0][1])
  const night = await type('sync')
  expect(night.stderr + night.stdout).toContain(DAMAGED)
  expect(await there('xero')).toHaveLength(1)
  expect((await type('todo')).stdout).toMatch(/quickbooks +.*DELIVERY_FAILED target: The stored access token/)
  expect((await type('ledger', 'verify')).exitCode).toBe(0)
})
