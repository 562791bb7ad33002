/**
 * `tieout doctor`: a healthy book has nothing but good news, and each check finds the very thing it is there for. Every
 * case takes one healthy set-up and breaks one thing of it.
 */
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { describe, expect, it, onTestFinished } from 'vitest'
import { CHECKS, type Examined } from '../../src/pipeline/doctor/examine.ts'
import { json, startServer, type Handler } from '../http/support.ts'
import { newFolder, run, type Ran } from './support.ts'

const NIGHT = '2026-03-20T00:16:00Z'
const MORNING = '2026-03-20T08:00:00Z'

interface Ward {
  readonly folder: string
  readonly env: Record<string, string>
  readonly tieout: (...argv: string[]) => Promise<Ran>
  /** The findings of `tieout doctor` in the morning after. */
  readonly findings: (...argv: string[]) => Promise<readonly Examined[]>
  /** Replaces text of the configuration. */
  readonly rewrite: (from: string, to: string) => void
  readonly sql: (...statements: string[]) => void
  /** The same as an attacker would, who takes the table's triggers away first. */
  readonly attack: (table: string, ...statements: string[]) => void
  /** How the vendors answer from now on. */
  readonly answer: (changes: Partial<Answers>) => void
}

interface Answers {
  readonly status: number
  readonly balance: unknown
  readonly stats: unknown
  /** What a batch call of each action gets. */
  readonly multiStatus: unknown
  readonly batchStatus: unknown
  readonly clockOffMs: number
}

const HEALTHY: Answers = {
  status: 200,
  balance: { balance: '25.50', currency: 'USD' },
  stats: { success: true, role: 'publisher', stats: { impressions: 10, clicks: 5, earnings: 1.25 } },
  multiStatus: { '1': { error: 'Incorrect order ID' }, '2': { error: 'Incorrect order ID' } },
  batchStatus: { error: 'Incorrect request' },
  clockOffMs: 0,
}

const CONFIG = `database: sqlite:./tieout.db
http: { retries: 0 }
alerts:
  channels: [{ name: chat, type: slack, webhookUrl: { env: CHAT_URL } }]
  rules: { proofDiffers: false }
books:
  - name: agency
    currency: USD
    inbox: ./inbox
    export: { dir: ./exports, formats: [csv] }
    sources:
      - { name: netpanel, type: panel, baseUrl: 'SERVER/panel', apiKey: { env: PANEL_KEY }, currency: USD }
      - { name: pub, type: payelancer, role: publisher, baseUrl: 'SERVER/ads', apiKey: { file: ./pub.key }, currency: USD }
`

const PAYMENTS = `date,source,kind,amount,currency,reference,note\n2026-03-01,netpanel,opening-balance,20,USD,,\n2026-03-02,netpanel,top-up,5.50,USD,t1,\n`

/** A folder in which one night has run well. */
async function ward(): Promise<Ward> {
  let answers = HEALTHY
  const handler: Handler = (response, { url, body }) => {
    const action = new URLSearchParams(body).get('action')
    if (answers.status === 0) return void response.destroy()
    const isBatch = body.includes('orders=')
    const date = { date: new Date(Date.now() + answers.clockOffMs).toUTCString() }
    if (url.startsWith('/ads')) return json(response, answers.status, answers.stats, date)
    if (!isBatch) return json(response, answers.status, answers.balance, date)
    return json(response, answers.status, action === 'multiStatus' ? answers.multiStatus : answers.batchStatus, date)
  }
  const server = await startServer(handler)
  onTestFinished(() => server.close())
  const { path: folder } = newFolder(CONFIG.replaceAll('SERVER', server.url))
  writeFileSync(join(folder, 'pub.key'), 'publisher-key-1', { mode: 0o600 })
  mkdirSync(join(folder, 'inbox'))
  writeFileSync(join(folder, 'inbox', 'payments.csv'), PAYMENTS)
  const env: Record<string, string> = { PANEL_KEY: 'panel-key-1', CHAT_URL: `${server.url}/hook-secret-1` }
  const tieout = (...argv: string[]): Promise<Ran> => run(['--config', join(folder, 'tieout.yaml'), ...argv], { env })
  await tieout('sync', '--now', NIGHT)
  return {
    folder,
    env,
    tieout,
    findings: async (...argv) => {
      const { stdout } = await tieout('--json', '--now', MORNING, 'doctor', ...argv)
      return (JSON.parse(stdout) as { readonly findings: readonly Examined[] }).findings
    },
    rewrite: (from, to) => {
      const file = join(folder, 'tieout.yaml')
      const text = readFileSync(file, 'utf8')
      expect(text).toContain(from)
      writeFileSync(file, text.replace(from, to))
    },
    sql: (...statements) => {
      const raw = new BetterSqlite3(join(folder, 'tieout.db'))
      for (const statement of statements) raw.exec(statement)
      raw.close()
    },
    attack: (table, ...statements) => {
      const raw = new BetterSqlite3(join(folder, 'tieout.db'))
      const guards = raw
        .prepare<[string], string>("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?")
        .pluck()
        .all(table)
      for (const guard of guards) raw.exec(`DROP TRIGGER ${guard}`)
      for (const statement of statements) raw.exec(statement)
      raw.close()
    },
    answer: (changes) => (answers = { ...answers, ...changes }),
  }
}

