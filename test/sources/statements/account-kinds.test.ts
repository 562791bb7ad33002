/**
 * The first file of an account whose type is configured: what is owed on a card and what is held in a bank mirror one another
 * exactly, so that the account's type decides between them. Layouts as banks publish them, none with a word of a person.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatMoney } from '../../../src/domain/money/money.ts'
import { parseBankColumns } from '../../../src/sources/statements/bank-csv/columns-option.ts'
import type { AccountKind } from '../../../src/domain/statements/statement.ts'
import { NO_EVIDENCE, type ReadOptions } from '../../../src/sources/statements/options.ts'
import { balancesOf, open, refusalOf } from './open-support.ts'

interface Layout {
  readonly name: string
  readonly csv: readonly string[]
  /** As its bank means it: in positive, out negative. */
  readonly truth: readonly string[]
  /** What is held, so negative where something is owed. */
  readonly balances: string
}

const CARDS: readonly Layout[] = [
  {
    name: 'spent as positive, beside what is owed',
    csv: ['Date,Description,Amount,Balance', '2026-01-15,SHOP,45.10,145.10', '2026-01-20,THANK YOU,-100.00,45.10'],
    truth: ['-45.10', '100.00'],
    balances: 'EUR -100.00 → -45.10 foots',
  },
  {
    name: 'spent as negative, beside what is owed',
    csv: ['Date,Description,Amount,Balance', '2026-01-15,SHOP,-45.10,145.10', '2026-01-20,THANK YOU,100.00,45.10'],
    truth: ['-45.10', '100.00'],
    balances: 'EUR -100.00 → -45.10 foots',
  },
  {
    name: 'newest first',
    csv: ['Date,Description,Amount,Balance', '2026-01-20,THANK YOU,-100.00,45.10', '2026-01-15,SHOP,45.10,145.10'],
    truth: ['100.00', '-45.10'],
    balances: 'EUR -100.00 → -45.10 foots',
  },
  {
    name: 'debits and credits, beside what is owed',
    csv: [
      'Date,Description,Debit,Credit,Balance',
      '2026-01-15,SHOP,45.10,,145.10',
      '2026-01-20,THANK YOU,,100.00,45.10',
    ],
    truth: ['-45.10', '100.00'],
    balances: 'EUR -100.00 → -45.10 foots',
  },
  {
    name: 'a column that says in or out',
    csv: [
      'Date,Description,Amount,D/C,Balance',
      '2026-01-15,SHOP,45.10,D,145.10',
      '2026-01-20,THANK YOU,100.00,C,45.10',
    ],
    truth: ['-45.10', '100.00'],
    balances: 'EUR -100.00 → -45.10 foots',
  },
  {
    name: 'columns of a card',
    csv: [
      'Date,Card number,Details,Amount,Balance',
      '2026-01-15,1,SHOP,45.10,145.10',
      '2026-01-20,1,SHOP,10.00,155.10',
    ],
    truth: ['-45.10', '-10.00'],
    balances: 'EUR -100.00 → -155.10 foots',
  },
  {
    name: 'NatWest, whose types say it, too',
    csv: [
      'Date,Type,Description,Value,Balance,Account Name,Account Number',
      '15/01/2026,Purchase,SHOP,45.10,145.10,A HOLDER,1234',
      '20/01/2026,Purchase,SHOP,10.00,155.10,A HOLDER,1234',
    ],
    truth: ['-45.10', '-10.00'],
    balances: 'EUR -100.00 → -155.10 foots',
  },
  {
    name: 'an overpaid month',
    csv: ['Date,Description,Amount,Balance', '2026-01-15,PAYMENT,-50.00,-5.00', '2026-01-20,SHOP,45.10,40.10'],
    truth: ['50.00', '-45.10'],
    balances: 'EUR -45.00 → -40.10 foots',
  },
]

const BANKS: readonly Layout[] = [
  {
    name: 'what came in as positive',
    csv: ['Date,Description,Amount,Balance', '2026-01-15,SHOP,-45.10,954.90', '2026-01-20,A CLIENT,100.00,1054.90'],
    truth: ['-45.10', '100.00'],
    balances: 'EUR 1000.00 → 1054.90 foots',
  },
  {
    name: 'what went out as positive',
    csv: ['Date,Description,Amount,Balance', '2026-01-15,SHOP,45.10,954.90', '2026-01-20,A CLIENT,-100.00,1054.90'],
    truth: ['-45.10', '100.00'],
    balances: 'EUR 1000.00 → 1054.90 foots',
  },
  {
    name: 'an overdraft',
    csv: ['Date,Description,Amount,Balance', '2026-01-15,SHOP,-45.10,-145.10', '2026-01-20,A CLIENT,20.00,-125.10'],
    truth: ['-45.10', '20.00'],
    balances: 'EUR -100.00 → -125.10 foots',
  },
]

