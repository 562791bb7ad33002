/** An account's first CSV proposes a profile or asks; its later files are read by it, or refused: never another way. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InputError } from '../../../src/domain/errors.ts'
import { formatMoney } from '../../../src/domain/money/money.ts'
import type { BankProfile } from '../../../src/domain/statements/bank-profile.ts'
import type { ParsedStatement } from '../../../src/domain/statements/statement.ts'
import { parseBankColumns } from '../../../src/sources/statements/bank-csv/columns-option.ts'
import type { ReadOptions } from '../../../src/sources/statements/options.ts'
import { bankTruths, layouts, printed, type BankTruth, type Layout } from './bank-render.ts'
import { balancesOf, open, refusalOf } from './open-support.ts'

const USUAL: Layout = {
  days: 'oldest-first',
  withinDay: 'oldest-first',
  balance: 'after',
  columns: 'amount',
  isOwed: false,
}

function amountsOf(statement: ParsedStatement): readonly string[] {
  return statement.sections.flatMap(({ lines }) => lines.map(({ date, amount }) => `${date} ${formatMoney(amount)}`))
}

function read(csv: string, options: Partial<ReadOptions> = {}): ParsedStatement {
  return open(csv, { accountKind: 'bank', ...options }, 'bank-csv')
}

/** What a reader makes of it; null when it asks. */
function readOrAsked(csv: string, options: Partial<ReadOptions> = {}): ParsedStatement | null {
  try {
    return read(csv, options)
  } catch (error) {
    if (error instanceof InputError) return null
    throw error
  }
}

function profileOf(csv: string, options: Partial<ReadOptions> = {}): BankProfile {
  const { byProfile } = read(csv, options)
  if (byProfile === undefined) throw new Error('it has no profile')
  return byProfile.profile
}

/** What a person has to say of a layout that is not the usual. */
function saidOf({ columns, balance }: Layout): Partial<ReadOptions> {
  const sign = columns === 'swapped' || columns === 'turned' ? 'out-positive' : 'in-positive'
  return { balance: balance === 'before' ? 'before' : null, columns: { roles: {}, sign } }
}

/** Its balances follow one way only: what a month of a real account is. */
const MONTH: BankTruth = {
  opening: 10_000,
  lines: [
    { day: 0, amount: -500 },
    { day: 1, amount: 12_345 },
    { day: 1, amount: -310 },
    { day: 4, amount: -2_000 },
    { day: 9, amount: -77 },
  ],
}
const month = printed(MONTH, USUAL)

describe('the first file of an account', () => {
  const all = (['oldest-first', 'newest-first'] as const).flatMap((days) =>
    (['oldest-first', 'newest-first'] as const).flatMap((withinDay) =>
      (['amount', 'turned', 'sides', 'letters'] as const).map((columns): Layout => ({
        ...USUAL,
        days,
        withinDay,
        columns,
      })),
    ),
  )

  it.each(all)('is read as it is: days $days, lines $withinDay, $columns', (layout) => {
    const { csv, truth, opening, closing } = printed(MONTH, layout)
    const statement = read(csv)
    expect(amountsOf(statement)).toEqual(truth)
    expect(balancesOf(statement)).toEqual([`EUR ${opening} → ${closing} foots`])
  })

  it('gives the true lines or a question, whatever they are', () => {
    let told = 0
    fc.assert(
      fc.property(bankTruths, layouts, (truth, layout) => {
        // The balance before each line, and debits that are called credits, are what a person says.
        fc.pre(layout.balance === 'after' && layout.columns !== 'swapped')
        // Minus is out: a file that does not prove the opposite is read so.
        const lines = layout.columns === 'turned' ? withMonth(truth) : truth
        const file = printed(lines, layout)
        const statement = readOrAsked(file.csv)
        if (statement === null) return
        told += 1
        expect(amountsOf(statement)).toEqual(file.truth)
      }),
      { numRuns: 2000 },
    )
    // What is asked about every time would be no reader.
    expect(told).toBeGreaterThan(600)
  })

  it('is asked about where debits and credits only follow the other way round', () => {
    const swapped = printed(MONTH, { ...USUAL, columns: 'swapped' })
    expect(refusalOf(() => read(swapped.csv))).toMatch(
      /^STATEMENT_PROFILE: .*its balances do not follow \(line 2: 5\.00 in on 2026-03-01\).*swapped, say --columns "sign=out-positive".*type: card/,
    )
    expect(amountsOf(read(swapped.csv, saidOf({ ...USUAL, columns: 'swapped' })))).toEqual(swapped.truth)
  })

  it('of one day that only follows the other way round is asked about', () => {
    const one: BankTruth = {
      opening: 10_000,
      lines: [
        { day: 3, amount: -500 },
        { day: 3, amount: 1_250 },
      ],
    }
    expect(refusalOf(() => read(printed(one, { ...USUAL, columns: 'turned' }).csv))).toContain('nothing in it tells')
  })

  it('has the sentence by which a person tells, and rows beside what each column is', () => {
    const { byProfile, bindings } = read(month.csv)
    expect(byProfile).toMatchObject({
      isNew: true,
      sentence: 'line 2: 5.00 out on 2026-03-01',
      profile: { decimal: '.', dateOrder: null, sign: 'in-positive', balance: 'after' },
    })
    expect(byProfile?.samples[0]).toEqual({ line: 2, cells: ['2026-03-01', 'text 0', '-5.00', '95.00'] })
    expect(bindings.map(({ role }) => role)).toEqual(['date', 'description', 'amount', 'balance'])
  })
})

