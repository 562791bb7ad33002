/** OFX as SGML and as XML, in one line and in many, with what banks leave out and put in. */
import { describe, expect, it } from 'vitest'
import { parseOfxDate } from '../../../src/sources/statements/ofx/date.ts'
import { balancesOf, linesOf, open, openFixture, refusalOf } from './open-support.ts'

const statement = (
  transactions: string,
  rest = '<LEDGERBAL><BALAMT>5.00<DTASOF>20260131</LEDGERBAL>',
  account = '1',
): string =>
  `<STMTTRNRS><STMTRS><CURDEF>USD<BANKACCTFROM><ACCTID>${account}</BANKACCTFROM><BANKTRANLIST>\n${transactions}\n</BANKTRANLIST>${rest}</STMTRS></STMTTRNRS>`
const file = (...statements: readonly string[]): string =>
  `OFXHEADER:100\nDATA:OFXSGML\n\n<OFX><BANKMSGSRSV1>${statements.join('')}</BANKMSGSRSV1></OFX>\n`
const transaction = (amount: string, date = '20260115', more = ''): string =>
  `<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>${date}<TRNAMT>${amount}<FITID>F${date}<NAME>N${more}</STMTTRN>`

describe('OFX', () => {
  it('is read as SGML with several tags on a line, with and without closing tags', () => {
    const read = openFixture('ofx-sgml-one-line.ofx')
    expect(read.format).toBe('ofx')
    expect(balancesOf(read)).toEqual(['USD ? → 5.00 unproven'])
    expect(linesOf(read)).toEqual(['2026-01-31 -12.30 A & B | ', '2026-01-30 1.50 C | AT&T 5 < 6'])
    expect(read.sections[0]?.lines.map(({ externalId, references }) => [externalId, ...references])).toEqual([
      ['a1'],
      ['a2', '77'],
    ])
  })

  it('is read as XML with a card, pending lines and other currencies', () => {
    const read = openFixture('ofx-xml-card.qfx')
    expect(balancesOf(read)).toEqual(['USD ? → -1260.00 unproven', 'EUR ? → ? unproven'])
    expect(linesOf(read)).toEqual([
      '2026-01-15 -25.00 Panel <Shop> | Top-up & bonus',
      '2026-01-16 -1234.50 Annual fee | ',
      '2026-01-31 -9.99 (pending) Hotel | ',
      '2026-01-17 -3.00 Abroad | ',
    ])
    expect(read.sections[0]?.lines.map(({ line, type }) => [line, type])).toEqual([
      [1, 'other'],
      [2, 'fee'],
      [4, 'other'],
    ])
    expect(read.sections[0]?.accountNumber).toBe('4111111111111111')
    expect(read.remarks).toEqual([
      'Some lines of the account in USD say they are in EUR; they are kept apart, and the file does not tell what they did to the balance.',
    ])
  })

  it.each([
    ['20260131233000[-5:EST]', '2026-01-31', '2026-02-01T04:30:00.000Z'],
    ['20260131233000.250[+5.30:IST]', '2026-01-31', '2026-01-31T18:00:00.250Z'],
    ['20260131000000[-3.5]', '2026-01-31', '2026-01-31T03:30:00.000Z'],
    ['20260131120000[0:GMT]', '2026-01-31', '2026-01-31T12:00:00.000Z'],
    ['20260131120000', '2026-01-31', null],
    ['20260131', '2026-01-31', null],
    ['20260131[-5:EST]', '2026-01-31', null],
    ['202601311200', '2026-01-31', null],
    ['2026-01-31', '2026-01-31', null],
    ['20260131240000[-3]', '2026-01-31', null],
  ])('keeps the day of %s in its own zone', (text, date, instant) => {
    expect(parseOfxDate(text)).toEqual({ date, atMs: instant === null ? null : Date.parse(instant) })
  })

  it.each(['20260231', '20261301', '2026013', 'x'])('knows that %s is no date', (text) => {
    expect(parseOfxDate(text)).toBeNull()
  })

  it.each([
    ['+1.50', 150_000_000n],
    ['-1,5', -150_000_000n],
    ['1.500', 150_000_000n],
    ['1,234.56', 123_456_000_000n],
    ['1.234,56', 123_456_000_000n],
    ['-.5', -50_000_000n],
  ])('reads the amount %s', (text, amount) => {
    expect(open(file(statement(transaction(text)))).sections[0]?.lines[0]?.amount).toBe(amount)
  })

  it('reads what banks leave out: the end of the list, the list, a balance, an amount, the name of a payee', () => {
    const whole = statement(`${transaction('5.00')}${transaction('.', '20260116', '<MEMO>Balance of the day')}`)
    for (const left of ['-', '</BANKTRANLIST>', /<\/?BANKTRANLIST>/g, '<BALAMT>5.00'])
      expect(linesOf(open(file(whole.replaceAll(left, ''))))).toEqual([
        '2026-01-15 5.00 N | ',
        '2026-01-16 0.00 (information) N | Balance of the day',
      ])
    expect(balancesOf(open(file(whole.replace('5.00<DTASOF>', ' <DTASOF>'))))).toEqual(['USD ? → ? unproven'])
    const payee = whole.replace('<NAME>N', '<PAYEE>Panel Ltd</PAYEE>')
    expect(open(file(payee)).sections[0]?.lines[0]?.counterparty).toBe('Panel Ltd')
  })

  it('proves a statement by the one before it in the same file', () => {
    const january = statement(transaction('5.00'), '<LEDGERBAL><BALAMT>5.00<DTASOF>20260131</LEDGERBAL>')
    const february = statement(transaction('2.00', '20260202'), '<LEDGERBAL><BALAMT>7.00<DTASOF>20260228</LEDGERBAL>')
    expect(balancesOf(open(file(january, february)))).toEqual(['USD ? → 5.00 unproven', 'USD 5.00 → 7.00 foots'])
    expect(balancesOf(open(file(january, february.replace('<BALAMT>7', '<BALAMT>8'))))[1]).toContain('differs by 1.00')
    const other = statement(transaction('2.00', '20260202'), undefined, '2')
    expect(balancesOf(open(file(january, other)))[1]).toBe('USD ? → 5.00 unproven')
  })

  it('says when a debit is positive', () => {
    const odd = open(file(statement(transaction('5.00').replace('CREDIT', 'DEBIT'))))
    expect(odd.remarks[0]).toMatch(/Entry 1 is called DEBIT and has a positive amount/)
  })

  it.each([
    [statement(transaction('x')), /entry 1 \(line 5\): TRNAMT cannot be read: "x" is not a decimal amount/],
    [statement(transaction('1', '20260231')), /entry 1 \(line 5\): its date DTPOSTED is "20260231"/],
    [statement(`${transaction('1')}\n${transaction('')}`), /entry 2 \(line 6\): TRNAMT/],
    [
      '<INVSTMTTRNRS><INVSTMTRS><CURDEF>USD</INVSTMTRS></INVSTMTTRNRS>',
      /no statement of a bank account|INVSTMTRS is a statement of securities/,
    ],
    [
      '<STMTTRNRS><STATUS><CODE>15500<SEVERITY>ERROR<MESSAGE>Signon invalid</STATUS></STMTTRNRS>',
      /error 15500 "Signon invalid"/,
    ],
    ['<STMTTRNRS></STMTRS></STMTTRNRS>', /<\/STMTRS> closes nothing that is open/],
    [statement(`${transaction('1')} stray`), /"stray" stands after <\/STMTTRN>, in no field/],
  ])('refuses %j', (content, message) => {
    expect(refusalOf(() => open(file(content)))).toMatch(message)
  })

  it('refuses a file without a statement as such', () => {
    expect(refusalOf(() => open('OFXHEADER:100\n\n<OFX></OFX>\n'))).toMatch(/it holds no statement of a bank account/)
  })

  it('refuses a file that was cut off', () => {
    const whole = file(statement(transaction('1')))
    expect(refusalOf(() => open(whole.slice(0, whole.indexOf('<LEDGERBAL>'))))).toMatch(
      /line 6: the file ends before <\/OFX>/,
    )
  })
})

