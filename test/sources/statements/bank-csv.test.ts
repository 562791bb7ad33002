/** CSV statements of banks in several countries, what is asked where a file is not clear, and what the answers do. */
import { describe, expect, it } from 'vitest'
import { parseBankColumns } from '../../../src/sources/statements/bank-csv/columns-option.ts'
import { balancesOf, linesOf, open, openFixture, refusalOf } from './open-support.ts'

describe('a bank CSV', () => {
  it.each([
    [
      'bank-accounting-brackets.csv',
      ['EUR ? → ? unproven'],
      ['2026-01-13 1000.00  | Deposit', '2026-01-14 -25.00  | Wire fee', '2026-01-15 -25.00  | Refund of fee'],
    ],
    [
      'bank-de-ing.csv',
      ['EUR 1000.00 → 1095.10 foots'],
      ['2026-01-30 100.00 Payelancer Ltd | Gutschrift PO-2026-01', '2026-01-29 -4.90 Bank | Entgelt Kontoführung'],
    ],
    [
      'bank-de-sparkasse.csv',
      ['EUR ? → ? unproven'],
      [
        '2026-01-30 4626.81 Payelancer Ltd | GUTSCHR. UEBERWEISUNG Auszahlung Januar',
        '2026-01-29 -4.90  | ENTGELTABSCHLUSS Kontoführung',
        '2026-01-31 -25.00 (pending) Panel Shop | KARTENZAHLUNG Vorgemerkt',
      ],
    ],
    [
      'bank-es.csv',
      ['EUR 1000.00 → 2196.50 foots'],
      ['2026-01-05 1200.00  | Transferencia recibida', '2026-01-20 -3.50  | Comisión'],
    ],
    [
      'bank-fr.csv',
      ['EUR 500.00 → 1742.40 foots'],
      [
        '2026-01-02 0.00 (information)  | SOLDE PRECEDENT',
        '2026-01-15 1250.40  | VIR PAYELANCER',
        '2026-01-31 -8.00  | FRAIS TENUE DE COMPTE',
      ],
    ],
    [
      'bank-in-hdfc.csv',
      ['EUR 50000.00 → 150000.00 foots'],
      [
        '2026-01-03 102500.00  | NEFT CR-RAZORPAY-UTR123456 SOFTWARE PVT LTD',
        '2026-01-15 -2500.00  | IMPS-TOPUP PANEL',
      ],
    ],
    [
      'bank-it.csv',
      ['EUR 1000.00 → 1247.00 foots'],
      [
        '2026-01-03 0.00 (information)  | Saldo iniziale',
        '2026-01-13 250.00  | Bonifico',
        '2026-01-31 -3.00  | Commissioni',
        '2026-01-31 0.00 (information)  | Saldo finale',
      ],
    ],
    [
      'bank-nl-ing.csv',
      ['EUR ? → ? unproven'],
      ['2026-01-31 1250.00 Payelancer BV | Kenmerk: PO-9', '2026-01-30 -9.95 Bank | Kosten betaalrekening'],
    ],
    [
      'bank-pt.csv',
      ['EUR 100.00 → 959.90 foots'],
      ['2026-01-03 900.00  | TRF PAYELANCER', '2026-01-09 -40.10  | COMPRA'],
    ],
    [
      'bank-revolut.csv',
      ['EUR 0.00 → 398.50 foots', 'USD 100.00 → 80.00 unproven'],
      [
        '2026-01-02 500.00  | Payment from Payelancer',
        '2026-01-05 -101.50  | To Panel',
        '2026-01-06 -3.20 (denied)  | Cafe',
        '2026-01-08 -20.00  | Hosting',
      ],
    ],
    [
      'bank-uk.csv',
      ['GBP 1000.00 → 1240.00 foots'],
      ['2026-01-31 250.00  | PAYELANCER PO-7', '2026-01-05 -10.00  | HOSTING'],
    ],
    [
      'bank-us-checking.csv',
      ['EUR 1012.00 → 1150.25 foots'],
      ['2026-01-30 150.25  | CREDIT PAYPAL TRANSFER, ID 77', '2026-01-29 -12.00  | DEBIT MONTHLY FEE'],
    ],
    [
      'bank-us-sides.csv',
      ['USD 1000.00 → 2280.00 foots'],
      ['2026-01-13 1250.00  | WIRE', '2026-01-14 50.00  | REVERSAL WIRE', '2026-01-15 -20.00  | CARD'],
    ],
    [
      'bank-wise.csv',
      ['EUR 1000.00 → 1400.00 foots'],
      ['2026-01-05 -100.00  | Sent money to Panel', '2026-01-25 500.00  | Received from Payelancer'],
    ],
  ])('%s is read as its bank means it', (name, balances, lines) => {
    const statement = openFixture(name, {
      currency: name === 'bank-uk.csv' ? 'GBP' : name === 'bank-us-sides.csv' ? 'USD' : 'EUR',
    })
    expect(statement.format).toBe('bank-csv')
    expect(balancesOf(statement)).toEqual(balances)
    expect(linesOf(statement)).toEqual(lines)
  })

  it('keeps ids, references, types, the account and what stands around the table', () => {
    const sparkasse = openFixture('bank-de-sparkasse.csv').sections[0]
    expect(sparkasse?.accountNumber).toBe('DE02500105170137075030')
    expect(sparkasse?.lines[0]?.references).toEqual(['PO-2026-01'])
    const ing = openFixture('bank-de-ing.csv')
    expect(ing.sections[0]?.accountNumber).toBe('DE02500105170137075030')
    expect(ing.bindings.filter(({ role }) => role === null)).toEqual([{ column: 'Währung', role: null }])
    const hdfc = openFixture('bank-in-hdfc.csv')
    expect(hdfc.sections[0]?.accountNumber).toBe('50100012345678')
    expect(hdfc.remarks).toEqual([
      'The lines up to line 2 stand above the header and are no transactions.',
      'Line 9 is no transaction: "STATEMENT SUMMARY :-".',
      'Line 10 is no transaction: "This is a computer generated statement.".',
    ])
  })

  it('keeps a fee apart when the balances prove that it came on top', () => {
    const line = openFixture('bank-revolut.csv').sections[0]?.lines[1]
    expect(line).toMatchObject({ amount: -10_150_000_000n, gross: -10_000_000_000n, fee: 150_000_000n })
  })
})

