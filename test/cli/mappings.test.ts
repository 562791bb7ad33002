/** Mappings from the command line, against the accounting systems' stand-ins: pulled, checked, accepted, changed. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startTargets, type TargetsServer } from '../../src/sandbox/targets/start.ts'
import { newFolder, run, type Ran } from './support.ts'

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // a TCP server's address
  await new Promise((resolve) => server.close(resolve))
  return port
}

function configText(url: string, port: number): string {
  return `database: sqlite:./tieout.db
mappings: ./mappings
tokenKey: { env: KEY }
http: { retries: 0 }
books:
  - name: agency
    currency: USD
    sources:
      - { name: netpanel, type: panel, baseUrl: 'https://panel.example/api/v2', apiKey: { env: K }, currency: USD }
    targets:
      - name: books
        type: quickbooks
        from: '2026-01-01'
        requestsPerMinute: 60000
        clientId: { env: QID }
        clientSecret: { env: QSECRET }
        redirectUri: http://localhost:${port}/callback
        urls: { authorize: '${url}/quickbooks/authorize', token: '${url}/quickbooks/token', revoke: '${url}/quickbooks/revoke', api: '${url}/quickbooks' }
      - name: ledger
        type: xero
        from: '2026-01-01'
        requestsPerMinute: 60000
        clientId: { env: XID }
        clientSecret: { env: XSECRET }
        redirectUri: http://localhost:${port}/callback
        urls: { authorize: '${url}/xero/authorize', token: '${url}/xero/token', revoke: '${url}/xero/revoke', connections: '${url}/xero/connections', api: '${url}/xero/api.xro/2.0' }
`
}

interface Stage {
  readonly server: TargetsServer
  readonly tieout: (...argv: readonly string[]) => Promise<Ran>
  /** Replaces a mapping file. */
  readonly write: (name: string, text: string) => void
}

async function stage(): Promise<Stage> {
  const server = await startTargets({ autoConsent: true, countsLimits: false })
  onTestFinished(() => server.close())
  const { path } = newFolder(configText(server.url, await freePort()))
  const env = {
    KEY: Buffer.alloc(32, 7).toString('base64'),
    K: 'a-key',
    QID: 'sandbox-quickbooks-id',
    QSECRET: 'sandbox-quickbooks-secret',
    XID: 'sandbox-xero-id',
    XSECRET: 'sandbox-xero-secret',
    USER: 'ann',
  }
  mkdirSync(join(path, 'mappings'))
  const openBrowser = (url: string): void => void fetch(url)
  const tieout: Stage['tieout'] = (...argv) =>
    run(['--config', join(path, 'tieout.yaml'), ...argv], { env, nowMs: Date.now, openBrowser })
  for (const target of ['books', 'ledger']) {
    expect(await tieout('connect', target)).toMatchObject({ exitCode: 0 })
  }
  return { server, tieout, write: (name, text) => writeFileSync(join(path, 'mappings', name), text) }
}

