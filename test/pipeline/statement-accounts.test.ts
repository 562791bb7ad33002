/**
 * Whose the lines of a statement file are, on both databases: files of several accounts are told apart by their numbers, an
 * account's number is remembered from its first file, what balances proved is remembered for a day with one line, and a
 * file comes into no account of another kind. A replay decides the same.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parseConfig } from '../../src/config/load.ts'
import type { Database } from '../../src/db/database.ts'
import { InputError } from '../../src/domain/errors.ts'
import { formatMoney } from '../../src/domain/money/money.ts'
import { landBatch } from '../../src/evidence/landing.ts'
import { listSections } from '../../src/evidence/statements/files.ts'
import { readLines } from '../../src/evidence/statements/lines.ts'
import { createProcessor, processBatch } from '../../src/pipeline/process/process-batch.ts'
import { importStatements, type StatementImport } from '../../src/pipeline/import-statement.ts'
import { decideMatch } from '../../src/pipeline/reconcile/decide.ts'
import { replayBook } from '../../src/pipeline/replay.ts'
import { describeDatabases, newFolder, newSqliteUrl, opened } from '../support/databases.ts'
import { nightMs, rigOn, type Rig } from './harness.ts'
import { payments } from './scripted-book.ts'

const ONE = 'DE02500105170137075030'
const TWO = 'DE88100900001234567892'
const THREE = 'FR1420041010050500013M02606'

function configOf(numbers: { readonly checking?: string; readonly savings?: string } = {}): string {
  const number = (text: string | undefined): string => (text === undefined ? '' : `, number: '${text}'`)
  return `database: sqlite:./tieout.db
books:
  - name: agency
    currency: USD
    inbox: ./inbox
    accounts:
      - { name: checking, type: bank, currency: EUR${number(numbers.checking)} }
      - { name: savings, type: bank, currency: EUR${number(numbers.savings)} }
      - { name: paypal, type: paypal, currency: EUR }
    sources:
      - { name: panel, type: panel, baseUrl: 'https://panel.example/api/v2', apiKey: { env: K }, currency: USD }
`
}

function rigOf(database: Database, text: string): Rig {
  const folder = newFolder()
  const config = parseConfig(text, join(folder, 'tieout.yaml'))
  const [book] = config.books
  if (book === undefined) throw new Error('no book')
  return rigOn(database, { folder, config, book, env: { K: 'a-key' } })
}

const NOTHING = { columns: null, dateOrder: null, decimal: null }

async function bring(
  rig: Rig,
  name: string,
  text: string,
  account: StatementImport['account'] = 'checking',
  more: Partial<StatementImport> = {},
) {
  mkdirSync(rig.folder, { recursive: true })
  const path = join(rig.folder, name)
  writeFileSync(path, text)
  const request = { config: rig.config, book: rig.book, env: rig.env }
  const wanted = { path, account, format: null, said: NOTHING, ...more }
  return (await importStatements(rig.environment(nightMs(30)), request, [wanted])).files
}

/** "STATEMENT_ACCOUNTS: message hint". */
async function refusal(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (error instanceof InputError) return `${error.code}: ${error.message} ${error.hint}`
  throw error instanceof Error ? error : new Error('nothing was refused')
}

/** "checking 2026-03-02 -5.00" of every line. */
async function linesOf({ database, bookRow }: Rig): Promise<readonly string[]> {
  const { id } = await bookRow()
  const names = await database.kysely.selectFrom('source').select(['id', 'name']).where('book', '=', id).execute()
  const name = new Map(names.map((each) => [each.id, each.name]))
  const lines = await readLines(database.kysely, id)
  return lines.map(({ account, date, amount }) => `${name.get(account)} ${date} ${formatMoney(amount)}`).sort()
}

