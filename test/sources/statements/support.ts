/** Fixtures as readers get them, and statements in short for tables. */
import { readFileSync } from 'node:fs'
import { formatMoney } from '../../../src/domain/money/money.ts'
import type { ParsedStatement, StatementSection } from '../../../src/domain/statements/statement.ts'
import type { ReadOptions } from '../../../src/sources/statements/options.ts'

export const OPTIONS: ReadOptions = {
  currency: 'USD',
  timeZone: 'UTC',
  columns: null,
  dateOrder: null,
  decimal: null,
  accountKind: null,
  balance: null,
  order: null,
  profile: null,
  previous: [],
}

export function fixture(path: string): string {
  return readFileSync(new URL(`../../fixtures/statements/${path}`, import.meta.url), 'utf8')
}

/** "USD 0.00 > 261.75 foots": what a person checks first. */
export function inShort({ currency, opening, closing, footing }: StatementSection): string {
  const ends = [opening, closing].map((end) => (end === null ? '?' : formatMoney(end.amount)))
  const proof =
    footing.kind === 'differs' ? `differs at ${footing.line} by ${formatMoney(footing.difference)}` : footing.kind
  return `${currency} ${ends.join(' > ')} ${proof}`
}

/** One text per line: number, day, amount, type, and why it does not count. */
export function linesInShort(statement: ParsedStatement): readonly string[] {
  return statement.sections.flatMap(({ currency, lines }) =>
    lines.map(({ line, date, amount, type, uncounted }) =>
      [line, date, currency, formatMoney(amount), type, ...(uncounted === null ? [] : [uncounted])].join(' '),
    ),
  )
}