describe('the order of days', () => {
  const file = (dates: readonly string[]): string =>
    ['Date,Description,Amount', ...dates.map((date) => `${date},x,-1.00`)].join('\n')

  it.each([
    [['01/02/2026', '13/02/2026'], '2026-02-01'],
    [['01/02/2026', '02/13/2026'], '2026-01-02'],
    [['01.02.26'], '2026-02-01'],
    [['2026/02/01'], '2026-02-01'],
    [['05/05/2026'], '2026-05-05'],
    [['1 févr. 2026'], '2026-02-01'],
    [['Feb 1, 2026'], '2026-02-01'],
    [['1-Feb-26'], '2026-02-01'],
    [['1. März 2026'], '2026-03-01'],
    [['2026-02-01T23:59:59.000+01:00'], '2026-02-01'],
    [['01/02/2026 11:59 PM', '02/13/2026 1:00 AM'], '2026-01-02'],
  ])('of %j makes the first %s', (dates, expected) => {
    const cells = dates.map((date) => (date.includes(',') ? `"${date}"` : date))
    expect(open(file(cells)).sections[0]?.lines[0]?.date).toBe(expected)
  })

  it('is asked for when no date tells', () => {
    expect(refusalOf(() => open(file(['01/02/2026', '03/02/2026'])))).toMatch(
      /STATEMENT_DATE_ORDER: .*"01\/02\/2026".*day-first or month-first.*--date-order dmy/,
    )
    expect(open(file(['01/02/2026']), { dateOrder: 'mdy' }).sections[0]?.lines[0]?.date).toBe('2026-01-02')
    expect(open(file(['26/02/01']), { dateOrder: 'ymd' }).sections[0]?.lines[0]?.date).toBe('2026-02-01')
  })

  it('is refused when two dates contradict each other, or the setting', () => {
    expect(refusalOf(() => open(file(['13/02/2026', '02/13/2026'])))).toContain('neither day-first nor month-first')
    expect(refusalOf(() => open(file(['13/02/2026']), { dateOrder: 'mdy' }))).toContain(
      '"13/02/2026" of statement.txt does not exist in the order mdy',
    )
  })
})

