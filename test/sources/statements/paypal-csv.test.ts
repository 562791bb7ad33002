/** PayPal's CSV downloads: every variant reads to the same kind of lines, and proves itself by its balances. */
import { describe, expect, it } from 'vitest'
import { detect, read } from '../../../src/sources/statements/paypal/csv.ts'
import { fixture, inShort, linesInShort, OPTIONS } from './support.ts'

const HEADER = 'Date,Time,TimeZone,Name,Type,Status,Currency,Gross,Fee,Net,Transaction ID,Reference Txn ID,Balance'

function readRows(rows: readonly string[], options = OPTIONS, header = HEADER) {
  return read('paypal.csv', [header, ...rows, ''].join('\n'), options)
}

describe('a PayPal download', () => {
  it.each([
    ['activity-us.csv', ['USD 0.00 > 261.75 foots', 'EUR 0.00 > 0.00 foots']],
    ['activity-de.csv', ['EUR 0.00 > 534.27 foots']],
    ['activity-nl.csv', ['USD 0.00 > 0.00 foots', 'EUR 100.00 > 253.29 foots']],
    ['statement-es.csv', ['EUR 366.11 > 987.91 foots', 'USD 0.00 > 0.00 foots']],
    ['statement-fr.csv', ['EUR 0.00 > 0.00 foots']],
    ['personal-amount.csv', ['USD 5.00 > 5.00 foots']],
  ])('%s is recognised and foots', (name, sections) => {
    const text = fixture(`paypal/${name}`)
    expect(detect(text, 'x')).toBe(true)
    expect(read(name, text, OPTIONS).sections.map(inShort)).toEqual(sections)
  })

  it('reads the full American set, newest first, with a quoted line break and a conversion', () => {
    const statement = read('us.csv', fixture('paypal/activity-us.csv'), OPTIONS)
    expect(linesInShort(statement)).toEqual([
      '2 2026-04-01 USD -1000.00 transfer',
      '3 2026-03-31 USD 48.20 payment memo',
      '4 2026-03-20 USD -19.41 refund',
      '6 2026-03-14 USD -302.84 conversion',
      '9 2026-03-09 USD -215.00 other memo',
      '10 2026-03-05 USD 1099.00 payment',
      '11 2026-03-02 USD 485.00 payment',
      '5 2026-03-14 EUR 276.00 conversion',
      '7 2026-03-14 EUR -276.00 payment',
    ])
    expect(statement.sections[0]?.lines[2]).toEqual({
      line: 4,
      externalId: '7RF00000000000001',
      date: '2026-03-20',
      atMs: Date.UTC(2026, 2, 20, 18, 5, 31),
      amount: -1_941_000_000n,
      gross: -2_000_000_000n,
      fee: -59_000_000n,
      tax: null,
      balance: 126_175_000_000n,
      type: 'refund',
      rawType: 'Payment Refund',
      uncounted: null,
      references: ['2PY00000000000001'],
      group: null,
      counterparty: 'Jane Client',
      description: 'Payment Refund',
    })
    const groups = statement.sections.flatMap(({ lines }) => lines.filter(({ group }) => group !== null))
    expect(groups.map(({ line, group }) => [line, group])).toEqual([
      [6, '5EU00000000000001'],
      [5, '5EU00000000000001'],
      [7, '5EU00000000000001'],
    ])
    expect(statement.remarks).toEqual(['Lines that moved no money: 2 memo.'])
    expect(statement.bindings.find(({ column }) => column === 'Balance Impact')?.role).toBe('Balance Impact')
  })

  it('counts days in the zone of the account', () => {
    const statement = read('us.csv', fixture('paypal/activity-us.csv'), { ...OPTIONS, timeZone: 'America/Los_Angeles' })
    expect(statement.sections[0]?.lines[0]?.date).toBe('2026-03-31')
  })

  it('counts a hold that moved the balance and not one that did not', () => {
    const rows = (balance: string) => [
      '01/30/2026,10:00:00,PST,A,General Payment,Completed,USD,100.00,0.00,100.00,A1,,100.00',
      `01/30/2026,11:00:00,PST,,General hold,Completed,USD,-40.00,0.00,-40.00,A2,,${balance}`,
      `01/30/2026,12:00:00,PST,B,General Payment,Completed,USD,1.00,0.00,1.00,A3,,${balance === '60.00' ? '61.00' : '101.00'}`,
    ]
    const lines = (balance: string) => linesInShort(readRows(rows(balance)))[1]
    expect(lines('60.00')).toBe('3 2026-01-30 USD -40.00 hold')
    expect(lines('100.00')).toBe('3 2026-01-30 USD -40.00 hold hold')
    expect(readRows(rows('60.00')).sections[0]?.footing).toEqual({ kind: 'foots' })
    expect(readRows(rows('100.00')).sections[0]?.footing).toEqual({ kind: 'foots' })
  })

  it('keeps rows that never moved money as lines that do not count', () => {
    const rows = ['Pending', 'Denied', 'Canceled', 'Completed'].map(
      (status, at) => `01/30/2026,10:00:0${at},PST,A,General Payment,${status},USD,10.00,-1.00,9.00,A${at},,`,
    )
    expect(linesInShort(readRows(rows))).toEqual([
      '2 2026-01-30 USD 9.00 payment pending',
      '3 2026-01-30 USD 9.00 payment denied',
      '4 2026-01-30 USD 9.00 payment denied',
      '5 2026-01-30 USD 9.00 payment',
    ])
  })

  it('finds the order of rows of one second before it calls a balance wrong', () => {
    const rows = [
      '01/30/2026,10:00:00,PST,A,Payment,Completed,USD,20.00,0.00,20.00,A3,,70.00',
      '01/30/2026,10:00:00,PST,A,Payment,Completed,USD,-50.00,0.00,-50.00,A2,,50.00',
      '01/30/2026,10:00:00,PST,A,Payment,Completed,USD,100.00,0.00,100.00,A1,,100.00',
      '01/31/2026,10:00:00,PST,A,Payment,Completed,USD,5.00,0.00,5.00,A4,,75.00',
    ]
    expect(readRows(rows).sections.map(inShort)).toEqual(['USD 0.00 > 75.00 foots'])
  })

  it.each([
    [
      'a balance that does not follow',
      '4.00',
      'differs at 3 by -1.00',
      /^Line 3: its balance is 4\.00, but .* come to 5\.00\.$/,
    ],
    ['a following balance', '5.00', 'foots', /^$/],
    ['no balance', '', 'unproven', /^$/],
  ])('with %s says so', (_title, balance, proof, reason) => {
    const first = `01/30/2026,10:00:00,PST,A,Payment,Completed,USD,4.00,0.00,4.00,A1,,${balance === '' ? '' : '4.00'}`
    const second = `01/30/2026,10:01:00,PST,A,Payment,Completed,USD,1.00,0.00,1.00,A2,,${balance}`
    const [section] = readRows([first, second]).sections
    expect(section === undefined ? '' : inShort(section)).toContain(proof)
    expect(section?.footing.kind === 'differs' ? section.footing.reason : '').toMatch(reason)
  })

  it('reads the day first where amounts have a decimal comma, and knows a release as the end of a hold', () => {
    const text =
      'Fecha,Hora,Zona horaria,Descripción,Divisa,Bruto,Comisión,Neto,Saldo,Id. de transacción\n2/1/2026,11:05:56,Europe/Berlin,Pago estándar,EUR,"4.549,37","-1,78","4.547,59","4.626,81",A1\n3/1/2026,13:06:07,Europe/Berlin,Payment Release,EUR,"5,00","0,00","5,00","4.631,81",A2\n'
    const statement = read('statement.csv', text, OPTIONS)
    expect(linesInShort(statement)).toEqual(['2 2026-01-02 EUR 4547.59 payment', '3 2026-01-03 EUR 5.00 hold'])
    expect(statement.remarks[0]).toMatch(/decimal comma.*--date-order mdy/)
  })

  it('names a row whose net is not its gross less its fee', () => {
    const [section] = readRows(['01/30/2026,10:00:00,PST,A,Payment,Completed,USD,4.00,-1.00,3.50,A1,,']).sections
    expect(section?.footing).toMatchObject({ kind: 'differs', line: 2, difference: 50_000_000n })
  })

  it.each([
    [
      'neither order of the date',
      '03/04/2026,10:00:00,CET,A,Payment,Completed,USD,1,0,1,A,,',
      'STATEMENT_DATE_ORDER',
      /--date-order/,
    ],
    [
      'a status nobody knows',
      '01/30/2026,10:00:00,PST,A,Payment,Wobbly,USD,1,0,1,A,,',
      'STATEMENT_UNREADABLE',
      /line 2: the status "Wobbly"/,
    ],
    [
      'an amount that is none',
      '01/30/2026,10:00:00,PST,A,Payment,Completed,USD,x,0,1,A,,',
      'STATEMENT_UNREADABLE',
      /line 2: in the column "Gross" "x"/,
    ],
    [
      'a row cut off',
      '01/30/2026,10:00:00,PST,A',
      'STATEMENT_UNREADABLE',
      /line 2: the row has 4 columns where the header has 13/,
    ],
    ['an open quote', '01/30/2026,"10:00:00,PST,A', 'STATEMENT_UNREADABLE', /line 2: .*never closed/],
    [
      'no currency',
      '01/30/2026,10:00:00,PST,A,Payment,Completed,,1,0,1,A,,',
      'STATEMENT_UNREADABLE',
      /line 2: .*currency/,
    ],
    [
      'an undecidable mark',
      '01/30/2026,10:00:00,PST,A,Payment,Completed,USD,"1,234",0,"1,234",A,,',
      'STATEMENT_DECIMAL',
      /--decimal/,
    ],
  ])('with %s is refused', (_title, row, code, text) => {
    const refusal = refusalOf(() => readRows([row]))
    expect(refusal).toMatchObject({ code })
    expect(`${refusal.message} ${refusal.hint}`).toMatch(text)
  })

  it('takes the settings of the account where the file does not tell', () => {
    const row = '03/04/2026,10:00:00,PST,A,Payment,Completed,USD,"1,234",0,"1,234",A,,'
    const options = { ...OPTIONS, dateOrder: 'dmy', decimal: ',' } as const
    expect(linesInShort(readRows([row], options))).toEqual(['2 2026-04-03 USD 1.234 payment'])
  })

  it('does not guess which IST is meant', () => {
    const row = '13/03/2026,00:30:00,IST,A,Payment,Completed,USD,1.00,0,1.00,A,,'
    const at = (timeZone: string) => readRows([row], { ...OPTIONS, timeZone }).sections[0]?.lines[0]
    expect(at('Asia/Kolkata')?.atMs).toBe(Date.UTC(2026, 2, 12, 19))
    expect(at('UTC')).toMatchObject({ atMs: null, date: '2026-03-13' })
    expect(readRows([row]).remarks[0]).toContain('"IST"')
  })

  it('is refused as a ZIP archive, an empty list, or something else', () => {
    expect(refusalOf(() => read('a.zip', 'PK\u0003\u0004', OPTIONS))).toMatchObject({ code: 'STATEMENT_OTHER_FILE' })
    expect(refusalOf(() => readRows([]))).toMatchObject({ code: 'STATEMENT_EMPTY' })
    expect(refusalOf(() => read('a.csv', 'a,b\n1,2\n', OPTIONS))).toMatchObject({ code: 'STATEMENT_FORMAT' })
    expect(detect('Date,Description,Amount,Balance\n', 'paypal.csv')).toBe(false)
  })
})