async function expectSameAfterReplay(rig: Rig): Promise<void> {
  const replayed = await opened(newSqliteUrl())
  const book = await rig.bookRow()
  const identity = { name: 'agency', currency: 'USD', timeZone: 'UTC' }
  const options = { nowMs: 0, signal: new AbortController().signal, onBatch: () => undefined }
  const report = await replayBook({ kysely: rig.database.kysely, book }, replayed, identity, options)
  expect(report.isSame).toBe(true)
  const of = async (database: Database) => {
    const sections = await listSections(database.kysely, book.id, {})
    const lines = await readLines(database.kysely, book.id)
    return {
      sections,
      lines: lines.map(({ id, account, date, amount, balance }) => ({ id, account, date, amount, balance })),
    }
  }
  expect(await of(replayed)).toEqual(await of(rig.database))
}

type Moved = readonly (readonly [account: string, day: string, amount: string])[]
const MOVED: Moved = [
  [ONE, '2026-03-02', '-5.00'],
  [TWO, '2026-03-03', '70.00'],
  [ONE, '2026-03-04', '12.50'],
]

function ofxOf(moved: Moved): string {
  const accounts = [...new Set(moved.map(([account]) => account))]
  const statements = accounts.map((account) => {
    const lines = moved
      .filter(([own]) => own === account)
      .map(
        ([, day, amount]) =>
          `<STMTTRN><TRNTYPE>OTHER<DTPOSTED>${day.replaceAll('-', '')}<TRNAMT>${amount}<FITID>${day}${amount}</STMTTRN>`,
      )
    return `<STMTTRNRS><STMTRS><CURDEF>EUR<BANKACCTFROM><ACCTID>${account}</BANKACCTFROM><BANKTRANLIST>${lines.join('')}</BANKTRANLIST></STMTRS></STMTTRNRS>`
  })
  return `OFXHEADER:100\nDATA:OFXSGML\n\n<OFX><BANKMSGSRSV1>${statements.join('')}</BANKMSGSRSV1></OFX>\n`
}

function mt940Of(moved: Moved): string {
  const accounts = [...new Set(moved.map(([account]) => account))]
  return accounts
    .map((account) => {
      const own = moved.filter(([each]) => each === account)
      const sum = own.reduce((all, [, , amount]) => all + Number(amount) * 100, 10_000)
      const entries = own.map(([, day, amount]) => {
        const short = day.slice(2).replaceAll('-', '')
        return `:61:${short}${short.slice(2)}${amount.startsWith('-') ? 'D' : 'C'}${amount.replace('-', '').replace('.', ',')}NTRFNONREF`
      })
      return `:20:REF\n:25:${account}EUR\n:28C:1/1\n:60F:C260301EUR100,00\n${entries.join('\n')}\n:62F:C260331EUR${(sum / 100).toFixed(2).replace('.', ',')}\n-\n`
    })
    .join('')
}

function camtOf(moved: Moved): string {
  const accounts = [...new Set(moved.map(([account]) => account))]
  const statements = accounts.map((account) => {
    const entries = moved
      .filter(([own]) => own === account)
      .map(
        ([, day, amount]) =>
          `<Ntry><Amt Ccy="EUR">${amount.replace('-', '')}</Amt><CdtDbtInd>${amount.startsWith('-') ? 'DBIT' : 'CRDT'}</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>${day}</Dt></BookgDt></Ntry>`,
      )
    return `<Stmt><Id>1</Id><Acct><Id><IBAN>${account}</IBAN></Id><Ccy>EUR</Ccy></Acct>${entries.join('')}</Stmt>`
  })
  return `<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt>${statements.join('')}</BkToCstmrStmt></Document>`
}

function csvOf(moved: Moved): string {
  return [
    'Own account,Date,Debit,Credit,Text',
    ...moved.map(([account, day, amount]) => {
      const sides = amount.startsWith('-') ? `${amount.slice(1)},` : `,${amount}`
      return `${account},${day},${sides},x`
    }),
    '',
  ].join('\n')
}

const FORMATS = [
  ['OFX', ofxOf],
  ['MT940', mt940Of],
  ['CAMT', camtOf],
  ['CSV with an account column', csvOf],
] as const