describe('signs', () => {
  const unsigned = 'Date;Text;Betrag\n2026-01-02;a;10,00\n2026-01-03;b;5,00\n'
  const withBalance = (balances: readonly [string, string]): string =>
    `Date;Text;Betrag;Saldo\n2026-01-02;a;10,00;${balances[0]}\n2026-01-03;b;5,00;${balances[1]}\n`

  it('without a minus are money in on a bank account, and asked about on a card', () => {
    expect(linesOf(open(unsigned, { accountKind: 'bank' }))).toEqual(['2026-01-02 10.00  | a', '2026-01-03 5.00  | b'])
    expect(refusalOf(() => open(unsigned, { accountKind: 'card' }))).toBe(
      'STATEMENT_PROFILE: statement.txt: whether positive amounts came in or went out is not known of this card, as of line 2 with 10.00 on 2026-01-02. ' +
        'Compare it with the bank and say once --columns "sign=in-positive" if positive amounts came in, or --columns "sign=out-positive" if they went out. ' +
        'It is kept for the account; for the inbox, put it into tieout.yaml as columns: of the account.',
    )
    const amounts = (sign: string): unknown =>
      open(unsigned, { accountKind: 'card', columns: parseBankColumns([`sign=${sign}`]) }).sections[0]?.lines.map(
        ({ amount }) => amount,
      )
    expect(amounts('in-positive')).toEqual([1_000_000_000n, 500_000_000n])
    expect(amounts('out-positive')).toEqual([-1_000_000_000n, -500_000_000n])
  })

  it('are turned round where balances only follow the opposite', () => {
    expect(linesOf(open(withBalance(['110,00', '115,00'])))).toEqual(['2026-01-02 10.00  | a', '2026-01-03 5.00  | b'])
    const out = open(withBalance(['90,00', '85,00']))
    expect(linesOf(out)).toEqual(['2026-01-02 -10.00  | a', '2026-01-03 -5.00  | b'])
    expect(out.remarks).toEqual(['Its balances only follow if positive amounts went out; they are turned round.'])
  })

  it('turn the balance of a card when a person says that positive is out', () => {
    const columns = parseBankColumns(['sign=out-positive'])
    const card = open(withBalance(['110,00', '115,00']), { accountKind: 'card', columns })
    expect(balancesOf(card)).toEqual(['EUR -100.00 → -115.00 foots'])
  })

  it('come from a column of letters', () => {
    const file = 'Datum;Text;Umsatz;S/H\n02.01.2026;a;10,00;S\n03.01.2026;b;5,00;H\n'
    expect(linesOf(open(file))).toEqual(['2026-01-02 -10.00  | a', '2026-01-03 5.00  | b'])
    expect(refusalOf(() => open(file.replace('10,00', '-10,00').replace(';S\n', ';H\n')))).toMatch(
      /line 2: .*"H" say the opposite/,
    )
  })
})

