/**
 * The part of Xero's `where` that finds manual journals: comparisons joined with AND. What it does not know is refused,
 * as the service refuses a property that is not there.
 */
import type { XeroJournal } from './organisation.ts'

export type Where =
  | { readonly ok: true; readonly matches: (journal: XeroJournal) => boolean }
  | { readonly ok: false; readonly message: string }

type Test = (journal: XeroJournal) => boolean

const PIECE =
  /^\s*(?:(Narration|Status|ManualJournalID)\s*(==|!=)\s*(?:GUID\()?"((?:[^"\\]|\\.)*)"\)?|Narration\.(StartsWith|Contains|EndsWith)\(\s*"((?:[^"\\]|\\.)*)"\s*\)|Date\s*(==|!=|>=|<=|>|<)\s*DateTime\(\s*(\d{4})\s*,\s*(\d{1,2})\s*,\s*(\d{1,2})\s*\))\s*/
const JOIN = /^(?:&&|AND\b)/i

export function parseWhere(text: string | null): Where {
  if (text === null || text.trim() === '') return { ok: true, matches: () => true }
  const tests: Test[] = []
  let rest = text
  for (;;) {
    const match = PIECE.exec(rest)
    if (match === null) return { ok: false, message: `Syntax error in the where clause at "${rest.slice(0, 40)}"` }
    tests.push(testOf(match))
    rest = rest.slice(match[0].length)
    if (rest === '') return { ok: true, matches: (journal) => tests.every((test) => test(journal)) }
    const join = JOIN.exec(rest)
    if (join === null) return { ok: false, message: `Syntax error in the where clause at "${rest.slice(0, 40)}"` }
    rest = rest.slice(join[0].length)
  }
}

function testOf(match: RegExpExecArray): Test {
  const [, field, equality, text, call, argument, comparison, year, month, day] = match
  if (field !== undefined) {
    const wanted = unquote(text)
    return (journal) => (valueOf(journal, field) === wanted) === (equality === '==')
  }
  if (call !== undefined) {
    const wanted = unquote(argument)
    if (call === 'StartsWith') return ({ narration }) => narration.startsWith(wanted)
    return call === 'Contains'
      ? ({ narration }) => narration.includes(wanted)
      : ({ narration }) => narration.endsWith(wanted)
  }
  const date = `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
  return (journal) => compares(journal.date, comparison ?? '', date)
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