const BOTH = ['checking 2026-03-02 -5.00', 'checking 2026-03-04 12.50', 'savings 2026-03-03 70.00']

describeDatabases('a file of several accounts', (fresh) => {
  it.each(FORMATS)('goes into each of its accounts with one command: %s', async (_name, render) => {
    const rig = rigOf(await fresh(), configOf({ checking: ONE, savings: TWO }))
    const files = await bring(rig, 'both.txt', render(MOVED), [])
    expect(files.map(({ account, stored }) => `${account} ${stored.lines}`)).toEqual(['checking 2', 'savings 1'])
    expect(await linesOf(rig)).toEqual(BOTH)
    const again = await bring(rig, 'again.txt', render(MOVED), [])
    expect(again.map(({ alreadyImported }) => alreadyImported)).toEqual([true, true])
    await expectSameAfterReplay(rig)
  })

  it.each(FORMATS)('gives an account its own lines alone: %s', async (_name, render) => {
    const rig = rigOf(await fresh(), configOf({ checking: ONE }))
    const [file] = await bring(rig, 'both.txt', render(MOVED))
    expect(await linesOf(rig)).toEqual(BOTH.slice(0, 2))
    expect(file?.parsed.remarks).toContain(
      "Not imported here, as it is another account's: account …7892, 1 line, 70.00 in, 0.00 out (EUR).",
    )
  })

  it.each(FORMATS)('is asked about where no number is known: %s', async (_name, render) => {
    const rig = rigOf(await fresh(), configOf())
    const asked = await refusal(bring(rig, 'both.txt', render(MOVED)))
    expect(asked).toBe(
      'STATEMENT_ACCOUNTS: both.txt holds 2 accounts: …5030 (2 lines), …7892 (1 line), and nobody has said yet which number "checking" has. ' +
        'Say it once: --account checking=NUMBER (its last four digits will do), or number: of the account in tieout.yaml.',
    )
    expect(await linesOf(rig)).toEqual([])
    await bring(rig, 'both.txt', render(MOVED), [{ name: 'checking', number: '5030' }])
    expect(await linesOf(rig)).toEqual(BOTH.slice(0, 2))
    // It is known from then on.
    await bring(
      rig,
      'next.txt',
      render([
        [ONE, '2026-03-09', '-1.00'],
        [TWO, '2026-03-09', '2.00'],
      ]),
    )
    expect((await linesOf(rig)).filter((line) => line.includes('03-09'))).toEqual(['checking 2026-03-09 -1.00'])
    await expectSameAfterReplay(rig)
  })

  it('goes into the accounts that were named with their numbers, and into no others', async () => {
    const rig = rigOf(await fresh(), configOf())
    const third: Moved = [...MOVED, [THREE, '2026-03-05', '9.00']]
    await bring(rig, 'three.ofx', ofxOf(third), [
      { name: 'checking', number: ONE },
      { name: 'savings', number: TWO },
    ])
    expect(await linesOf(rig)).toEqual(BOTH)
    expect(await refusal(bring(rig, 'more.ofx', ofxOf([...third, [THREE, '2026-03-06', '1.00']]), []))).toBe(
      'STATEMENT_ACCOUNTS: more.ofx holds 3 accounts: …5030 (2 lines, "checking"), …7892 (1 line, "savings"), …2606 (2 lines), and no account of the book is known to be …2606. Nothing was imported. ' +
        'Say whose it is: --account NAME=NUMBER for each account of the file, or number: of the account in tieout.yaml; or take only one with --account NAME.',
    )
    expect(await linesOf(rig)).toEqual(BOTH)
  })

  it('in whose CSV a column called Account tells by balances whether it is the own one', async () => {
    const rig = rigOf(await fresh(), configOf({ checking: ONE, savings: TWO }))
    const rows = (balances: readonly string[]): string =>
      [
        'Account,Date,Amount,Balance',
        ...[
          [ONE, '2026-03-02', '-5.00'],
          [TWO, '2026-03-03', '70.00'],
          [ONE, '2026-03-04', '12.50'],
          [TWO, '2026-03-05', '-1.00'],
        ].map((cells, at) => [...cells, balances[at]].join(',')),
        '',
      ].join('\n')
    await bring(rig, 'own.csv', rows(['95.00', '570.00', '107.50', '569.00']), [])
    expect(await linesOf(rig)).toEqual([...BOTH, 'savings 2026-03-05 -1.00'].toSorted())
    // The other side's: the balance follows over all lines.
    const other = rows(['95.00', '165.00', '177.50', '176.50'])
    const [file] = await bring(rig, 'other.csv', other, 'paypal', { format: 'bank-csv' })
    expect(file?.stored.lines).toBe(4)
    expect(await refusal(bring(rig, 'bare.csv', rows(['', '', '', ''])))).toContain(
      'STATEMENT_COLUMNS: bare.csv: the column "Account" may be the account each line belongs to, or the other side\'s, and no balance tells. Say --columns "account=Account"',
    )
  })
})

