/**
 * Statements into a book: once each, flagged where they do not add up or follow one another, the same
 * after a replay. The files are a bank's CSV, so that what is tested is what a person imports.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { parseConfig } from '../../src/config/load.ts'
import type { Database } from '../../src/db/database.ts'
import { readLines } from '../../src/evidence/statements/lines.ts'
import { listFiles } from '../../src/evidence/statements/files.ts'
import { importStatements, type StatementImport } from '../../src/pipeline/import-statement.ts'
import { resolve } from '../exceptions/support.ts'
import { listExceptions } from '../../src/reconcile/exceptions.ts'
import { json, startServer } from '../http/support.ts'
import { describeOnSqlite, newFolder } from '../support/databases.ts'
import { nightMs, rigOn, type Rig } from './harness.ts'
import { expectSameAfterReplay } from './statement-support.ts'

const CONFIG = `database: sqlite:./tieout.db
books:
  - name: agency
    currency: USD
    inbox: ./inbox
    accounts:
      - { name: checking, type: bank, currency: USD, number: '12345678' }
      - { name: paypal, type: paypal, currency: USD }
    sources:
      - { name: panel, type: panel, baseUrl: 'https://panel.example/api/v2', apiKey: { env: K }, currency: USD }
`

const NOTHING = { columns: null, dateOrder: null, decimal: null }
/** A person has compared its balances with the bank's own statement. */
const LOOKED_AT = { ...NOTHING, balance: 'after' } as const
const SIGN_SAID = { ...NOTHING, columns: { roles: {}, sign: 'in-positive' as const } }

function rigOf(database: Database, text: string = CONFIG): Rig {
  const folder = newFolder()
  const config = parseConfig(text, join(folder, 'tieout.yaml'))
  const [book] = config.books
  if (book === undefined) throw new Error('no book')
  return rigOn(database, { folder, config, book, env: { K: 'a-key' } })
}

/** For nights: a panel that answers. One that does not is asked again and again, with waits in between. */
async function answering(): Promise<string> {
  const { url, close } = await startServer((response) => json(response, 401, { error: 'Invalid API key' }))
  onTestFinished(close)
  return CONFIG.replace('https://panel.example', url)
}

/** Rows are "03-01 -5.00 95.00 coffee": day, amount, balance ("-" for none) and text. */
function csv(...rows: readonly string[]): string {
  const cells = rows.map((row) => row.split(' '))
  const hasBalance = cells.some(([, , balance]) => balance !== '-')
  const lines = cells.map(([day, amount, balance, ...text]) =>
    [`2026-${day}`, amount, ...(hasBalance ? [balance] : []), text.join(' ')].join(','),
  )
  return [`Date,Amount,${hasBalance ? 'Balance,' : ''}Description`, ...lines, ''].join('\n')
}

async function bring(rig: Rig, name: string, text: string, more: Partial<StatementImport> = {}) {
  const path = join(rig.folder, name)
  writeFileSync(path, text)
  const request = { config: rig.config, book: rig.book, env: rig.env }
  const wanted = { path, account: 'checking', format: null, said: NOTHING, ...more }
  const {
    files: [imported],
  } = await importStatements(rig.environment(nightMs(30)), request, [wanted])
  if (imported === undefined) throw new Error('nothing imported')
  return imported
}

async function linesOf(rig: Rig): Promise<readonly string[]> {
  const { id } = await rig.bookRow()
  const lines = await readLines(rig.database.kysely, id)
  return lines.map(({ date, amount, description }) => `${date.slice(5)} ${amount / 1_000_000n} ${description}`)
}

/** Reconciling and proofs, which follow every import, have exceptions of their own. */
const OWN_CODES: ReadonlySet<string> = new Set(['STATEMENT_DIFFERS', 'STATEMENT_GAP'])

async function openCodes(rig: Rig): Promise<readonly string[]> {
  const { id } = await rig.bookRow()
  const open = await listExceptions(rig.database.kysely, id, { status: 'open' })
  return open
    .filter(({ code, object }) => OWN_CODES.has(code) && !object.startsWith('cash:'))
    .map(({ code, object }) => `${code} ${object}`)
}

const MARCH = csv(
  '03-01 -5.00 95.00 coffee',
  '03-02 -5.00 90.00 coffee',
  '03-02 -5.00 85.00 coffee',
  '03-09 20.00 105.00 payout',
)

