/**
 * What every reader's output is held to before anything is landed: days of this age, figures whose sums fit the database's
 * columns, and texts without control characters, which PostgreSQL cannot store. One place for all formats.
 */
import { abs, formatMoney, type Units } from '../../domain/money/money.ts'
import type { ParsedStatement, StatementLine, StatementSection } from '../../domain/statements/statement.ts'
import { isIsoDate } from '../../domain/time/dates.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import { unreadable } from './refusal.ts'

const FIRST_DAY = '1990-01-01'
const LAST_DAY = '2100-12-31'
const UNIT = 100_000_000n
/** A 64-bit column ends at 92 milliards: a file's sum, its balances and their difference stay below it together. */
const MOST_OF_LINE: Units = 9_000_000_000n * UNIT
export const MOST_OF_FILE: Units = 30_000_000_000n * UNIT
/** Tab and line feed are blanks and stay. */
const CONTROL = /(?![\t\n])\p{Cc}/gu

/** Throws InputError, naming the line, for a day or a figure no statement has. */
export function withinBounds(fileName: string, statement: ParsedStatement): ParsedStatement {
  const word = statement.format.endsWith('json') ? 'entry' : 'line'
  let cleaned = 0
  const sections = statement.sections.map((section) => {
    refuseBalances(fileName, section)
    const lines = section.lines.map((line) => {
      refuseLine(fileName, `${word} ${line.line}`, line)
      const clean = withoutControls(line)
      if (clean !== line) cleaned += 1
      return clean
    })
    const { accountNumber, footing } = section
    return {
      ...section,
      accountNumber: accountNumber === null ? null : plain(accountNumber),
      lines,
      footing: footing.kind === 'differs' ? { ...footing, reason: plain(footing.reason) } : footing,
    }
  })
  refuseTurnover(fileName, statement)
  const remark = `${cleaned} ${cleaned === 1 ? 'line has' : 'lines have'} control characters in a text; they are left out.`
  return { ...statement, sections, remarks: cleaned === 0 ? statement.remarks : [...statement.remarks, remark] }
}

/** What a file moves, money in and out both counted, whether it counts or not. */
export function turnoverOf({ sections }: ParsedStatement): Units {
  let sum = 0n
  for (const { lines } of sections)
    for (const { amount, gross } of lines) {
      const own = abs(amount)
      const whole = gross === null ? 0n : abs(gross)
      sum += own > whole ? own : whole
    }
  return sum
}

function refuseLine(fileName: string, where: string, line: StatementLine): void {
  refuseDay(fileName, where, line.date)
  for (const figure of [line.amount, line.gross, line.fee, line.tax])
    if (figure !== null) refuseFigure(fileName, where, figure, MOST_OF_LINE)
  if (line.balance !== null) refuseFigure(fileName, where, line.balance, MOST_OF_FILE)
}

function refuseBalances(fileName: string, { opening, closing }: StatementSection): void {
  for (const [where, balance] of [
    ['opening balance', opening],
    ['closing balance', closing],
  ] as const) {
    if (balance === null) continue
    refuseFigure(fileName, where, balance.amount, MOST_OF_FILE)
    if (balance.date !== null) refuseDay(fileName, where, balance.date)
  }
}

function refuseTurnover(fileName: string, statement: ParsedStatement): void {
  const turnover = turnoverOf(statement)
  if (turnover <= MOST_OF_FILE) return
  const what = `its lines come to ${formatMoney(turnover)}, and a file may move at most ${formatMoney(MOST_OF_FILE)}`
  throw unreadable(fileName, null, what, 'Check that its amounts are read rightly; else download shorter periods.')
}

function refuseDay(fileName: string, where: string, day: IsoDate): void {
  if (isIsoDate(day) && day >= FIRST_DAY && day <= LAST_DAY) return
  throw unreadable(fileName, where, `the day ${day} is not between ${FIRST_DAY} and ${LAST_DAY}`)
}

function refuseFigure(fileName: string, where: string, figure: Units, most: Units): void {
  if (abs(figure) <= most) return
  const what = `the amount ${formatMoney(figure)} is larger than the ${formatMoney(most)} that can be booked`
  throw unreadable(fileName, where, what)
}

/** The line itself when there is nothing to leave out. */
function withoutControls(line: StatementLine): StatementLine {
  const { rawType, counterparty, description, externalId, group, references } = line
  const texts = [rawType, counterparty, description, externalId ?? '', group ?? '', ...references]
  if (texts.every((text) => plain(text) === text)) return line
  return {
    ...line,
    rawType: plain(rawType),
    counterparty: plain(counterparty),
    description: plain(description),
    externalId: orNull(externalId),
    group: orNull(group),
    references: references.map(plain).filter((text) => text !== ''),
  }
}

function orNull(text: string | null): string | null {
  const clean = text === null ? '' : plain(text)
  return clean === '' ? null : clean
}

/** Half a letter of UTF-16 cannot be stored either. */
function plain(text: string): string {
  return text.toWellFormed().replaceAll(CONTROL, '')
}
