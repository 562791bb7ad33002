/** A bank's CSV is read as its balances and dates prove, or asked about: never turned round. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InputError } from '../../../src/domain/errors.ts'
import { formatMoney } from '../../../src/domain/money/money.ts'
import type { BankReading } from '../../../src/domain/statements/bank-reading.ts'
import type { ParsedStatement } from '../../../src/domain/statements/statement.ts'
import { NO_EVIDENCE, type ReadingEvidence, type ReadOptions } from '../../../src/sources/statements/options.ts'
import { bankTruths, layouts, printed, type BankTruth, type Layout } from './bank-render.ts'
import { balancesOf, open, refusalOf, SIGN_KNOWN } from './open-support.ts'

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

/** What a reader makes of it; null when it asks. */
function readOrAsked(csv: string, options: Partial<ReadOptions> = {}): ParsedStatement | null {
  try {
    return open(csv, options, 'bank-csv')
  } catch (error) {
    if (error instanceof InputError) return null
    throw error
  }
}

function evidence(said: Partial<ReadingEvidence>): Partial<ReadOptions> {
  return { readings: { ...NO_EVIDENCE, ...said } }
}

/** A line or more on which a single sign, place of the balance and order fit: what a month of a real account is. */
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

describe('every layout of a bank', () => {
  const all = (['oldest-first', 'newest-first'] as const).flatMap((days) =>
    (['oldest-first', 'newest-first'] as const).flatMap((withinDay) =>
      (['after', 'before'] as const).flatMap((balance) =>
        (['amount', 'turned', 'sides', 'letters'] as const).map((columns): Layout => ({
          days,
          withinDay,
          balance,
          columns,
          isOwed: false,
        })),
      ),
    ),
  )

  it.each(all)('is read as it is: days $days, lines $withinDay, balance $balance, $columns', (layout) => {
    const { csv, truth, opening, closing } = printed(MONTH, layout)
    const statement = open(csv, {}, 'bank-csv')
    expect(amountsOf(statement)).toEqual(truth)
    expect(balancesOf(statement)).toEqual([`EUR ${opening} → ${closing} foots`])
  })

  it('gives the true lines and balances or a question, never others, whatever the lines', () => {
    let read = 0
    fc.assert(
      fc.property(bankTruths, layouts, (truth, layout) => {
        // Columns called the other way round and balances before the lines at once: no bank is known to print that.
        fc.pre(layout.columns !== 'swapped' || layout.balance === 'after')
        const file = printed(truth, layout)
        const statement = readOrAsked(file.csv)
        if (statement === null) return
        // Debits and credits are taken by their names.
        if (statement.sections.every(({ footing }) => footing.kind === 'unproven')) {
          if (layout.columns !== 'swapped') expect(amountsOf(statement)).toEqual(file.truth)
          return
        }
        read += 1
        expect(amountsOf(statement)).toEqual(file.truth)
        expect(balancesOf(statement)).toEqual([`EUR ${file.opening} → ${file.closing} foots`])
      }),
      { numRuns: 3000 },
    )
    // What is asked about every time would be no reader.
    expect(read).toBeGreaterThan(1000)
  })

  it('with what an earlier file of the account proved is not asked about its signs or the place of its balance', () => {
    fc.assert(
      fc.property(bankTruths, layouts, (truth, layout) => {
        fc.pre(layout.columns !== 'swapped')
        const earlier = open(printed(MONTH, layout).csv, {}, 'bank-csv').reading?.proved ?? null
        const file = printed(truth, layout)
        const statement = open(file.csv, evidence({ earlier }), 'bank-csv')
        expect(amountsOf(statement)).toEqual(file.truth)
      }),
      { numRuns: 1500 },
    )
  })

  it('with what a person says of it is read so, or asked for more', () => {
    fc.assert(
      fc.property(bankTruths, layouts, (truth, layout) => {
        const isTurned = layout.columns === 'turned' || layout.columns === 'swapped'
        const file = printed(truth, layout)
        const said = {
          columns: { roles: {}, sign: isTurned ? ('out-positive' as const) : ('in-positive' as const) },
          ...evidence({ balance: layout.balance, order: layout.withinDay }),
        }
        const statement = readOrAsked(file.csv, said)
        if (statement !== null) expect(amountsOf(statement)).toEqual(file.truth)
      }),
      { numRuns: 1500 },
    )
  })
})