describeOnSqlite('a statement', (fresh) => {
  it('is imported once, whatever the name of the file', async () => {
    const rig = rigOf(await fresh())
    const first = await bring(rig, 'march.csv', MARCH)
    expect(first.stored).toMatchObject({ lines: 4, fresh: 4, known: 0, uncounted: 0, footing: 'foots' })
    expect(first.totals?.rows).toMatchObject({ in: 4n, posted: 4n })
    const again = await bring(rig, 'copy.csv', MARCH)
    expect(again).toMatchObject({ alreadyImported: true, stored: { name: 'march.csv' } })
    expect(await linesOf(rig)).toHaveLength(4)
  })

  it('adds of overlapping files what is new, and keeps identical lines', async () => {
    const rig = rigOf(await fresh())
    await bring(rig, 'a.csv', MARCH)
    const { stored } = await bring(
      rig,
      'b.csv',
      csv('03-02 -5.00 85.00 coffee', '03-09 20.00 105.00 payout', '03-10 -5.00 100.00 tea'),
    )
    expect(stored).toMatchObject({ lines: 3, fresh: 1, known: 2 })
    expect(await linesOf(rig)).toEqual([
      '03-01 -500 coffee',
      '03-02 -500 coffee',
      '03-02 -500 coffee',
      '03-09 2000 payout',
      '03-10 -500 tea',
    ])
    expect(await openCodes(rig)).toEqual([])
  })

  it('that follows on the same day adds its identical lines, as its balance proves', async () => {
    const rig = rigOf(await fresh())
    await bring(rig, 'a.csv', csv('03-01 -1.00 99.00 tea', '03-02 -5.00 94.00 coffee'))
    const { stored } = await bring(rig, 'b.csv', csv('03-02 -5.00 89.00 coffee', '03-03 -1.00 88.00 tea'))
    expect(stored).toMatchObject({ fresh: 2, known: 0 })
    expect(await openCodes(rig)).toEqual([])
  })

  it('in another format is known by its amounts where one of both shows the whole day', async () => {
    const rig = rigOf(await fresh())
    await bring(rig, 'a.csv', csv('03-01 -1.00 99.00 tea', '03-02 -5.00 94.00 COFFEE HOUSE', '03-03 -1.00 93.00 tea'))
    const mt940 =
      ':20:X\n:25:12345678\n:28C:1/1\n:60F:C260301USD99,00\n:61:2603020302D5,00NTRFNONREF\n:86:card payment\n:62F:C260302USD94,00\n-\n'
    const { stored } = await bring(rig, 'b.sta', mt940)
    expect(stored).toMatchObject({ format: 'mt940', fresh: 0, known: 1 })
    // The next file of that format finds the line in the words of the first one.
    const next = mt940.replace('1/1', '2/1')
    expect((await bring(rig, 'c.sta', next)).stored).toMatchObject({ fresh: 0, known: 1 })
  })

  it('with an id is told apart by it, also from a line of the same day and amount', async () => {
    const rig = rigOf(await fresh())
    const named = (...rows: readonly string[]): string =>
      ['Date,Amount,Currency,Description,Transaction ID', ...rows].map((row) => `${row}\n`).join('')
    const a = named('2026-03-14,-1.00,USD,tea,T1', '2026-03-15,10.00,USD,tea,T2', '2026-03-16,1.00,USD,tea,T3')
    await bring(rig, 'a.csv', a, { said: SIGN_SAID })
    const filtered = named('2026-03-14,-1.00,USD,tea,T1', '2026-03-15,10.00,USD,cup,T9', '2026-03-16,1.00,USD,tea,T3')
    expect((await bring(rig, 'b.csv', filtered)).stored).toMatchObject({ lines: 3, fresh: 1, known: 2 })
  })
})