describeDatabases("an account's number", (fresh) => {
  it('is remembered from its first file, and the file of another is refused', async () => {
    const rig = rigOf(await fresh(), configOf())
    await bring(rig, 'march.ofx', ofxOf([[ONE, '2026-03-02', '-5.00']]))
    await bring(rig, 'other.ofx', ofxOf([[TWO, '2026-03-02', '70.00']]), 'savings')
    expect(await refusal(bring(rig, 'april.ofx', ofxOf([[TWO, '2026-04-02', '1.00']])))).toBe(
      'STATEMENT_OTHER_ACCOUNT: april.ofx is the statement of account …7892 (1 line, "savings"), and not of "checking" (…5030). ' +
        'Import it with --account savings, or correct number: in tieout.yaml.',
    )
    // In another format, written another way.
    await bring(rig, 'april.sta', mt940Of([['50010517/0137075030', '2026-04-02', '-1.00']]))
    expect(await linesOf(rig)).toHaveLength(3)
    // By their numbers alone, each finds its own.
    await bring(rig, 'may.sta', mt940Of([[TWO, '2026-05-02', '8.00']]), [])
    expect(await linesOf(rig)).toContain('savings 2026-05-02 8.00')
    await expectSameAfterReplay(rig)
  })

  it("is another's where that one is known to have it, at the first file already", async () => {
    const rig = rigOf(await fresh(), configOf({ savings: TWO }))
    expect(await refusal(bring(rig, 'first.ofx', ofxOf([[TWO, '2026-03-02', '1.00']])))).toContain(
      'Import it with --account savings',
    )
    expect(await linesOf(rig)).toEqual([])
  })

  it('may be shown by its last digits, if only one account can be meant', async () => {
    const rig = rigOf(await fresh(), configOf({ checking: ONE, savings: `DE77${'9'.repeat(14)}5030` }))
    const asked = await refusal(bring(rig, 'masked.ofx', ofxOf([['****5030', '2026-03-02', '1.00']]), []))
    expect(asked).toContain('account …5030 may be "checking" or "savings"')
    const other = rigOf(await fresh(), configOf({ checking: ONE, savings: TWO }))
    await bring(other, 'masked.ofx', ofxOf([['****5030', '2026-03-02', '1.00']]), [])
    expect(await linesOf(other)).toEqual(['checking 2026-03-02 1.00'])
  })

  it('is needed where nobody names the account', async () => {
    const rig = rigOf(await fresh(), configOf({ checking: ONE, savings: TWO }))
    const plain = 'Date,Debit,Credit,Text\n2026-03-02,5.00,,x\n'
    expect(await refusal(bring(rig, 'plain.csv', plain, []))).toBe(
      'STATEMENT_ACCOUNTS: plain.csv does not name its account, so it cannot be told whose it is. Name its account: --account NAME.',
    )
  })
})