describe('balances printed before each line', () => {
  const before = printed(MONTH, { ...USUAL, balance: 'before' })

  it('were read with the signs turned round by versions that tried the others only', () => {
    const landed = open(before.csv, { readings: null }, 'bank-csv')
    expect(amountsOf(landed)[0]).toBe('2026-03-01 5.00')
    expect(amountsOf(open(before.csv, {}, 'bank-csv'))[0]).toBe('2026-03-01 -5.00')
  })

  it('are told, and each line has the balance after it all the same', () => {
    const statement = open(before.csv, {}, 'bank-csv')
    expect(statement.remarks).toContain('Its balances are those before each line.')
    expect(statement.sections[0]?.lines.map(({ balance }) => formatMoney(balance ?? 0n))).toEqual([
      '95.00',
      '218.45',
      '215.35',
      '195.35',
      '194.58',
    ])
    expect(statement.reading?.how).toContain('each line has the balance before it')
  })
})

it('a column that is called the balance before each line is read as one', () => {
  const statement = open(
    'Date,Opening balance,Debit,Credit,Details\n2026-01-29,1000.00,50.00,,a\n2026-01-30,950.00,,1234.56,b\n2026-01-31,2184.56,4.56,,c\n',
    {},
    'bank-csv',
  )
  expect(amountsOf(statement)).toEqual(['2026-01-29 -50.00', '2026-01-30 1234.56', '2026-01-31 -4.56'])
  expect(balancesOf(statement)).toEqual(['EUR 1000.00 → 2180.00 foots'])
})

it('a file without a column of fees says nothing of fees', () => {
  const { reading } = open('Date,Amount,Text\n2026-01-29,-50.00,a\n', SIGN_KNOWN, 'bank-csv')
  expect(reading?.how).toBe('positive amounts came in; no balance proves it')
})

describe('two readings that both tie', () => {
  const DAY: BankTruth = {
    opening: 10_000,
    lines: [
      { day: 3, amount: -500 },
      { day: 3, amount: 1_250 },
    ],
  }
  const day = printed(DAY, USUAL)

  it('are asked about, with what each makes of the file and how to say which', () => {
    expect(refusalOf(() => open(day.csv, {}, 'bank-csv'))).toBe(
      'STATEMENT_SEVERAL_READINGS: statement.txt can be read in 2 ways, and nothing in it tells which is right: ' +
        '(1) positive amounts came in, each line has the balance after it, lines of a day stand oldest first, it opens with 100.00 and closes with 107.50, line 2 is 5.00 out; ' +
        '(2) positive amounts went out, each line has the balance before it, lines of a day stand newest first, it opens with 107.50 and closes with 100.00, line 2 is 5.00 in. ' +
        'Compare one line with the bank and say which it is: (1) --columns "sign=in-positive", (2) --columns "sign=out-positive". It is remembered for the account.',
    )
  })

  it.each<[string, Partial<ReadingEvidence>]>([
    ['the place of the balance', { balance: 'after' }],
    ['the order of its lines', { order: 'oldest-first' }],
    ['what the file before closed with', { previous: [closing('2026-03-02', 10_000)] }],
  ])('are decided by %s', (_name, said) => {
    expect(amountsOf(open(day.csv, evidence(said), 'bank-csv'))).toEqual(day.truth)
  })

  it('are not decided by a file that closed on the same day, or was of another account or currency', () => {
    for (const previous of [
      closing('2026-03-04', 10_750),
      { ...closing('2026-03-02', 10_750), currency: 'USD' },
      closing('2026-03-02', 5_500),
    ])
      expect(readOrAsked(day.csv, evidence({ previous: [previous] }))).toBeNull()
  })

  it('are asked about where what is remembered says one and the file before the other', () => {
    const earlier = reading({ sign: 'in-positive', balance: 'after' })
    const previous = [closing('2026-03-02', 10_750)]
    expect(readOrAsked(day.csv, evidence({ earlier, previous }))).toBeNull()
  })

  it('are asked about where debits and credits are either swapped or beside what is owed', () => {
    const swapped = printed(MONTH, { ...USUAL, columns: 'swapped' })
    expect(refusalOf(() => open(swapped.csv, {}, 'bank-csv'))).toMatch(
      /\(1\) --columns "sign=out-positive", \(2\) --columns "sign=in-positive"/,
    )
    const said = open(swapped.csv, { columns: { roles: {}, sign: 'out-positive' } }, 'bank-csv')
    expect(amountsOf(said)).toEqual(swapped.truth)
    const owed = printed(MONTH, { ...USUAL, columns: 'sides', isOwed: true })
    const card = open(owed.csv, { columns: { roles: {}, sign: 'in-positive' } }, 'bank-csv')
    expect(amountsOf(card)).toEqual(owed.truth)
    expect(balancesOf(card)).toEqual([`EUR ${owed.opening} → ${owed.closing} foots`])
  })
})

