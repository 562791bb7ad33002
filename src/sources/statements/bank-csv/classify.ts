/**
 * Every row under the header is one of: a transaction, a row that states a balance, the rest of a text that did not fit,
 * or a total or note. A row that is none of these is refused with its line, so that nothing is left out unseen.
 */
import type { CsvRow } from '../../csv/rows.ts'
import { shown, unreadable } from '../refusal.ts'
import { isDateLike } from './dates.ts'
import { edgeIn, isDecoration, isTotal, type Edge } from './edges.ts'
import type { BoundRoles } from './propose.ts'
import { isMoneyLike, STATUSES } from './shapes.ts'

export interface TableRow {
  readonly line: number
  readonly cells: readonly string[]
  /** The cell its date is in. */
  readonly date: string
  /** Lines of text below it that belong to its description. */
  readonly more: readonly string[]
  /** When it states a balance and is no transaction. */
  readonly edge: Edge | null
}

export interface Classified {
  /** With a date each, in the order of the file. */
  readonly rows: readonly TableRow[]
  /** Balances stated in rows without a date, above the header or among the rows. */
  readonly edges: readonly Edge[]
  /** Rows that are no transactions, in full sentences. */
  readonly remarks: readonly string[]
}

interface OpenRow {
  readonly line: number
  readonly cells: readonly string[]
  readonly date: string
  readonly more: string[]
  readonly edge: Edge | null
}

export function classify(fileName: string, rows: readonly CsvRow[], width: number, roles: BoundRoles): Classified {
  const dateColumn = roles.date?.[0] ?? 0
  const money = [...(roles.amount ?? []), ...(roles.debit ?? []), ...(roles.credit ?? [])]
  const lastDated = rows.findLastIndex(({ fields }) => isDateLike(fields[dateColumn] ?? ''))
  const found: OpenRow[] = []
  const edges: Edge[] = []
  const unbooked: number[] = []
  const notes: { readonly line: number; readonly text: string }[] = []
  rows.forEach(({ line, fields }, index) => {
    const cells = trimmed(fields)
    if (isDecoration(cells)) return
    const edge = edgeIn(cells)
    const text = cells.filter((cell) => cell !== '').join(' ')
    const hasMoney = (): boolean => money.some((column) => isMoneyLike(cells[column] ?? ''))
    const date = dateIn(cells, roles)
    if (date !== null) {
      if (cells.slice(width).some((cell) => cell !== '')) throw tooWide(fileName, line, cells.length, width)
      found.push({ line, cells, date, more: [], edge: isEdge(edge, cells, roles, hasMoney) ? edge : null })
    } else if (edge !== null) {
      edges.push(edge)
      notes.push({ line, text })
    } else if (isTotal(cells)) notes.push({ line, text })
    else if (isUnbooked(cells, roles)) unbooked.push(line)
    else if (index < lastDated && hasMoney()) throw undated(fileName, line, cells[dateColumn] ?? '')
    else if (index < lastDated && found.length > 0 && isContinuation(cells, roles)) found.at(-1)?.more.push(text)
    else if (hasMoney()) throw undated(fileName, line, cells[dateColumn] ?? '')
    else notes.push({ line, text })
  })
  return { rows: found, edges, remarks: [...remarksOf(notes), ...unbookedRemark(unbooked)] }
}

/** The cells themselves where there is nothing to trim, as a long file has many. */
function trimmed(fields: readonly string[]): readonly string[] {
  return fields.every((cell) => cell === cell.trim()) ? fields : fields.map((cell) => cell.trim())
}

/** What was never booked has no booking day; the day it was entered is as near as the file comes. */
function dateIn(cells: readonly string[], roles: BoundRoles): string | null {
  const cell = cells[roles.date?.[0] ?? 0] ?? ''
  if (isDateLike(cell)) return cell
  return isUnbooked(cells, roles) ? (cells.find(isDateLike) ?? null) : null
}

/** Its status says so; some banks print "Pending" where the booking day or the balance will stand. */
export function isUnbooked(cells: readonly string[], roles: BoundRoles): boolean {
  const columns = [roles.status, roles.date, roles.balance].map((each) => each?.[0] ?? -1)
  const statuses = columns.flatMap((column) => STATUSES.get((cells[column] ?? '').toLowerCase()) ?? [])
  return statuses.length > 0
}

/** With a date it is a transaction unless it says nothing but the balance: no text beside, and no debit or credit. */
function isEdge(edge: Edge | null, cells: readonly string[], roles: BoundRoles, hasMoney: () => boolean): boolean {
  if (edge === null) return false
  const balance = roles.balance?.[0]
  return !hasMoney() || balance === undefined || (cells[balance] ?? '') === ''
}

/** Nothing but text, where texts stand. */
function isContinuation(cells: readonly string[], roles: BoundRoles): boolean {
  const texts = new Set([...(roles.description ?? []), ...(roles.counterparty ?? []), ...(roles.reference ?? [])])
  return cells.every((cell, column) => cell === '' || texts.has(column))
}

function undated(fileName: string, line: number, cell: string): Error {
  return unreadable(
    fileName,
    `line ${line}`,
    cell === '' ? 'it has an amount and no date' : `its date ${shown(cell)} is no date`,
    'Look at this line in the file. If another column is the booking date, say --columns "date=HEADER".',
  )
}

function tooWide(fileName: string, line: number, cells: number, width: number): Error {
  return unreadable(
    fileName,
    `line ${line}`,
    `it has ${cells} cells under ${width} headers, so what stands where is not clear`,
    'A text or an amount in it may hold the separator without quotes. Download the file with another separator, or quote that cell.',
  )
}

function unbookedRemark(lines: readonly number[]): readonly string[] {
  const [first] = lines
  if (first === undefined) return []
  return [
    lines.length === 1
      ? `Line ${first} has no day and is not booked yet, so it is left out.`
      : `${lines.length} lines, the first of them line ${first}, have no day and are not booked yet, so they are left out.`,
  ]
}

const NOTES_SHOWN = 3

function remarksOf(notes: readonly { readonly line: number; readonly text: string }[]): readonly string[] {
  const told = notes.slice(0, NOTES_SHOWN).map(({ line, text }) => `Line ${line} is no transaction: ${shown(text)}.`)
  const more = notes.length - NOTES_SHOWN
  const last = notes.at(-1)
  return more > 0 && last !== undefined
    ? [...told, `${more} more lines up to line ${last.line} are no transactions.`]
    : told
}
