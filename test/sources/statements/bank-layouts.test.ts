/**
 * Downloads as banks and card companies publish their layouts, as the first file of an account: a bank's is read as it
 * means it, and a card's is asked about where nothing but a sign says which way the money went.
 */
import { describe, expect, it } from 'vitest'
import { formatMoney } from '../../../src/domain/money/money.ts'
import { parseBankColumns } from '../../../src/sources/statements/bank-csv/columns-option.ts'
import { open, refusalOf } from './open-support.ts'

interface Download {
  readonly bank: string
  /** Rows in short. */
  readonly csv: readonly string[]
  /** What the bank means: in positive, out negative. */
  readonly truth: readonly string[]
}

/** Nothing but a sign that two kinds of banks mean in opposite ways. */
const ASKED: readonly Download[] = [
  {
    bank: 'American Express (US)',
    csv: ['Date,Description,Amount', '01/15/2026,SHOP,45.10', '01/20/2026,AUTOPAY PAYMENT - THANK YOU,-300.00'],
    truth: ['-45.10', '300.00'],
  },
  {
    bank: 'American Express (US), with its card members',
    csv: [
      'Date,Description,Card Member,Account #,Amount,Extended Details,Appears On Your Statement As,Address,City/State,Zip Code,Country,Reference,Category',
      '01/15/2026,SHOP,A HOLDER,-11007,45.10,,SHOP,,,,,320260150,Merchandise',
      '01/20/2026,PAYMENT,A HOLDER,-11007,-300.00,,PAYMENT,,,,,320260200,',
    ],
    truth: ['-45.10', '300.00'],
  },
  {
    bank: 'American Express (UK)',
    csv: [
      'Date,Description,Card Member,Amount',
      '15/01/2026,SHOP,A HOLDER,45.10',
      '20/01/2026,PAYMENT RECEIVED,A HOLDER,-300.00',
    ],
    truth: ['-45.10', '300.00'],
  },
  {
    bank: 'Discover',
    csv: [
      'Trans. Date,Post Date,Description,Amount,Category',
      '01/15/2026,01/16/2026,SHOP,45.10,Merchandise',
      '01/20/2026,01/20/2026,INTERNET PAYMENT - THANK YOU,-300.00,Payments and Credits',
    ],
    truth: ['-45.10', '300.00'],
  },
  {
    bank: 'Lloyds and MBNA credit cards',
    csv: [
      'Date,Date entered,Reference,Description,Amount,',
      '15/01/2026,16/01/2026,7123,SHOP,45.10,',
      '20/01/2026,20/01/2026,7124,PAYMENT RECEIVED,-300.00,',
    ],
    truth: ['-45.10', '300.00'],
  },
  {
    bank: 'Chase credit card',
    csv: [
      'Transaction Date,Post Date,Description,Category,Type,Amount,Memo',
      '01/15/2026,01/16/2026,SHOP,Shopping,Sale,-45.10,',
      '01/20/2026,01/21/2026,Payment Thank You,,Payment,300.00,',
    ],
    truth: ['-45.10', '300.00'],
  },
  {
    bank: 'Bank of America credit card',
    csv: [
      'Posted Date,Reference Number,Payee,Address,Amount',
      '01/15/2026,2401,"SHOP","NY",-45.10',
      '01/20/2026,2402,"PAYMENT","",300.00',
    ],
    truth: ['-45.10', '300.00'],
  },
  {
    bank: 'a card that only spent',
    csv: ['Date,Description,Amount', '01/15/2026,SHOP,45.10', '01/16/2026,SHOP,5.00'],
    truth: ['-45.10', '-5.00'],
  },
  {
    bank: 'Apple Card',
    csv: [
      'Transaction Date,Clearing Date,Description,Merchant,Category,Type,Amount (USD),Purchased By',
      '01/15/2026,01/16/2026,SHOP,Shop,Shopping,Purchase,45.10,A Holder',
      '01/20/2026,01/20/2026,ACH DEPOSIT INTERNET TRANSFER,Ach,Payment,Payment,-300.00,A Holder',
    ],
    truth: ['-45.10', '300.00'],
  },
  {
    bank: 'a card with a column of charges',
    csv: ['Date,Merchant,Charge amount', '2026-01-15,SHOP,45.10', '2026-01-20,PAYMENT,-300.00'],
    truth: ['-45.10', '300.00'],
  },
  {
    bank: 'NatWest credit card, with what is owed',
    csv: [
      'Date,Type,Description,Value,Balance,Account Name,Account Number',
      '15/01/2026,Purchase,SHOP,45.10,145.10,A HOLDER,1234',
      '20/01/2026,Purchase,SHOP,10.00,155.10,A HOLDER,1234',
    ],
    truth: ['-45.10', '-10.00'],
  },
]

