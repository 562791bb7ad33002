/** The profile of an account, held against a file before it is read, and made of how the file was read. */
import { BANK_ROLES, type BankProfile, type BankRole, type DateOrder } from '../../../domain/statements/bank-profile.ts'
import type { BankColumns, ReadOptions } from '../options.ts'
import { foldedName } from './headers.ts'
import { columnNamed, optionName, proposeColumns, type BoundRoles } from './propose.ts'
import { otherColumns } from './questions.ts'
import type { Tried } from './tries.ts'

type Roles = BankColumns['roles']

/** Columns that decide what moved: a new one is never left out unseen. */
const DECIDING: readonly BankRole[] = [
  'amount',
  'debit',
  'credit',
  'direction',
  'balance',
  'fee',
  'currency',
  'account',
  'status',
]
const DIRECTING: readonly BankRole[] = ['amount', 'debit', 'credit', 'direction']

/** Whether what was said names enough to read a file of other columns by. */
export function isWhole({ date = [], amount = [], debit = [], credit = [] }: Roles): boolean {
  return date.length > 0 && (amount.length > 0 || (debit.length > 0 && credit.length > 0))
}

/** Throws InputError for a file that the profile cannot read, as columns are missing in it or deciding ones are new. */
export function refuseUnlike(
  fileName: string,
  headers: readonly string[],
  sample: readonly (readonly string[])[],
  kept: BankProfile,
  said: Roles,
): void {
  const missing = missingIn(headers, kept, said)
  const free = proposeColumns(headers, sample).roles
  const added = DECIDING.filter((role) => said[role] === undefined)
    .flatMap((role) => free[role] ?? [])
    .map((column) => headers[column] ?? '')
    .filter((header) => isUnseen(header, kept))
  if (missing.length > 0 || added.length > 0) throw otherColumns(fileName, missing, added)
}

function isUnseen(header: string, { headers, empty }: BankProfile): boolean {
  const isIn = (names: readonly string[]): boolean => names.some((name) => foldedName(name) === foldedName(header))
  return !isIn(headers) || isIn(empty)
}

/** A number stands for the header it had. */
export function missingIn(
  headers: readonly string[],
  { columns, headers: before }: BankProfile,
  said: Roles,
): readonly string[] {
  const names = BANK_ROLES.filter((role) => said[role] === undefined).flatMap((role) => columns[role])
  return [...new Set(names)].filter((name) => {
    const at = columnNamed(headers, name)
    return at === -1 || (name.startsWith('#') && headers[at] !== before[at])
  })
}

/** Whether what was said now changes which columns the direction comes from. */
export function isRedirected(headers: readonly string[], { columns }: BankProfile, said: Roles): boolean {
  const at = (names: readonly string[]): string => names.map((name) => columnNamed(headers, name)).join()
  return DIRECTING.some((role) => said[role] !== undefined && at(said[role]) !== at(columns[role]))
}

/** What the file told beside its columns. */
export interface ToldMarks {
  readonly dateOrder: DateOrder | null
  readonly decimal: '.' | ',' | null
}

interface Columns {
  readonly headers: readonly string[]
  readonly rows: readonly { readonly fields: readonly string[] }[]
}

/** Of a file that was read: what it left open stays as it was known before. */
export function profileOf(
  { headers, rows }: Columns,
  roles: BoundRoles,
  marks: ToldMarks,
  { way, kind, sections }: Tried,
  kept: BankProfile | null,
  { accountKind }: Pick<ReadOptions, 'accountKind'>,
): BankProfile {
  const hasFees = sections.some(({ lines }) => lines.some(({ fee }) => fee !== null))
  return {
    headers,
    empty: emptyIn({ headers, rows }, roles, kept),
    columns: columnsOf(headers, roles),
    dateOrder: marks.dateOrder ?? kept?.dateOrder ?? null,
    decimal: marks.decimal ?? kept?.decimal ?? null,
    sign: way.sign,
    balance: way.balance,
    order: kind === 'foots' || kept === null ? way.order : kept.order,
    // On a card only balances that follow tell whether what is owed is printed as negative.
    isOwed: accountKind !== 'card' ? false : kind === 'foots' ? way.isOwed : (kept?.isOwed ?? null),
    isFeeOnTop: hasFees ? way.isFeeOnTop : (kept?.isFeeOnTop ?? null),
    kind: accountKind,
  }
}

/** Unbound, without anything in this file or an earlier one. */
function emptyIn({ headers, rows }: Columns, roles: BoundRoles, kept: BankProfile | null): readonly string[] {
  const bound = new Set(Object.values(roles).flat())
  return headers.filter(
    (header, column) =>
      !bound.has(column) &&
      (kept === null || isUnseen(header, kept)) &&
      rows.every(({ fields }) => (fields[column] ?? '').trim() === ''),
  )
}

function columnsOf(headers: readonly string[], roles: BoundRoles): BankProfile['columns'] {
  const named = (role: BankRole): readonly string[] => (roles[role] ?? []).map((column) => optionName(headers, column))
  return {
    date: named('date'),
    valueDate: named('valueDate'),
    amount: named('amount'),
    debit: named('debit'),
    credit: named('credit'),
    direction: named('direction'),
    balance: named('balance'),
    fee: named('fee'),
    currency: named('currency'),
    account: named('account'),
    description: named('description'),
    counterparty: named('counterparty'),
    reference: named('reference'),
    id: named('id'),
    type: named('type'),
    status: named('status'),
  }
}

/** Whether a file was the first to be read so: what it only filled in is no change. */
export function isNewProfile(now: BankProfile, kept: BankProfile | null): boolean {
  const told = ({ columns, sign, balance }: BankProfile): string => JSON.stringify([columns, sign, balance])
  return kept === null || told(now) !== told(kept)
}