function read(csv: readonly string[], accountKind: AccountKind | null, more: Partial<ReadOptions> = {}) {
  return open(`${csv.join('\n')}\n`, { ...more, accountKind }, 'bank-csv')
}

function amountsOf(csv: readonly string[], kind: AccountKind | null, more: Partial<ReadOptions> = {}) {
  return read(csv, kind, more).sections.flatMap(({ lines }) => lines.map(({ amount }) => formatMoney(amount)))
}

describe('the first file of a card', () => {
  it.each(CARDS)('is read as owed: $name', ({ csv, truth, balances }) => {
    expect(amountsOf(csv, 'card')).toEqual(truth)
    expect(balancesOf(read(csv, 'card'))).toEqual([balances])
    expect(read(csv, 'card').reading?.proved?.isOwed).toBe(true)
  })
})

describe('the first file of a bank account', () => {
  it.each(BANKS)('is read as held: $name', ({ csv, truth, balances }) => {
    expect(amountsOf(csv, 'bank')).toEqual(truth)
    expect(balancesOf(read(csv, 'bank'))).toEqual([balances])
  })
})

describe('any first file whose balances follow', () => {
  const printed = fc.record({
    kind: fc.constantFrom<AccountKind>('bank', 'card'),
    isTurned: fc.boolean(),
    opening: fc.integer({ min: 1, max: 500_000 }),
    amounts: fc.array(
      fc.integer({ min: -40_000, max: 40_000 }).filter((amount) => amount !== 0),
      { minLength: 2, maxLength: 12 },
    ),
  })
  const money = (cents: number): string => (cents / 100).toFixed(2)

  it('is never read the other way round than its account is', () => {
    fc.assert(
      fc.property(printed, ({ kind, isTurned, opening, amounts }) => {
        let held = kind === 'card' ? -opening : opening
        const rows = amounts.map((amount, at) => {
          held += amount
          const day = String(at + 1).padStart(2, '0')
          const balance = kind === 'card' ? -held : held
          return `2026-01-${day},TEXT,${money(isTurned ? -amount : amount)},${money(balance)}`
        })
        const csv = ['Date,Description,Amount,Balance', ...rows]
        const told = attempt(() => amountsOf(csv, kind))
        // Where several orders or places of balances fit it may be asked, never turned.
        if (told !== null) expect(told).toEqual(amounts.map(money))
      }),
      { numRuns: 300 },
    )
  })
})

function attempt<T>(read: () => T): T | null {
  try {
    return read()
  } catch (error) {
    if (error instanceof Error && 'hint' in error) return null
    throw error
  }
}

describe('a file that contradicts its account', () => {
  const NATWEST = CARDS.find(({ name }) => name.startsWith('NatWest'))?.csv ?? []
  const DEPOSITS = [
    'Date,Type,Description,Amount,Balance',
    '2026-01-15,Direct deposit,A CLIENT,45.10,145.10',
    '2026-01-20,Withdrawal,CASH,-10.00,135.10',
  ]

  it('by words of a card is refused, and told of type: card', () => {
    const asked = refusalOf(() => amountsOf(NATWEST, 'bank'))
    expect(asked).toMatch(/STATEMENT_SEVERAL_READINGS: .*its words say that positive amounts went out/)
    expect(asked).toContain('the account is of type: bank')
    expect(asked).toContain('type: card in tieout.yaml')
    expect(amountsOf(NATWEST, 'bank', said('in'))).toEqual(['45.10', '10.00'])
  })

  it("by a bank's words is refused, and told of type: bank", () => {
    const asked = refusalOf(() => amountsOf(DEPOSITS, 'card'))
    expect(asked).toMatch(/its words say that positive amounts came in.*the account is of type: card/)
    expect(asked).toContain('type: bank in tieout.yaml')
  })

  it('by columns of a card is asked about as ever, and told of type: card', () => {
    const { csv } = CARDS.find(({ name }) => name === 'columns of a card') ?? { csv: [] }
    const asked = refusalOf(() => amountsOf(csv, 'bank'))
    expect(asked).toMatch(/line 2 is 45\.10 in.*balances are what is owed.*line 2 is 45\.10 out/)
    expect(asked).toContain('type: card in tieout.yaml')
  })

  it('by debits beside what rises is asked about, and told of type: card', () => {
    const { csv } = CARDS.find(({ name }) => name.startsWith('debits')) ?? { csv: [] }
    expect(refusalOf(() => amountsOf(csv, 'bank'))).toContain('type: card in tieout.yaml')
  })
})

