/** `tieout deliver` and `tieout targets` as a person types them, against emulators of both accounting systems. */
import { copyFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { run, type Ran } from '../cli/support.ts'
import { documentsAt, emulators, ENV, NAMES, prepare, type Emulated } from './emulated-book.ts'

interface Person extends Emulated {
  readonly type: (...argv: string[]) => Promise<Ran>
}

async function person(days: number): Promise<Person> {
  const { copy } = await prepare('sqlite', days)
  const emulated = await emulators()
  copyFileSync((await copy()).replace('sqlite:', ''), join(dirname(emulated.configPath), 'tieout.db'))
  const type = (...argv: string[]): Promise<Ran> => run(['--config', emulated.configPath, ...argv], { env: ENV })
  return { ...emulated, type }
}

describe('a person who delivers', () => {
  it('sees what would be sent, sends it, and sees that it ties out', async () => {
    const { type, ...emulated } = await person(2)
    const preview = await type('deliver', '--dry-run')
    expect(preview.exitCode).toBe(0)
    expect(preview.stdout).toContain('4 entries would be looked up and sent; nothing was.')
    for (const name of NAMES) expect(await documentsAt(emulated, name)).toEqual([])
    const shown = JSON.parse((await type('--json', 'deliver', '--dry-run')).stdout) as {
      readonly entries: readonly { readonly target: string; readonly body: string }[]
    }
    const sent = await type('deliver')
    expect(sent).toMatchObject({ exitCode: 0, stderr: '' })
    expect(sent.stdout).toBe(
      'quickbooks: 2 entries created, 2 read back and equal.\nxero: 2 entries created, 2 read back and equal.\n',
    )
    const listed = JSON.parse((await type('--json', 'targets', 'list', '--documents')).stdout) as typeof shown
    expect(listed.entries.map(({ body }) => body)).toEqual(shown.entries.map(({ body }) => body))
    const tied = await type('targets', 'tie-out')
    expect(tied.exitCode).toBe(0)
    expect(tied.stdout).toContain('quickbooks ties out: 2 accounts, nothing unexplained.')
    expect((await type('deliver')).stdout).toContain('quickbooks: nothing new was sent.')
    const history = await type('targets', 'history', 'acmeads-20261101-1')
    expect(history.stdout).toContain('delivered to verified: read back from the target, and equal')
  })

  it('is told what was changed by hand, by an exit code too', async () => {
    const { type, talk } = await person(1)
    await type('deliver')
    const [entry] = (await talk.control('quickbooks/entries')).json as readonly { readonly id: string }[]
    await talk.control('quickbooks/delete', { id: entry?.id ?? '' })
    const drift = await type('targets', 'drift', '--all')
    expect(drift.exitCode).toBe(1)
    expect(drift.stdout).toContain('TARGET_DELETED: ACMEADS-20261101-1')
    expect((await type('targets', 'tie-out')).exitCode).toBe(1)
    const again = await type('deliver', '--retry', 'ACMEADS-20261101-1', '--target', 'quickbooks', '--by', 'ann')
    expect(again.stdout).toContain('quickbooks: 1 entry created, 1 read back and equal.')
    expect((await type('targets', 'tie-out')).exitCode).toBe(0)
  })

  it('gets a sentence for a target that is not there, and for nothing to try again', async () => {
    const { type } = await person(1)
    const unknown = await type('deliver', '--target', 'quickbook')
    expect(unknown.exitCode).toBe(2)
    expect(unknown.stderr).toContain('has no target "quickbook"')
    const nothing = await type('deliver', '--retry', 'NOPE-1', '--target', 'xero')
    expect(nothing.stderr).toContain('Nothing under the number NOPE-1 is in the outbox of xero.')
  })

  it('is not troubled by a limit of the day: the rest waits, and the next day goes on', async () => {
    const { type, talk, ...emulated } = await person(4)
    await talk.control('xero/settings', { perDay: 4 })
    const first = await type('deliver', '--target', 'xero')
    expect(first.exitCode).toBe(0)
    expect(first.stdout).toMatch(/entries wait until 20\d\d-.*nothing is lost/)
    expect((await documentsAt({ talk, ...emulated }, 'xero')).length).toBeGreaterThan(0)
    const second = await type('deliver', '--target', 'xero')
    expect(second).toMatchObject({ exitCode: 0, stderr: '' })
  })

  it('is stopped where a file took a journal into the same books already, unless it was never imported', async () => {
    const { type, configPath, ...emulated } = await person(1)
    const days = ['--from', '2026-11-01', '--to', '2026-11-30', '--out', join(dirname(configPath), 'out')]
    expect((await type('export', '--format', 'quickbooks-csv', '--by', 'ann', ...days)).exitCode).toBe(0)
    const stopped = await type('deliver')
    expect(stopped.exitCode).toBe(1)
    expect(stopped.stdout).toMatch(/ACMEADS-20261101-1 was written to .*\.csv by ann at .*--target quickbooks --again/)
    expect(await documentsAt({ configPath, ...emulated }, 'quickbooks')).toEqual([])
    expect(await documentsAt({ configPath, ...emulated }, 'xero')).toEqual(['ACMEADS-20261101-1'])
    expect((await type('exceptions', 'list')).stdout).toContain('DUPLICATE')
    expect((await type('deliver', '--target', 'quickbooks', '--again')).exitCode).toBe(0)
    expect(await documentsAt({ configPath, ...emulated }, 'quickbooks')).toEqual(['ACMEADS-20261101-1'])
    expect((await type('exceptions', 'list')).stdout).not.toContain('DUPLICATE')
  })
})
