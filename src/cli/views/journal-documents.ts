/**
 * Journals as programs read them: instants in ISO 8601, amounts as decimals with eight places, and the figures the tables
 * show, so that nobody has to read a table to have them.
 */
import type { RoundedLine } from '../../domain/journals/rounding.ts'
import { formatExact, type Units } from '../../domain/money/money.ts'
import type { PersonsHold } from '../../journals/holds.ts'

export function debitsOf(lines: readonly RoundedLine[]): Units {
  return lines.reduce((sum, { rounded }) => (rounded > 0n ? sum + rounded : sum), 0n)
}

/** With `debits`, the total that the table shows. */
export function withLines<Journal extends { readonly lines: readonly RoundedLine[] }>({ lines, ...journal }: Journal) {
  return {
    ...journal,
    debits: formatExact(debitsOf(lines)),
    lines: lines.map(({ account, exact, rounded }) => ({
      account,
      exact: formatExact(exact),
      rounded: formatExact(rounded),
    })),
  }
}

/** With `approvedAt` as text. */
export function withApprovedAt<Journal extends { readonly approvedAtMs: number }>({ approvedAtMs, ...rest }: Journal) {
  return { ...rest, approvedAt: isoText(approvedAtMs) }
}

/** With `at` as text: a word of a person, or a line of a history. */
export function withAt<Said extends { readonly atMs: number }>({ atMs, ...rest }: Said) {
  return { ...rest, at: isoText(atMs) }
}

export function holdDocument(hold: PersonsHold | null) {
  return hold === null ? null : withAt(hold)
}

function isoText(ms: number): string {
  return new Date(ms).toISOString()
}
