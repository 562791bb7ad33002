/**
 * Whatever a reader accepts the books can take: extreme days, amounts, sums and characters either are
 * refused before anything is landed, or are imported, reconciled and proven.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { InputError } from '../../src/domain/errors.ts'
import { importStatements } from '../../src/pipeline/import-statement.ts'
import { NOTHING_SAID } from '../../src/pipeline/statements/kept-profile.ts'
import { verifyLedger } from '../../src/ledger/verify/verify.ts'
import { verifyLog } from '../../src/pipeline/verify-log.ts'
import { moneyBook, NOON_MS, type MoneyBook } from '../reconcile/money-book.ts'
import { describeOnSqlite } from '../support/databases.ts'

const day = fc.constantFrom('0001-01-01', '1989-12-31', '1990-01-01', '2026-03-05', '2100-12-31', '9999-12-31')
const amount = fc.constantFrom(
  '0.01',
  '-150.00',
  '9000000000.00',
  '-9000000000.00',
  '9000000000.01',
  '90000000000.00',
  '0.00000001',
  '0.00',
)
const text = fc.oneof(
  fc.constantFrom('PAY\u0000OUT', '\u0000', 'half \ud800'),
  fc.string({ unit: 'binary', maxLength: 12 }),
)
const lines = fc.array(fc.record({ day, amount, text }), { minLength: 1, maxLength: 4 })
type Lines = readonly { readonly day: string; readonly amount: string; readonly text: string }[]

function csv(rows: Lines): string {
  const quoted = (said: string): string => `"${said.replaceAll('"', '""')}"`
  return ['Date,Description,Amount', ...rows.map((row) => `${row.day},${quoted(row.text)},${row.amount}`), ''].join(
    '\n',
  )
}

function payPal(rows: Lines): string {
  const transaction_details = rows.map(({ day: on, amount: value, text: said }, at) => ({
    transaction_info: {
      transaction_id: `ID${at}${said}`,
      transaction_event_code: 'T0006',
      transaction_initiation_date: `${on}T04:03:52+0000`,
      transaction_updated_date: `${on}T04:03:52+0000`,
      transaction_amount: { currency_code: 'USD', value },
      transaction_status: 'S',
      transaction_subject: said,
    },
    payer_info: { payer_name: { alternate_full_name: said } },
  }))
  return JSON.stringify({ transaction_details })
}

function camt(rows: Lines): string {
  const entity = (said: string): string => Array.from(said, (letter) => `&#${letter.codePointAt(0) ?? 32};`).join('')
  const entries = rows.map(({ day: on, amount: value, text: said }) => {
    const plain = value.replace('-', '')
    const sign = value.startsWith('-') ? 'DBIT' : 'CRDT'
    return `<Ntry><Amt Ccy="USD">${plain}</Amt><CdtDbtInd>${sign}</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>${on}</Dt></BookgDt><AddtlNtryInf>x${entity(said)}</AddtlNtryInf></Ntry>`
  })
  return `<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><Stmt><Id>1</Id><Acct><Id><Othr><Id>1</Id></Othr></Id><Ccy>USD</Ccy></Acct>${entries.join('')}</Stmt></BkToCstmrStmt></Document>`
}

const FORMATS = [
  ['csv', csv, 'bank'],
  ['paypal', payPal, 'paypal'],
  ['camt', camt, 'bank'],
] as const

/** Whether it was taken; anything but a refusal is thrown. */
async function bring({ rig }: MoneyBook, account: string, content: string): Promise<boolean> {
  mkdirSync(rig.folder, { recursive: true })
  const path = join(rig.folder, 'extreme.txt')
  writeFileSync(path, content)
  const request = { config: rig.config, book: rig.book, env: rig.env }
  const said = { ...NOTHING_SAID, columns: { roles: {}, sign: 'in-positive' } } as const
  try {
    await importStatements(rig.environment(NOON_MS), request, [{ path, account, format: null, said }])
    return true
  } catch (error) {
    if (error instanceof InputError) return false
    throw error
  }
}

describeOnSqlite('whatever is read', (fresh) => {
  it.each(FORMATS)('as %s, the books can take', async (_name, render, account) => {
    const book = await moneyBook(await fresh())
    let taken = 0
    await fc.assert(
      fc.asyncProperty(lines, async (rows) => {
        if (await bring(book, account, render(rows))) taken += 1
      }),
      { numRuns: 15, seed: 7 },
    )
    expect(taken).toBeGreaterThan(0)
    await book.reconcile()
    const found = await verifyLedger(book.rig.database.kysely, await book.rig.bookRow(), [verifyLog])
    expect(found.findings).toEqual([])
  })

  it('a file the account has no room for any more is refused before it is landed', async () => {
    const book = await moneyBook(await fresh())
    const file = (name: string): string =>
      csv(['A', 'B', 'C'].map((each) => ({ day: '2026-03-05', amount: '9000000000.00', text: `${name}${each}` })))
    expect(await bring(book, 'bank', file('one'))).toBe(true)
    expect(await bring(book, 'bank', file('two'))).toBe(false)
    expect(await book.dispositions()).toHaveLength(3)
    await book.reconcile()
  })
})
