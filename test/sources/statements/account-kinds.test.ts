/**
 * The first file of an account: what is owed on a card and what is held in a bank mirror one another exactly, so that the
 * account's type decides between them. In a bank account minus is out; on a card a person says what a sign means.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatMoney } from '../../../src/domain/money/money.ts'
import { parseBankColumns } from '../../../src/sources/statements/bank-csv/columns-option.ts'
import type { AccountKind } from '../../../src/domain/statements/statement.ts'
import type { ReadOptions } from '../../../src/sources/statements/options.ts'
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

/** Which way its signs are, where it has them. */
function signOf({ csv, truth }: Layout): 'in' | 'out' {
  return csv[1]?.includes(`,${truth[0]},`) === true ? 'in' : 'out'
}

describe('the first file of a card', () => {
  it.each(CARDS)('is read as owed: $name', (layout) => {
    const { csv, truth, balances } = layout
    const isNamed = /Debit|D\/C/.test(csv[0] ?? '')
    if (!isNamed) expect(refusalOf(() => amountsOf(csv, 'card'))).toContain('STATEMENT_PROFILE')
    const more = isNamed ? {} : said(signOf(layout))
    expect(amountsOf(csv, 'card', more)).toEqual(truth)
    expect(balancesOf(read(csv, 'card', more))).toEqual([balances])
    expect(read(csv, 'card', more).byProfile?.profile.isOwed).toBe(true)
  })

  it.each(CARDS.filter(({ csv }) => !/Debit|D\/C/.test(csv[0] ?? '')))(
    'is refused with the other sign: $name',
    (of) => {
      const asked = refusalOf(() => amountsOf(of.csv, 'card', said(signOf(of) === 'in' ? 'out' : 'in')))
      expect(asked).toContain('its balances do not follow')
    },
  )
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
        const told = attempt(() => amountsOf(csv, kind, kind === 'card' ? said(isTurned ? 'out' : 'in') : {}))
        // Where both signs fit it may be asked, never turned.
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

it('a card in a bank account is asked about by its columns, and by debits that only follow as what is owed', () => {
  for (const name of ['columns of a card', 'debits']) {
    const { csv } = CARDS.find((each) => each.name.startsWith(name)) ?? { csv: [] }
    expect(refusalOf(() => amountsOf(csv, 'bank'))).toMatch(/^STATEMENT_PROFILE: .*type: card in tieout\.yaml/)
  }
})

describe('a card whose bank prints what is owed as negative', () => {
  const BELOW = ['Date,Description,Amount,Balance', '2026-01-15,SHOP,-45.10,-145.10', '2026-01-20,PAID,100.00,-45.10']

  it('is read so once its sign is said, and like that from then on', () => {
    expect(amountsOf(BELOW, 'card', said('in'))).toEqual(['-45.10', '100.00'])
    const profile = read(BELOW, 'card', said('in')).byProfile?.profile ?? null
    expect(profile).toMatchObject({ sign: 'in-positive', isOwed: false })
    expect(amountsOf(BELOW, 'card', { profile })).toEqual(['-45.10', '100.00'])
  })
})

function said(sign: 'in' | 'out'): Partial<ReadOptions> {
  return { columns: parseBankColumns([`sign=${sign}-positive`]) }
}

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
    expect(read(csv, 'bank').byProfile?.profile.sign).toBe('in-positive')
  })

  it('whose balances only follow the opposite is turned, and asked about where they follow neither way', () => {
    const csv = ['Date,Amount,Balance', '2026-01-10,-5.00,105.00', '2026-01-11,12.00,93.00', '2026-01-12,-1.00,94.00']
    expect(read(csv, 'bank').remarks[0]).toContain('only follow if positive amounts went out')
    const broken = [...csv.slice(0, 3), '2026-01-12,-1.00,90.00']
    expect(refusalOf(() => amountsOf(broken, 'bank'))).toContain('STATEMENT_PROFILE')
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
