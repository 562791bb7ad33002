/** MT940 in the ways banks write it: envelopes, pages, references, three kinds of information, and what is refused. */
import { describe, expect, it } from 'vitest'
import { balancesOf, linesOf, open, openFixture, refusalOf } from './open-support.ts'

const message = (
  lines: readonly string[],
  balances: readonly [string, string] = ['C260101EUR100,00', 'C260131EUR100,00'],
): string =>
  [
    ':20:STARTUMS',
    ':25:50010517/0137075030',
    ':28C:5/1',
    `:60F:${balances[0]}`,
    ...lines,
    `:62F:${balances[1]}`,
    '-',
    '',
  ].join('\n')

const first = (file: string) => open(file).sections[0]?.lines[0]

describe('MT940', () => {
  it('is read with envelopes, codes and subfields', () => {
    const statement = openFixture('mt940-ing.sta')
    expect(balancesOf(statement)).toEqual(['EUR 662.23 → 665.36 foots'])
    expect(linesOf(statement)).toEqual([
      '2014-02-20 1.56 ING BANK NV INZAKE WEB | EV10001REP1000000T1000 /TRCD/00100/',
      '2013-12-31 1.57 Muster GmbH und Co | SEPA Gutschrift Rechnung 77 vom 3. Mai /TRCD/00200/',
    ])
    expect(statement.sections[0]?.lines[0]).toMatchObject({
      line: 6,
      externalId: '00000000001005',
      references: ['EV12341REP1231456T1234'],
      rawType: 'NTRF',
    })
    expect(statement.remarks).toEqual([])
  })

  it.each([
    ['260131C10,NTRFNONREF', '2026-01-31', 1_000_000_000n, null],
    ['260131D10,5NMSCNONREF//B77', '2026-01-31', -1_050_000_000n, 'B77'],
    ['2601310131CR1234,56NTRFREF1//B1', '2026-01-31', 123_456_000_000n, 'B1'],
    ['2601310201DR0,01NCHGNONREF', '2026-02-01', -1_000_000n, null],
    ['2601021230D1,00NTRFX', '2025-12-30', -100_000_000n, null],
    ['2512310102C1,00NTRFX', '2026-01-02', 100_000_000n, null],
    ['2402280229C1,00NTRFX', '2024-02-29', 100_000_000n, null],
    ['260131RC2,00NTRFX', '2026-01-31', -200_000_000n, null],
    ['260131RD2,00NTRFX', '2026-01-31', 200_000_000n, null],
    ['260131RDR2,00NTRFX', '2026-01-31', 200_000_000n, null],
    // What banks do besides: a blank before the code, a code of their own, a short one, and a month of thirty days.
    ['260131C2,00 NTRFX//B1', '2026-01-31', 200_000_000n, 'B1'],
    ['2601310131DF2402,00S   X', '2026-01-31', -240_200_000_000n, null],
    ['260131D0,42MCI0NONREF//B1', '2026-01-31', -42_000_000n, 'B1'],
    ['2602300302DR6,00N024NONREF', '2026-03-02', -600_000_000n, null],
    ['260230DR6,00N024NONREF', '2026-02-28', -600_000_000n, null],
  ])('reads :61:%s', (text, date, amount, externalId) => {
    expect(first(message([`:61:${text}`]))).toMatchObject({ date, amount, externalId, uncounted: null })
  })

  it.each([
    [
      ['166?00GUTSCHRIFT?20EREF+PO-1?21SVWZ+Auszahlung?32Payelancer?33 Ltd'],
      'Payelancer Ltd',
      'GUTSCHRIFT Auszahlung',
      ['PO-1'],
    ],
    [
      ['166?00GUTSCHRIFT?20EREF+PO-123456789012345678901', '?2123456SVWZ+Text'],
      '',
      'GUTSCHRIFT Text',
      ['PO-12345678901234567890123456'],
    ],
    [['/EREF/E1//NAME/Payelancer Ltd//REMI/USTD//Invoice 7/'], 'Payelancer Ltd', 'Invoice 7', ['E1']],
    [
      ['/TRTP/SEPA OVERBOEKING/IBAN/NL20INGB0001234567/BIC/INGBNL2A/NAME/J', 'ansen/REMI/Factuur 8/EREF/NOTPROVIDED'],
      'Jansen',
      'SEPA OVERBOEKING Factuur 8',
      [],
    ],
    [[' 166?00GUTSCHRIFT?20EREF+PO-1?21SVWZ+Text'], '', 'GUTSCHRIFT Text', ['PO-1']],
    [['166', '?00GUTSCHRIFT', '?20EREF+PO-1?21SVWZ+Text'], '', 'GUTSCHRIFT Text', ['PO-1']],
    // A time that the end of a full line cuts in two looks like a tag.
    [['166?00KARTE?20SVWZ+12-09-2026T16', ':26:37 Folgenr. 7'], '', 'KARTE 12-09-2026T16:26:37 Folgenr. 7', []],
    [['166?00KARTE?20SVWZ+12-09-2026T16', ':20:37 Folgenr. 7'], '', 'KARTE 12-09-2026T16:20:37 Folgenr. 7', []],
    [['PAYELANCER PAYOUT 7', 'REF 88'], '', 'PAYELANCER PAYOUT 7 REF 88', []],
    [[`${'x'.repeat(64)}P`, 'O-1'], '', `${'x'.repeat(64)}PO-1`, []],
  ])('reads the information %j', (texts, counterparty, description, references) => {
    const file = message([':61:260131C10,00NTRFNONREF', `:86:${texts[0]}`, ...texts.slice(1)])
    expect(first(file)).toMatchObject({ counterparty, description, references })
  })

  it('counts nothing that is only expected, or is zero', () => {
    const file = message([':61:260131EC5,00NTRFX', ':61:260131C0,00NMSCX'])
    expect(balancesOf(open(file))).toEqual(['EUR 100.00 → 100.00 foots'])
    expect(open(file).sections[0]?.lines.map(({ uncounted }) => uncounted)).toEqual(['pending', 'information'])
  })

  it('joins the pages of a statement and keeps statements apart', () => {
    const pages = [
      ':20:A\n:25:X\n:28C:5/1\n:60F:C260101EUR100,00\n:61:260102C1,00NTRFX\n:62M:C260102EUR101,00\n-\n',
      ':20:B\n:25:X\n:28C:5/2\n:60M:C260102EUR101,00\n:61:260103D2,00NTRFX\n:62F:C260103EUR99,00\n-\n',
      ':20:C\n:25:Y\n:28C:1\n:60F:D260101USD5,00\n:62F:D260103USD5,00\n-\n',
    ]
    expect(balancesOf(open(pages.join('')))).toEqual(['EUR 100.00 → 99.00 foots', 'USD -5.00 → -5.00 foots'])
    expect(balancesOf(open([pages[0], pages[1]?.replace('60M:C260102EUR101', '60M:C260102EUR102')].join('')))).toEqual([
      'EUR 100.00 → 99.00 differs by 1.00: Line 11: this page opens with 102.00, but the page before it ended with 101.00 on line 6; a page may be missing.',
    ])
    expect(open(pages[1] ?? '').remarks).toEqual([
      'The statement on line 1 begins in the middle: its first pages are in another file.',
    ])
  })

  it('says where it does not foot', () => {
    expect(balancesOf(open(message([':61:260131C10,00NTRFX'])))).toEqual([
      'EUR 100.00 → 100.00 differs by -10.00: The closing balance is 100.00, but the opening balance and the lines come to 110.00; see line 6.',
    ])
  })

  it('tells of what stands around the messages and of a missing end', () => {
    const statement = open(`ABNANL2A\n940\n${message([]).replace(':62F:C260131EUR100,00\n', '').replace('-\n', '')}`)
    expect(statement.remarks).toEqual([
      'The statement on line 3 has no closing balance; the file may be cut off, or be an interim report.',
      '2 lines, the first of them 1, outside the messages are not read: "ABNANL2A".',
    ])
  })

  it.each([
    [':61:2601C10,00NTRFX', /line 5: the entry :61: is "2601C10,00NTRFX"/],
    [':61:260231C10,00NTRFX', /line 5/],
    [':61:260431C10,00NTRFX', /line 5/],
    [':61:2601310231C10,00NTRFX', /line 5: the entry date "0231" is no day/],
    [':99:x', /line 5: the field :99: "x" belongs into no statement/],
    [':60F:C260101EUR1,00', /line 5: a second balance :60F:/],
    [':61:260131C10.000,5,0NTRFX', /line 5/],
  ])('refuses %s with its line', (line, expected) => {
    expect(refusalOf(() => open(message([line])))).toMatch(expected)
  })

  it('refuses a balance that is none', () => {
    expect(refusalOf(() => open(message([], ['X260101EUR1,00', 'C260131EUR1,00'])))).toMatch(
      /line 4: the balance :60F: is "X260101EUR1,00"/,
    )
  })
})