/** Minus is out, or columns say it. */
const TOLD: readonly Download[] = [
  {
    bank: 'Capital One card',
    csv: [
      'Transaction Date,Posted Date,Card No.,Description,Category,Debit,Credit',
      '2026-01-15,2026-01-16,1234,SHOP,Merchandise,45.10,',
      '2026-01-20,2026-01-20,1234,PAYMENT,Payment/Credit,,300.00',
    ],
    truth: ['-45.10', '300.00'],
  },
  {
    bank: 'Capital One 360',
    csv: [
      'Account Number,Transaction Description,Transaction Date,Transaction Type,Transaction Amount,Balance',
      '1234,Withdrawal,01/20/26,Debit,45.10,954.90',
      '1234,Deposit,01/21/26,Credit,300.00,1254.90',
    ],
    truth: ['-45.10', '300.00'],
  },
  {
    bank: 'Chase checking',
    csv: [
      'Details,Posting Date,Description,Amount,Type,Balance,Check or Slip #',
      'CREDIT,01/20/2026,DEPOSIT,300.00,ACH_CREDIT,1254.90,',
      'DEBIT,01/15/2026,SHOP,-45.10,DEBIT_CARD,954.90,',
      'DEBIT,01/14/2026,SHOP,-5.00,DEBIT_CARD,1000.00,',
    ],
    truth: ['300.00', '-45.10', '-5.00'],
  },
  {
    bank: 'Revolut',
    csv: [
      'Type,Product,Started Date,Completed Date,Description,Amount,Fee,Currency,State,Balance',
      'TOPUP,Current,2026-01-14 10:00:00,2026-01-14 10:00:02,Top-up,300.00,0.00,EUR,COMPLETED,300.00',
      'CARD_PAYMENT,Current,2026-01-15 10:00:00,2026-01-16 09:00:00,Shop,-45.10,0.00,EUR,COMPLETED,254.90',
    ],
    truth: ['300.00', '-45.10'],
  },
  {
    bank: 'Wise',
    csv: [
      'TransferWise ID,Date,Amount,Currency,Description,Payment Reference,Running Balance',
      'CARD-2,21-01-2026,-45.10,EUR,Shop,,254.90',
      'TRANSFER-1,20-01-2026,300.00,EUR,Received,,300.00',
      'TRANSFER-0,19-01-2026,-7.00,EUR,Sent,,0.00',
    ],
    truth: ['-45.10', '300.00', '-7.00'],
  },
  {
    bank: 'N26',
    csv: [
      'Date,Payee,Account number,Transaction type,Payment reference,Amount (EUR),Amount (Foreign Currency),Type Foreign Currency,Exchange Rate',
      '2026-01-15,Shop,,MasterCard Payment,,-45.1,-45.1,EUR,1.0',
      '2026-01-20,A Client,DE02500105170137075030,Income,Invoice 1,300.0,,,',
    ],
    truth: ['-45.10', '300.00'],
  },
  {
    bank: 'Monzo',
    csv: [
      'Transaction ID,Date,Time,Type,Name,Emoji,Category,Amount,Currency,Local amount,Local currency,Notes and #tags,Address,Receipt,Description,Category split,Money Out,Money In',
      'tx_1,15/01/2026,10:00:00,Card payment,Shop,,Shopping,-45.10,GBP,-45.10,GBP,,,,SHOP,,-45.10,',
      'tx_2,20/01/2026,11:00:00,Faster payment,A Client,,Income,300.00,GBP,300.00,GBP,,,,INV,,,300.00',
    ],
    truth: ['-45.10', '300.00'],
  },
  {
    bank: 'Starling',
    csv: [
      'Date,Counter Party,Reference,Type,Amount (GBP),Balance (GBP),Spending Category,Notes',
      '15/01/2026,Shop,SHOP,CHIP & PIN,-45.10,954.90,SHOPPING,',
      '20/01/2026,A Client,INV,FASTER PAYMENT,300.00,1254.90,INCOME,',
    ],
    truth: ['-45.10', '300.00'],
  },
  {
    bank: 'Lloyds current account',
    csv: [
      'Transaction Date,Transaction Type,Sort Code,Account Number,Transaction Description,Debit Amount,Credit Amount,Balance',
      "20/01/2026,FPI,'30-00-00,12345678,A CLIENT,,300.00,1254.90",
      "15/01/2026,DEB,'30-00-00,12345678,SHOP,45.10,,954.90",
    ],
    truth: ['300.00', '-45.10'],
  },
  {
    bank: 'U.S. Bank',
    csv: [
      '"Date","Transaction","Name","Memo","Amount"',
      '"2026-01-15","DEBIT","SHOP","",-45.10',
      '"2026-01-20","CREDIT","PAYMENT","",300.00',
    ],
    truth: ['-45.10', '300.00'],
  },
  {
    bank: 'Tesco Bank card',
    csv: [
      'Transaction Date,Posting Date,Billing Amount,Merchant,Merchant City,Merchant State,Merchant Postcode,Reference Number,Debit/Credit Flag,SICMCC Code',
      '15/01/2026,16/01/2026,45.10,SHOP,LONDON,,N1,7123,D,5411',
      '20/01/2026,20/01/2026,300.00,PAYMENT,,,,7124,C,0',
    ],
    truth: ['-45.10', '300.00'],
  },
]

