import { parse } from 'csv-parse/sync'
import { describe, expect, it } from 'vitest'
import { generalCsv } from '../../../src/targets/files/csv/payload.ts'
import type { JournalDocument, Rendered } from '../../../src/targets/document.ts'
import { QUICKBOOKS_ROW_LIMIT, quickbooksCsv } from '../../../src/targets/files/quickbooks-csv/payload.ts'
import { toAscii } from '../../../src/targets/files/xero-csv/ascii.ts'
import { XERO_LINE_LIMIT, xeroCsv } from '../../../src/targets/files/xero-csv/payload.ts'
import { mappings, units } from '../../journals/support.ts'
import { expectGolden, journal, journals, line } from './support.ts'

const { chart, quickbooks, xero } = mappings

function toQuickbooks(documents: readonly JournalDocument[]): Rendered {
  return quickbooksCsv(documents, { mapping: quickbooks, chart, dateStyle: 'mdy' })
}

function toXero(documents: readonly JournalDocument[]): Rendered {
  return xeroCsv(documents, { mapping: xero, chart, dateStyle: 'd-mmm-y' })
}

function readCsv(text: string): readonly (readonly string[])[] {
  return parse(text, { bom: true })
}

/** A balanced journal over this many wallets: two lines for each. */
function wide(document: string, wallets: number): JournalDocument {
  const lines = Array.from({ length: wallets }, (_, n) => [
    line(`1310:w${n}`, '-1', '-1'),
    line(`5100:w${n}`, '1', '1'),
  ])
  return journal({ document, lines: lines.flat() })
}

describe('the QuickBooks file', () => {
  it('is the golden file, byte for byte, with a byte order mark and CRLF', () => {
    const { files, leftOut } = toQuickbooks(journals)
    expect(files).toHaveLength(1)
    expectGolden('quickbooks.csv', files[0]?.text ?? '')
    expect(files[0]?.text.startsWith('\u{FEFF}Journal No,Journal Date,Account Name,Debits,Credits,')).toBe(true)
    expect(leftOut.map((each) => each.document)).toEqual(['ACME-20261106-1'])
  })

  it('fills exactly one of Debits and Credits on every row, never with a sign', () => {
    const rows = readCsv(toQuickbooks(journals).files[0]?.text ?? '').slice(1)
    for (const row of rows) {
      expect([row[3], row[4]].filter((cell) => cell !== '')).toHaveLength(1)
      expect(`${row[3]}${row[4]}`).toMatch(/^\d+(\.\d\d)?$/)
    }
  })

  it('splits at 1,000 rows and never inside a journal', () => {
    const { files } = toQuickbooks([wide('A-1', 300), wide('A-2', 200), wide('A-3', 1)])
    expect(files.map((file) => [file.rows, file.documents])).toEqual([
      [QUICKBOOKS_ROW_LIMIT, ['A-1', 'A-2']],
      [2, ['A-3']],
    ])
    for (const file of files) expect(file.totals[0]?.debits).toBe(file.totals[0]?.credits)
  })

  it('gives a journal too large for one file one line per QuickBooks account', () => {
    const { files, leftOut } = toQuickbooks([wide('A-1', 501)])
    expect(leftOut).toEqual([])
    const [, ...rows] = readCsv(files[0]?.text ?? '')
    expect(rows.map((row) => [row[2], row[3], row[4]])).toEqual([
      ['Prepaid - SMM panel wallet', '', '501.00'],
      ['SMM services cost', '501.00', ''],
    ])
  })

  it('leaves out a journal that stays too large, and says what to do', () => {
    const many = wide('A-1', 600)
    const accounts = new Map(many.lines.map(({ account }) => [account, `Parent:${account.replace(':', ' ')}`]))
    const rendered = quickbooksCsv([many], { mapping: { file: 'q.yaml', accounts }, chart, dateStyle: 'mdy' })
    expect(rendered.files).toEqual([])
    expect(rendered.leftOut[0]?.reason).toContain('needs 1200 lines and a file of this format takes 1000')
    expect(rendered.leftOut[0]?.reason).toContain('q.yaml')
  })

  it('holds a journal whole when one account is unmapped, and sends a wallet to its own account when it has one', () => {
    const mapping = { file: 'q.yaml', accounts: new Map([['1310:netpanel', 'Wallets:Netpanel']]) }
    const held = quickbooksCsv([journal()], { mapping, chart, dateStyle: 'mdy' })
    expect(held.files).toEqual([])
    expect(held.leftOut[0]?.reason).toContain('q.yaml does not map account 5100:netpanel')
    const whole = { ...mapping, accounts: new Map([...mapping.accounts, ['5100', 'Costs'], ['1310', 'Wallets']]) }
    const { files } = quickbooksCsv([journal()], { mapping: whole, chart, dateStyle: 'dmy' })
    expect(readCsv(files[0]?.text ?? '')[1]?.slice(0, 3)).toEqual(['ACME-20261105-1', '05/11/2026', 'Wallets:Netpanel'])
  })
})

