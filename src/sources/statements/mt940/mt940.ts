/**
 * MT940 statements (and MT942 reports) as sections: pages that go on with an intermediate balance are one statement. The
 * packages on npm read amounts as floating-point numbers, so the fields are read here, from their characters.
 */
import type { Footing, ParsedStatement, StatementSection } from '../../../domain/statements/statement.ts'
import { formatMoney } from '../../../domain/money/money.ts'
import { prove } from '../footing.ts'
import type { ReadOptions } from '../options.ts'
import { shown, unreadable } from '../refusal.ts'
import { splitMessages, type OutsideLine } from './fields.ts'
import { readPage, type Page } from './page.ts'

const DETECT_CHARACTERS = 100_000

export function detect(text: string): boolean {
  const start = text.slice(0, DETECT_CHARACTERS)
  return /^(?:.*\{4:)?:20:/m.test(start) && /^:(?:25P?|28C?|60[FM]):/m.test(start)
}

export function read(fileName: string, text: string, options: ReadOptions): ParsedStatement {
  const { messages, outside } = splitMessages(text)
  if (messages.length === 0)
    throw unreadable(
      fileName,
      null,
      'it has no message that begins with :20:, as MT940 has',
      'Give the format it has: --format NAME.',
    )
  const pages = messages.map((message) => readPage(fileName, message))
  const statements = statementsOf(pages)
  return {
    format: 'mt940',
    sections: statements.map((each) => sectionOf(fileName, each, options)),
    bindings: [],
    remarks: [...pages.flatMap(({ remarks }) => remarks), ...statements.flatMap(remarksOf), ...outsideRemark(outside)],
  }
}

/** Pages of one statement follow each other; :60M: goes on with what :62M: left open. */
function statementsOf(pages: readonly Page[]): readonly (readonly Page[])[] {
  const statements: Page[][] = []
  for (const page of pages) {
    const open = statements.at(-1)
    const previous = open?.at(-1)
    const goesOn =
      previous !== undefined &&
      previous.account === page.account &&
      !previous.closesStatement &&
      (!page.opensStatement || page.number === previous.number)
    if (goesOn) open?.push(page)
    else statements.push([page])
  }
  return statements
}

function sectionOf(fileName: string, pages: readonly Page[], options: ReadOptions): StatementSection {
  const opening = pages[0]?.opening ?? null
  const closing = pages.at(-1)?.closing ?? null
  const named = pages.flatMap((page) => [page.opening?.currency, page.closing?.currency, page.floorCurrency])
  const currencies = [...new Set(named.flatMap((each) => each ?? []))]
  if (currencies.length > 1)
    throw unreadable(
      fileName,
      `line ${pages[0]?.line ?? 1}`,
      `one statement has balances in ${currencies.join(' and ')}`,
    )
  const account = pages[0]?.account ?? ''
  return {
    accountNumber: account === '' ? null : account,
    currency: currencies[0] ?? options.currency,
    opening: opening && { amount: opening.amount, date: opening.date },
    closing: closing && { amount: closing.amount, date: closing.date },
    lines: pages.flatMap(({ lines }) => lines),
    footing: footingOf(pages),
  }
}

/** Page by page, and from each page to the next; the first thing that does not add up counts. */
function footingOf(pages: readonly Page[]): Footing {
  let isProven = true
  let before: Page | null = null
  for (const page of pages) {
    const left = before?.closing ?? null
    if (left !== null && page.opening !== null && left.amount !== page.opening.amount)
      return {
        kind: 'differs',
        difference: page.opening.amount - left.amount,
        line: page.opening.line,
        reason: `Line ${page.opening.line}: this page opens with ${formatMoney(page.opening.amount)}, but the page before it ended with ${formatMoney(left.amount)} on line ${left.line}; a page may be missing.`,
      }
    const opening = (page.opening ?? left)?.amount ?? null
    const { footing } = prove(page.lines, { opening, closing: page.closing?.amount ?? null, noun: 'Line' })
    if (footing.kind === 'differs')
      return { ...footing, reason: `${footing.reason.slice(0, -1)}; see line ${page.closing?.line ?? page.line}.` }
    if (footing.kind === 'unproven') isProven = false
    before = page
  }
  return isProven ? { kind: 'foots' } : { kind: 'unproven' }
}

function remarksOf(pages: readonly Page[]): readonly string[] {
  const first = pages[0]
  const last = pages.at(-1)
  if (first === undefined || last === undefined) return []
  const remarks: string[] = []
  if (!first.opensStatement)
    remarks.push(`The statement on line ${first.line} begins in the middle: its first pages are in another file.`)
  if (last.closing === null)
    remarks.push(
      `The statement on line ${first.line} has no closing balance; the file may be cut off, or be an interim report.`,
    )
  else if (!last.closesStatement)
    remarks.push(
      `The statement on line ${first.line} goes on after line ${last.closing.line}: its last pages are in another file.`,
    )
  return remarks
}

function outsideRemark(outside: readonly OutsideLine[]): readonly string[] {
  const [first] = outside
  if (first === undefined) return []
  const which =
    outside.length === 1 ? `Line ${first.line}` : `${outside.length} lines, the first of them ${first.line},`
  return [`${which} outside the messages ${outside.length === 1 ? 'is' : 'are'} not read: ${shown(first.text)}.`]
}
