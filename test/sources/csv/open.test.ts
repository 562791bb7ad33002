import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bindColumns, type ColumnRules } from '../../../src/sources/csv/columns.ts'
import { openCsv, peekRows } from '../../../src/sources/csv/open.ts'
import { parseRows } from '../../../src/sources/csv/rows.ts'
import { collect, inPieces } from '../support.ts'

async function read(text: string | Buffer, sizes?: readonly number[], rowsPerChunk?: number) {
  const file = await openCsv('orders.csv', inPieces(text, sizes), rowsPerChunk)
  const chunks = await collect(file.chunks)
  const rows = chunks.flatMap((chunk) => parseRows(chunk.bytes, chunk.firstLine, file.delimiter))
  return { file, chunks, rows }
}

const cellText = fc.string({
  unit: fc.constantFrom('a', '"', ',', ';', '\n', '\r\n', ' ', 'é', '—', '\t', '1'),
  maxLength: 6,
})

function quote(cell: string): string {
  return `"${cell.replaceAll('"', '""')}"`
}

describe('chunks', () => {
  it('hold the same rows however the bytes arrive and however many rows a chunk takes', async () => {
    const table = fc.array(fc.array(cellText, { minLength: 2, maxLength: 4 }), { maxLength: 12 })
    const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(
        table,
        sizes,
        fc.integer({ min: 1, max: 5 }),
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.boolean(),
        async (cells, pieces, perChunk, eol, ends) => {
          const lines = cells.map((row) => row.map(quote).join(','))
          const text = ['x,y', ...lines].join(eol) + (ends ? eol : '')
          const whole = await read(text)
          expect(whole.rows.map((row) => row.fields)).toEqual(cells)
          const cut = await read(text, pieces, perChunk)
          expect(cut.rows).toEqual(whole.rows)
          expect(Buffer.concat(cut.chunks.map((chunk) => chunk.bytes))).toEqual(
            Buffer.concat(whole.chunks.map((chunk) => chunk.bytes)),
          )
          expect(cut.chunks.every((chunk) => chunk.rows <= perChunk)).toBe(true)
          expect(cut.chunks.reduce((sum, chunk) => sum + chunk.rows, 0)).toBe(cells.length)
        },
      ),
    )
  })

  it('are the same for messy text too: stray quotes, blank rows, ragged rows', async () => {
    const messy = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r\n', '\r', ' '), maxLength: 60 })
    const sizes = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(messy, sizes, fc.integer({ min: 1, max: 3 }), async (text, pieces, perChunk) => {
        const attempt = async (bySizes?: readonly number[], rows?: number) =>
          read(`x,y\n${text}`, bySizes, rows).then(
            (done) => done.rows,
            (error: unknown) => String(error),
          )
        expect(await attempt(pieces, perChunk)).toEqual(await attempt())
      }),
      { numRuns: 500 },
    )
  })

  it('know on which line of the file each row starts', async () => {
    const { rows, chunks } = await read('\ufeff\n\nx,y\r\n1,"a\nb\nc"\r\n\r\n2,b\r\n"3",c', [3], 2)
    expect(rows.map((row) => [row.line, row.fields[0]])).toEqual([
      [4, '1'],
      [8, '2'],
      [9, '3'],
    ])
    expect(chunks.map((chunk) => chunk.firstLine)).toEqual([4, 8])
  })

  it.each([
    ['a,b;c\n', ','],
    ['a;b;"x,y,z"\n', ';'],
    ['a\tb\n', '\t'],
    ['a|b\n', '|'],
    ['a\n', ','],
  ])('header %j is separated by %j', async (text, delimiter) => {
    expect((await read(text)).file.delimiter).toBe(delimiter)
  })

  it('trim header names and drop the byte order mark', async () => {
    const { file, chunks } = await read('\ufeff" ID ", Date\n')
    expect(file.headers).toEqual(['ID', 'Date'])
    expect(chunks).toEqual([])
  })

  it('take strings as well as bytes, and can be peeked at without losing one', async () => {
    async function* texts() {
      yield 'x,y\n1,2\n3'
      yield ',4\n'
    }
    const file = await openCsv('orders.csv', texts(), 1)
    const { sample, chunks } = await peekRows(file)
    expect(sample).toEqual([{ line: 2, fields: ['1', '2'] }])
    expect((await collect(chunks)).map((chunk) => chunk.bytes.toString())).toEqual(['1,2\n', '3,4\n'])
  })

  it('begin with the first that has a row, and are refused when none has', async () => {
    const blank = await openCsv('orders.csv', inPieces('x,y\n\n\n\n\n1,2\n'), 2)
    const { sample, chunks } = await peekRows(blank)
    expect(sample).toEqual([{ line: 6, fields: ['1', '2'] }])
    expect((await collect(chunks)).map(({ firstLine }) => firstLine)).toEqual([6])
    for (const text of ['x,y', 'x,y\r', 'x,y\n\n \n'])
      await expect(peekRows(await openCsv('orders.csv', inPieces(text)))).rejects.toMatchObject({ code: 'CSV_NO_ROWS' })
  })

  it('are cut before they grow too big to land', async () => {
    const row = `${'x'.repeat(700_000)},y\n`
    const { chunks } = await read(`a,b\n${row.repeat(10)}`)
    expect(chunks.map((chunk) => chunk.rows)).toEqual([6, 4])
  })
})