describe('columns that are not clear', () => {
  it.each([
    [
      'two amounts',
      'Date,Amount (EUR),Amount (USD),Text\n2026-01-02,1.00,1.10,a\n',
      /"Amount \(EUR\)" and "Amount \(USD\)" can both be the amount: say --columns "amount=#2" or --columns "amount=#3"/,
    ],
    [
      'an unknown language',
      'Päivä;Selite;Summa\n2.1.2026;a;-10,00\n3.1.2026;b;5,00\n',
      /"Päivä" is not read.*date=HEADER.*amount=HEADER/,
    ],
    [
      'an amount beside debits and credits',
      'Date,Text,Amount,Debit,Credit\n2026-01-02,a,1.00,1.00,\n',
      /--columns "amount=" to read debits and credits/,
    ],
    [
      'no header',
      '02.01.2026;Miete;-10,00\n03.01.2026;x;5,00\n',
      /Line 1 reads #1 "02.01.2026", #2 "Miete", #3 "-10,00".*date=#1,amount=#3/,
    ],
    [
      'a column of amounts that are none',
      `Date,Text,Amount\n${'2026-01-02,a,x1\n'.repeat(6)}`,
      /"Amount" is called so and holds "x1"/,
    ],
    ['a missing column', 'Date,Text,Debit\n2026-01-02,a,1.00\n', /No column is known to be the amount/],
  ])('are asked about: %s', (_name, file, message) => {
    expect(refusalOf(() => open(file))).toMatch(message)
  })

  it('are what a person says', () => {
    const finnish = 'Päivä;Selite;Summa\n2.1.2026;a;-10,00\n3.1.2026;b;5,00\n'
    const named = open(finnish, { columns: parseBankColumns(['date=Päivä,amount=Summa', 'description=Selite']) })
    expect(linesOf(named)).toEqual(['2026-01-02 -10.00  | a', '2026-01-03 5.00  | b'])
    const headerless = open('02.01.2026;Miete;-10,00\n03.01.2026;x;5,00\n', {
      columns: parseBankColumns(['date=#1,description=#2,amount=#3']),
    })
    expect(linesOf(headerless)).toEqual(['2026-01-02 -10.00  | Miete', '2026-01-03 5.00  | x'])
    const chosen = open('Date,Amount (EUR),Amount (USD),Text\n2026-01-02,-1.00,-1.10,a\n', {
      columns: parseBankColumns(['amount=#3']),
    })
    expect(linesOf(chosen)).toEqual(['2026-01-02 -1.10  | a'])
  })

  it('are refused when a person names one that is not there', () => {
    const refusal = refusalOf(() =>
      open('Date,Amount,Text\n2026-01-02,-1,a\n', { columns: parseBankColumns(['date=Tag']) }),
    )
    expect(refusal).toContain('There is no column "Tag" for date')
  })

  it.each([
    ['what=Date', 'a role is one of'],
    ['sign=up', 'sign is in-positive or out-positive'],
    ['date', 'a role is one of'],
  ])('cannot be given as "%s"', (text, message) => {
    expect(refusalOf(() => parseBankColumns([text]))).toContain(message)
  })

  it('are parsed with commas in their names, several times and empty', () => {
    expect(parseBankColumns(['description=Name, first,status=', 'description=Text', 'Sign=out-positive'])).toEqual({
      roles: { description: ['Name, first', 'Text'], status: [] },
      sign: 'out-positive',
    })
  })
})

describe('what stands beside an amount', () => {
  const file = (amount: string): string =>
    `Date,Text,Amount\n2026-01-02,a,-1.00\n2026-01-03,b,"${amount}"\n2026-01-04,c,2.00\n`

  it.each([
    ['EUR 140.00', /STATEMENT_OTHER_CURRENCY: .*line 3: .*"EUR 140.00" is in EUR, and the line is in USD.*--account/],
    ['140,000.00 €', /STATEMENT_OTHER_CURRENCY: .*line 3: .*is in €/],
    ['C$140.00', /STATEMENT_OTHER_CURRENCY: .*line 3: .*is in C\$/],
    ['abc140.00', /STATEMENT_UNREADABLE: .*line 3: .*"abc140.00" has "abc" beside the figure, which is no sign of USD/],
    ['140.00xyz', /STATEMENT_UNREADABLE: .*line 3: .*"xyz" beside the figure/],
  ])('refuses "%s" in dollars, with its line', (amount, message) => {
    expect(refusalOf(() => open(file(amount), { currency: 'USD' }))).toMatch(message)
  })

  it.each(['$140.00', 'US$140.00', 'USD 140.00', '140.00 usd', '1.4E2'])('reads "%s" in dollars', (amount) => {
    expect(linesOf(open(file(amount), { currency: 'USD' }))[1]).toBe('2026-01-03 140.00  | b')
  })

  it('is held against the currency the line itself names', () => {
    const rows = 'Date,Text,Amount,Currency\n2026-01-02,a,-€1.00,EUR\n2026-01-03,b,$2.00,'
    expect(balancesOf(open(`${rows}USD\n`))).toHaveLength(2)
    expect(refusalOf(() => open(`${rows}EUR\n`))).toMatch(/line 3: .*"\$2.00" is in \$, and the line is in EUR/)
  })
})