describe('the Xero file', () => {
  it('is the golden file: ASCII, no byte order mark, ten columns verbatim', () => {
    const { files, leftOut } = toXero(journals)
    expectGolden('xero.csv', files[0]?.text ?? '')
    expect(files[0]?.text).toMatch(/^[\x20-\x7E\r\n]*$/)
    expect(leftOut.map((each) => each.document)).toEqual(['ACME-20261106-1', 'ACME-20261107-2'])
    expect(leftOut[1]?.reason).toContain('Xero takes manual journals in USD only')
  })

  it('keeps amounts with their sign and guards text that looks like a formula', () => {
    const rows = readCsv(toXero([journals[1] ?? journal()]).files[0]?.text ?? '')
    expect(rows[1]?.[5]).toBe('-1234.57')
    const wild = journal({ document: '=1+1' })
    expect(readCsv(toXero([wild]).files[0]?.text ?? '')[1]?.[0]?.startsWith("'=1+1 ")).toBe(true)
  })

  it('splits at 300 lines on journal boundaries', () => {
    const { files } = toXero([wide('A-1', 100), wide('A-2', 51)])
    expect(files.map((file) => file.rows)).toEqual([200, 102])
    expect(toXero([wide('A-1', 151)]).files[0]?.rows).toBe(2)
    expect(XERO_LINE_LIMIT).toBe(300)
  })

  it.each([
    ['Café – Łódź “naïve”…', 'Cafe - Lodz "naive"...'],
    ['10 € · ½', '10 EUR ? 1?2'],
    ['日本', '??'],
  ])('spells %s in ASCII', (text, ascii) => {
    expect(toAscii(text)).toBe(ascii)
  })
})

describe('the general journal', () => {
  it('is the golden file, with exact amounts that sum to zero', () => {
    const { files } = generalCsv(journals, { chart, dateStyle: 'ymd' })
    expectGolden('general.csv', files[0]?.text ?? '')
    const [, ...rows] = readCsv(files[0]?.text ?? '')
    const days = Map.groupBy(rows, ([document]) => document)
    for (const [document, lines] of days) {
      const sum = lines.reduce((total, row) => total + units(row[10] ?? ''), 0n)
      expect(sum, document).toBe(0n)
    }
  })

  it('marks a preview in its number, its status and every line', () => {
    const preview = journal({ document: 'DRAFT-20261105-USD', status: 'draft', sequences: '' })
    const rows = readCsv(generalCsv([preview], { chart, dateStyle: 'ymd' }).files[0]?.text ?? '').slice(1)
    for (const row of rows) {
      expect(row[0]).toBe('DRAFT-20261105-USD')
      expect(row[11]?.startsWith('PREVIEW, not approved: ')).toBe(true)
      expect(row[12]).toBe('draft')
    }
  })
})