describe('a lone CR', () => {
  it.each([
    ['ends every line', 'x,y\r1,2\r3,4\r'],
    ['ends every line but the last', 'x,y\r1,2\r3,4'],
    ['ends a line among others', 'x,y\n1,2\r3,4\r\n'],
    ['stands before a whole line end', 'x,y\r\r\n1,2\r\r\n3,4'],
  ])('%s', async (_name, text) => {
    for (const bytes of [Buffer.from(text), Buffer.from(`\ufeff${text}`, 'utf16le')]) {
      for (const sizes of [undefined, [1], [3, 2]]) {
        const { file, rows } = await read(bytes, sizes)
        expect(file.headers).toEqual(['x', 'y'])
        expect(rows.map((row) => row.fields)).toEqual([
          ['1', '2'],
          ['3', '4'],
        ])
      }
    }
  })

  it('inside quotes ends no row, and every row knows its line', async () => {
    for (const sizes of [undefined, [1], [2]]) {
      const { rows } = await read('x,y\r"1\r\r2",a\r"3\r\n4",b\r5,c\r', sizes)
      expect(rows).toEqual([
        { line: 2, fields: ['1\n\n2', 'a'] },
        { line: 5, fields: ['3\r\n4', 'b'] },
        { line: 7, fields: ['5', 'c'] },
      ])
    }
  })

  it('ends the line that decides the encoding', async () => {
    const bytes = Buffer.concat([Buffer.from('a,b\ré,1\r'), Buffer.from('é,2\r', 'latin1'), Buffer.from('é,3\r')])
    for (const sizes of [undefined, [5]])
      expect((await read(bytes, sizes)).rows.map((row) => row.fields[0])).toEqual(['é', 'é', 'é'])
  })
})