describe('a row that is not clear is refused with its line', () => {
  it.each([
    ['2026-01-02,a,1,\n2026-01-03,b,2,\n2026-01-04,c,x1,\n', /line 4: in the column "Amount" "x1" is not an amount/],
    ['2026-01-02,a,-1.00,\n2026-02-30,b,-1.00,\n', /line 3: its date "2026-02-30" is no date/],
    [',a,-1.00,\n2026-01-02,b,-1.00,\n', /line 2: it has an amount and no date/],
    ['2026-01-02,a,-1,234.00,,7\n', /line 2: it has 6 cells under 4 headers.*quote that cell/],
    ['2026-01-02,a,-1.00,maybe\n', /line 2: its status "maybe" is not known.*status=/],
    ['2026-01-02,"a,-1.00,\n', /line 2: .*quote that is never closed/],
    ['2026-01-02,a,-1.000000005,\n', /line 2: .*more than eight decimals/],
    ['2026-01-02,a,"-1,234",\n', /STATEMENT_DECIMAL.*--decimal/],
    ['2026-01-02,a,10.00,\n2026-01-03,b,abc,\n', /UNREADABLE: .*line 3: "abc" in the column "Amount" is no amount/],
    ['2026-13-05,a,10.00,\n', /UNREADABLE: .*line 2: "2026-13-05" in the column "Date" is no date.*date=HEADER/],
    ['2026-02-30,a,1.00,\n2026-02-31,b,2.00,\n', /line 2: "2026-02-30" in the column "Date" is no date/],
  ])('%j', (rows, message) => {
    expect(refusalOf(() => open(`Date,Text,Amount,Status\n${rows}`))).toMatch(message)
  })

  it('unless it is a total, a balance or a note, which are told', () => {
    const statement = open(
      'Date,Text,Debit,Credit\n2026-01-02,a,1.00,\n2026-01-03,b,,5.00\nTotal,,1.00,5.00\n,Closing balance,,104.00\nEnd of list,,,\n',
    )
    expect(balancesOf(statement)).toEqual(['EUR ? → 104.00 unproven'])
    expect(statement.remarks).toEqual([
      'Line 4 is no transaction: "Total 1.00 5.00".',
      'Line 5 is no transaction: "Closing balance 104.00".',
      'Line 6 is no transaction: "End of list".',
    ])
  })

  it('and a file with a header alone is refused as empty', () => {
    expect(refusalOf(() => open('Date,Text,Amount\n'))).toContain('STATEMENT_EMPTY')
  })
})