describe('OFX whose tags are never closed, or nested as in no statement', () => {
  const tags = 1_000_000

  it('is refused at the thousandth open tag, without reading on', () => {
    // One tag a line, so that the line it stops at counts what was read.
    expect(refusalOf(() => open(`<OFX>\n${'<A>\n'.repeat(tags)}`))).toContain(
      'line 1001: more than 1000 of its tags are open here and never closed.',
    )
  })

  it('is refused a hundred deep, where each is closed', () => {
    const deep = `<OFX>${'<A>'.repeat(300)}<B>1${'</A>'.repeat(300)}</OFX>`
    expect(refusalOf(() => open(deep))).toContain('its tags are nested more than 100 deep')
  })

  it('is refused by where it ends, with sections that are never closed', () => {
    expect(refusalOf(() => open(`<OFX>${'<![CDATA['.repeat(tags)}`))).toContain('the file ends before </OFX>')
    expect(refusalOf(() => open(`<OFX>${'<!--'.repeat(tags)}`))).toContain('the file ends before </OFX>')
  })

  it('is read where every transaction leaves fields empty, all on one line', () => {
    const many = Array.from({ length: 30_000 }, (_, at) => transaction('1.00', '20260115', `<MEMO><REFNUM>${at}`))
    expect(open(file(statement(many.join('')))).sections[0]?.lines).toHaveLength(30_000)
  })
})

