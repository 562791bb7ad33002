/**
 * The orders in which a file's lines can have moved the balance, held against its dates: files run oldest first or newest
 * first, and the lines of one day may run the other way than the days. An order that runs against the dates is none.
 */
import type { LineOrder } from '../../../domain/statements/bank-profile.ts'
import type { StatementLine } from '../../../domain/statements/statement.ts'

export interface Arrangement {
  /** Of the lines of one day. */
  readonly order: LineOrder
  /** The lines of a section, oldest first. */
  readonly inOrder: (lines: readonly StatementLine[]) => readonly StatementLine[]
}

type Direction = 'up' | 'down' | 'level' | 'mixed'

const asPrinted: Arrangement['inOrder'] = (lines) => lines
const backwards: Arrangement['inOrder'] = (lines) => lines.toReversed()
const byDay: Arrangement['inOrder'] = (lines) =>
  lines.toSorted((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0))
const byDayBackwards: Arrangement['inOrder'] = (lines) => byDay(lines.toReversed())

const UP: readonly Arrangement[] = [
  { order: 'oldest-first', inOrder: asPrinted },
  { order: 'newest-first', inOrder: byDayBackwards },
]
const DOWN: readonly Arrangement[] = [
  { order: 'newest-first', inOrder: backwards },
  { order: 'oldest-first', inOrder: byDay },
]
const LEVEL: readonly Arrangement[] = [
  { order: 'oldest-first', inOrder: asPrinted },
  { order: 'newest-first', inOrder: backwards },
]

/** The likeliest first. All sections of a file run the same way; a section of one day follows the others. */
export function arrangementsOf(sections: readonly (readonly StatementLine[])[]): readonly Arrangement[] {
  const directions = new Set(sections.map(directionOf))
  directions.delete('level')
  const [only = 'level'] = directions
  if (directions.size > 1) return mixed(sections)
  switch (only) {
    case 'level':
      return LEVEL
    case 'up':
      return UP
    case 'down':
      return DOWN
    case 'mixed':
      return mixed(sections)
  }
}

function directionOf(lines: readonly StatementLine[]): Direction {
  let up = false
  let down = false
  const counted = lines.filter(({ uncounted }) => uncounted === null)
  for (const [at, { date }] of counted.entries()) {
    const before = counted[at - 1]?.date ?? date
    if (before < date) up = true
    if (before > date) down = true
  }
  return up && down ? 'mixed' : up ? 'up' : down ? 'down' : 'level'
}

/** Neither way by its dates, as where a bank sorts by another day: what begins later than it ends is out all the same. */
function mixed(sections: readonly (readonly StatementLine[])[]): readonly Arrangement[] {
  return [
    ...LEVEL,
    { order: 'oldest-first', inOrder: byDay } as const,
    { order: 'newest-first', inOrder: byDayBackwards } as const,
  ].filter(({ inOrder }) =>
    sections.every((lines) => {
      const sorted = inOrder(lines)
      return (sorted[0]?.date ?? '') <= (sorted.at(-1)?.date ?? '')
    }),
  )
}
