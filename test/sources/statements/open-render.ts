/**
 * Writes a made-up statement in each bank format, with quirks banks have, so that readers can be compared with what went
 * in and with each other. Written from the formats' descriptions, not from the readers.
 */
import fc from 'fast-check'
import type { ReadOptions } from '../../../src/sources/statements/options.ts'

export interface Truth {
  /** In cents, as all amounts here. */
  readonly opening: number
  readonly lines: readonly { readonly date: string; readonly amount: number; readonly id: string }[]
}

export interface Quirks {
  readonly newestFirst: boolean
  readonly lineEnd: '\n' | '\r\n' | '\r'
  readonly encoding: 'utf8' | 'utf16le' | 'mark'
  readonly delimiter: ',' | ';' | '\t' | '|'
  readonly decimal: '.' | ','
  readonly isGrouped: boolean
  readonly columns: 'amount' | 'sides' | 'letters' | 'brackets'
  readonly dates: 'iso' | 'dotted' | 'slashes'
  readonly hasPreamble: boolean
  readonly isXml: boolean
  readonly isOneLine: boolean
  readonly pageLength: number
}

export const truths: fc.Arbitrary<Truth> = fc
  .record({
    opening: fc.integer({ min: -500_000, max: 5_000_000 }),
    lines: fc.array(
      fc.record({
        day: fc.integer({ min: 0, max: 400 }),
        amount: fc.integer({ min: -3_000_000, max: 3_000_000 }).filter((amount) => amount !== 0),
      }),
      { minLength: 1, maxLength: 25 },
    ),
  })
  .map(({ opening, lines }) => ({
    opening,
    lines: lines
      .toSorted((a, b) => a.day - b.day)
      .map(({ day, amount }, index) => ({
        date: new Date(Date.UTC(2025, 10, 20 + day)).toISOString().slice(0, 10),
        amount,
        id: `TX${index}A`,
      })),
  }))

export const quirks: fc.Arbitrary<Quirks> = fc.record({
  newestFirst: fc.boolean(),
  lineEnd: fc.constantFrom('\n', '\r\n', '\r'),
  encoding: fc.constantFrom('utf8', 'utf16le', 'mark'),
  delimiter: fc.constantFrom(',', ';', '\t', '|'),
  decimal: fc.constantFrom('.', ','),
  isGrouped: fc.boolean(),
  columns: fc.constantFrom('amount', 'sides', 'letters', 'brackets'),
  dates: fc.constantFrom('iso', 'dotted', 'slashes'),
  hasPreamble: fc.boolean(),
  isXml: fc.boolean(),
  isOneLine: fc.boolean(),
  pageLength: fc.integer({ min: 1, max: 30 }),
})

export type Format = 'bank-csv' | 'ofx' | 'camt' | 'mt940'

export const RENDER: Readonly<Record<Format, (truth: Truth, quirks: Quirks) => string>> = {
  'bank-csv': renderCsv,
  ofx: renderOfx,
  camt: renderCamt,
  mt940: renderMt940,
}

export function encode(text: string, { lineEnd, encoding }: Quirks): Buffer {
  const lines = text.replaceAll('\n', lineEnd)
  if (encoding === 'utf8') return Buffer.from(lines)
  return encoding === 'mark' ? Buffer.from(`\ufeff${lines}`) : Buffer.from(`\ufeff${lines}`, 'utf16le')
}

/** What a person would answer where the file cannot tell. */
export function answers({ decimal, dates, columns }: Quirks): Partial<ReadOptions> {
  return {
    decimal,
    dateOrder: dates === 'slashes' ? 'dmy' : null,
    columns: columns === 'amount' || columns === 'brackets' ? { roles: {}, sign: 'in-positive' } : null,
  }
}

export function closingOf({ opening, lines }: Truth): number {
  return lines.reduce((sum, { amount }) => sum + amount, opening)
}

