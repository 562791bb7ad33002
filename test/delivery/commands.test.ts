/** `tieout deliver` and `tieout targets` as a person types them, against emulators of both accounting systems. */
import { appendFileSync, copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { run, type Ran } from '../cli/support.ts'
import { documentsAt, emulators, ENV, NAMES, prepare, type Emulated } from './emulated-book.ts'

interface Person extends Emulated {
  readonly type: (...argv: string[]) => Promise<Ran>
}

interface HandEntry {
  readonly id: string
  readonly lines: readonly { readonly amount: string }[]
}

interface Tied {
  readonly targets: readonly {
    readonly isTied: boolean
    readonly isComplete: boolean
    readonly accounts: readonly { readonly target: string }[]
  }[]
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
    expect(tied.stdout).toContain('quickbooks ties out: 2 accounts, no difference.')
    expect((await type('deliver')).stdout).toContain('quickbooks: nothing new was sent.')
    const history = await type('targets', 'history', 'acmeads-20261101-1')
    expect(history.stdout).toContain('delivered to verified: read back from the target, and equal')
  })

  it('is told what a person holds, by whom and how to let it go', async () => {
    const { type } = await person(2)
    await type('journals', 'hold', 'ACMEADS-20261101-1', '--by', 'ann', '--why', 'the client disputes it')
    const preview = await type('deliver', '--dry-run', '--target', 'xero')
    expect(preview.stdout).toContain('1 entry would be looked up and sent; nothing was.')
    const sent = await type('deliver', '--target', 'xero')
    expect(sent.exitCode).toBe(0)
    expect(sent.stdout).toMatch(
      /^xero: 1 entry created, 1 read back and equal\.\n {2}ACMEADS-20261101-1: Held by ann since [-\d]+: the client disputes it\. To let it go: tieout journals release ACMEADS-20261101-1 --by NAME --why TEXT\n$/,
    )
    await type('journals', 'release', 'ACMEADS-20261101-1', '--by', 'ann', '--why', 'settled')
    expect((await type('deliver', '--target', 'xero')).stdout).toBe('xero: 1 entry created, 1 read back and equal.\n')
  })

  it('is told when it is held where it has gone, or may have gone, already', async () => {
    const { type, talk } = await person(1)
    await type('deliver', '--target', 'quickbooks')
    const down = Array.from({ length: 20 }, () => 'drop-before')
    // Whose company it is, what is closed, other books, the look-up; then the create, and whoever asks after it.
    await talk.control('xero/faults', { script: ['none', 'none', 'none', 'none', 'drop-after', ...down] })
    await type('deliver', '--target', 'xero')
    const held = await type('journals', 'hold', 'ACMEADS-20261101-1', '--by', 'ann', '--why', 'the client disputes it')
    expect(held.stdout.split('\n').slice(1)).toEqual([
      'quickbooks has a part of it or all, which stays there; nothing more of it is sent.',
      'xero may have it already: it was sent, and no answer came yet. The next delivery looks, and sends nothing.',
      '',
    ])
  })

  it('is not told that it ties out while anything is not there, although nothing is unexplained', async () => {
    const { type } = await person(2)
    const nothing = await type('targets', 'tie-out', '--target', 'xero')
    expect(nothing.stdout).toContain('ACMEADS-20261101-1: not queued yet')
    await type('deliver', '--target', 'quickbooks', '--limit', '1')
    const tied = await type('targets', 'tie-out', '--target', 'quickbooks')
    expect(tied.exitCode).toBe(0)
    expect(tied.stdout).toContain(
      'quickbooks does not tie out yet: 2.25 USD in 1 entry not delivered; nothing unexplained.',
    )
    expect(tied.stdout).not.toContain('ties out')
    const shown = JSON.parse((await type('--json', 'targets', 'tie-out', '--target', 'quickbooks')).stdout) as Tied
    expect(shown.targets.map(({ isTied, isComplete }) => [isTied, isComplete])).toEqual([[true, false]])
  })

  it('has one word for how a target is connected, in both lists', async () => {
    const { type } = await person(1)
    const listed = await type('targets', 'list')
    expect(listed.stdout).toMatch(/Connection +Not queued .*Last run/)
    expect(listed.stdout).toMatch(/quickbooks +quickbooks +connected +1 +0 +0 +0 +0 +0 +0 +never/)
    expect((await type('connections')).stdout).toMatch(/quickbooks +quickbooks +connected/)
  })

  it('is told what was changed by hand, by an exit code too', async () => {
    const { type, talk } = await person(1)
    await type('deliver')
    const [entry] = (await talk.control('quickbooks/entries')).json as readonly { readonly id: string }[]
    await talk.control('quickbooks/delete', { id: entry?.id ?? '' })
    const drift = await type('targets', 'drift', '--all')
    expect(drift.exitCode).toBe(1)
    expect(drift.stdout).toContain('ACMEADS-20261101-1 (id 201) is no longer there in the target')
    expect((await type('targets', 'tie-out')).exitCode).toBe(1)
    const again = await type('deliver', '--retry', 'ACMEADS-20261101-1', '--target', 'quickbooks', '--by', 'ann')
    expect(again.stdout).toContain('quickbooks: 1 entry created, 1 read back and equal.')
    expect((await type('targets', 'tie-out')).exitCode).toBe(0)
  })

  it('sends again what was deleted there just now, and not what is still there', async () => {
    const { type, talk } = await person(2)
    await type('deliver')
    const [entry] = (await talk.control('quickbooks/entries')).json as readonly HandEntry[]
    await talk.control('quickbooks/delete', { id: entry?.id ?? '' })
    const again = ['deliver', '--target', 'quickbooks', '--by', 'ann', '--retry'] as const
    const sent = await type(...again, 'acmeads-20261101-1')
    expect(sent).toMatchObject({ exitCode: 0, stdout: 'quickbooks: 1 entry created, 1 read back and equal.\n' })
    const there = await type(...again, 'ACMEADS-20261102-1')
    expect(there).toMatchObject({ exitCode: 2, stdout: '' })
    expect(there.stderr).toContain('ACMEADS-20261102-1 is verified: there is nothing to try again.')
    expect((await type('targets', 'tie-out')).exitCode).toBe(0)
  })

  it('sends again by a word about the item that tells of it, and keeps who and why', async () => {
    const { type, talk } = await person(2)
    await type('sync')
    await type('deliver')
    const [entry] = (await talk.control('quickbooks/entries')).json as readonly HandEntry[]
    await talk.control('quickbooks/delete', { id: entry?.id ?? '' })
    await type('targets', 'drift', '--all')
    const [, name = ''] = /^ {4}tieout decide (E-\d+) retry$/m.exec((await type('todo')).stdout) ?? []
    const word = ['decide', name, 'retry', '--by', 'ann', '--why', 'deleted by mistake'] as const
    expect((await type(...word, '--dry-run')).stdout).toContain('and sent if it is not there.\nDry run')
    expect((await type(...word)).stdout).toContain('quickbooks: 1 entry created, 1 read back and equal.')
    const { stdout } = await type('targets', 'history', 'ACMEADS-20261101-1')
    expect(stdout).toContain('ann wants it tried again: deleted by mistake')
    expect((await type('todo')).stdout).not.toContain('TARGET_CHANGED')
    expect((await type('targets', 'tie-out')).exitCode).toBe(0)
  })

  it('cannot reverse what was edited there, since that would leave the edit in the books', async () => {
    const { type, talk } = await person(1)
    const document = 'ACMEADS-20261101-1'
    const reverse = ['journals', 'reverse', document, '--by', 'ann', '--why', 'wrong panel'] as const
    await type('deliver')
    const [entry] = (await talk.control('quickbooks/entries')).json as readonly HandEntry[]
    const lines = entry?.lines.map((line) => ({ ...line, amount: (Number(line.amount) * 2).toFixed(2) }))
    await talk.control('quickbooks/edit', { id: entry?.id ?? '', lines })
    const drift = await type('targets', 'drift', '--all')
    expect(drift.stdout).toContain(`${document} (id 201) was changed in the target`)
    // QuickBooks' number of an account says nothing to anybody.
    expect(drift.stdout).toMatch(/debit 2\.50 on account \d+ \(SMM services cost\)/)
    const refused = await type(...reverse)
    expect(refused).toMatchObject({ exitCode: 2, stdout: '' })
    expect(refused.stderr).toContain(`${document} cannot be reversed while its entry is edited in quickbooks`)
    expect(refused.stderr).toContain(`tieout deliver --retry ${document} --target quickbooks`)
    await talk.control('quickbooks/delete', { id: entry?.id ?? '' })
    await type('targets', 'drift', '--target', 'quickbooks')
    expect((await type(...reverse)).stderr).toContain('while its entry is deleted in quickbooks')
    await type('deliver', '--retry', document, '--target', 'quickbooks', '--by', 'ann')
    expect((await type('targets', 'tie-out')).exitCode).toBe(0)
    expect((await type(...reverse)).exitCode).toBe(0)
    await type('deliver')
    const tied = JSON.parse((await type('--json', 'targets', 'tie-out')).stdout) as Tied
    expect(tied.targets.map(({ isTied, isComplete }) => [isTied, isComplete])).toEqual([
      [true, true],
      [true, true],
    ])
    expect(tied.targets.flatMap(({ accounts }) => accounts.map(({ target }) => Number(target)))).toEqual([0, 0, 0, 0])
  })

  it('says once that what looks like a copy is none, and may take that back', async () => {
    const { type, talk } = await person(1)
    const document = 'ACMEADS-20261101-1'
    await type('deliver')
    const [entry] = (await talk.control('quickbooks/entries')).json as readonly HandEntry[]
    await talk.control('quickbooks/duplicate', { id: entry?.id ?? '' })
    const copy = ((await talk.control('quickbooks/entries')).json as readonly HandEntry[]).find(
      ({ id }) => id !== entry?.id,
    )
    await talk.control('quickbooks/edit', { id: copy?.id ?? '', document: 'PAYROLL-1', memo: 'Payroll' })
    const drift = await type('targets', 'drift', '--all')
    expect(drift.exitCode).toBe(1)
    const says = `tieout targets not-a-copy ${document} ${copy?.id ?? ''} --target quickbooks --why WHY`
    expect(drift.stdout).toContain(says)
    expect((await type('targets', 'tie-out')).exitCode).toBe(1)
    const word = ['targets', 'not-a-copy', document.toLowerCase(), copy?.id ?? '', '--target', 'quickbooks'] as const
    const why = ['--why', 'the payroll of the same day', '--by', 'ann'] as const
    expect(await type(...word, ...why)).toMatchObject({ exitCode: 0, stderr: '' })
    expect((await type('deliver')).exitCode).toBe(0)
    expect((await type('targets', 'drift', '--all')).exitCode).toBe(0)
    expect((await type('targets', 'tie-out')).stdout).toContain('quickbooks ties out: 2 accounts, no difference.')
    expect((await type(...word, ...why)).stderr).toContain('is known to be no copy of')
    const taken = await type(...word, '--why', 'it was one', '--by', 'ben', '--undo')
    expect(taken.exitCode).toBe(1)
    expect(taken.stdout).toContain(`What looks like a copy of ${document}`)
    expect((await type(...word.with(3, entry?.id ?? ''), ...why)).stderr).toContain('is ACMEADS-20261101-1 itself')
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

  it('is not handed as a file what was delivered: not as the same file again, nor when the target has another name', async () => {
    const { type, configPath } = await person(1)
    const days = ['--from', '2026-11-01', '--to', '2026-11-30', '--out', join(dirname(configPath), 'out')]
    const csv = ['export', '--format', 'quickbooks-csv', '--by', 'ann', ...days] as const
    expect((await type(...csv)).exitCode).toBe(0)
    expect((await type(...csv)).exitCode).toBe(0)
    await type('deliver', '--again')
    const same = await type(...csv)
    expect(same.exitCode).toBe(2)
    expect(same.stderr).toContain('target "quickbooks"')
    const config = readFileSync(configPath, 'utf8')
    writeFileSync(configPath, config.replace('name: quickbooks', 'name: qbo'))
    expect((await type('connections')).stdout).toContain('qbo')
    const renamed = await type(...csv)
    expect(renamed.exitCode).toBe(2)
    expect(renamed.stderr).toContain('target "quickbooks"')
  })

  it('says from which day on a target is delivered to, and is told what that leaves out', async () => {
    const { type, configPath, ...emulated } = await person(3)
    const config = readFileSync(configPath, 'utf8')
    writeFileSync(configPath, config.replace("from: '2026-01-01'", "from: '2026-11-03'"))
    const sent = await type('deliver', '--target', 'quickbooks')
    expect(sent.stdout).toContain('quickbooks: 2 journals of days before 2026-11-03 are left out')
    expect(await documentsAt({ configPath, ...emulated }, 'quickbooks')).toEqual(['ACMEADS-20261103-1'])
    const listed = await type('targets', 'list')
    expect(listed.stdout).toContain('quickbooks: 2 journals of days before 2026-11-03 are left out')
    expect(listed.stdout).not.toContain('xero: 2 journals')
    writeFileSync(configPath, config.replace("        from: '2026-01-01'\n", ''))
    const unsaid = await type('deliver')
    expect(unsaid).toMatchObject({ exitCode: 2, stdout: '' })
    expect(unsaid.stderr).toContain('from: this setting is missing: the first accounting day to deliver')
  })

  it('is told by an exit code when what brings a journal again cannot be queued', async () => {
    const { type, configPath } = await person(1)
    const because = ['--by', 'ann', '--why', 'wrong panel'] as const
    await type('deliver')
    expect((await type('journals', 'reverse', 'ACMEADS-20261101-1', ...because)).exitCode).toBe(0)
    const secrets = 'clientId: { env: XERO_ID }, clientSecret: { env: XERO_SECRET }'
    appendFileSync(configPath, `      - { name: second, type: xero, ${secrets}, from: '2026-11-01' }\n`)
    const replaced = await type('journals', 'replace', 'ACMEADS-20261101-1', ...because)
    expect(replaced.exitCode).toBe(1)
    expect(replaced.stdout).toContain('xero: 1 entry waiting for tieout deliver.')
    expect(replaced.stdout).toContain('second: ')
  })

  it('is told by an exit code when mistakes in the rates keep everything sealed from being queued', async () => {
    const { type, configPath } = await person(1)
    writeFileSync(join(dirname(configPath), 'rates.csv'), 'date,from,to,rate\n2026-11-01,USD,EUR,much\n')
    const config = readFileSync(configPath, 'utf8')
    writeFileSync(configPath, config.replace('    currency: USD\n', '    currency: USD\n    rates: ./rates.csv\n'))
    const why = ['--by', 'ann', '--why', 'wrong panel'] as const
    const reversed = await type('journals', 'reverse', 'ACMEADS-20261101-1', ...why)
    expect(reversed.exitCode).toBe(1)
    expect(reversed.stdout).toContain('xero: nothing was queued. The rates file has mistakes.')
    const preview = await type('deliver', '--dry-run')
    expect(preview.exitCode).toBe(1)
    expect(preview.stdout).toContain('The rates file has mistakes.')
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
    expect((await type('todo')).stdout).toContain('DELIVERY_FAILED')
    expect((await type('deliver', '--target', 'quickbooks', '--again')).exitCode).toBe(0)
    expect(await documentsAt({ configPath, ...emulated }, 'quickbooks')).toEqual(['ACMEADS-20261101-1'])
    expect((await type('todo')).stdout).not.toContain('DELIVERY_FAILED')
  })
})
