/** The IIF file, byte for byte, and what is left out because QuickBooks Desktop would take it for something else. */
import { describe, expect, it } from 'vitest'
import type { JournalDocument, Rendered } from '../../../src/targets/document.ts'
import { bytesOf } from '../../../src/targets/files/write-files.ts'
import { ansiBytes, isAnsi } from '../../../src/targets/files/iif/ansi.ts'
import { iifFile } from '../../../src/targets/files/iif/payload.ts'
import { mappings } from '../../journals/support.ts'
import { expectGolden, journal, journals, line } from './support.ts'

const { chart, quickbooks } = mappings

function toIif(documents: readonly JournalDocument[], names: Readonly<Record<string, string>> = {}): Rendered {
  const accounts = new Map([...quickbooks.accounts, ...Object.entries(names)])
  const mapping = { file: 'my/quickbooks.yaml', accounts }
  return iifFile(documents, { mapping, chart, dateStyle: 'mdy', currency: 'USD' })
}

function cells(rendered: Rendered): readonly (readonly string[])[] {
  return (rendered.files[0]?.text ?? '').split('\r\n').map((row) => row.split('\t'))
}

describe('the IIF file', () => {
  it('is the golden file, byte for byte, in Windows-1252 with CRLF', () => {
    const { files, leftOut } = toIif(journals)
    const [file] = files
    if (file === undefined) throw new Error('a file was to be written')
    expectGolden('quickbooks.iif', bytesOf(file))
    expect(file.text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
    expect(leftOut.map(({ document, reason }) => [document, reason.includes('currency of the company file')])).toEqual([
      ['ACME-20261106-1', false],
      ['ACME-20261107-2', true],
    ])
  })

  it('has a block for each journal that sums to zero, debits positive, under one number of at most 11 characters', () => {
    const rows = cells(toIif(journals))
    expect(rows.slice(0, 3).map(([first]) => first)).toEqual(['!TRNS', '!SPL', '!ENDTRNS'])
    const body = rows.slice(3, -1)
    expect(body.filter(([first]) => first === 'TRNS')).toHaveLength(3)
    expect(body.filter(([first]) => first === 'ENDTRNS')).toHaveLength(3)
    const sums = new Map<string, number>()
    for (const row of body.filter((each) => each.length > 1)) {
      expect(row).toHaveLength(rows[0]?.length ?? 0)
      const [, , type, date, , , , amount = '', number = ''] = row
      expect([type, date]).toEqual(['GENERAL JOURNAL', expect.stringMatching(/^\d\d\/\d\d\/\d{4}$/)])
      expect(number).toMatch(/^26\d{4}-\d$/)
      sums.set(number, (sums.get(number) ?? 0) + Math.round(Number(amount) * 100))
    }
    expect([...sums]).toEqual([
      ['261105-1', 0],
      ['261105-2', 0],
      ['261107-1', 0],
    ])
  })

  it.each([
    ['Kaffee\tund Tee', 'a tab'],
    ['Kaffee\nund Tee', 'a line break'],
    ['"Kaffee"', 'a quotation mark'],
    ['=Kaffee', 'a formula'],
    ['Kawa – Łódź', 'a character without a byte'],
    [' Kaffee', 'a space in front'],
  ])('leaves out a journal whose account is called %j: %s', (name) => {
    const { files, leftOut } = toIif([journal()], { '5100': name })
    expect(files).toEqual([])
    expect(leftOut[0]?.reason).toContain(
      `needs ${JSON.stringify(name)}, which cannot be written in an IIF file exactly`,
    )
  })

  it('writes account names with the letters of Western Europe, and people read a question mark for others', () => {
    const lines = [line('1310:Café – Łódź', '-1', '-1'), line('5100:"x"', '1', '1')]
    const rendered = toIif([journal({ lines })], { '5100': 'Coûts – €' })
    const [file] = rendered.files
    const bytes = file === undefined ? Buffer.alloc(0) : bytesOf(file)
    expect(bytes.includes(Buffer.from([0x43, 0x6f, 0xfb, 0x74, 0x73, 0x20, 0x96, 0x20, 0x80]))).toBe(true)
    expect(bytes.toString('latin1')).toMatch(/Caf\u{e9} \u{96} \?\u{f3}d\?/u)
    expect(file?.text).not.toContain('"')
  })

  it('leaves out the ten-thousandth journal of a day, whose number is too long', () => {
    expect(toIif([journal({ document: 'A-20261105-10000' })]).leftOut[0]?.reason).toContain('takes 11 characters')
    expect(cells(toIif([journal({ document: 'A-20261105-9999' })]))[3]?.[8]).toBe('261105-9999')
  })

  it('marks a preview, and says what a reversal takes back', () => {
    const draft = journal({ document: 'DRAFT-20261105-USD', status: 'draft', sequences: '' })
    expect(cells(toIif([draft]))[3]?.slice(8)).toEqual(['P261105USD', expect.stringContaining('PREVIEW, not approved')])
    const reversal = journal({ document: 'ACME-20261105-3', reverses: 'ACME-20261105-1' })
    expect(cells(toIif([reversal]))[3]?.[9]).toContain('reverses ACME-20261105-1')
  })
})

describe('Windows-1252', () => {
  it('is what the platform decodes it as', () => {
    const decoder = new TextDecoder('windows-1252')
    const bytes = Array.from({ length: 256 }, (_, byte) => byte).filter(
      (byte) => ![0x81, 0x8d, 0x8f, 0x90, 0x9d].includes(byte),
    )
    const text = decoder.decode(Uint8Array.from(bytes))
    expect(isAnsi(text)).toBe(true)
    expect([...ansiBytes(text)]).toEqual(bytes)
    expect([isAnsi('\u{81}'), isAnsi('ł'), isAnsi('💶')]).toEqual([false, false, false])
  })
})