describeOnSqlite('a day that two files cut', (fresh) => {
  const A = csv('03-01 -1.00 - tea', '03-02 -5.00 - coffee')
  const B = csv('03-02 -5.00 - cafe', '03-03 -1.00 - tea')

  it('adds nothing where one part contains the other', async () => {
    const rig = rigOf(await fresh())
    await bring(rig, 'a.csv', A, { said: SIGN_SAID })
    const { stored } = await bring(rig, 'b.csv', csv('03-02 -5.00 - coffee', '03-02 -2.00 - cup', '03-03 -1.00 - tea'))
    expect(stored).toMatchObject({ fresh: 2, known: 1 })
    await bring(rig, 'c.csv', csv('03-02 -2.00 - cup', '03-03 -1.00 - tea'))
    expect(await linesOf(rig)).toHaveLength(4)
    expect(await openCodes(rig)).toEqual([])
  })

  it('is counted once and said to be doubtful where its words differ, until a file shows it whole', async () => {
    const rig = rigOf(await fresh())
    await bring(rig, 'a.csv', A, { said: SIGN_SAID })
    const { stored, totals } = await bring(rig, 'b.csv', B)
    expect(stored).toMatchObject({ fresh: 1, known: 1 })
    expect(totals?.rows).toMatchObject({ in: 2n, posted: 1n, excepted: 1n })
    expect(await openCodes(rig)).toEqual(['STATEMENT_DIFFERS overlap:USD:2026-03-02'])
    await bring(
      rig,
      'c.csv',
      csv('03-01 -1.00 - tea', '03-02 -5.00 - coffee', '03-02 -5.00 - cafe', '03-03 -1.00 - tea'),
    )
    expect(await linesOf(rig)).toHaveLength(4)
    expect(await openCodes(rig)).toEqual([])
  })

  it('stays in doubt until each of its lines is answered, though they sum to nothing', async () => {
    const rig = rigOf(await fresh())
    await bring(rig, 'a.csv', csv('03-01 -1.00 - tea', '03-02 20.00 - cup', '03-02 50.00 - in', '03-02 -50.00 - out'))
    await bring(
      rig,
      'b.csv',
      csv('03-02 20.00 - CUP!', '03-02 50.00 - IN!', '03-02 -50.00 - OUT!', '03-03 -1.00 - tea'),
    )
    const open = await openCodes(rig)
    expect(open).toEqual(['STATEMENT_DIFFERS overlap:USD:2026-03-02'])
    const { id } = await rig.bookRow()
    const cup = (await readLines(rig.database.kysely, id)).find(({ description }) => description === 'cup')
    await resolve(rig, 31, 'STATEMENT_DIFFERS', 'not-a-duplicate', { line: cup?.id ?? 0 })
    expect(await openCodes(rig)).toEqual(open)
    await resolve(rig, 32, 'STATEMENT_DIFFERS', 'not-a-duplicate', { line: null })
    expect(await openCodes(rig)).toEqual([])
    expect(await linesOf(rig)).toHaveLength(8)
  })

  it('has a second line when a person says so, once', async () => {
    const rig = rigOf(await fresh())
    await bring(rig, 'a.csv', A, { said: SIGN_SAID })
    await bring(rig, 'b.csv', B)
    const { id } = await rig.bookRow()
    const line = (await readLines(rig.database.kysely, id)).find(({ description }) => description === 'coffee')
    await expect(resolve(rig, 31, 'STATEMENT_DIFFERS', 'not-a-duplicate', { line: 99 })).rejects.toMatchObject({
      message: expect.stringContaining('every print of line 99'),
    })
    await resolve(rig, 31, 'STATEMENT_DIFFERS', 'not-a-duplicate', { line: null })
    const coffees = (await readLines(rig.database.kysely, id)).filter(({ description }) => description === 'coffee')
    const second = coffees.at(-1)
    expect(coffees).toHaveLength(2)
    expect(second).toMatchObject({ amount: line?.amount, date: line?.date, disposition: 'open' })
    expect(await linesOf(rig)).toHaveLength(4)
    expect(await openCodes(rig)).toEqual([])
    await expectSameAfterReplay(rig)
  })
})