describe('MT940 as some banks bend it', () => {
  it('has wrapped information with a lone hyphen on a line', () => {
    const file = message([
      ':61:2601310131C5,00NTRFNONREF',
      ':86:PAYMENT 12',
      '-',
      '34 OF ANN',
      ':61:2601310131D5,00NTRFNONREF',
      ':86:BACK',
      '-',
    ])
    const statement = open(
      `${file}${message([':61:2602010201C7,00NTRFNONREF'], ['C260131EUR100,00', 'C260201EUR107,00'])}`,
    )
    expect(statement.sections.flatMap(({ lines }) => lines.map(({ description }) => description))).toEqual([
      'PAYMENT 12 - 34 OF ANN',
      'BACK -',
      '',
    ])
    expect(statement.sections.map(({ footing }) => footing.kind)).toEqual(['foots', 'foots'])
  })

  it.each([
    ['260131    C10,00NTRFREF//BANK', { date: '2026-01-31', rawType: 'NTRF', externalId: 'BANK', references: ['REF'] }],
    ['2601310130C10,00', { date: '2026-01-30', rawType: '', externalId: null, references: [] }],
    ['2601310130C10,00NONREF', { date: '2026-01-30', rawType: '', externalId: null, references: [] }],
    ['2601310130C10,00//BANK', { date: '2026-01-30', rawType: '', externalId: 'BANK' }],
    ['260131RC10,00', { rawType: 'RC', type: 'refund' }],
  ])('has an entry "%s"', (entry, read) => {
    expect(first(message([`:61:${entry}`]))).toMatchObject(read)
  })

  it('has balances without a currency, which is that of another balance or of the account', () => {
    const pages = [
      ':20:A',
      ':25:1',
      ':28C:1/1',
      ':60F:C260101USD100,00',
      ':61:260102C5,00NTRFNONREF',
      ':62M:C260102105,00',
      '-',
      ':20:A',
      ':25:1',
      ':28C:1/2',
      ':60M:C260102105,00',
      ':61:260103D5,00NTRFNONREF',
      ':62F:C260103100,00',
      '-',
      '',
    ]
    expect(balancesOf(open(pages.join('\n')))).toEqual(['USD 100.00 → 100.00 foots'])
    expect(balancesOf(open(pages.join('\n').replace('USD', ''), { currency: 'PLN' }))).toEqual([
      'PLN 100.00 → 100.00 foots',
    ])
  })
})
