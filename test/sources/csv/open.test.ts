import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bindColumns, type ColumnRules } from '../../../src/sources/csv/columns.ts'
import { openCsv, peekChunk } from '../../../src/sources/csv/open.ts'
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
        fc.constantFrom('\n', '\r\n'),
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
    const messy = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r\n', ' '), maxLength: 60 })
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
    const { first, chunks } = await peekChunk(file)
    expect(first?.bytes.toString()).toBe('1,2\n')
    expect((await collect(chunks)).map((chunk) => chunk.bytes.toString())).toEqual(['1,2\n', '3,4\n'])
  })

  it('are cut before they grow too big to land', async () => {
    const row = `${'x'.repeat(700_000)},y\n`
    const { chunks } = await read(`a,b\n${row.repeat(10)}`)
    expect(chunks.map((chunk) => chunk.rows)).toEqual([6, 4])
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
})

describe('bindColumns', () => {
  const rules: ColumnRules<'orderId' | 'charge' | 'note'> = {
    orderId: { required: true, names: ['order id', 'id'] },
    charge: { required: true, names: ['charge', 'price'] },
    note: { required: false, names: ['note'] },
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
        message: 'orders.csv cannot be imported: it has no column for charge. Its columns are "ID", "Link".',
        hint: 'charge may be called "charge", "price".',
      }),
    )
    expect(() => bindColumns('orders.csv', ['ID', 'charge'], rules, { note: 'Remarks' })).toThrow('no column for note')
    expect(() => bindColumns('orders.csv', ['ID', 'id', 'charge'], rules)).toThrow('"ID" appears twice')
  })
})
