/**
 * No cell of any CSV export can run as a formula, whoever named the book, a source, an account or a tax rate: read back
 * from the file on disk, with the checks of the settings passed by.
 */
import { parse } from 'csv-parse/sync'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { ExportFormat, TargetMappings } from '../../../src/targets/files/export.ts'
import { exportJournals } from '../../../src/targets/files/export.ts'
import { textCell } from '../../../src/targets/files/csv-text.ts'
import { ensureSources } from '../../../src/ledger/books.ts'
import { approve, mappings, newBook, post } from '../../journals/support.ts'
import { describeOnSqlite } from '../../support/databases.ts'
import { handOut } from './support.ts'
import { temporaryFolder } from '../../support/temp-folder.ts'

const CALL = '=HYPERLINK("http://x.example","y")'
const FORMATS: readonly ExportFormat[] = ['quickbooks-csv', 'xero-csv', 'csv']

/** Every name a person can choose is a formula. */
function hostile(): TargetMappings {
  const { chart, quickbooks, xero } = mappings
  const named = [...chart.accounts].map(([code, account]) => [code, { ...account, name: CALL }] as const)
  const taxed = [...xero.accounts].map(([code, account]) => [code, { ...account, taxRate: CALL }] as const)
  return {
    chart: { ...chart, accounts: new Map(named) },
    quickbooks: { ...quickbooks, accounts: new Map([...quickbooks.accounts.keys()].map((code) => [code, CALL])) },
    xero: { ...xero, accounts: new Map(taxed) },
  }
}

/** What a spreadsheet would run: text that starts like a formula and is no plain number. */
function runs(cell: string): boolean {
  return /^\s*[=+\-@＝＋－＠]/u.test(cell) && !/^-?\d+(\.\d+)?$/.test(cell)
}

describeOnSqlite('a book in which everything is named like a formula', (fresh) => {
  it.each(FORMATS)('is exported as %s without a cell that runs', async (format) => {
    const database = await fresh()
    const book = await newBook(database, CALL)
    await ensureSources(database.kysely, book, [{ name: '=cmd', kind: 'panel' }])
    await post(database, book, [['panel', 'charge', '=cmd', '1.50', '2026-11-05']])
    await approve(database, book)
    const range = { from: '2026-11-01', to: '2026-11-30' } as const
    const request = { ...range, format, mappings: hostile(), outDir: temporaryFolder(), handOut }
    const result = await exportJournals(database.kysely, book, request)
    const files = result.status === 'written' ? result.files : []
    const cells = files.flatMap(({ path }) => parse(readFileSync(path), { bom: true }).flat())
    expect(cells.filter(runs)).toEqual([])
    expect(cells.filter((cell) => cell.includes('HYPERLINK'))).not.toEqual([])
  })
})

describe('a text cell', () => {
  it.each(['=1', '+1', '-1', '@x', '\t=1', '\r=1', '\n=1', ' =1', '\u{a0}=1', '＝1', '－1', '\u{feff}=1'])(
    'guards %j',
    (text) => {
      expect(textCell(text)).toMatch(/^'/)
    },
  )

  it.each(['Costs', 'a=b', 'net-panel', ' Costs', ''])('leaves %j as it is', (text) => {
    expect(textCell(text)).toBe(text)
  })
})