describe('a card whose bank prints what is owed as negative', () => {
  const BELOW = ['Date,Description,Amount,Balance', '2026-01-15,SHOP,-45.10,-145.10', '2026-01-20,PAID,100.00,-45.10']

  it('is asked about once, as it may have been overpaid all along', () => {
    const asked = refusalOf(() => amountsOf(BELOW, 'card'))
    expect(asked).toMatch(/line 2 is 45\.10 out.*line 2 is 45\.10 in|line 2 is 45\.10 in.*line 2 is 45\.10 out/)
    expect(amountsOf(BELOW, 'card', said('in'))).toEqual(['-45.10', '100.00'])
  })

  it('is read like that from then on', () => {
    const earlier = read(BELOW, 'card', said('in')).reading?.proved ?? null
    expect(earlier).toMatchObject({ sign: 'in-positive', isOwed: false })
    expect(amountsOf(BELOW, 'card', { readings: { ...NO_EVIDENCE, earlier } })).toEqual(['-45.10', '100.00'])
  })
})

it('refuses the next file of a card whose first was read as a bank account was', () => {
  const [first] = CARDS
  const csv = first?.csv ?? []
  const earlier = read(csv, 'bank').reading?.proved ?? null
  const asked = refusalOf(() => amountsOf(csv, 'card', { readings: { ...NO_EVIDENCE, earlier } }))
  expect(asked).toContain('contradicts the earlier files')
})

it('reads what was landed before accounts told their kind as it was read then', () => {
  const [first] = CARDS
  expect(amountsOf(first?.csv ?? [], null)).toEqual(['45.10', '-100.00'])
})

function said(sign: 'in' | 'out'): Partial<ReadOptions> {
  return { columns: parseBankColumns([`sign=${sign}-positive`]) }
}

/** No balance: types in the banks' own words tell. "Type,Amount" rows, and what the first line is. */
const WORDED: readonly (readonly [AccountKind, string, readonly string[], string])[] = [
  ['bank', 'German', ['Lastschrift,-45.10', 'Gutschrift,300.00'], '-45.10'],
  ['bank', 'German, with a transfer', ['Überweisung,-45.10', 'Gutschrift,300.00'], '-45.10'],
  ['bank', 'German card payments', ['Kartenzahlung,-45.10', 'Überweisung,300.00'], '-45.10'],
  ['bank', 'German, turned round', ['DAUERAUFTRAG,45.10', 'GUTSCHRIFT,-300.00'], '-45.10'],
  ['bank', 'English', ['Direct debit,-45.10', 'Faster payment,300.00'], '-45.10'],
  ['bank', 'French', ['Prélèvement,-45.10', 'Virement reçu,300.00'], '-45.10'],
  ['bank', 'French card', ['Paiement par carte,-45.10', 'Virement,300.00'], '-45.10'],
  ['bank', 'Spanish', ['Cargo,-45.10', 'Abono,300.00'], '-45.10'],
  ['bank', 'Italian', ['Addebito,-45.10', 'Accredito,300.00'], '-45.10'],
  ['bank', 'Dutch', ['SEPA incasso,-45.10', 'Bijschrijving,300.00'], '-45.10'],
  ['bank', 'Polish', ['Płatność kartą,-45.10', 'Przelew przychodzący,300.00'], '-45.10'],
  ['bank', 'Portuguese', ['Débito direto,-45.10', 'Crédito,300.00'], '-45.10'],
  ['card', 'English', ['Sale,-45.10', 'Payment,300.00'], '-45.10'],
  ['card', 'English, turned round', ['Sale,45.10', 'Payment,-300.00'], '-45.10'],
  ['card', 'one purchase', ['Purchase,45.10'], '-45.10'],
  ['card', 'paid by direct debit', ['Direct debit,-300.00'], '300.00'],
  ['card', 'German', ['Kartenzahlung,45.10', 'Lastschrift,-300.00'], '-45.10'],
  ['card', 'French', ['Achat,45.10', 'Prélèvement,-300.00'], '-45.10'],
]

describe('words of a file without balances', () => {
  it.each(WORDED)('tell on a %s: %s', (kind, _name, rows, first) => {
    const csv = ['Date,Type,Amount', ...rows.map((row, at) => `2026-01-1${at},${row}`)]
    expect(amountsOf(csv, kind)[0]).toBe(first)
  })

  it.each<readonly [AccountKind, string, readonly string[]]>([
    ['bank', 'that contradict one another', ['Dauerauftrag,45.10', 'Gutschrift,300.00']],
    ['card', 'that contradict one another', ['Gutschrift,-45.10', 'Sale,-10.00']],
  ])('do not tell on a %s: %s', (kind, _name, rows) => {
    const csv = ['Date,Type,Amount', ...rows.map((row, at) => `2026-01-1${at},${row}`)]
    expect(refusalOf(() => amountsOf(csv, kind))).toContain('STATEMENT_SEVERAL_READINGS')
  })

  it('of one kind of account alone tell nothing where the kind is not known', () => {
    const csv = ['Date,Type,Amount', '2026-01-10,Dauerauftrag,-45.10', '2026-01-11,Gutschrift,300.00']
    expect(refusalOf(() => amountsOf(csv, null))).toContain('STATEMENT_SEVERAL_READINGS')
  })
})

