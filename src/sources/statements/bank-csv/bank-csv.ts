/**
 * CSV statements of any bank: the columns are proposed from the header and the cells, and what is not clear is asked. One
 * section per account and currency, proven by printed balances in whatever order the lines come.
 */
import { InputError } from '../../../domain/errors.ts'
import type { AmountSign } from '../../../domain/statements/bank-reading.ts'
import type { AccountKind, ParsedStatement, StatementSection } from '../../../domain/statements/statement.ts'
import { refuseEmpty } from '../columns/table.ts'
import type { ReadOptions } from '../options.ts'
import { shown, unreadable } from '../refusal.ts'
import { classify, type Classified } from './classify.ts'
import { isDateLike } from './dates.ts'
import { accountIn, edgeIn, type Edge } from './edges.ts'
import { findTable, type BankTable } from './find-table.ts'
import { bankLines, type BankLine, type BankLines } from './lines.ts'
import { bindingsOf, possibleAccounts, proposeColumns, type BoundRoles, type Proposal } from './propose.ts'
import type { SectionDraft } from './readings.ts'
import { settleReading } from './settle-reading.ts'
import { isCardHeader, isWordedBothWays, signByWords } from './sign-words.ts'

const DETECT_CHARACTERS = 200_000
const SAMPLE_ROWS = 2000
const FEW_ROWS = 5