type Breakage = readonly [
  check: string,
  what: string,
  break_: (ward: Ward) => unknown,
  verdict: 'warn' | 'fail',
  says: RegExp,
]

function addTarget({ rewrite, env }: Ward): void {
  env['TIEOUT_TOKEN_KEY'] = Buffer.alloc(32, 7).toString('base64')
  rewrite('http:', 'tokenKey: { env: TIEOUT_TOKEN_KEY }\nhttp:')
  const secret = '{ env: PANEL_KEY }'
  rewrite(
    '    sources:',
    `    targets: [{ name: books, type: xero, from: '2026-01-01', clientId: ${secret}, clientSecret: ${secret} }]\n    sources:`,
  )
}

const BREAKAGES: readonly Breakage[] = [
  [
    'config',
    'an unknown key',
    ({ rewrite }) => rewrite('http:', 'htttp:'),
    'fail',
    /tieout\.yaml:2: htttp: this key is not known/,
  ],
  ['config', 'no file', ({ folder }) => rmSync(join(folder, 'tieout.yaml')), 'fail', /There is no configuration file/],
  [
    'secrets',
    'a variable that is not set',
    ({ env }) => delete env['PANEL_KEY'],
    'fail',
    /PANEL_KEY, which is not set/,
  ],
  ['secrets', 'an empty file', ({ folder }) => writeFileSync(join(folder, 'pub.key'), ' \n'), 'fail', /which is empty/],
  [
    'secrets',
    "a channel's address that is not set",
    ({ env }) => delete env['CHAT_URL'],
    'fail',
    /CHAT_URL, which is not set/,
  ],
  [
    'secrets',
    'a key anybody can read',
    ({ folder }) => chmodSync(join(folder, 'pub.key'), 0o644),
    'warn',
    /can be read by other users.*chmod 600/s,
  ],
  [
    'addresses',
    'plain http to another host',
    ({ rewrite }) => rewrite("baseUrl: 'http://127.0.0.1", "baseUrl: 'http://panel.invalid"),
    'warn',
    /plain http/,
  ],
  [
    'currencies',
    "a panel whose statuses name another currency than its wallet's",
    ({ answer }) =>
      answer({
        multiStatus: {
          '1': { charge: '1.00', start_count: '0', status: 'Completed', remains: '0', currency: 'EUR' },
          '2': { error: 'Incorrect order ID' },
        },
      }),
    'fail',
    /statuses name EUR and the wallet is in USD\..*statusCurrency: EUR/s,
  ],
  [
    'connections',
    'a target nobody has connected',
    addTarget,
    'warn',
    /agency\/books: is not connected\. Run tieout connect books --book agency\./,
  ],
  [
    'delivery',
    'a connected target of which nobody has seen the accounts',
    (ward) => {
      addTarget(ward)
      ward.sql(`insert into connection (book, target, type, status, company_id, company_name, vendor_connection, scopes,
        access_token, access_expires_at_ms, version, failures, connected_by, connected_at_ms)
        values (1, 'books', 'xero', 'connected', 'c', 'Acme', '', '', 'sealed', 0, 1, 0, 'ann', 0)`)
    },
    'warn',
    /agency\/books: What books has for accounts is not known yet\. Run: tieout mappings pull --target books\./,
  ],
  [
    'mappings',
    'a folder that is not there',
    ({ rewrite }) => rewrite('http:', 'mappings: ./nowhere\nhttp:'),
    'fail',
    /does not exist/,
  ],
  [
    'mappings',
    'an account without a place',
    ({ rewrite, folder }) => {
      mkdirSync(join(folder, 'mappings'))
      writeFileSync(join(folder, 'mappings', 'quickbooks.yaml'), 'accounts: { "1100": Receivable }\n')
      rewrite('formats: [csv]', 'formats: [csv, quickbooks-csv]')
      rewrite('http:', 'mappings: ./mappings\nhttp:')
    },
    'warn',
    /1310:netpanel.*have no place in/,
  ],
  [
    'disk',
    'an export folder that is a file',
    ({ folder }) => writeFileSync(join(folder, 'exports'), ''),
    'fail',
    /is a file and not a folder/,
  ],
  ['database', 'none yet', ({ folder }) => rmSync(join(folder, 'tieout.db')), 'warn', /There is no database at/],
  [
    'database',
    'a file that is none',
    ({ folder }) => writeFileSync(join(folder, 'tieout.db'), 'a text, and not a database at all'),
    'fail',
    /is not a SQLite database/,
  ],
  [
    'database',
    'an older schema',
    ({ sql }) => sql('DELETE FROM migration WHERE name = (SELECT max(name) FROM migration)'),
    'warn',
    /An older tieout made this database: it lacks the migration \d{4}_\w+\. Run any command that writes/,
  ],
  [
    'database',
    'a newer schema',
    ({ sql }) => sql("INSERT INTO migration VALUES ('9999_future', 'x', 0)"),
    'fail',
    /a newer tieout made it/,
  ],
  [
    'durability',
    'another journal mode',
    ({ sql }) => sql('PRAGMA journal_mode = DELETE'),
    'warn',
    /the journal mode is delete/,
  ],
  ['integrity', 'a page of noise', ({ folder }) => spoilPage(join(folder, 'tieout.db')), 'fail', /the file is damaged/],
  [
    'ledger',
    'a head with another hash',
    ({ attack }) => attack('head', 'UPDATE head SET hash = zeroblob(32)'),
    'fail',
    /the head does not carry the hash/,
  ],
  ['ledger', 'a head set back', ({ attack }) => attack('head', 'UPDATE head SET seq = 1'), 'fail', /beyond the head/],
  [
    'ledger',
    'a transaction that was changed',
    ({ attack }) => attack('txn', "UPDATE txn SET memo = 'x' WHERE seq = 2"),
    'fail',
    /transaction 2 is not what was posted/,
  ],
  [
    'ledger',
    'a transaction that is gone',
    ({ attack }) => attack('txn', 'PRAGMA foreign_keys = OFF', 'DELETE FROM txn WHERE seq = 2'),
    'fail',
    /transaction 2 is missing.*ledger verify/s,
  ],
  [
    'backlog',
    'evidence nobody booked',
    ({ attack }) => {
      attack('processed', 'UPDATE processed SET batch = batch - 1')
      attack('log_record', 'UPDATE log_record SET at_ms = 0')
    },
    'warn',
    /1 landed batches wait/,
  ],
  [
    'schedule',
    'a night that did not run',
    ({ sql }) => sql('UPDATE run SET finished_at_ms = finished_at_ms - 86400000'),
    'fail',
    /the one due 2026-03-20 00:15 UTC has not/,
  ],
  [
    'schedule',
    'a run that broke',
    ({ sql }) => sql(`UPDATE run SET status = 'running', summary = '{"failure":"The disk is full."}'`),
    'fail',
    /did not come to its end\. The disk is full/,
  ],
  [
    'schedule',
    'no night at all',
    ({ sql }) => sql('DELETE FROM run_step', 'DELETE FROM run'),
    'warn',
    /no night has finished yet/,
  ],
  [
    'alerts',
    'nobody to tell',
    ({ rewrite }) => rewrite('channels: [{ name: chat, type: slack, webhookUrl: { env: CHAT_URL } }]', 'channels: []'),
    'warn',
    /nobody is told/,
  ],
  [
    'alerts',
    'a channel that fails',
    ({ sql }) => sql("INSERT INTO alert_channel VALUES ('chat', 3, 0, 'It is gone.', 0, NULL)"),
    'warn',
    /It is gone\..*tieout alerts test chat/,
  ],
  [
    'sources',
    'a refused key',
    ({ answer }) => answer({ status: 401 }),
    'fail',
    /netpanel: The panel refused the API key/,
  ],
  ['sources', 'a web page', ({ answer }) => answer({ balance: '<html>' }), 'fail', /web page|JSON|error/],
  [
    'sources',
    'another currency',
    ({ answer }) => answer({ balance: { balance: '1', currency: 'EUR' } }),
    'fail',
    /in EUR and the configuration says USD.*currency: EUR/,
  ],
  [
    'sources',
    'another role',
    ({ answer }) =>
      answer({ stats: { success: true, role: 'advertiser', stats: { impressions: 1, clicks: 1, spent: 1 } } }),
    'fail',
    /role: advertiser/,
  ],
  ['sources', 'an address that breaks off', ({ answer }) => answer({ status: 0 }), 'fail', /broke the connection/],
  [
    'dialect',
    'the other spelling',
    ({ answer }) => answer({ multiStatus: { error: 'Incorrect request' }, batchStatus: HEALTHY.multiStatus }),
    'fail',
    /does not understand multiStatus.*multiAction: status/s,
  ],
  [
    'dialect',
    'neither spelling',
    ({ answer }) => answer({ multiStatus: { error: 'Incorrect request' } }),
    'warn',
    /neither multiStatus nor status/,
  ],
  ['clock', 'a clock a minute off', ({ answer }) => answer({ clockOffMs: 60_000 }), 'warn', /behind that of netpanel/],
  [
    'clock',
    'a clock ten minutes off',
    ({ answer }) => answer({ clockOffMs: -600_000 }),
    'fail',
    /ahead of that of netpanel/,
  ],
]