describe('tieout mappings', () => {
  it('are pulled, checked, accepted and then ready, and the history says who did', async () => {
    const { tieout } = await stage()
    const unknown = await tieout('mappings', 'check')
    expect(unknown).toMatchObject({ exitCode: 1, stderr: '' })
    expect(unknown.stdout).toContain('Run: tieout mappings pull --target books.')

    const pulled = await tieout('mappings', 'pull')
    expect(pulled).toMatchObject({ exitCode: 0, stderr: '' })
    expect(pulled.stdout).toMatch(/^books: Sandbox Agency LLC \(quickbooks, \d+\), in USD and other currencies\.\n/)
    expect(pulled.stdout).toContain(
      '50 accounts, 43 of them for journal entries; dimensions: Source (4 values), Region',
    )
    expect((await tieout('mappings', 'pull', '--target', 'books')).stdout).toContain('Nothing has changed since')

    const checked = await tieout('mappings', 'check')
    expect(checked).toMatchObject({ exitCode: 1 })
    expect(checked.stdout).toContain('7 of 7 accounts mapped, coverage 100 %')
    expect(checked.stdout).toContain('Nobody has accepted the mapping to books yet.')
    expect(checked.stdout).toContain('then: tieout mappings accept --target books --by NAME.')

    const accepted = await tieout('mappings', 'accept', '--by', 'bob')
    expect(accepted.stdout).toBe(
      'books: version 1 is accepted by bob, with 41 changed lines.\nledger: version 1 is accepted by bob, with 41 changed lines.\n',
    )
    const ready = await tieout('mappings', 'check')
    expect(ready).toMatchObject({ exitCode: 0 })
    expect(ready.stdout.match(/Ready to deliver\./g)).toHaveLength(2)
    expect((await tieout('mappings', 'accept', '--by', 'bob')).stdout).toContain('accepted already')
    const history = await tieout('mappings', 'history', '--target', 'ledger')
    expect(history.stdout).toMatch(
      /^ledger: version 1, accepted by bob at \S+ \S+ UTC, [0-9a-f]{12}\n {2}\+ account 1000: code "812"/,
    )
    const shown = await tieout('mappings', 'show', '--target', 'ledger')
    expect(shown.stdout).toMatch(
      /1070 +USD +Top-ups in transit \(clearing\) +Top-ups in transit \(clearing\) +816 +CURRENT/,
    )
  })

  it('that changed are not delivered by before they are accepted again, and say line by line what changed', async () => {
    const { tieout, write } = await stage()
    await tieout('mappings', 'pull', '--target', 'books')
    await tieout('mappings', 'accept', '--target', 'books', '--by', 'bob')
    const accounts = ['1070', '1310', '1320', '3900', '5190'].map((code) => `  '${code}': { number: '${code}' }`)
    const tags = "dimensions:\n  class: { from: source, values: { netpanel: 'SMM' } }"
    write('quickbooks.yaml', `accounts:\n${accounts.join('\n')}\n  '5100': Advertising costs\n${tags}\n`)
    const changed = await tieout('mappings', 'check', '--target', 'books')
    expect(changed).toMatchObject({ exitCode: 1 })
    expect(changed.stdout).toContain('5 of 7 accounts mapped, coverage 71 %.')
    expect(changed.stdout).toContain(
      '5100:netpanel USD (no postings yet): 5100:netpanel goes to "Advertising costs", which Sandbox Agency LLC does not have.',
    )
    expect(changed.stdout).toContain("    Perhaps '5100': 'SMM services cost'\n")
    expect(changed.stdout).toContain(
      '    - account 1310: name "Prepaid - SMM panel wallet"\n    + account 1310: number "1310"\n',
    )
    expect(changed.stdout).toContain('    + dimension class: source "netpanel" is "SMM"\n')
    expect(changed.stdout).toContain('Not ready to deliver. The mapping to books covers 71 % of the accounts')
    const again = await tieout('mappings', 'accept', '--target', 'books', '--by', 'ann')
    expect(again.stdout).toContain('books: version 2 is accepted by ann')
    expect(again.stdout).toContain('Still not ready to deliver.')
    const { targets } = JSON.parse((await tieout('--json', 'mappings', 'history', '--target', 'books')).stdout) as {
      readonly targets: readonly { readonly versions: readonly { readonly acceptedBy: string }[] }[]
    }
    expect(targets[0]?.versions.map(({ acceptedBy }) => acceptedBy)).toEqual(['bob', 'ann'])
  })

  it('lead to no bank account in Xero', async () => {
    const { tieout, write } = await stage()
    await tieout('mappings', 'pull', '--target', 'ledger')
    write('xero.yaml', "currency: USD\ntaxRate: Tax Exempt\naccounts:\n  '1070': { code: '090' }\n")
    const { stdout } = await tieout('mappings', 'check', '--target', 'ledger')
    expect(stdout).toContain('which no journal entry may use. Xero takes no manual journal on a bank account')
    expect(stdout).toContain("Perhaps '1070': { code: '816' } # Top-ups in transit (clearing)")
    expect(stdout).toContain('coverage 0 %')
  })

  it.each([
    [
      ['mappings', 'pull', '--target', 'boks'],
      2,
      'Book agency has no target "boks". Its targets are books, ledger. Did you mean "books"?',
    ],
    [['mappings', 'accept', '--by', ' '], 2, 'A person has a name.'],
  ])('%j is refused', async (argv, exitCode, sentence) => {
    const { tieout } = await stage()
    const ran = await tieout(...argv)
    expect(ran.exitCode).toBe(exitCode)
    expect(ran.stderr.replaceAll(/\s+/g, ' ')).toContain(sentence)
  })
})