describe('a day with one line', () => {
  const one: BankTruth = { opening: 20_000, lines: [{ day: 11, amount: -750 }] }

  it('whose sign nothing tells is asked about', () => {
    for (const columns of ['amount', 'turned'] as const)
      expect(refusalOf(() => open(printed(one, { ...USUAL, columns }).csv, {}, 'bank-csv'))).toMatch(
        /^STATEMENT_SEVERAL_READINGS: .*neither its balances nor an earlier file of the account tell/,
      )
  })

  it.each(['after', 'before'] as const)('is read as an earlier file proved, with the balance %s', (balance) => {
    const layout: Layout = { ...USUAL, columns: 'turned', balance }
    const earlier = open(printed(MONTH, layout).csv, {}, 'bank-csv').reading?.proved ?? null
    const statement = open(printed(one, layout).csv, evidence({ earlier }), 'bank-csv')
    expect(amountsOf(statement)).toEqual(['2026-03-12 -7.50'])
    expect(balancesOf(statement)).toEqual(['EUR 200.00 → 192.50 unproven'])
  })

  it('is read as it follows from what the file before closed with', () => {
    const turned = printed(one, { ...USUAL, columns: 'turned' })
    const statement = open(turned.csv, evidence({ previous: [closing('2026-03-10', 20_000)] }), 'bank-csv')
    expect(amountsOf(statement)).toEqual(['2026-03-12 -7.50'])
  })

  it('whose sign is printed and which only follows the other way round is asked about', () => {
    const usual = printed(one, USUAL)
    const previous = [closing('2026-03-10', 18_500)]
    expect(readOrAsked(usual.csv, evidence({ previous }))).toBeNull()
  })
})

describe('a file that contradicts the earlier ones', () => {
  it('is asked about, and read when a person says so', () => {
    const earlier = open(printed(MONTH, USUAL).csv, {}, 'bank-csv').reading?.proved ?? null
    const turned = printed(MONTH, { ...USUAL, columns: 'turned' })
    expect(refusalOf(() => open(turned.csv, evidence({ earlier }), 'bank-csv'))).toBe(
      'STATEMENT_SEVERAL_READINGS: statement.txt contradicts the earlier files of this account with the same columns: in those positive amounts came in, and here its balances only fit if positive amounts went out. ' +
        'If the bank has changed its files, say --columns "sign=out-positive". If not, the file may be of another account, or damaged: download it again.',
    )
    const said = { columns: { roles: {}, sign: 'out-positive' as const }, ...evidence({ earlier }) }
    expect(amountsOf(open(turned.csv, said, 'bank-csv'))).toEqual(turned.truth)
  })

  it('in its order alone is not, as people sort their downloads', () => {
    const earlier = open(printed(MONTH, USUAL).csv, {}, 'bank-csv').reading?.proved ?? null
    const sorted = printed(MONTH, { ...USUAL, days: 'newest-first', withinDay: 'newest-first' })
    expect(amountsOf(open(sorted.csv, evidence({ earlier }), 'bank-csv'))).toEqual(sorted.truth)
  })
})

describe('a file that does not add up', () => {
  it('keeps the signs it prints and says where it breaks, or asks where most balances say otherwise', () => {
    const broken = (layout: Layout): string => printed(MONTH, layout).csv.replace('194.58', '190.00')
    expect(amountsOf(open(broken(USUAL), {}, 'bank-csv'))).toEqual(printed(MONTH, USUAL).truth)
    expect(balancesOf(open(broken(USUAL), {}, 'bank-csv'))[0]).toContain('differs')
    expect(readOrAsked(broken({ ...USUAL, columns: 'turned' }))).toBeNull()
  })
})

function closing(last: string, cents: number) {
  return { accountNumber: null, currency: 'EUR', last, amount: BigInt(cents) * 1_000_000n }
}

function reading(said: Partial<BankReading>): BankReading {
  return { sign: null, balance: null, order: null, isFeeOnTop: null, isOwed: null, ...said }
}