describe('what banks print differently', () => {
  it.each([
    [
      'balances of a period in the column of dates, in another order',
      "Numéro de compte : 012345;Devise : EUR;;;;\n\nSolde en fin de période;;;;+655,25;\nDate;Numéro d'opération;Libellé;Débit;Crédit;Détail;\n05/01/26;1;VIR A;;+250,50;x;\n20/01/26;2;CB B;-95,25;;y;\nSolde en début de période;;;;+500,00;\n",
      ['EUR 500.00 → 655.25 foots'],
      ['2026-01-05 250.50  | VIR A', '2026-01-20 -95.25  | CB B'],
    ],
    [
      'the booking day beside that of the operation',
      'Date comptable;Libelle simplifie;Informations complementaires;Debit;Credit;Date operation;Date de valeur\n16/01/2026;VIR A;F1;;+5,00;15/01/2026;17/01/2026\n',
      ['EUR ? → ? unproven'],
      ['2026-01-16 5.00  | VIR A F1'],
    ],
    [
      'the amount once more under debit or credit',
      'Rekeningnummer;Naam;Munt;Datum;Omschrijving;Valuta;Bedrag;Saldo;credit;debet;Vrije mededeling\nBE1;Wij;EUR;28/02/2026;Kosten;28/02/2026;-3,40;96,60; ;-3,40;x\nBE1;Wij;EUR;28/02/2026;In;28/02/2026;5,00;101,60;5,00; ;y\n',
      ['EUR 100.00 → 101.60 foots'],
      ['2026-02-28 -3.40 Wij | Kosten x', '2026-02-28 5.00 Wij | In y'],
    ],
    [
      'the account of the other side beside its own, in a file of one line',
      '"Auftragskonto";"Buchungstag";"Buchungstext";"Kontonummer";"Betrag";"Waehrung"\n"1000";"22.02.26";"LASTSCHRIFT";"DE1";"-36,99";"EUR"\n',
      ['EUR ? → ? unproven'],
      ['2026-02-22 -36.99  | LASTSCHRIFT'],
    ],
    [
      'letters that are no accents, and the currency in the header',
      'Dato;Tekst;Beløb (DKK);Saldo;Status\n05.01.2026;A;500,00;1.500,00;Udført\n15.01.2026;B;-200,00;1.300,00;Venter\n',
      ['DKK 1000.00 → 1500.00 unproven'],
      ['2026-01-05 500.00  | A', '2026-01-15 -200.00 (pending)  | B'],
    ],
    [
      'signs before names, and balances above in other words',
      '#Saldo początkowe;1 000,00 EUR;\n\n#Data operacji;#Data księgowania;#Tytuł;#Kwota;#Saldo po operacji;\n2026-01-04;2026-01-05;A;500,00;1 500,00;\n',
      ['EUR 1000.00 → 1500.00 foots'],
      ['2026-01-05 500.00  | A'],
    ],
    [
      'amounts in and out of a bank that says "Card payment"',
      'Transaction ID,Date,Type,Name,Amount,Currency,Description,Money Out,Money In\nt1,25/02/2026,Card payment,Shop,-10.00,GBP,A,-10.00,\nt2,26/02/2026,Faster payment,Us,100.00,GBP,B,,100.00\n',
      ['GBP ? → ? unproven'],
      ['2026-02-25 -10.00 Shop | A', '2026-02-26 100.00 Us | B'],
    ],
  ])('reads %s', (_name, file, balances, lines) => {
    const read = open(file)
    expect(read.format).toBe('bank-csv')
    expect(balancesOf(read)).toEqual(balances)
    expect(linesOf(read)).toEqual(lines)
  })

  it('asks for the order of days, also where amounts have a decimal comma', () => {
    const file = 'Date;Text;Amount\n2/1/2026;a;-1,50\n3/1/2026;b;-2,00\n'
    expect(refusalOf(() => open(file))).toContain('STATEMENT_DATE_ORDER')
    expect(linesOf(open(file, { dateOrder: 'dmy' })).map((line) => line.slice(0, 10))).toEqual([
      '2026-01-02',
      '2026-01-03',
    ])
  })

  it('still asks where an amount beside debits and credits says less than they do', () => {
    const file = 'Date,Text,Amount,Debit,Credit\n2026-01-02,a,5.00,5.00,\n2026-01-03,b,7.00,,7.00\n'
    expect(refusalOf(() => open(file))).toMatch(/an amount beside debits and credits/)
    const told = file.replace('a,5.00', 'a,-5.00')
    expect(linesOf(open(told))).toEqual(['2026-01-02 -5.00  | a', '2026-01-03 7.00  | b'])
  })
})

