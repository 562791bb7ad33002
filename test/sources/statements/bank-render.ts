/**
 * Writes a made-up bank statement as a CSV under every layout that banks have: order of lines, where the balance stands,
 * which sign is out, and which columns hold the amount. Written from what banks' files look like, not from the reader.
 */
import fc from 'fast-check'

export interface BankTruth {
  /** In cents, as all amounts here. */
  readonly opening: number
  /** Oldest first, in the order in which they moved the balance. */
  readonly lines: readonly { readonly day: number; readonly amount: number }[]
}

export interface Layout {
  /** Of the days; and of the lines of one day, which some banks print the other way. */
  readonly days: 'oldest-first' | 'newest-first'
  readonly withinDay: 'oldest-first' | 'newest-first'
  readonly balance: 'after' | 'before'
  readonly columns: 'amount' | 'turned' | 'sides' | 'swapped' | 'letters'
  /** A card: the balance is what is owed. */
  readonly isOwed: boolean
}

export const layouts: fc.Arbitrary<Layout> = fc.record({
  days: fc.constantFrom('oldest-first', 'newest-first'),
  withinDay: fc.constantFrom('oldest-first', 'newest-first'),
  balance: fc.constantFrom('after', 'before'),
  columns: fc.constantFrom('amount', 'turned', 'sides', 'swapped', 'letters'),
  isOwed: fc.constant(false),
})

/** Few different amounts and days, so that files are symmetric, palindromic, all of one day or sum to zero rather often. */
export const bankTruths: fc.Arbitrary<BankTruth> = fc
  .record({
    opening: fc.constantFrom(0, 10_000, 10_050, -700),
    days: fc.constantFrom(1, 2, 30),
    lines: fc.array(
      fc.record({
        at: fc.integer({ min: 0, max: 29 }),
        amount: fc.oneof(
          fc.constantFrom(-500, 500, -1000, 1000),
          fc.integer({ min: -90_000, max: 90_000 }).filter((amount) => amount !== 0),
        ),
      }),
      { minLength: 1, maxLength: 8 },
    ),
  })
  .map(({ opening, days, lines }) => ({
    opening,
    lines: lines.map(({ at, amount }) => ({ day: at % days, amount })).toSorted((a, b) => a.day - b.day),
  }))

export function dayOf(day: number): string {
  return `2026-03-${String(day + 1).padStart(2, '0')}`
}

function money(cents: number): string {
  const digits = String(Math.abs(cents)).padStart(3, '0')
  return `${cents < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
}

export interface Printed {
  readonly csv: string
  /** The true amount of each data row, in the order of the file, as "2026-03-01 -5.00". */
  readonly truth: readonly string[]
  readonly opening: string
  readonly closing: string
}

export function printed({ opening, lines }: BankTruth, layout: Layout): Printed {
  let balance = opening
  const rows = lines.map(({ day, amount }) => {
    const before = balance
    balance += amount
    return { day, amount, printed: layout.balance === 'after' ? balance : before }
  })
  const perDay = [...Map.groupBy(rows, ({ day }) => day).values()].map((ofDay) =>
    layout.withinDay === 'oldest-first' ? ofDay : ofDay.toReversed(),
  )
  const inFile = (layout.days === 'oldest-first' ? perDay : perDay.toReversed()).flat()
  const headers: Readonly<Record<Layout['columns'], string>> = {
    amount: 'Amount',
    turned: 'Amount',
    sides: 'Debit,Credit',
    swapped: 'Debit,Credit',
    letters: 'Amount,D/C',
  }
  const cells = (amount: number): string => {
    const size = money(Math.abs(amount))
    switch (layout.columns) {
      case 'amount':
        return money(amount)
      case 'turned':
        return money(-amount)
      case 'sides':
        return amount < 0 ? `${size},` : `,${size}`
      case 'swapped':
        return amount < 0 ? `,${size}` : `${size},`
      case 'letters':
        return `${size},${amount < 0 ? 'D' : 'C'}`
    }
  }
  const text = inFile.map(
    (row, at) =>
      `${dayOf(row.day)},text ${at},${cells(row.amount)},${money(layout.isOwed ? -row.printed : row.printed)}`,
  )
  return {
    csv: [`Date,Description,${headers[layout.columns]},Balance`, ...text, ''].join('\n'),
    truth: inFile.map(({ day, amount }) => `${dayOf(day)} ${money(amount)}`),
    opening: money(opening),
    closing: money(balance),
  }
}