/** As a program landed it that took signs for the usual ones where nothing told. */
async function landedBefore(rig: Rig, file: string, text: string): Promise<void> {
  const { kysely } = rig.database
  const book = await rig.bookRow()
  const body = Buffer.from(text)
  const options = { currency: 'EUR', timeZone: 'UTC', ...NOTHING }
  const readings = { balance: null, order: null, earlier: null, previous: [] }
  const landing = {
    kind: 'statement' as const,
    source: 'checking',
    request: {
      file,
      sha256: createHash('sha256').update(body).digest('hex'),
      format: 'bank-csv',
      reading: 2,
      options: { ...options, readings },
      headers: text.split('\n', 1)[0]?.split(','),
      assumedSign: 'in-positive',
    },
    fetchedAtMs: nightMs(30),
    httpStatus: null,
    contentType: 'application/octet-stream',
    body,
  }
  const landed = await kysely.transaction().execute((trx) => landBatch(trx, book.id, [landing]))
  const { setAside } = await processBatch(createProcessor(rig.database, book), landed)
  expect(setAside).toBeNull()
}

/** A card's download: what was spent is positive, newest first, and each balance is the one before its line. */
const MONTH = [
  'Date,Amount,Balance,Text',
  '2026-03-09,7.00,80.00,c',
  '2026-03-05,-30.00,50.00,b',
  '2026-03-02,50.00,100.00,a',
  '',
].join('\n')
const NEXT_DAY = 'Date,Amount,Balance,Text\n2026-03-10,4.00,73.00,d\n'