describe('footing', () => {
  it('is asked for at the first line whose balance does not follow, in either order of lines', () => {
    const rows = ['2026-01-02,a,10.00,110.00', '2026-01-03,b,-5.00,106.00', '2026-01-04,c,1.00,107.00']
    const file = (lines: readonly string[]): string => ['Date,Text,Amount,Balance', ...lines].join('\n')
    const reason = 'its balance is 106.00, but the balance before it and its amount of -5.00 come to 105.00.'
    for (const lines of [rows, rows.toReversed()]) {
      expect(refusalOf(() => open(file(lines)))).toContain(`Line 3 (2026-01-03): ${reason}`)
      expect(balancesOf(open(file(lines), { balance: 'after' }))).toEqual([
        `EUR 100.00 → 107.00 differs by 1.00: Line 3 (2026-01-03): ${reason}`,
      ])
    }
    expect(refusalOf(() => open(file(rows)))).toMatch(
      /^STATEMENT_PROFILE: .*its balances do not follow \(line 2: 10\.00 in on 2026-01-02\)\..*"sign=out-positive".*--balance before.*"balance=".*--balance after: then it is imported and told/,
    )
  })

  it('bears balances that are printed only once a day', () => {
    const file = 'Date,Text,Amount,Balance\n2026-01-02,a,10.00,\n2026-01-02,b,-5.00,105.00\n2026-01-03,c,1.00,106.00\n'
    expect(balancesOf(open(file))).toEqual(['EUR 100.00 → 106.00 foots'])
  })

  it('finds days newest first with their lines oldest first', () => {
    const file =
      'Date,Text,Amount,Balance\n2026-01-03,c,1.00,106.00\n2026-01-03,d,2.00,108.00\n2026-01-02,a,10.00,110.00\n2026-01-02,b,-5.00,105.00\n'
    expect(balancesOf(open(file))).toEqual(['EUR 100.00 → 108.00 foots'])
  })

  it('uses an opening and a closing balance above the header', () => {
    const file =
      'Opening Balance,"1,000.00"\nClosing Balance: 1005.00\n\nDate,Text,Amount\n2026-01-02,a,10.00\n2026-01-03,b,-5.00\n'
    expect(balancesOf(open(file))).toEqual(['EUR 1000.00 → 1005.00 foots'])
    expect(balancesOf(open(file.replace('-5.00', '-6.00'), { balance: 'after' }))).toEqual([
      'EUR 1000.00 → 1005.00 differs by 1.00: The closing balance is 1005.00, but the opening balance and the lines come to 1004.00.',
    ])
  })
})

describe('rows of a bank that are not booked yet', () => {
  const row = (line: string, header = 'Date,Status,Amount,Text') =>
    open(`${header}\n2026-01-10,Posted,-5.00,a\n${line}\n`, { accountKind: 'bank' }, 'bank-csv')

  it.each(['2026-01-11,Pending,-7.00,b', ',Pending,-7.00,2026-01-11', 'Pending,,-7.00,2026-01-11'])(
    'do not count: %s',
    (line) => {
      const statement = row(line)
      expect(linesOf(statement)[1]).toMatch(/^2026-01-11 -7\.00 \(pending\)/)
    },
  )

  it('without any day are left out and told', () => {
    const statement = row('Pending,,-7.00,b')
    expect(linesOf(statement)).toHaveLength(1)
    expect(statement.remarks).toContain('Line 3 has no day and is not booked yet, so it is left out.')
  })

  it('may say so where the balance will stand', () => {
    const csv = 'Date,Amount,Balance\n2026-01-12,-7.00,Pending\n2026-01-11,-5.00,95.00\n2026-01-10,1.00,100.00\n'
    const statement = open(csv, { accountKind: 'bank' }, 'bank-csv')
    expect(linesOf(statement)[0]).toContain('-7.00 (pending)')
    expect(balancesOf(statement)).toEqual(['EUR 99.00 → 95.00 foots'])
  })
})

it('cells past the header are left out when empty, and else refused with their line', () => {
  const csv = (end: string) => `Date,Amount,Text\n2026-01-10,-5.00,a,,\n2026-01-11,-6.00,b${end}\n`
  expect(linesOf(open(csv(',,'), { accountKind: 'bank' }, 'bank-csv'))).toHaveLength(2)
  expect(refusalOf(() => open(csv(',,rest'), { accountKind: 'bank' }, 'bank-csv'))).toContain(
    'line 3: it has 5 cells under 3 headers',
  )
})

it.each(['2019.04.19.', '2019. 04. 19.', '2019.4.19'])('the date "%s" has its year first', (date) => {
  const [line] = linesOf(open(`Date,Amount,Text\n${date},-5.00,a\n`, { accountKind: 'bank' }, 'bank-csv'))
  expect(line).toMatch(/^2019-04-19 /)
})