describe('an encoding', () => {
  const text = 'Name;Preis\nGrün — é;5 €\n"a;\nö";1\n'
  const swapped = (bytes: Buffer): Buffer => Buffer.from(bytes).swap16()
  const cells = [
    ['Grün — é', '5 €'],
    ['a;\nö', '1'],
  ]

  it.each([
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${text}`)],
    ['UTF-16, little end first', Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['UTF-16, big end first', swapped(Buffer.from(`\ufeff${text}`, 'utf16le'))],
    ['UTF-16 without a mark', Buffer.from(text, 'utf16le')],
    ['UTF-16, big end first, without a mark', swapped(Buffer.from(text, 'utf16le'))],
    // é, ü, ö as in Latin-1; the dash and the euro sign as only Windows has them.
    ['Windows-1252', Buffer.from(text.replace('—', '\u0097').replace('€', '\u0080'), 'latin1')],
  ])('%s is read, whole and in single bytes', async (_name, bytes) => {
    for (const sizes of [undefined, [1], [3, 2]]) {
      const { file, rows, chunks } = await read(bytes, sizes)
      expect(file.headers).toEqual(['Name', 'Preis'])
      expect(rows.map((row) => row.fields)).toEqual(cells)
      expect(Buffer.concat(chunks.map((chunk) => chunk.bytes)).toString()).toBe(text.slice(text.indexOf('\n') + 1))
    }
  })

  it('of one line does not touch the others', async () => {
    const bytes = Buffer.concat([Buffer.from('a,b\né,1\n'), Buffer.from('é,2\n', 'latin1'), Buffer.from('é,3\n')])
    expect((await read(bytes, [5])).rows.map((row) => row.fields[0])).toEqual(['é', 'é', 'é'])
  })
})

describe('a file that is no CSV', () => {
  it.each([
    ['', 'orders.csv is empty'],
    ['\n \r\n', 'orders.csv is empty'],
    ['a,b\n1,2\n3,"never\nclosed', 'the row that starts on line 3 has a quote that is never closed'],
    [`a,b\n1,"${'x'.repeat(2_000_000)}`, 'line 2 has a quote that is never closed'],
    ['x'.repeat(2_000_000), 'its first line has no end'],
  ])('is refused by name', async (text, message) => {
    await expect(read(text)).rejects.toThrow(message)
  })

  const zip = (first: string, after = ''): Buffer =>
    Buffer.concat([Buffer.from('PK\u0003\u0004'), Buffer.alloc(26), Buffer.from(`${first}${after}`), Buffer.alloc(900)])

  it.each([
    ['a web page', '<!DOCTYPE html>\n<html><head><title>Sign in</title></head></html>', 'a web page'],
    ['a page after blank lines', '\n\n  <html lang="en">', 'a web page'],
    ['a page as XHTML', '<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "x">', 'a web page'],
    ['the warning of a web server', '<br />\n<b>Warning</b>: mysqli', 'a web page'],
    ['a table under the name of a list', '\ufeff<table><tr><td>ID</td></tr></table>', 'a web page'],
    ['a page in UTF-16', Buffer.from('\ufeff<html>\n<body>', 'utf16le'), 'a web page'],
    ['a workbook', zip('[Content_Types].xml'), 'an Excel workbook'],
    ['a workbook that begins with another part', zip('xl/workbook.xml'), 'an Excel workbook'],
    ['an old workbook', Buffer.from('d0cf11e0a1b11ae1', 'hex'), 'an Excel workbook'],
    ['a workbook as XML', '<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>', 'an Excel workbook'],
    [
      'a sheet of LibreOffice',
      zip('mimetype', 'application/vnd.oasis.opendocument.spreadsheet'),
      'an OpenDocument spreadsheet',
    ],
    ['an archive', zip('orders.csv'), 'a compressed archive'],
    ['a compressed file', Buffer.from('1f8b080000000000', 'hex'), 'a compressed or damaged file'],
    ['nothing but zeros', Buffer.alloc(4096), 'a compressed or damaged file'],
    ['a document', '%PDF-1.7\n', 'a PDF document'],
    ['other XML', '<?xml version="1.0"?>\n<orders/>', 'an XML file'],
    ['an answer of the API', '{"1":{"charge":"0.27"}}', 'a JSON file'],
    ['a list of answers', '[{"order":1}]', 'a JSON file'],
  ])('%s is told apart in a sentence', async (_name, content, is) => {
    for (const sizes of [undefined, [1]])
      await expect(read(content, sizes)).rejects.toMatchObject({
        code: 'CSV_OTHER_FORMAT',
        exitCode: 2,
        message: `orders.csv is ${is}, not a CSV file.`,
        hint: expect.stringMatching(/./),
      })
  })

  it.each(['[x],y\n1,2\n', '{x},y\n1,2\n', '< 5,y\n1,2\n', 'PK,y\n1,2\n'])(
    'a header that only looks like one, %j, is read',
    async (text) => {
      expect((await read(text)).rows.map((row) => row.fields)).toEqual([['1', '2']])
    },
  )
})

describe('bindColumns', () => {
  const rules: ColumnRules<'orderId' | 'charge' | 'note'> = {
    orderId: { title: 'ID', required: true, names: ['order id', 'id'] },
    charge: { title: 'Charge', required: true, names: ['charge', 'price'] },
    note: { title: 'Note', required: false, names: ['note'] },
  }

  it.each([
    [['ID', 'Price'], { orderId: 0, charge: 1 }],
    [['price', 'ORDER_ID', 'id', 'Note'], { orderId: 1, charge: 0, note: 3 }],
    [['Order  ID:', 'charge.'], { orderId: 0, charge: 1 }],
  ])('%j', (headers, bound) => {
    expect(bindColumns('orders.csv', headers, rules)).toEqual(bound)
  })

  it('takes the name the user chose before its own', () => {
    expect(bindColumns('orders.csv', ['id', 'Mã đơn', 'charge'], rules, { orderId: 'mã đơn' })).toEqual({
      orderId: 1,
      charge: 2,
    })
  })

  it('names what is missing, what was found, and what it may be called', () => {
    expect(() => bindColumns('orders.csv', ['ID', 'Link'], rules)).toThrow(
      expect.objectContaining({
        code: 'CSV_HEADER',
        exitCode: 2,
        message: 'orders.csv cannot be imported: it has no column "Charge". Its columns are "ID", "Link".',
        hint: 'Charge may be called "charge", "price".',
      }),
    )
    expect(() => bindColumns('orders.csv', ['Link'], rules)).toThrow('it has no column "ID" and no "Charge".')
    expect(() => bindColumns('orders.csv', ['ID', 'charge'], rules, { note: 'Remarks' })).toThrow(
      expect.objectContaining({
        message: expect.stringContaining('it has no column "Remarks".'),
        hint: 'You named "Remarks" as the column for Note.',
      }),
    )
    expect(() => bindColumns('orders.csv', ['ID', 'id', 'charge'], rules)).toThrow('"ID" appears twice')
  })
})