describe('a card in OFX', () => {
  const card = (balance: string): string =>
    `OFXHEADER:100\n\n<OFX><CREDITCARDMSGSRSV1><CCSTMTTRNRS><CCSTMTRS><CURDEF>USD<CCACCTFROM><ACCTID>4111</CCACCTFROM><BANKTRANLIST>${transaction('-45.10')}</BANKTRANLIST><LEDGERBAL><BALAMT>${balance}<DTASOF>20260131</LEDGERBAL></CCSTMTRS></CCSTMTTRNRS></CREDITCARDMSGSRSV1></OFX>`
  const typed = (type: string): string =>
    file(statement(transaction('5.00'))).replace('<ACCTID>1', `<ACCTID>1<ACCTTYPE>${type}`)
  const after = (cents: bigint) => ({
    accountKind: 'card' as const,
    previous: [{ accountNumber: '4111', currency: 'USD', last: '2026-01-10', amount: cents * 1_000_000n }],
  })

  it.each([
    [card('-145.10'), 'card'],
    [typed('CREDITLINE'), 'card'],
    [typed('CHECKING'), 'bank'],
    [file(statement(transaction('5.00'))), undefined],
  ])('is told from a bank account %#', (text, kind) => {
    expect(open(text).sections[0]?.kind).toBe(kind)
  })

  it.each([
    ['negative, as signed', '-145.10', { accountKind: 'card' as const }, 'USD ? → -145.10 unproven'],
    ['positive, and nothing tells', '145.10', { accountKind: 'card' as const }, 'USD ? → ? unproven'],
    ['positive, after what was owed', '145.10', after(-100_00n), 'USD ? → -145.10 unproven'],
    ['positive, after an overpayment', '54.90', after(100_00n), 'USD ? → 54.90 unproven'],
    ['positive, after something else', '145.10', after(7_00n), 'USD ? → ? unproven'],
    ['landed before accounts told their kind', '145.10', {}, 'USD ? → 145.10 unproven'],
  ])('has a balance that is %s', (_name, balance, options, expected) => {
    expect(balancesOf(open(card(balance), options))).toEqual([expected])
  })
})
