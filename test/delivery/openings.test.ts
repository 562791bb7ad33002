/** Opening balances and the companies a book is delivered to: left to them, unless the target asks for them. */
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { run, type Ran } from '../cli/support.ts'
import { emulators, ENV, prepare } from './emulated-book.ts'

const ASKED = 'type: quickbooks\n        deliverOpenings: true'

interface HandEntry {
  readonly lines: readonly { readonly amount: string }[]
}

async function desk(line = 'type: quickbooks') {
  const { copy } = await prepare('sqlite', 1, [
    ['panel', 'opening-wallet', 'netpanel', '100', '2026-11-01'],
    ['panel', 'opening-wallet', 'netpanel', '40', '2026-10-31'],
  ])
  const { configPath, talk } = await emulators()
  copyFileSync((await copy()).replace('sqlite:', ''), join(dirname(configPath), 'tieout.db'))
  writeFileSync(configPath, readFileSync(configPath, 'utf8').replaceAll('type: quickbooks', line))
  const type = (...argv: string[]): Promise<Ran> => run(['--config', configPath, ...argv], { env: ENV })
  const delivered = await type('deliver', '--target', 'quickbooks')
  const amounts = async (): Promise<readonly (readonly number[])[]> => {
    const entries = (await talk.control('quickbooks/entries')).json as readonly HandEntry[]
    return entries.map(({ lines }) => lines.map(({ amount }) => Number(amount)).toSorted((a, b) => a - b))
  }
  return { type, delivered, amounts, configPath }
}

it('leaves them out of a day with other postings, sends nothing of a day of openings alone, and ties out', async () => {
  const { type, delivered, amounts } = await desk()
  expect(delivered).toMatchObject({ exitCode: 0, stderr: '' })
  expect(await amounts()).toEqual([[-1.25, 1.25]])
  const tied = await type('targets', 'tie-out', '--target', 'quickbooks')
  expect(tied.exitCode).toBe(0)
  expect(tied.stdout).toContain(
    'quickbooks: opening balances of 140.00 USD in 2 journals are left to the company; deliverOpenings: true sends them.',
  )
  expect(tied.stdout).toContain('quickbooks ties out: ')
  expect(JSON.parse((await type('targets', 'tie-out', '--json')).stdout)).toMatchObject({
    targets: [{ openings: [{ currency: 'USD', debits: '140.00000000', journals: 2 }] }, {}],
  })
  const reversed = await type('journals', 'reverse', 'ACMEADS-20261101-1', '--by', 'ann', '--why', 'wrong panel')
  expect(reversed.exitCode).toBe(0)
  await type('deliver', '--target', 'quickbooks')
  expect((await type('targets', 'tie-out', '--target', 'quickbooks')).exitCode).toBe(0)
})

it('sends them where the target asks for them', async () => {
  const { type, amounts } = await desk(ASKED)
  const all = (await amounts()).flat()
  expect(all).toHaveLength(5)
  expect(all.map(Math.abs)).toEqual(expect.arrayContaining([40, 1.25]))
  const tied = await type('targets', 'tie-out', '--target', 'quickbooks')
  expect(tied.exitCode).toBe(0)
  expect(tied.stdout).not.toContain('opening balances')
})

it('asked for later, sends the day that was left out, and the others when they are reversed and replaced', async () => {
  const { type, amounts, configPath } = await desk()
  const asked = readFileSync(configPath, 'utf8').replaceAll('type: quickbooks', ASKED)
  writeFileSync(configPath, asked)
  await type('deliver', '--target', 'quickbooks')
  expect((await amounts()).toSorted((a, b) => a.length - b.length)).toEqual([
    [-1.25, 1.25],
    [-40, 40],
  ])
  const words = ['ACMEADS-20261101-1', '--by', 'ann', '--why', 'with its openings']
  expect(await type('journals', 'reverse', ...words)).toMatchObject({ exitCode: 0 })
  expect(await type('journals', 'replace', ...words)).toMatchObject({ exitCode: 0 })
  expect(await type('deliver', '--target', 'quickbooks')).toMatchObject({ exitCode: 0, stderr: '' })
  expect((await amounts()).slice(2)).toEqual([
    [-1.25, 1.25],
    [-100, 1.25, 98.75],
  ])
})
