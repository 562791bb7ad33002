/** Statements opened the way the tests want them, and printed as short lines to compare. */
import { readFileSync } from 'node:fs'
import { InputError } from '../../../src/domain/errors.ts'
import { formatMoney } from '../../../src/domain/money/money.ts'
import type { Footing, ParsedStatement, StatementFormat } from '../../../src/domain/statements/statement.ts'
import { openStatement } from '../../../src/sources/statements/open.ts'
import type { ReadOptions } from '../../../src/sources/statements/options.ts'

const OPTIONS: ReadOptions = {
  currency: 'EUR',
  timeZone: 'Europe/Berlin',
  columns: null,
  dateOrder: null,
  decimal: null,
  accountKind: null,
  balance: null,
  order: null,
  profile: null,
  previous: [],
}

export function open(
  content: string | Buffer,
  options: Partial<ReadOptions> = {},
  format: StatementFormat | null = null,
): ParsedStatement {
  return openStatement('statement.txt', Buffer.from(content), format, { ...OPTIONS, ...options })
}

export function openFixture(name: string, options: Partial<ReadOptions> = {}): ParsedStatement {
  return open(readFileSync(new URL(`../../fixtures/statements/${name}`, import.meta.url)), options)
}

/** "2026-01-30 100.00 Payelancer Ltd | Gutschrift", with "(pending)" for what does not count. */
export function linesOf(statement: ParsedStatement): readonly string[] {
  return statement.sections.flatMap(({ lines }) =>
    lines.map(({ date, amount, uncounted, counterparty, description }) => {
      const why = uncounted === null ? '' : ` (${uncounted})`
      return `${date} ${formatMoney(amount)}${why} ${counterparty} | ${description}`
    }),
  )
}

/** "EUR 1000.00 → 1095.10 foots", "?" for a balance nobody stated. */
export function balancesOf(statement: ParsedStatement): readonly string[] {
  const money = (balance: { readonly amount: bigint } | null): string =>
    balance === null ? '?' : formatMoney(balance.amount)
  return statement.sections.map(
    ({ currency, opening, closing, footing }) =>
      `${currency} ${money(opening)} → ${money(closing)} ${footingText(footing)}`,
  )
}

function footingText(footing: Footing): string {
  return footing.kind === 'differs' ? `differs by ${formatMoney(footing.difference)}: ${footing.reason}` : footing.kind
}

/** What a person is told: code, message and next step, on one line. Throws when nothing is refused. */
export function refusalOf(read: () => unknown): string {
  try {
    read()
  } catch (error) {
    if (error instanceof InputError) return `${error.code}: ${error.message} ${error.hint}`
    throw error
  }
  throw new Error('nothing was refused')
}