describeDatabases('what balances proved for an account', (fresh) => {
  it('reads its day with one line, also in the inbox', async () => {
    const rig = rigOf(await fresh(), configOf())
    expect(await refusal(bring(rig, 'day.csv', NEXT_DAY))).toContain('neither its balances nor an earlier file')
    await bring(rig, 'march.csv', MONTH)
    const [file] = await bring(rig, 'day.csv', NEXT_DAY)
    expect(await linesOf(rig)).toEqual([
      'checking 2026-03-02 -50.00',
      'checking 2026-03-05 30.00',
      'checking 2026-03-09 -7.00',
      'checking 2026-03-10 -4.00',
    ])
    expect(file?.parsed.sections[0]).toMatchObject({
      opening: { amount: 7_300_000_000n },
      closing: { amount: 6_900_000_000n },
    })
    await expectSameAfterReplay(rig)
  })

  it('is not taken over by an account with other columns, and a contradiction is asked about', async () => {
    const rig = rigOf(await fresh(), configOf())
    await bring(rig, 'march.csv', MONTH)
    expect(await refusal(bring(rig, 'day.csv', NEXT_DAY, 'savings'))).toContain('STATEMENT_SEVERAL_READINGS')
    const turned = 'Date,Amount,Balance,Text\n2026-04-02,-5.00,95.00,e\n2026-04-03,12.00,107.00,f\n'
    expect(await refusal(bring(rig, 'april.csv', turned))).toContain(
      'contradicts the earlier files of this account with the same columns: in those positive amounts went out, each line has the balance before it',
    )
    const said = { ...NOTHING, columns: { roles: {}, sign: 'in-positive' as const }, balance: 'after' as const }
    await bring(rig, 'april.csv', turned, 'checking', { said })
    expect(await linesOf(rig)).toContain('checking 2026-04-02 -5.00')
  })

  it.each([
    ['100.00', 'checking 2026-03-02 -5.00'],
    ['107.00', 'checking 2026-03-02 5.00'],
    ['60.00', null],
  ])('is not needed where the account is stated to have opened with %s', async (opening, line) => {
    const rig = rigOf(await fresh(), configOf())
    const day = 'Date,Amount,Balance,Text\n2026-03-02,-5.00,95.00,e\n2026-03-02,12.00,107.00,f\n'
    expect(await refusal(bring(rig, 'day.csv', day))).toContain('STATEMENT_SEVERAL_READINGS')
    await rig.importEvidence(
      nightMs(1),
      payments(`2026-03-01,checking,opening-balance,${opening},EUR,,`, '2026-03-01,savings,opening-balance,1.00,EUR,,'),
    )
    if (line === null) {
      expect(await refusal(bring(rig, 'day.csv', day))).toContain('STATEMENT_SEVERAL_READINGS')
      return
    }
    await bring(rig, 'day.csv', day)
    expect(await linesOf(rig)).toContain(line)
    // Stated otherwise later: what was imported stays as it was read.
    await rig.importEvidence(nightMs(2), payments('2026-03-01,checking,opening-balance,-3.00,EUR,,'))
    await expectSameAfterReplay(rig)
  })

  it('asks where the second file contradicts a first line whose sign an earlier version took for the usual one', async () => {
    const rig = rigOf(await fresh(), configOf())
    const one = 'Date,Amount,Balance,Text\n2026-03-02,-5.00,105.00,e\n'
    expect(await refusal(bring(rig, 'one.csv', one))).toContain('STATEMENT_SEVERAL_READINGS')
    await landedBefore(rig, 'one.csv', one)
    const second =
      'Date,Amount,Balance,Text\n2026-03-03,-4.00,109.00,f\n2026-03-04,2.00,107.00,g\n2026-03-05,-1.00,108.00,h\n'
    expect(await refusal(bring(rig, 'two.csv', second))).toBe(
      'STATEMENT_SEVERAL_READINGS: two.csv: its balances prove that positive amounts went out, but one.csv of this account, with the same columns, was read the other way round, as no balance told. ' +
        'Compare one line with the bank. If two.csv is right, say --columns "sign=out-positive", download the days of one.csv again together with days around them and import that, and leave out the wrong lines: tieout reconcile ignore LINE. If not, it may be of another account, or damaged.',
    )
    const said = { ...NOTHING, columns: { roles: {}, sign: 'out-positive' as const } }
    await bring(rig, 'two.csv', second, 'checking', { said })
    const usual =
      'Date,Amount,Balance,Text\n2026-03-06,-4.00,112.00,i\n2026-03-07,-2.00,114.00,j\n2026-03-08,1.00,113.00,k\n'
    await bring(rig, 'three.csv', usual)
    expect(await linesOf(rig)).toContain('checking 2026-03-07 2.00')
    await expectSameAfterReplay(rig)
  })

  it('decides a day whose readings both tie by what the month before closed with', async () => {
    const rig = rigOf(await fresh(), configOf({ checking: ONE }))
    await bring(rig, 'march.sta', mt940Of([[ONE, '2026-03-02', '-5.00']]))
    const day = 'Date,Amount,Balance,Text\n2026-04-02,-5.00,90.00,e\n2026-04-02,12.00,102.00,f\n'
    await bring(rig, 'day.csv', day)
    expect(await linesOf(rig)).toContain('checking 2026-04-02 -5.00')
    await expectSameAfterReplay(rig)
  })
})

describeDatabases('a file that was read the wrong way round', (fresh) => {
  const CARD = 'Date,Amount,Text\n2026-03-02,5.00,a\n2026-03-03,-12.00,b\n'
  const said = (sign: 'in-positive' | 'out-positive') => ({ said: { ...NOTHING, columns: { roles: {}, sign } } })

  it('is not read again from the same bytes, and the way out that is named works', async () => {
    const rig = rigOf(await fresh(), configOf())
    await bring(rig, 'card.csv', CARD, 'checking', said('in-positive'))
    const [again] = await bring(rig, 'card.csv', CARD, 'checking', said('in-positive'))
    expect(again?.alreadyImported).toBe(true)
    expect(await refusal(bring(rig, 'card.csv', CARD, 'checking', said('out-positive')))).toMatch(
      /^STATEMENT_READ_OTHERWISE: card\.csv was imported into "checking" before.*tieout reconcile ignore LINE.*one more day/,
    )
    const request = { config: rig.config, book: rig.book, env: rig.env }
    const wrong = await readLines(rig.database.kysely, (await rig.bookRow()).id)
    for (const { id } of wrong)
      await decideMatch(rig.environment(nightMs(31)), request, {
        decide: 'ignore',
        line: id,
        by: 'Ann',
        why: 'read the wrong way round',
      })
    await bring(rig, 'again.csv', `${CARD}2026-03-04,1.00,c\n`, 'checking', said('out-positive'))
    const counted = await readLines(rig.database.kysely, (await rig.bookRow()).id)
    expect(
      counted
        .filter(({ disposition }) => disposition !== 'ignored')
        .map(({ date, amount }) => `${date} ${formatMoney(amount)}`),
    ).toEqual(['2026-03-02 -5.00', '2026-03-03 12.00', '2026-03-04 -1.00'])
    await expectSameAfterReplay(rig)
  })
})