describeOnSqlite('what is wrong with a statement', (fresh) => {
  it('that does not add up is flagged and kept, and settled by one that does', async () => {
    const rig = rigOf(await fresh())
    const { stored } = await bring(rig, 'wrong.csv', MARCH.replace('105.00', '106.00'), { said: LOOKED_AT })
    expect(stored.footing).toBe('differs')
    expect(await openCodes(rig)).toEqual([`STATEMENT_DIFFERS statement:${stored.sha256.slice(0, 12)}`])
    await bring(rig, 'right.csv', MARCH)
    expect(await openCodes(rig)).toEqual([])
    expect(await linesOf(rig)).toHaveLength(4)
  })

  it('whose misprint stays beside the right line says so about that line', async () => {
    const rig = rigOf(await fresh())
    await bring(rig, 'wrong.csv', MARCH.replace('03-09,20.00', '03-09,26.00'), { said: LOOKED_AT })
    await bring(rig, 'right.csv', MARCH)
    const { id } = await rig.bookRow()
    const misprint = (await readLines(rig.database.kysely, id)).find(({ amount }) => amount === 26_00000000n)
    expect(await openCodes(rig)).toEqual([`STATEMENT_DIFFERS line:${misprint?.id}`])
    await expectSameAfterReplay(rig)
  })

  it('that does not follow the one before is a gap, until the missing one comes', async () => {
    const rig = rigOf(await fresh())
    await bring(rig, 'a.csv', MARCH)
    await bring(rig, 'c.csv', csv('03-20 -5.00 60.00 tea', '03-21 -5.00 55.00 tea'))
    const { id } = await rig.bookRow()
    const [gap] = await listExceptions(rig.database.kysely, id, { code: 'STATEMENT_GAP' })
    expect(gap).toMatchObject({ object: 'gap:USD:2026-03-09..2026-03-20', amount: -40_00000000n, status: 'open' })
    await bring(rig, 'b.csv', csv('03-10 -30.00 75.00 rent', '03-15 -10.00 65.00 tea'))
    expect(await openCodes(rig)).toEqual([])
  })

  it.each([
    [
      'another account',
      ':20:X\n:25:99999999\n:28C:1/1\n:60F:C260301USD1,00\n:62F:C260301USD1,00\n-\n',
      'STATEMENT_OTHER_ACCOUNT',
    ],
    [
      'another currency',
      ':20:X\n:25:12345678\n:28C:1/1\n:60F:C260301EUR1,00\n:62F:C260301EUR1,00\n-\n',
      'STATEMENT_OTHER_CURRENCY',
    ],
    ['nothing that can be read', `${MARCH}2026-03-31,x,1.00,b\n`, 'STATEMENT_UNREADABLE'],
  ])('of %s is refused before anything is kept', async (_what, text, code) => {
    const rig = rigOf(await fresh())
    await expect(bring(rig, 'file.txt', text)).rejects.toMatchObject({ code })
    const { id } = await rig.bookRow()
    expect(await listFiles(rig.database.kysely, id)).toEqual([])
    const landed = await rig.database.kysely
      .selectFrom('log_record')
      .select('kind')
      .where('kind', '=', 'statement')
      .execute()
    expect(landed).toEqual([])
  })

  it('is told of a file in the inbox, and the night goes on', async () => {
    const rig = rigOf(await fresh(), await answering())
    mkdirSync(join(rig.folder, 'inbox', 'checking'), { recursive: true })
    rig.drop('checking/a.csv', MARCH)
    rig.drop('checking/b.pdf', '%PDF-1.7\n')
    const { imports } = await rig.night(nightMs(30))
    expect(imports.map(({ file, refusal }) => [file, refusal?.split('.')[0] ?? null])).toEqual([
      ['a.csv', null],
      ['b.pdf', 'b'],
    ])
    expect(await linesOf(rig)).toHaveLength(4)
    expect((await rig.night(nightMs(31))).imports[0]).toMatchObject({ alreadyImported: true })
  })
})

describeOnSqlite('what a person said of columns', (fresh) => {
  it('is remembered for the next file of the account with the same columns', async () => {
    const rig = rigOf(await fresh())
    const odd = (...rows: string[]) => ['When,What,Sum', ...rows, ''].join('\n')
    const said = {
      ...NOTHING,
      columns: { roles: { date: ['When'], description: ['What'], amount: ['Sum'] }, sign: 'out-positive' as const },
    }
    await bring(rig, 'a.csv', odd('2026-03-01,coffee,5.00'), { said })
    const { stored } = await bring(rig, 'b.csv', odd('2026-03-02,tea,3.00'))
    expect(stored.fresh).toBe(1)
    expect(await linesOf(rig)).toEqual(['03-01 -500 coffee', '03-02 -300 tea'])
  })
})

