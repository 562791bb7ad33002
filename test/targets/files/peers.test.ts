/**
 * Other engines check our books. The file is always read by a small reader of its own here, written from the format's
 * manual and sharing nothing with the exporter; where hledger or ledger is installed, that engine adds it up too and its
 * balances must equal the ledger's to the last digit. TIEOUT_REQUIRE_PEERS=1 makes a missing engine a failure.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { temporaryFolder } from '../../support/temp-folder.ts'
import type { Database } from '../../../src/db/database.ts'
import type { Book } from '../../../src/ledger/books.ts'
import { exportJournals } from '../../../src/targets/files/export.ts'
import { mappings, newBook, post, units } from '../../journals/support.ts'
import { describeOnSqlite } from '../../support/databases.ts'
import { readHledger, type Balances } from './readers.ts'
import { handOut } from './support.ts'
import { MONTH } from './support-month.ts'

function has(engine: string): boolean {
  if (spawnSync(engine, ['--version']).error === undefined) return true
  if (process.env['TIEOUT_REQUIRE_PEERS'] === '1')
    throw new Error(`${engine} is not installed, and TIEOUT_REQUIRE_PEERS is 1.`)
  return false
}

async function monthOf(database: Database): Promise<{ readonly path: string; readonly book: Book }> {
  const book = await newBook(database)
  await post(database, book, MONTH)
  const outDir = temporaryFolder()
  const range = { from: '2026-11-01', to: '2026-11-30' }
  const result = await exportJournals(database.kysely, book, { ...range, format: 'hledger', outDir, mappings, handOut })
  if (result.status !== 'written') throw new Error(result.message)
  return { path: result.files[0]?.path ?? '', book }
}

/** What the ledger says at the end of November, straight from its postings: "1310 USD" and so on per code, zero left out. */
async function ledgerBalances({ kysely }: Database, book: Book): Promise<Balances> {
  const { rows } = await sql<{ key: string; currency: string; amount: bigint }>`
    select account.key as key, txn.currency, cast(sum(posting.amount) as bigint) as amount
    from posting join txn on txn.book = posting.book and txn.seq = posting.seq
    join account on account.book = posting.book and account.id = posting.account
    where posting.book = ${book.id} and txn.effective_date <= '2026-11-30'
    group by account.key, txn.currency`.execute(kysely)
  return new Map(rows.filter((row) => row.amount !== 0n).map((row) => [`${row.key} ${row.currency}`, row.amount]))
}

/** "assets:1310 Prepaid - SMM panel wallet:netpanel" back to "1310:netpanel". */
function keyOf(account: string): string {
  const [, named = '', wallet] = account.split(':')
  return wallet === undefined ? named.slice(0, 4) : `${named.slice(0, 4)}:${wallet}`
}

function byKey(balances: Balances): Balances {
  const entries = [...balances].map(([name, amount]) => {
    const space = name.lastIndexOf(' ')
    return [`${keyOf(name.slice(0, space))}${name.slice(space)}`, amount] as const
  })
  return new Map(entries.filter(([, amount]) => amount !== 0n))
}

/** Changes the last digit of the last asserted balance in dollars. */
function falsified(path: string): string {
  const text = readFileSync(path, 'utf8')
  const at = [...text.matchAll(/\d(?= USD$)/gm)].at(-1)?.index ?? 0
  const wrong = `${path}.wrong`
  writeFileSync(wrong, `${text.slice(0, at)}${(Number(text[at]) + 1) % 10}${text.slice(at + 1)}`)
  return wrong
}

describeOnSqlite('an independent engine', (fresh) => {
  it('finds the same balances in the hledger file, and every assertion true', async () => {
    const database = await fresh()
    const { path, book } = await monthOf(database)
    const { balances, problems } = readHledger(readFileSync(path, 'utf8'))
    expect(problems).toEqual([])
    expect(byKey(balances)).toEqual(await ledgerBalances(database, book))
    expect(readHledger(readFileSync(falsified(path), 'utf8')).problems).toHaveLength(1)
  })

  it('hledger passes its strict checks and adds up to the last digit', async () => {
    if (!has('hledger')) return
    const database = await fresh()
    const { path, book } = await monthOf(database)
    execFileSync('hledger', ['-f', path, 'check', '--strict'])
    const csv = execFileSync(
      'hledger',
      ['-f', path, 'balance', '--flat', '--no-total', '-O', 'csv', '--layout', 'bare'],
      {
        encoding: 'utf8',
      },
    )
    const rows = [...csv.matchAll(/^"([^"]+)","([A-Z]{3})","(-?[\d.]+)"$/gm)]
    const balances = new Map(
      rows.map(([, account, currency, amount]) => [`${account} ${currency}`, units(amount ?? '')]),
    )
    expect(byKey(balances)).toEqual(await ledgerBalances(database, book))
    expect(spawnSync('hledger', ['-f', falsified(path), 'check']).status).not.toBe(0)
  })

  it('ledger reads the hledger file and adds up to the last digit', async () => {
    if (!has('ledger')) return
    const database = await fresh()
    const { path, book } = await monthOf(database)
    const format = '%(account)\t%(quantity(scrub(total)))\t%(commodity(scrub(total)))\n'
    const balances = new Map<string, bigint>()
    for (const currency of ['USD', 'JPY']) {
      const args = [
        '-f',
        path,
        'balance',
        '--flat',
        '--no-total',
        '--limit',
        `commodity == "${currency}"`,
        '--format',
        format,
      ]
      const text = execFileSync('ledger', args, { encoding: 'utf8' })
      for (const [, account, amount] of text.matchAll(/^([^\t]+)\t(-?[\d.]+)\t[A-Z]{3}$/gm)) {
        balances.set(`${account} ${currency}`, units(amount ?? ''))
      }
    }
    expect(byKey(balances)).toEqual(await ledgerBalances(database, book))
    expect(spawnSync('ledger', ['-f', falsified(path), 'balance']).status).not.toBe(0)
  })
})