describe('a later file of an account', () => {
  it('is read by the profile, whatever its lines are', () => {
    fc.assert(
      fc.property(bankTruths, layouts, (truth, layout) => {
        const profile = profileOf(printed(MONTH, layout).csv, saidOf(layout))
        const file = printed(truth, layout)
        const statement = read(file.csv, { profile })
        expect(amountsOf(statement)).toEqual(file.truth)
        // Read again by what it was read by it stays the same.
        const again = read(file.csv, { profile: statement.byProfile?.profile ?? null })
        expect({ ...again, byProfile: null }).toEqual({ ...statement, byProfile: null })
      }),
      { numRuns: 1500 },
    )
  })

  it('that only follows the other way round is refused, and read when a person says so', () => {
    const profile = profileOf(month.csv)
    const turned = printed(MONTH, { ...USUAL, columns: 'turned' })
    expect(refusalOf(() => read(turned.csv, { profile }))).toMatch(
      /^STATEMENT_PROFILE: .*do not follow as the account's profile reads it \(line 2: 5\.00 in on 2026-03-01\)\. Line 3 .*"sign=out-positive"/,
    )
    const said = { profile, columns: parseBankColumns(['sign=out-positive']) }
    expect(amountsOf(read(turned.csv, said))).toEqual(turned.truth)
    expect(profileOf(turned.csv, said).sign).toBe('out-positive')
  })

  it('in another order is read, as people sort their downloads', () => {
    const sorted = printed(MONTH, { ...USUAL, days: 'newest-first', withinDay: 'newest-first' })
    expect(amountsOf(read(sorted.csv, { profile: profileOf(month.csv) }))).toEqual(sorted.truth)
  })

  it('that does not add up is refused, and told as such when a person has looked at it', () => {
    const profile = profileOf(month.csv)
    const broken = month.csv.replace('194.58', '190.00')
    expect(refusalOf(() => read(broken, { profile }))).toContain('Line 6 (2026-03-10): its balance is 190.00')
    const statement = read(broken, { profile, balance: 'after' })
    expect(amountsOf(statement)).toEqual(month.truth)
    expect(balancesOf(statement)[0]).toContain('differs')
  })

  it.each<[string, string, RegExp]>([
    [
      'that lacks a column',
      month.csv.replace('Amount', 'Value'),
      /^STATEMENT_COLUMNS: .*it has no column "Amount", and "Value" is new in it.*--columns "date=HEADER,amount=HEADER"/,
    ],
    [
      'with a new column that decides what moved',
      'Date,Description,Amount,Balance,Status\n2026-04-01,a,-5.00,5.00,Pending\n',
      /^STATEMENT_COLUMNS: .*"Status" is new in it.*"status=HEADER"/,
    ],
    [
      'with another decimal mark',
      'Date,Description,Amount,Balance\n2026-04-01,a,"-5,00","1.005,00"\n',
      /^STATEMENT_DECIMAL: .*another decimal mark than "\.", which the account's profile says.*--decimal ,/,
    ],
    [
      'with a cell that cannot be read',
      'Date,Description,Amount,Balance\n2026-04-01,a,-5.00,5.00\n2026-04-02,a,x,5.00\n2026-04-03,a,1.00,6.00\n',
      /^STATEMENT_UNREADABLE: .*line 3: .*"x"/,
    ],
  ])('%s is refused', (_name, csv, message) => {
    expect(refusalOf(() => read(csv, { profile: profileOf(month.csv) }))).toMatch(message)
  })

  it('with other columns is read by what a person says of them, which is kept from then on', () => {
    const other = 'Booked,Text,Moved\n2026-04-01,a,-5.00\n'
    const said = { profile: profileOf(month.csv), columns: parseBankColumns(['date=Booked,amount=Moved']) }
    expect(amountsOf(read(other, said))).toEqual(['2026-04-01 -5.00'])
    const profile = profileOf(other, said)
    expect(amountsOf(read(other.replace('04-01', '04-02'), { profile }))).toEqual(['2026-04-02 -5.00'])
  })

  it('with something in a column that was empty so far is asked about, once', () => {
    const file = (fee: string): string => `Date,Text,Amount,Fee\n2026-04-01,a,-5.00,${fee}\n`
    const profile = profileOf(file(''))
    expect(amountsOf(read(file(''), { profile }))).toEqual(['2026-04-01 -5.00'])
    expect(refusalOf(() => read(file('1.00'), { profile }))).toContain('"Fee" is new in it')
    const said = { profile, columns: parseBankColumns(['fee=']) }
    expect(amountsOf(read(file('1.00'), { profile: profileOf(file('1.00'), said) }))).toEqual(['2026-04-01 -5.00'])
  })

  it('with a new column that only tells more is read', () => {
    const more = 'Date,Description,Amount,Balance,Category\n2026-04-01,a,-5.00,5.00,Food\n'
    expect(amountsOf(read(more, { profile: profileOf(month.csv) }))).toEqual(['2026-04-01 -5.00'])
  })

  it('has the order of days and the decimal mark that an earlier file told', () => {
    const first = 'Date,Text,Amount\n13/02/2026,a,"-1,50"\n'
    const later = 'Date,Text,Amount\n01/03/2026,b,"-1,500"\n'
    expect(refusalOf(() => read(later))).toContain('--decimal')
    expect(amountsOf(read(later, { profile: profileOf(first) }))).toEqual(['2026-03-01 -1.50'])
    expect(refusalOf(() => read(first.replace('13/02', '02/13'), { profile: profileOf(first) }))).toContain(
      'does not exist in the order dmy',
    )
  })

  it('of an account whose type was changed is refused', () => {
    expect(refusalOf(() => read(month.csv, { profile: profileOf(month.csv), accountKind: 'card' }))).toMatch(
      /^STATEMENT_PROFILE: .*were read when it was of type: bank.*undo/,
    )
  })
})

