/**
 * Which column is what, proposed from the header's names and from what stands under them. What is not clear is not chosen:
 * it becomes a question, with the option that answers it.
 */
import { BANK_ROLES, type BankRole } from '../../../domain/statements/bank-profile.ts'
import type { HeaderBinding } from '../../../domain/statements/statement.ts'
import type { BankColumns } from '../options.ts'
import { shown } from '../refusal.ts'
import { foldedName, rankOf } from './headers.ts'
import { misfitIn, missingRoles, type Misfit } from './missing-roles.ts'
import { hasShape, saysDirections, ROLE_SHAPES } from './shapes.ts'

/** Role to columns, from 0. Only texts have several. */
export type BoundRoles = Readonly<Partial<Record<BankRole, readonly number[]>>>

export interface Proposal {
  readonly roles: BoundRoles
  /** What a person has to say, in full sentences; empty when all is clear. */
  readonly questions: readonly string[]
  /** Cells for which columns with the right names were not taken, when they are all that is asked about. */
  readonly misfits: readonly Misfit[]
  /** The amount is one column, and stands once more under debit or credit, as its sign says. */
  readonly isSignNamed: boolean
}

const MINUS = /^\s*[-−(]|[-−]\s*$/
const SEVERAL: ReadonlySet<BankRole> = new Set(['description', 'counterparty', 'reference', 'type'])
/** Names that stand for the other side's account as often as for one's own. */
const WEAK_ACCOUNT =
  /^(?:account|account (?:name|id|number|no)|bank account|konto|kontonummer|compte|cuenta|conta|conto|rekening|rekeningnummer)$/
/** A column gets the first role here that it can have. */
const ORDER: readonly BankRole[] = [
  'date',
  'valueDate',
  'direction',
  'debit',
  'credit',
  'amount',
  'balance',
  'fee',
  'currency',
  'account',
  'status',
  'id',
  'counterparty',
  'reference',
  'description',
  'type',
]

/** `sampleRows`: cells as they are, in the order of the headers. `chosen`: what a person has said, which goes before. */
export function proposeColumns(
  headers: readonly string[],
  sampleRows: readonly (readonly string[])[],
  { roles: chosen, sign }: BankColumns = { roles: {}, sign: null },
): Proposal {
  const roles: Partial<Record<BankRole, readonly number[]>> = {}
  const questions: string[] = []
  const taken = new Set<number>()
  for (const role of BANK_ROLES) {
    const names = chosen[role]
    if (names === undefined) continue
    const columns = names.map((name) => columnNamed(headers, name))
    const missing = names[columns.indexOf(-1)]
    if (missing !== undefined)
      questions.push(
        `There is no column "${missing}" for ${role}, or more than one is called so: give its number, --columns "${role}=#1".`,
      )
    else if (columns.length > 0) roles[role] = columns
    columns.forEach((column) => taken.add(column))
  }
  const folded = headers.map(foldedName)
  const cellsOf = (column: number): readonly string[] => sampleRows.map((row) => row[column]?.trim() ?? '')
  for (const role of ORDER) {
    if (chosen[role] !== undefined) continue
    const candidates = withoutForeign(
      role,
      headers,
      candidatesFor(role, folded, cellsOf).filter((column) => !taken.has(column)),
    )
    const [first] = candidates
    if (first === undefined) continue
    const isClear = candidates.length === 1 || SEVERAL.has(role) || areSame(candidates.map(cellsOf))
    if (!isClear) questions.push(whichOf(role, candidates, headers))
    // A column that was asked about is not also taken for something else.
    candidates.forEach((column) => taken.add(column))
    if (isClear) roles[role] = SEVERAL.has(role) ? candidates : [first]
  }
  const isSignNamed = repeatsSides(roles, sampleRows)
  if (isSignNamed) {
    delete roles.debit
    delete roles.credit
  }
  if (sign === null && chosen.direction === undefined) {
    const columns = headers.flatMap((_header, column) => (isDirection(column, roles, sampleRows) ? [column] : []))
    const [direction] = columns
    if (columns.length > 1 && !areSame(columns.map(cellsOf))) questions.push(whichOf('direction', columns, headers))
    else if (direction !== undefined) roles.direction = [direction]
    for (const role of SEVERAL) {
      const others = roles[role]?.filter((column) => column !== direction)
      if (others !== undefined && columns.length === 1) roles[role] = others
    }
  }
  const misfits: Misfit[] = []
  const missing = missingRoles(roles, questions, (role) => {
    const misfit = misfitIn(role, folded, cellsOf)
    if (misfit !== null) misfits.push(misfit)
    return misfit === null ? '' : ` "${headers[misfit.column]}" is called so and holds ${shown(misfit.cell)}.`
  })
  const all = [...questions, ...missing]
  return { roles, questions: all, misfits: misfits.length === all.length ? misfits : [], isSignNamed }
}

/**
 * Columns that may be the account's own in a file of several accounts, and may be the other side's: no column was bound to
 * be it, every row has it, and not every row the same.
 */
export function possibleAccounts(
  headers: readonly string[],
  sampleRows: readonly (readonly string[])[],
  roles: BoundRoles,
): readonly number[] {
  if (roles.account !== undefined) return []
  const taken = new Set(Object.values(roles).flat())
  return headers.flatMap((header, column) => {
    if (taken.has(column) || !WEAK_ACCOUNT.test(foldedName(header))) return []
    const cells = sampleRows.map((row) => row[column]?.trim() ?? '')
    return cells.every((cell) => cell !== '') && new Set(cells).size > 1 ? [column] : []
  })
}

/** "Amount (Foreign Currency)" beside "Amount (EUR)" is not what the account moved. */
function withoutForeign(role: BankRole, headers: readonly string[], candidates: readonly number[]): readonly number[] {
  if (role !== 'amount') return candidates
  const own = candidates.filter((column) => !/foreign|original|local/i.test(headers[column] ?? ''))
  return own.length > 0 ? own : candidates
}

function candidatesFor(
  role: BankRole,
  folded: readonly string[],
  cellsOf: (column: number) => readonly string[],
): readonly number[] {
  const ranked = folded.flatMap((name, column) => {
    const rank = rankOf(role, name)
    const cells = cellsOf(column)
    if (rank === null || !hasShape(cells, ROLE_SHAPES[role])) return []
    return isPlausible(role, name, cells) ? [{ column, rank }] : []
  })
  const best = Math.min(...ranked.map(({ rank }) => rank))
  return ranked.filter(({ rank }) => rank === best).map(({ column }) => column)
}

/** What the shape alone does not rule out. */
function isPlausible(role: BankRole, name: string, cells: readonly string[]): boolean {
  const filled = cells.filter((cell) => cell !== '')
  const isEmpty = filled.length === 0
  if (role === 'account' && WEAK_ACCOUNT.test(name)) return new Set(filled).size === 1
  if (role === 'status' && name === 'info') return !isEmpty && hasShape(cells, 'status')
  // Debits or credits may be missing from a month; the others say something in every row.
  return !isEmpty || role === 'debit' || role === 'credit' || SEVERAL.has(role)
}

/** Some banks print the signed amount once more under debit or credit, which then adds nothing. */
function repeatsSides({ amount, debit, credit }: BoundRoles, rows: readonly (readonly string[])[]): boolean {
  const [at, out, into] = [amount?.[0], debit?.[0], credit?.[0]]
  if (at === undefined || out === undefined || into === undefined) return false
  const moved = rows.filter((row) => (row[at] ?? '').trim() !== '')
  const digits = (text = ''): string => text.replaceAll(/[^\d.,]/g, '')
  return (
    moved.length > 0 &&
    moved.every((row) => {
      const [side, other] = MINUS.test(row[at] ?? '') ? [row[out], row[into]] : [row[into], row[out]]
      return digits(side) === digits(row[at]) && !/[1-9]/.test(other ?? '')
    })
  )
}

/** Whatever it is called: beside amounts that have no sign at all, one word for in and one for out, in every row. */
function isDirection(column: number, roles: BoundRoles, rows: readonly (readonly string[])[]): boolean {
  const { amount, direction, debit, credit, date, valueDate, balance } = roles
  const others = [amount, date, valueDate, balance].flatMap((columns) => columns ?? [])
  if (amount === undefined || direction !== undefined || debit !== undefined || credit !== undefined) return false
  const moved = rows.filter((row) => (row[amount[0] ?? -1] ?? '').trim() !== '')
  const isSigned = moved.some((row) => MINUS.test(row[amount[0] ?? -1] ?? ''))
  return !isSigned && !others.includes(column) && saysDirections(moved.map((row) => row[column]?.trim() ?? ''))
}

function areSame(columns: readonly (readonly string[])[]): boolean {
  return columns.every((cells) => cells.every((cell, row) => cell === columns[0]?.[row]))
}

function whichOf(role: BankRole, candidates: readonly number[], headers: readonly string[]): string {
  const names = candidates.map((column) => `"${headers[column]}"`)
  const options = candidates.map((column) => `--columns "${role}=${optionName(headers, column)}"`)
  return `${names.join(' and ')} can both be the ${role}: say ${options.join(' or ')}.`
}

export function optionName(headers: readonly string[], column: number): string {
  const name = headers[column] ?? ''
  const isOnly = headers.filter((header) => foldedName(header) === foldedName(name)).length === 1
  return isOnly && name !== '' ? name : `#${column + 1}`
}

/** By number ("#3"), by the exact header, or by its folded name where that is one column's alone. -1 when there is none. */
export function columnNamed(headers: readonly string[], name: string): number {
  const number = /^#(\d{1,3})$/.exec(name.trim())?.[1]
  if (number !== undefined) return Number(number) >= 1 && Number(number) <= headers.length ? Number(number) - 1 : -1
  const exact = headers.flatMap((header, column) => (header.trim() === name.trim() ? [column] : []))
  if (exact.length === 1) return exact[0] ?? -1
  const folded = headers.flatMap((header, column) => (foldedName(header) === foldedName(name) ? [column] : []))
  return folded.length === 1 ? (folded[0] ?? -1) : -1
}

export function bindingsOf(headers: readonly string[], roles: BoundRoles): readonly HeaderBinding[] {
  return headers.map((column, index) => ({
    column,
    role: BANK_ROLES.find((role) => roles[role]?.includes(index) === true) ?? null,
  }))
}