function spoilPage(file: string): void {
  const raw = new BetterSqlite3(file)
  raw.pragma('wal_checkpoint(TRUNCATE)')
  const rootpage =
    raw.prepare<[], number>("SELECT rootpage FROM sqlite_master WHERE name = 'log_record'").pluck().get() ?? 0
  const size = Number(raw.pragma('page_size', { simple: true }))
  raw.close()
  const bytes = readFileSync(file)
  bytes.fill(0xa5, (rootpage - 1) * size, rootpage * size)
  writeFileSync(file, bytes)
}

describe('tieout doctor', () => {
  it('has nothing but good news of a healthy book, and changes nothing', async () => {
    const { folder, tieout } = await ward()
    const before = readFileSync(join(folder, 'tieout.db'))
    const { exitCode, stdout } = await tieout('--now', MORNING, 'doctor', '--strict')
    expect(stdout.split('\n').filter((line) => !line.startsWith('ok'))).toEqual([
      '',
      expect.stringMatching(/^\d+ in order, 0 warnings, 0 failures\.$/),
      '',
    ])
    expect(exitCode).toBe(0)
    expect(readFileSync(join(folder, 'tieout.db')).equals(before)).toBe(true)
    const named = new Set(stdout.split('\n').map((line) => line.slice(6, 17).trim()))
    for (const { name } of CHECKS) expect(named).toContain(name)
  })

  for (const [check, what, break_, verdict, says] of BREAKAGES) {
    it(`${check}: finds ${what}`, async () => {
      const patient = await ward()
      break_(patient)
      const found = (await patient.findings()).filter((each) => each.check === check && each.verdict !== 'ok')
      expect(found.map((each) => each.verdict)).toContain(verdict)
      expect(found.map(({ about, says: sentence, next }) => `${about}: ${sentence} ${next}`).join('\n')).toMatch(says)
    })
  }

  it('breaks every check somewhere in its table, but those that need another machine or company', () => {
    const broken = new Set(BREAKAGES.map(([check]) => check))
    // A company of two books is in test/delivery/others-in-company.test.ts.
    const elsewhere = ['time zones', 'companies']
    expect(CHECKS.map(({ name }) => name).filter((name) => !broken.has(name))).toEqual(elsewhere)
  })

  it('fails with exit code 1, warns with 0 and with --strict with 1', async () => {
    const { tieout, sql, answer } = await ward()
    sql('PRAGMA journal_mode = DELETE')
    expect((await tieout('--now', MORNING, 'doctor')).exitCode).toBe(0)
    expect((await tieout('--now', MORNING, 'doctor', '--strict')).exitCode).toBe(1)
    answer({ status: 401 })
    expect((await tieout('--now', MORNING, 'doctor')).exitCode).toBe(1)
  })

  it('asks nobody with --offline', async () => {
    const { tieout, answer } = await ward()
    answer({ status: 401 })
    const { exitCode, stdout } = await tieout('--now', MORNING, 'doctor', '--offline')
    expect(exitCode).toBe(0)
    expect(stdout).toContain('No source was asked (--offline).')
  })

  it('never prints a secret, whatever is broken', async () => {
    for (const [, , break_] of BREAKAGES.filter(([check]) =>
      ['secrets', 'sources', 'alerts', 'dialect'].includes(check),
    )) {
      const patient = await ward()
      break_(patient)
      const { stdout, stderr } = await patient.tieout('--now', MORNING, 'doctor')
      expect(stdout + stderr).not.toMatch(/panel-key-1|publisher-key-1|hook-secret-1/)
    }
  })
})