describeDatabases('a file of another kind', (fresh) => {
  const ORDERS =
    'Date,Type,Description,Amount,Balance\n2026-03-02,Payment,Standing order 4711 rent,-5.00,95.00\n2026-03-03,Deposit,Order 88 refund,12.50,107.50\n'
  const PAYPAL =
    '"Date","Time","TimeZone","Name","Type","Status","Currency","Gross","Fee","Net","From Email Address","To Email Address","Transaction ID","Balance"\n' +
    '"20/03/2026","10:00:00","UTC","A","Payment","Completed","EUR","5.00","0.00","5.00","a@b.c","d@e.f","1AB23456CD789012E","5.00"\n'

  it("is a bank's where its text speaks of orders, and never a wallet log in an account", async () => {
    const rig = rigOf(await fresh(), configOf())
    const [file] = await bring(rig, 'orders.csv', ORDERS)
    expect(file?.parsed.format).toBe('bank-csv')
    expect(await refusal(bring(rig, 'wallet.csv', ORDERS, 'savings', { format: 'wallet-csv' }))).toContain(
      'is to be read as a wallet log, and "savings" is a bank account',
    )
  })

  it("is refused: PayPal's in a bank account, a bank's in a panel", async () => {
    const rig = rigOf(await fresh(), configOf())
    expect(await refusal(bring(rig, 'paypal.csv', PAYPAL))).toContain(
      'is a download from PayPal, and "checking" is a bank account',
    )
    expect(await refusal(bring(rig, 'bank.ofx', ofxOf([[ONE, '2026-03-02', '1.00']]), 'panel'))).toContain(
      'is a bank\'s statement, and "panel" is a source with a wallet',
    )
    expect(await linesOf(rig)).toEqual([])
  })

  it('has the columns that were named, or says that it cannot', async () => {
    const rig = rigOf(await fresh(), configOf())
    const said = {
      ...NOTHING,
      columns: { roles: { description: ['Name'] }, sign: 'in-positive' as const },
      dateOrder: 'dmy' as const,
    }
    const named = {
      ...said,
      columns: {
        ...said.columns,
        roles: { amount: ['Net'], description: ['Name'], status: [], currency: ['Currency'] },
      },
    }
    const [file] = await bring(rig, 'paypal.csv', PAYPAL, 'paypal', { said: named })
    expect(file?.parsed.format).toBe('bank-csv')
    const unused = 'STATEMENT_OPTION_UNUSED: bank.ofx'
    expect(await refusal(bring(rig, 'bank.ofx', ofxOf(MOVED), 'checking', { said }))).toContain(
      unused.replace(': bank.ofx', ': --columns cannot be used for bank.ofx'),
    )
    expect(
      await refusal(bring(rig, 'p.csv', `${PAYPAL}\n`, 'paypal', { said: named, format: 'paypal-csv' })),
    ).toContain('--columns cannot be used for p.csv')
    const balance = { ...NOTHING, balance: 'before' as const }
    expect(await refusal(bring(rig, 'bank.ofx', ofxOf(MOVED), 'checking', { said: balance }))).toContain(
      '--balance cannot be used',
    )
  })
})
