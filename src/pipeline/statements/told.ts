/**
 * What is held of a statement while it is processed and reconciled: what a person is told of it. Its lines, of which there
 * may be many, are read again where all of them are asked for.
 */
import type { Units } from '../../domain/money/money.ts'
import type { ParsedStatement, StatementLine, StatementSection } from '../../domain/statements/statement.ts'
import { turnoverOf } from '../../sources/statements/bounds.ts'

/** Lines held of either end of a section. */
export const LINES_TOLD = 5

export interface ToldSection extends Omit<StatementSection, 'lines'> {
  readonly count: number
  /** Money in of the lines that count, and money out, both positive. */
  readonly into: Units
  readonly out: Units
  /** All lines where they are few, else the first and the last. */
  readonly ends: readonly StatementLine[]
}

export interface ToldStatement extends Omit<ParsedStatement, 'sections'> {
  readonly sections: readonly ToldSection[]
  /** Lines that moved no money, by why. */
  readonly uncounted: Readonly<Record<string, number>>
  /** Money in and out, whether it counts or not. */
  readonly turnover: Units
}

export function toldOf(parsed: ParsedStatement): ToldStatement {
  const { sections, ...rest } = parsed
  return {
    ...rest,
    sections: sections.map(toldSection),
    uncounted: uncountedOf(sections),
    turnover: turnoverOf(parsed),
  }
}

function toldSection({ lines, ...section }: StatementSection): ToldSection {
  let into = 0n
  let out = 0n
  for (const { uncounted, amount } of lines) {
    if (uncounted !== null) continue
    if (amount > 0n) into += amount
    else out -= amount
  }
  const isShort = lines.length <= 2 * LINES_TOLD
  const ends = isShort ? lines : [...lines.slice(0, LINES_TOLD), ...lines.slice(-LINES_TOLD)]
  return { ...section, count: lines.length, into, out, ends }
}

function uncountedOf(sections: readonly StatementSection[]): Readonly<Record<string, number>> {
  const reasons: Record<string, number> = {}
  for (const { lines } of sections)
    for (const { uncounted, amount } of lines) {
      const reason = uncounted ?? (amount === 0n ? 'information' : null)
      if (reason !== null) reasons[reason] = (reasons[reason] ?? 0) + 1
    }
  return reasons
}