function plain(cents: number): string {
  const digits = String(Math.abs(cents)).padStart(3, '0')
  return `${cents < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
}

function renderCsv({ opening, lines }: Truth, quirk: Quirks): string {
  const { delimiter, decimal, columns } = quirk
  const money = (cents: number): string => {
    const [whole = '', fraction = ''] = plain(Math.abs(cents)).split('.')
    const grouped = quirk.isGrouped ? whole.replaceAll(/\B(?=(?:\d{3})+$)/g, decimal === '.' ? ',' : '.') : whole
    const digits = `${grouped}${decimal}${fraction}`
    if (cents >= 0) return digits
    return columns === 'brackets' ? `(${digits})` : `-${digits}`
  }
  const day = (date: string): string => {
    const [year, month, dayOfMonth] = date.split('-')
    if (quirk.dates === 'iso') return date
    return [dayOfMonth, month, year].join(quirk.dates === 'dotted' ? '.' : '/')
  }
  let balance = opening
  const rows = lines.map(({ date, amount, id }) => {
    balance += amount
    const size = money(Math.abs(amount))
    const cells: Readonly<Record<Quirks['columns'], readonly string[]>> = {
      amount: [money(amount)],
      brackets: [money(amount)],
      sides: amount < 0 ? [size, ''] : ['', size],
      letters: [size, amount < 0 ? 'D' : 'C'],
    }
    return [day(date), 'Text, with "signs"; and more', ...cells[columns], money(balance), id]
  })
  const headers = { amount: ['Amount'], brackets: ['Amount'], sides: ['Debit', 'Credit'], letters: ['Amount', 'D/C'] }
  const table = [
    ['Booking date', 'Description', ...headers[columns], 'Balance', 'Transaction ID'],
    ...(quirk.newestFirst ? rows.toReversed() : rows),
  ]
  const quoted = table.map((cells) => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(delimiter))
  const preamble = quirk.hasPreamble ? ['A Bank plc', 'IBAN: DE02 5001 0517 0137 0750 30', ''] : []
  return [...preamble, ...quoted, ''].join('\n')
}

function renderOfx({ lines, opening }: Truth, { isXml, isOneLine, decimal, newestFirst }: Quirks): string {
  const field = (tag: string, value: string): string => `<${tag}>${value}${isXml ? `</${tag}>` : ''}`
  const each = (newestFirst ? lines.toReversed() : lines).map(({ date, amount, id }) =>
    [
      '<STMTTRN>',
      field('TRNTYPE', amount < 0 ? 'DEBIT' : 'CREDIT'),
      field('DTPOSTED', `${date.replaceAll('-', '')}233000[-5:EST]`),
      field('TRNAMT', plain(amount).replace('.', decimal)),
      field('FITID', id),
      field('MEMO', 'Text &amp; more'),
      '</STMTTRN>',
    ].join(isOneLine ? '' : '\n'),
  )
  const head = isXml
    ? '<?xml version="1.0"?>\n<?OFX OFXHEADER="200" VERSION="211"?>\n'
    : 'OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nENCODING:USASCII\nCHARSET:1252\n\n'
  const closing = `<LEDGERBAL>${field('BALAMT', plain(closingOf({ opening, lines })))}${field('DTASOF', '20270101')}</LEDGERBAL>`
  return `${head}<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS>${field('CURDEF', 'EUR')}<BANKACCTFROM>${field('ACCTID', 'DE02')}</BANKACCTFROM><BANKTRANLIST>${each.join(isOneLine ? '' : '\n')}</BANKTRANLIST>${closing}</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\n`
}

function renderCamt({ lines, opening }: Truth, { isXml, isOneLine }: Quirks): string {
  const name = (tag: string): string => (isXml ? `c:${tag}` : tag)
  const node = (tag: string, value: string, attribute = ''): string =>
    `<${name(tag)}${attribute}>${value}</${name(tag)}>`
  const money = (cents: number): string =>
    node('Amt', plain(Math.abs(cents)), ' Ccy="EUR"') + node('CdtDbtInd', cents < 0 ? 'DBIT' : 'CRDT')
  const balance = (code: string, cents: number): string =>
    node('Bal', node('Tp', node('CdOrPrtry', node('Cd', code))) + money(cents) + node('Dt', node('Dt', '2026-01-01')))
  const entries = lines.map(({ date, amount, id }) =>
    node(
      'Ntry',
      money(amount) +
        node('Sts', isXml ? node('Cd', 'BOOK') : 'BOOK') +
        node('BookgDt', node('Dt', date)) +
        node('AcctSvcrRef', id),
    ),
  )
  const parts = [balance('OPBD', opening), balance('CLBD', closingOf({ opening, lines })), ...entries]
  const statement = node('Stmt', node('Acct', node('Id', node('IBAN', 'DE02'))) + parts.join(isOneLine ? '' : '\n'))
  return `<?xml version="1.0"?>\n${node('Document', node('BkToCstmrStmt', statement), isXml ? ' xmlns:c="urn:camt"' : ' xmlns="urn:camt"')}`
}

function renderMt940({ lines, opening }: Truth, { pageLength, hasPreamble }: Quirks): string {
  const money = (cents: number): string => plain(Math.abs(cents)).replace('.', ',')
  const short = (date: string): string => date.slice(2).replaceAll('-', '')
  const balance = (cents: number): string => `${cents < 0 ? 'D' : 'C'}260101EUR${money(cents)}`
  const pages = Array.from({ length: Math.ceil(lines.length / pageLength) }, (_each, page) =>
    lines.slice(page * pageLength, (page + 1) * pageLength),
  )
  let running = opening
  return pages
    .map((page, index) => {
      const opens = `:60${index === 0 ? 'F' : 'M'}:${balance(running)}`
      const entries = page.flatMap(({ date, amount, id }) => {
        running += amount
        // Valued a few days later, so that the turn of a year is among them.
        const valued = new Date(Date.parse(date) + 3 * 86_400_000).toISOString().slice(0, 10)
        return [
          `:61:${short(valued)}${short(date).slice(2)}${amount < 0 ? 'D' : 'C'}${money(amount)}NTRFNONREF//${id}`,
          ':86:Text',
        ]
      })
      const closes = `:62${index === pages.length - 1 ? 'F' : 'M'}:${balance(running)}`
      const body = [':20:REF', ':25:DE02', `:28C:7/${index + 1}`, opens, ...entries, closes].join('\n')
      return hasPreamble ? `{1:F01BANKDEFFABER0000000000}{2:I940BANKDEFFABERN}{4:\n${body}\n-}\n` : `${body}\n-\n`
    })
    .join('')
}