describe('a bank account', () => {
  it.each<readonly [string, readonly string[], readonly string[]]>([
    ['without a balance', ['Date,Amount,Text', '2026-01-10,-45.10,a', '2026-01-11,300.00,b'], ['-45.10', '300.00']],
    ['with a single line', ['Date,Amount,Balance,Text', '2026-01-10,-45.10,54.90,a'], ['-45.10']],
    [
      'with a day that fits both ways',
      ['Date,Amount,Balance,Text', '2026-01-10,-5.00,95.00,a', '2026-01-10,12.50,107.50,b'],
      ['-5.00', '12.50'],
    ],
    ['with money in alone', ['Date,Amount,Text', '2026-01-10,45.10,a'], ['45.10']],
    ['with a refund alone', ['Date,Type,Amount', '2026-01-10,Kartenzahlung,45.10'], ['45.10']],
    [
      'with a returned debit',
      ['Date,Type,Amount', '2026-01-10,Dauerauftrag,45.10', '2026-01-11,Dauerauftrag,-45.10'],
      ['45.10', '-45.10'],
    ],
  ])('takes minus for money out, unasked: %s', (_name, csv, truth) => {
    expect(amountsOf(csv, 'bank')).toEqual(truth)
    const { reading } = read(csv, 'bank')
    expect(reading?.how).toContain('as bank accounts print it')
    expect(reading?.assumedSign).toBe('in-positive')
    expect(reading?.proved?.sign ?? null).toBeNull()
  })

  it('whose balances say the opposite is turned where all of them do, and asked about where most do', () => {
    const csv = ['Date,Amount,Balance', '2026-01-10,-5.00,105.00', '2026-01-11,12.00,93.00', '2026-01-12,-1.00,94.00']
    expect(read(csv, 'bank').remarks[0]).toContain('Its balances prove that positive amounts went out')
    const broken = [...csv.slice(0, 3), '2026-01-12,-1.00,90.00']
    expect(refusalOf(() => amountsOf(broken, 'bank'))).toContain('STATEMENT_SEVERAL_READINGS')
  })

  it('whose balances fit neither way keeps its signs and does not add up', () => {
    const csv = ['Date,Amount,Balance', '2026-01-10,-5.00,105.00', '2026-01-11,12.00,200.00']
    expect(amountsOf(csv, 'bank')).toEqual(['-5.00', '12.00'])
    expect(balancesOf(read(csv, 'bank'))[0]).toContain('differs')
  })

  it.each<readonly [string, string, string, string]>([
    ['Kind', 'Debit', 'Credit', 'EN'],
    ['Flag', 'DR', 'CR', 'IN'],
    ['Mark', 'D', 'C', 'X'],
    ['Way', 'O', 'I', 'US'],
    ['Flow', 'Out', 'In', 'US'],
    ['S-H', 'Soll', 'Haben', 'DE'],
    ['Bewegung', 'Ausgang', 'Eingang', 'DE'],
    ['Movimiento', 'Cargo', 'Abono', 'ES'],
    ['Description', 'Debit', 'Credit', 'EN'],
  ])('whose amounts have no sign is read by a column "%s" of %s and %s', (header, out, into) => {
    const csv = [
      `Date,${header},Amount`,
      `2026-01-10,${out},45.10`,
      `2026-01-11,${into},300.00`,
      `2026-01-12,${out},1.00`,
    ]
    expect(amountsOf(csv, 'bank')).toEqual(['-45.10', '300.00', '-1.00'])
    expect(amountsOf(csv, 'card')).toEqual(['-45.10', '300.00', '-1.00'])
  })

  it('into which nothing came is read by a column of the one word', () => {
    const csv = ['Date,Kind,Amount', '2026-01-10,DR,45.10', '2026-01-11,DR,300.00']
    expect(amountsOf(csv, 'bank')).toEqual(['-45.10', '-300.00'])
  })

  it('with two such columns is asked which it is, and one of signed amounts needs none', () => {
    const csv = ['Date,A,B,Amount', '2026-01-10,D,C,45.10', '2026-01-11,C,D,300.00']
    expect(refusalOf(() => amountsOf(csv, 'bank'))).toMatch(/"A" and "B" can both be the direction/)
    const signed = ['Date,A,Amount', '2026-01-10,D,45.10', '2026-01-11,C,-300.00']
    expect(amountsOf(signed, 'bank')).toEqual(['45.10', '-300.00'])
  })
})
