/**
 * The two orders in which a file's lines can have moved the balance: as its dates run, and with the lines of a day the
 * other way than the days.
 */
import type { LineOrder } from '../../../domain/statements/bank-profile.ts'
import type { StatementLine } from '../../../domain/statements/statement.ts'

export interface Arrangement {
  /** Of the lines of one day, as they stand in the file. */
  readonly order: LineOrder
  /** The lines of a section, oldest first. */
  readonly inOrder: (lines: readonly StatementLine[]) => readonly StatementLine[]
}

/** The likelier first. All sections of a file run the same way. */
export function arrangementsOf(sections: readonly (readonly StatementLine[])[]): readonly [Arrangement, Arrangement] {
  const isDown = sections.some((lines) => {
    const counted = lines.filter(({ uncounted }) => uncounted === null)
    return (counted[0]?.date ?? '') > (counted.at(-1)?.date ?? '')
  })
  return isDown
    ? [
        { order: 'newest-first', inOrder: (lines) => lines.toReversed() },
        { order: 'oldest-first', inOrder: byDay },
      ]
    : [
        { order: 'oldest-first', inOrder: (lines) => lines },
        { order: 'newest-first', inOrder: (lines) => byDay(lines.toReversed()) },
      ]
}

function byDay(lines: readonly StatementLine[]): readonly StatementLine[] {
  return lines.toSorted((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0))
}