/** Any table with dates and amounts, also one whose columns nobody knows yet. */
export function detect(text: string, fileName: string): boolean {
  const start = text.slice(0, DETECT_CHARACTERS)
  if (/^\s*(?:[[{<]|:20:)/.test(start)) return false
  try {
    const whole = start.slice(0, start.lastIndexOf('\n') + 1) || start
    return findTable(fileName, whole, {}) !== null
  } catch (error) {
    // What cannot be read as it is may still be one; reading it will say what is wrong.
    if (error instanceof InputError) return true
    throw error
  }
}

export function read(fileName: string, text: string, options: ReadOptions): ParsedStatement {
  const plain = text.replace(/^sep=[,;|\t]\n/i, '\n')
  const chosen = options.columns?.roles ?? {}
  const table = findTable(fileName, plain, chosen)
  if (table === null)
    throw unreadable(
      fileName,
      null,
      'it has no line with a date and an amount',
      'Give the format it has: --format NAME.',
    )
  if (table.rows.length === 0) throw refuseEmpty(fileName)
  const sample = sampleOf(table)
  const proposal = proposeColumns(table.headers, sample, options.columns ?? undefined)
  if (proposal.questions.length > 0) throw unclear(fileName, table, proposal)
  const read = (roles: BoundRoles): ParsedStatement => readColumns(fileName, table, { ...proposal, roles }, options)
  const isOpen = chosen.account === undefined && options.readings !== null && accountIn(table.above) === null
  const [column] = isOpen ? possibleAccounts(table.headers, sample, proposal.roles) : []
  return column === undefined
    ? read(proposal.roles)
    : byAccountOrNot(fileName, table.headers, proposal.roles, column, read)
}

/** The balances tell whether a column of accounts is one's own: they follow within each account, or over all lines. */
function byAccountOrNot(
  fileName: string,
  headers: readonly string[],
  roles: BoundRoles,
  column: number,
  read: (roles: BoundRoles) => ParsedStatement,
): ParsedStatement {
  const readings = [roles, { ...roles, account: [column] }].flatMap((each) => {
    try {
      const statement = read(each)
      return isProven(statement) ? [statement] : []
    } catch (error) {
      if (error instanceof InputError) return []
      throw error
    }
  })
  const [only] = readings
  if (only !== undefined && readings.length === 1) return only
  const header = headers[column] ?? ''
  throw new InputError(
    'STATEMENT_COLUMNS',
    `${fileName}: the column "${header}" may be the account each line belongs to, or the other side's, and no balance tells.`,
    `Say --columns "account=${header}" if the file holds several accounts of yours, or --columns "account=" if it is the other side's.`,
  )
}

function isProven({ sections }: ParsedStatement): boolean {
  const kinds = sections.map(({ footing }) => footing.kind)
  return kinds.includes('foots') && !kinds.includes('differs')
}

function readColumns(
  fileName: string,
  table: BankTable,
  { roles, isSignNamed }: Pick<Proposal, 'roles' | 'isSignNamed'>,
  options: ReadOptions,
): ParsedStatement {
  const chosen = options.columns?.roles ?? {}
  const classified = classify(fileName, table.rows, table.headers.length, roles)
  if (classified.rows.length === 0) throw refuseEmpty(fileName)
  const edges = [
    ...table.above.flatMap(({ fields }) => edgeIn(fields.map((cell) => cell.trim())) ?? []),
    ...edgesOf(classified),
  ]
  const others = edges.flatMap(({ amount }) => amount ?? [])
  const read = bankLines(fileName, { headers: table.headers, roles, rows: classified.rows, others }, options)
  const groups = groupsOf(read.lines)
  const stated =
    groups.length === 1
      ? statedBy(edges, read, groups[0]?.[0]?.currency ?? options.currency)
      : { opening: null, closing: null }
  const drafts: readonly SectionDraft[] = groups.map((group) => ({
    lines: group.map(({ line }) => line),
    stated: { ...stated, noun: 'Line' },
    accountNumber: group[0]?.account ?? accountIn(table.above),
    currency: group[0]?.currency ?? options.currency,
  }))
  const isOneColumn = roles.amount !== undefined && roles.direction === undefined && !isSignNamed
  const amountHeader = table.headers[roles.amount?.[0] ?? -1] ?? ''
  const moved = read.lines.map(({ line }) => line)
  const byWords = (kind: AccountKind | null): AmountSign | null =>
    isOneColumn ? signByWords(amountHeader, moved, kind) : null
  const questions = {
    isSignOpen: read.isSignOpen,
    // A person who names the column has looked at it.
    isCreditOpen: read.isCreditOpen && (chosen.credit ?? []).length === 0,
    isOneColumn,
    kind: options.accountKind,
    isCard: table.headers.some(isCardHeader),
    signByWords: byWords(options.accountKind),
    signByPlainWords: byWords(null),
    isWordedBothWays: isOneColumn && isWordedBothWays(amountHeader, moved, options.accountKind),
    sign: options.columns?.sign ?? null,
    isFeeChosen: (chosen.fee ?? []).length > 0,
  }
  const settled = settleReading(fileName, drafts, questions, options.readings)
  return {
    format: 'bank-csv',
    sections: settled.sections.map(({ lines, proof }, index): StatementSection => ({
      accountNumber: drafts[index]?.accountNumber ?? null,
      currency: drafts[index]?.currency ?? options.currency,
      opening: proof.opening === null ? null : { amount: proof.opening, date: null },
      closing: proof.closing === null ? null : { amount: proof.closing, date: proof.inOrder.at(-1)?.date ?? null },
      lines,
      footing: proof.footing,
    })),
    bindings: bindingsOf(table.headers, roles),
    remarks: [...read.remarks, ...settled.remarks, ...aboveRemark(table), ...classified.remarks],
    ...(settled.how === null
      ? {}
      : { reading: { how: settled.how, proved: settled.proved, assumedSign: settled.assumedSign } }),
  }
}

/** Rows that may be transactions; totals, notes and rows of stars would blur what a column looks like. */
function sampleOf({ rows }: BankTable): readonly (readonly string[])[] {
  const first = rows.slice(0, SAMPLE_ROWS).map(({ fields }) => fields)
  const dated = first.filter((fields) => fields.some((cell) => isDateLike(cell)))
  // Without a single date, all rows tell what the columns hold instead.
  return dated.length === 0 ? first : dated
}

function edgesOf({ edges, rows }: Classified): readonly Edge[] {
  return [...edges, ...rows.flatMap(({ edge }) => edge ?? [])]
}

/** The first opening and the last closing that are printed. */
function statedBy(
  edges: readonly Edge[],
  { readAmount }: BankLines,
  currency: string,
): Pick<SectionDraft['stated'], 'opening' | 'closing'> {
  const of = (kind: Edge['kind']): readonly string[] =>
    edges.flatMap((edge) => (edge.kind === kind && edge.amount !== null ? [edge.amount] : []))
  const opening = of('opening')[0]
  const closing = of('closing').at(-1)
  return {
    opening: opening === undefined ? null : readAmount(opening, 1, 'opening balance', currency),
    closing: closing === undefined ? null : readAmount(closing, 1, 'closing balance', currency),
  }
}

/** By account and currency, in the order they first appear. */
function groupsOf(lines: readonly BankLine[]): readonly (readonly BankLine[])[] {
  return [...Map.groupBy(lines, ({ account, currency }) => JSON.stringify([account, currency])).values()]
}

function aboveRemark({ above }: BankTable): readonly string[] {
  const filled = above.filter(({ fields }) => fields.some((cell) => cell.trim() !== ''))
  const last = filled.at(-1)
  if (last === undefined) return []
  return [`The lines up to line ${last.line} stand above the header and are no transactions.`]
}

function unclear(fileName: string, { headers, rows }: BankTable, { roles, questions, misfits }: Proposal): InputError {
  const [misfit] = misfits
  const row = misfit && rows.find(({ fields }) => (fields[misfit.column] ?? '').trim() === misfit.cell)
  // Among so few rows a single bad cell is half of its column, and is all that is wrong.
  if (misfit !== undefined && row !== undefined && rows.length <= FEW_ROWS)
    return unreadable(
      fileName,
      `line ${row.line}`,
      `${shown(misfit.cell)} in the column "${headers[misfit.column]}" is no ${misfit.role}`,
      `Look at this line in the file. If another column is the ${misfit.role}, say --columns "${misfit.role}=HEADER".`,
    )
  const bound = bindingsOf(headers, roles).map(
    ({ column, role }) => `"${column}" ${role === null ? 'is not read' : `is the ${role}`}`,
  )
  return new InputError(
    'STATEMENT_COLUMNS',
    `The columns of ${fileName} are not all clear: ${bound.join(', ')}.`,
    questions.join(' '),
  )
}