describe('balances printed before each line', () => {
  it('are what a person says, and each line has the balance after it all the same', () => {
    const before = printed(MONTH, { ...USUAL, balance: 'before' })
    expect(refusalOf(() => read(before.csv))).toContain('--balance before')
    const statement = read(before.csv, { balance: 'before' })
    expect(amountsOf(statement)).toEqual(before.truth)
    expect(statement.sections[0]?.lines.map(({ balance }) => formatMoney(balance ?? 0n))).toEqual([
      '95.00',
      '218.45',
      '215.35',
      '195.35',
      '194.58',
    ])
  })

  it('are read as such where the column is called so', () => {
    const statement = read(
      'Date,Opening balance,Debit,Credit,Details\n2026-01-29,1000.00,50.00,,a\n2026-01-30,950.00,,1234.56,b\n2026-01-31,2184.56,4.56,,c\n',
    )
    expect(amountsOf(statement)).toEqual(['2026-01-29 -50.00', '2026-01-30 1234.56', '2026-01-31 -4.56'])
    expect(balancesOf(statement)).toEqual(['EUR 1000.00 → 2180.00 foots'])
  })
})

/** The lines of a truth on the days after the month's. */
function withMonth({ lines }: BankTruth): BankTruth {
  return { ...MONTH, lines: [...MONTH.lines, ...lines.map(({ day, amount }) => ({ day: day + 10, amount }))] }
}
