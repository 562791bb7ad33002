/** Books whose accounts get files, and one month told by files of several accounts in each format. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { parseConfig } from '../../src/config/load.ts'
import type { Database } from '../../src/db/database.ts'
import { InputError } from '../../src/domain/errors.ts'
import { formatMoney } from '../../src/domain/money/money.ts'
import { readLines } from '../../src/evidence/statements/lines.ts'
import { verifyLedger, type ExtraCheck } from '../../src/ledger/verify/verify.ts'
import { importStatements, type StatementImport } from '../../src/pipeline/import-statement.ts'
import { verifyRebuilt } from '../../src/pipeline/rebuild.ts'
import { verifyLog } from '../../src/pipeline/verify-log.ts'
import { newFolder, newSqliteUrl, opened } from '../support/databases.ts'
import { nightMs, rigOn, type Rig } from './harness.ts'

export const ONE = 'DE02500105170137075030'
export const TWO = 'DE88100900001234567892'
export const THREE = 'FR1420041010050500013M02606'

export function configOf(numbers: { readonly checking?: string; readonly savings?: string } = {}): string {
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

export function rigOf(database: Database, text: string): Rig {
  const folder = newFolder()
  const config = parseConfig(text, join(folder, 'tieout.yaml'))
  const [book] = config.books
  if (book === undefined) throw new Error('no book')
  return rigOn(database, { folder, config, book, env: { K: 'a-key' } })
}

export const NOTHING = { columns: null, dateOrder: null, decimal: null }

export async function bring(
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
export async function refusal(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (error instanceof InputError) return `${error.code}: ${error.message} ${error.hint}`
  throw error instanceof Error ? error : new Error('nothing was refused')
}

/** "checking 2026-03-02 -5.00" of every line. */
export async function linesOf({ database, bookRow }: Rig): Promise<readonly string[]> {
  const { id } = await bookRow()
  const names = await database.kysely.selectFrom('source').select(['id', 'name']).where('book', '=', id).execute()
  const name = new Map(names.map((each) => [each.id, each.name]))
  const lines = await readLines(database.kysely, id)
  return lines.map(({ account, date, amount }) => `${name.get(account)} ${date} ${formatMoney(amount)}`).sort()
}

/** The books hold, and every table is what the log makes it. */
export async function expectSameAfterReplay(rig: Rig): Promise<void> {
  const book = await rig.bookRow()
  const { kysely } = rig.database
  const rebuild: ExtraCheck = async (_db, _book, findings) => {
    const options = { nowMs: 0, signal: new AbortController().signal, onBatch: () => undefined, findings }
    const report = await verifyRebuilt({ kysely, book }, () => opened(newSqliteUrl()), rig.book, options)
    expect(report.isSame).toBe(true)
  }
  expect((await verifyLedger(kysely, book, [verifyLog, rebuild])).findings).toEqual([])
}

export type Moved = readonly (readonly [account: string, day: string, amount: string])[]
export const MOVED: Moved = [
  [ONE, '2026-03-02', '-5.00'],
  [TWO, '2026-03-03', '70.00'],
  [ONE, '2026-03-04', '12.50'],
]

export function ofxOf(moved: Moved): string {
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

export function mt940Of(moved: Moved): string {
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

export function camtOf(moved: Moved): string {
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

export function csvOf(moved: Moved): string {
  return [
    'Own account,Date,Debit,Credit,Text',
    ...moved.map(([account, day, amount]) => {
      const sides = amount.startsWith('-') ? `${amount.slice(1)},` : `,${amount}`
      return `${account},${day},${sides},x`
    }),
    '',
  ].join('\n')
}

export const FORMATS = [
  ['OFX', ofxOf],
  ['MT940', mt940Of],
  ['CAMT', camtOf],
  ['CSV with an account column', csvOf],
] as const

export const BOTH = ['checking 2026-03-02 -5.00', 'checking 2026-03-04 12.50', 'savings 2026-03-03 70.00']
