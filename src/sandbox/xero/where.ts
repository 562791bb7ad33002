/**
 * The part of Xero's `where` that finds manual journals: comparisons joined with AND and OR, in brackets where needed.
 * What it does not know is refused, as the service refuses a property that is not there.
 */
import type { XeroJournal } from './organisation.ts'

type Test = (journal: XeroJournal) => boolean

export type Where = { readonly ok: true; readonly matches: Test } | { readonly ok: false; readonly message: string }

const EQUALITY = /(Narration|Status|ManualJournalID)\s*(==|!=)\s*(?:"((?:[^"\\]|\\.)*)"|GUID\("([^"]*)"\))/y
const CALL = /Narration\.(StartsWith|Contains|EndsWith)\(\s*"((?:[^"\\]|\\.)*)"\s*\)/y
const DATE = /Date\s*(==|!=|>=|<=|>|<)\s*DateTime\(\s*(\d{4})\s*,\s*(\d{1,2})\s*,\s*(\d{1,2})\s*\)/y
const AND = /&&|AND\b/iy
const OR = /\|\||OR\b/iy
const OPEN = /\(/y
const CLOSE = /\)/y
const SPACE = /\s*/y

/** Where the reading stands; tests are undefined where nothing readable follows. */
interface Cursor {
  readonly text: string
  at: number
}

export function parseWhere(text: string | null): Where {
  if (text === null || text.trim() === '') return { ok: true, matches: () => true }
  const cursor: Cursor = { text, at: 0 }
  const matches = either(cursor)
  take(cursor, SPACE)
  return matches === undefined || cursor.at < text.length
    ? { ok: false, message: `Syntax error in the where clause at "${text.slice(cursor.at, cursor.at + 40)}"` }
    : { ok: true, matches }
}

function either(cursor: Cursor): Test | undefined {
  const tests = listOf(cursor, both, OR)
  return tests === undefined ? undefined : (journal) => tests.some((test) => test(journal))
}

function both(cursor: Cursor): Test | undefined {
  const tests = listOf(cursor, single, AND)
  return tests === undefined ? undefined : (journal) => tests.every((test) => test(journal))
}

function listOf(
  cursor: Cursor,
  read: (cursor: Cursor) => Test | undefined,
  separator: RegExp,
): readonly Test[] | undefined {
  const tests: Test[] = []
  do {
    const test = read(cursor)
    if (test === undefined) return undefined
    tests.push(test)
  } while (take(cursor, separator) !== undefined)
  return tests
}

function single(cursor: Cursor): Test | undefined {
  if (take(cursor, OPEN) !== undefined) {
    const inner = either(cursor)
    return take(cursor, CLOSE) === undefined ? undefined : inner
  }
  const equality = take(cursor, EQUALITY)
  if (equality !== undefined) return equalityTest(equality)
  const call = take(cursor, CALL)
  if (call !== undefined) return callTest(call)
  const date = take(cursor, DATE)
  if (date === undefined) return undefined
  const [, operator = '', year = '', month = '', day = ''] = date
  const wanted = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  return (journal) => compares(journal.date, operator, wanted)
}

function equalityTest([, field, operator, text, id]: RegExpExecArray): Test {
  const wanted = id ?? unquote(text)
  return (journal) => (valueOf(journal, field ?? '') === wanted) === (operator === '==')
}

function callTest([, name, text]: RegExpExecArray): Test {
  const wanted = unquote(text)
  if (name === 'StartsWith') return ({ narration }) => narration.startsWith(wanted)
  return name === 'Contains'
    ? ({ narration }) => narration.includes(wanted)
    : ({ narration }) => narration.endsWith(wanted)
}

/** Takes what matches after any space; the cursor stays where it is when nothing does. */
function take(cursor: Cursor, pattern: RegExp): RegExpExecArray | undefined {
  SPACE.lastIndex = cursor.at
  const space = SPACE.exec(cursor.text)?.[0].length ?? 0
  pattern.lastIndex = cursor.at + space
  const match = pattern.exec(cursor.text)
  if (match === null) return undefined
  cursor.at = match.index + match[0].length
  return match
}

function valueOf({ narration, status, id }: XeroJournal, field: string): string {
  if (field === 'Narration') return narration
  return field === 'Status' ? status : id
}

function compares(left: string, operator: string, right: string): boolean {
  switch (operator) {
    case '==':
      return left === right
    case '!=':
      return left !== right
    case '>=':
      return left >= right
    case '<=':
      return left <= right
    case '>':
      return left > right
    default:
      return left < right
  }
}

function unquote(text = ''): string {
  return text.replaceAll(/\\(.)/g, '$1')
}