function amountsOf(csv: readonly string[], options: Parameters<typeof open>[1] = {}): readonly string[] {
  const { sections } = open(
    `${csv.join('\n')}\n`,
    { ...options, dateOrder: csv.some((row) => /\b\d\d\/(?:1[3-9]|2\d|3[01])\//.test(row)) ? 'mdy' : null },
    'bank-csv',
  )
  return sections.flatMap(({ lines }) => lines.map(({ amount }) => formatMoney(amount)))
}

describe('the first file of an account', () => {
  it.each(ASKED)('of $bank is asked about, with its first line and how to say which', ({ csv, truth }) => {
    const asked = refusalOf(() => amountsOf(csv, { accountKind: 'card' }))
    expect(asked).toMatch(
      /^STATEMENT_PROFILE: .*whether positive amounts came in or went out is not known of this card/,
    )
    const first = Number(truth[0]).toFixed(2).replace('-', '')
    expect(asked).toMatch(new RegExp(`as of line 2 with -?${first} on 2026-01-1[56]`))
    expect(asked).toContain('--columns "sign=in-positive"')
    expect(asked).toContain('--columns "sign=out-positive"')
  })

  it.each(TOLD)('of $bank is read as the bank means it', ({ bank, csv, truth }) => {
    expect(amountsOf(csv, { accountKind: bank.includes('card') ? 'card' : 'bank' })).toEqual(truth)
  })
})

describe('credits that are printed as negative', () => {
  const rows = [
    'Status,Date,Description,Debit,Credit',
    'Cleared,01/15/2026,SHOP,45.10,',
    'Cleared,01/20/2026,PAYMENT,,-300.00',
  ]

  it('as Citi prints what came in, are asked about, as they may have been taken back', () => {
    expect(refusalOf(() => amountsOf(rows))).toMatch(/STATEMENT_COLUMNS: .*its credits are negative.*"credit=HEADER"/)
    expect(amountsOf(rows, { columns: parseBankColumns(['credit=Credit']) })).toEqual(['-45.10', '-300.00'])
  })

  it('are read where balances prove them', () => {
    const proven = rows.map((row, at) => `${row},${['Balance', '954.90', '654.90'][at]}`)
    expect(amountsOf(proven)).toEqual(['-45.10', '-300.00'])
  })
})

describe('what a card has, in a bank account', () => {
  const ROWS = ['2026-01-15,1234,SHOP,45.10,145.10', '2026-01-20,1234,SHOP,10.00,155.10']

  it.each([
    ['a column of card numbers', ['Date,Card number,Description,Amount,Balance', ...ROWS]],
    ['a column of charges', ['Date,Merchant,Charge amount', '2026-01-15,SHOP,45.10']],
  ])('is asked about: %s', (_name, csv) => {
    expect(refusalOf(() => amountsOf(csv, { accountKind: 'bank' }))).toMatch(
      /^STATEMENT_PROFILE: .*cards' downloads have.*type: card in tieout\.yaml/,
    )
  })
})

describe('what is said of a card', () => {
  it.each(ASKED)('reads $bank as the bank means it', ({ csv, truth }) => {
    const isTurned = csv[1]?.includes('-45.10') !== true
    const columns = parseBankColumns([`sign=${isTurned ? 'out' : 'in'}-positive`])
    expect(amountsOf(csv, { accountKind: 'card', columns })).toEqual(truth)
  })
})

it('amounts without any minus, beside types of several kinds, are asked about', () => {
  const csv = ['Date,Type,Amount', '2026-01-10,Purchase,45.10', '2026-01-11,Deposit,300.00']
  expect(refusalOf(() => amountsOf(csv, { accountKind: 'bank' }))).toMatch(
    /^STATEMENT_PROFILE: .*nothing in it tells.*"direction=HEADER"/,
  )
})
