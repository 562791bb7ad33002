/** An accountant changed an entry of ours, and a person lets it stand: as people type it, against QuickBooks' stand-in. */
import { copyFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { run, type Ran } from '../cli/support.ts'
import { emulators, ENV, prepare } from './emulated-book.ts'

interface HandEntry {
  readonly id: string
  readonly lines: readonly { readonly amount: string }[]
}

const DOCUMENT = 'ACMEADS-20261101-1'
const SAID = ['--by', 'ann', '--why', 'the client paid half of it'] as const

async function desk() {
  const { copy } = await prepare('sqlite', 2)
  const { configPath, talk } = await emulators()
  copyFileSync((await copy()).replace('sqlite:', ''), join(dirname(configPath), 'tieout.db'))
  const type = (...argv: string[]): Promise<Ran> => run(['--config', configPath, ...argv], { env: ENV })
  await type('sync')
  await type('deliver')
  const [entry] = (await talk.control('quickbooks/entries')).json as readonly HandEntry[]
  const id = entry?.id ?? ''
  const amountsTimes = (factor: number) =>
    entry?.lines.map((line) => ({ ...line, amount: (Number(line.amount) * factor).toFixed(2) }))
  return {
    type,
    edit: (factor: number) => talk.control('quickbooks/edit', { id, lines: amountsTimes(factor) }),
    remove: () => talk.control('quickbooks/delete', { id }),
    look: () => type('targets', 'drift', '--all'),
    tiedOut: () => type('targets', 'tie-out', '--target', 'quickbooks'),
    item: async () => {
      const { stdout } = await type('todo')
      return /^ {4}tieout decide (E-\d+) keep-theirs$/m.exec(stdout)?.[1] ?? `none in ${stdout}`
    },
  }
}

it('keeps what was edited, names it in the tie-out, and asks again when it is edited once more', async () => {
  const { type, edit, look, tiedOut, item } = await desk()
  await edit(2)
  expect((await look()).exitCode).toBe(1)
  expect((await tiedOut()).exitCode).toBe(1)
  const name = await item()
  const rehearsed = await type('decide', name, 'keep-theirs', ...SAID, '--dry-run')
  expect(rehearsed.stdout).toMatch(
    /^It may stay so in quickbooks, [^]*debit 2\.50 on account [^]*\nDry run: nothing was kept\.\n$/,
  )
  expect(await item()).toBe(name)
  expect(await type('decide', name, 'keep-theirs', ...SAID)).toMatchObject({ exitCode: 0 })
  expect(await item()).toMatch(/^none/)
  const tied = await tiedOut()
  expect(tied.exitCode).toBe(0)
  expect(tied.stdout).toContain(`${DOCUMENT}: kept as it is there, by ann on `)
  expect(tied.stdout).toContain(': the client paid half of it')
  expect((await look()).exitCode).toBe(0)
  expect((await type('ledger', 'verify', '--rebuild')).stdout).not.toContain('target_word')
  // What it moved by is explained, also once the journal is taken back.
  expect((await type('journals', 'reverse', DOCUMENT, '--by', 'ann', '--why', 'wrong panel')).exitCode).toBe(0)
  await type('deliver')
  expect((await tiedOut()).exitCode).toBe(0)
  await edit(3)
  expect((await look()).exitCode).toBe(1)
  expect(await item()).toBe(name)
  await edit(1)
  expect((await look()).exitCode).toBe(0)
  expect((await type('decide', name, 'keep-theirs', ...SAID)).stderr).toContain(`${name} is closed.`)
})

it('keeps what was deleted, and takes that word back', async () => {
  const { type, remove, look, tiedOut, item } = await desk()
  await remove()
  await look()
  const name = await item()
  const kept = await type('decide', name, 'keep-theirs', ...SAID)
  expect(kept.stderr).toContain(`${DOCUMENT} stays gone.`)
  expect((await tiedOut()).exitCode).toBe(0)
  const undone = await type('undo', name, '--by', 'ben', '--why', 'it was paid in full')
  expect(undone.exitCode).toBe(1)
  expect(undone.stderr).toContain(`${DOCUMENT} is not let stand any more`)
  expect(await item()).toBe(name)
  expect((await tiedOut()).exitCode).toBe(1)
  expect((await type('undo', name, '--by', 'ben', '--why', 'once more')).stderr).toContain('Nobody has said of')
  await type('decide', name, 'retry', '--by', 'ben', '--why', 'it was paid in full')
  expect((await tiedOut()).exitCode).toBe(0)
})