function refusalOf(act: () => unknown): { readonly code: string; readonly message: string; readonly hint: string } {
  try {
    act()
  } catch (error) {
    return error as { code: string; message: string; hint: string } // what the assertions then look at
  }
  throw new Error('nothing was refused')
}

describe('a PayPal download whose dates can be read in two ways', () => {
  const row = (date: string, zone: string) =>
    `${date},10:00:00,${zone},A,General Payment,Completed,USD,10.00,0.00,10.00,T${date},,10.00`
  const dateOf = (rows: readonly string[], options = OPTIONS) => readRows(rows, options).sections[0]?.lines[0]?.date

  it.each(['PST', 'PDT', 'EST', 'America/Los_Angeles'])('is read month first in %s, with a remark', (zone) => {
    const statement = readRows([row('03/04/2026', zone)])
    expect(statement.sections[0]?.lines[0]?.date).toBe('2026-03-04')
    expect(statement.remarks[0]).toContain('the month is read before the day')
  })

  it('is read as its other rows and the account say, whatever the zone', () => {
    expect(dateOf([row('03/04/2026', 'PST'), row('23/04/2026', 'PST')])).toBe('2026-04-03')
    expect(dateOf([row('03/04/2026', 'PST')], { ...OPTIONS, dateOrder: 'dmy' })).toBe('2026-04-03')
  })

  it.each(['CET', '', 'BRT'])('is asked about in "%s"', (zone) => {
    expect(() => readRows([row('03/04/2026', zone)])).toThrow(/cannot be read/)
  })
})