describeOnSqlite('opening balances of money accounts', (fresh) => {
  it('are booked per currency, and a later file corrects them', async () => {
    const rig = rigOf(await fresh())
    const file = (usd: string) =>
      `date,source,kind,amount,currency,reference,note\n2026-03-01,checking,opening-balance,${usd},USD,,\n2026-03-01,paypal,opening-balance,20.00,USD,,\n2026-03-01,paypal,opening-balance,30.00,EUR,,\n`
    await rig.importEvidence(nightMs(1), file('10.00'))
    await rig.importEvidence(nightMs(2), file('100.00'))
    const rows = await rig.database.kysely
      .selectFrom('txn')
      .innerJoin('source', (join) => join.onRef('source.book', '=', 'txn.book').onRef('source.id', '=', 'txn.source'))
      .select(['source.name', 'object', 'version', 'txn.currency', 'txn.amount'])
      .orderBy('seq')
      .execute()
    expect(
      rows.map(
        ({ name, object, version, currency, amount }) =>
          `${name} ${object} ${version} ${amount / 100_000_000n} ${currency}`,
      ),
    ).toEqual([
      'checking opening 1 10 USD',
      'paypal opening 1 20 USD',
      'paypal opening:EUR 1 30 EUR',
      'checking opening 2 90 USD',
    ])
    await expectSameAfterReplay(rig)
  })

  it.each([
    [['-40.00'], '-40', ['opening-money-back 1 40']],
    [['-40.00', '-40.00'], '-40', ['opening-money-back 1 40']],
    [['-40.00', '-15.00'], '-15', ['opening-money-back 1 40', 'opening-money-back 2 -25']],
    [['-40.00', '100.00'], '100', ['opening-money-back 1 40', 'opening-money 1 100', 'opening-money-back 2 -40']],
    [
      ['10.00', '-5.00', '12.00'],
      '12',
      [
        'opening-money 1 10',
        'opening-money 2 -10',
        'opening-money-back 1 5',
        'opening-money 3 12',
        'opening-money-back 2 -5',
      ],
    ],
  ])('of %j leave %s on the account, overdrawn or not', async (stated, held, posted) => {
    const rig = rigOf(await fresh())
    for (const [at, amount] of stated.entries())
      await rig.importEvidence(
        nightMs(at + 1),
        `date,source,kind,amount,currency,reference,note\n2026-03-01,checking,opening-balance,${amount},USD,,\n`,
      )
    const { kysely } = rig.database
    const rows = await kysely.selectFrom('txn').select(['kind', 'version', 'amount']).orderBy('seq').execute()
    expect(rows.map(({ kind, version, amount }) => `${kind} ${version} ${amount / 100_000_000n}`)).toEqual(posted)
    const postings = await kysely
      .selectFrom('posting')
      .innerJoin('account', (join) =>
        join.onRef('account.book', '=', 'posting.book').onRef('account.id', '=', 'posting.account'),
      )
      .select('posting.amount')
      .where('account.key', 'like', '%:checking')
      .execute()
    expect(String(postings.reduce((sum, { amount }) => sum + amount, 0n) / 100_000_000n)).toBe(held)
    await expectSameAfterReplay(rig)
  })

  it('of a wallet are never below zero', async () => {
    const rig = rigOf(await fresh())
    const row = '2026-03-01,panel,opening-balance,-1.00,USD,,'
    await rig.importEvidence(nightMs(1), `date,source,kind,amount,currency,reference,note\n${row}\n`)
    expect(await rig.database.kysely.selectFrom('txn').select('seq').execute()).toEqual([])
    const held = await rig.database.kysely.selectFrom('quarantine').selectAll().execute()
    expect(JSON.stringify(held, (_key, each: unknown) => (typeof each === 'bigint' ? String(each) : each))).toContain(
      'must be zero or more',
    )
  })
})

describeOnSqlite('what an account says of its files', (fresh) => {
  const EARLY = [
    '"Date","Time","TimeZone","Name","Type","Status","Currency","Gross","Fee","Net","Transaction ID"',
    '"03/04/2026","10:00:00","UTC","Jane","Payment","Completed","USD","4.00","0.00","4.00","8PN00000000000001"',
    '',
  ].join('\n')

  it('lets the inbox read the first days of a month, and is not part of the settings', async () => {
    const database = await fresh()
    const text = await answering()
    const asked = rigOf(database, text)
    asked.drop('paypal/early.csv', EARLY)
    const { imports } = await asked.night(nightMs(30))
    expect(imports[0]?.refusal).toContain('03/04/2026')
    const said = text.replace(
      'name: paypal, type: paypal,',
      "name: paypal, type: paypal, dateOrder: mdy, decimal: '.',",
    )
    const config = parseConfig(said, join(asked.folder, 'tieout.yaml'))
    const [book] = config.books
    if (book === undefined) throw new Error('no book')
    const rig = rigOn(database, { folder: asked.folder, config, book, env: { K: 'a-key' } })
    const before = await settingsLanded(rig)
    expect((await rig.night(nightMs(31))).imports[0]).toMatchObject({ refusal: null })
    expect(await linesOf(rig)).toEqual(['03-04 400 Payment'])
    expect([before, await settingsLanded(rig)]).toEqual([1, 1])
  })

  it('gives way to a flag', async () => {
    const rig = rigOf(await fresh())
    const book = { ...rig.book, accounts: rig.book.accounts.map((each) => ({ ...each, dateOrder: 'mdy' as const })) }
    await bring({ ...rig, book }, 'early.csv', EARLY, { account: 'paypal', said: { ...NOTHING, dateOrder: 'dmy' } })
    expect(await linesOf(rig)).toEqual(['04-03 400 Payment'])
  })
})

async function settingsLanded(rig: Rig): Promise<number> {
  const { kysely } = rig.database
  return (await kysely.selectFrom('log_record').select('item').where('kind', '=', 'settings').execute()).length
}
