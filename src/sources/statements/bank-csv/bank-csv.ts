/**
 * CSV statements of any bank, read by the account's profile; the first file of an account proposes one from its header and
 * cells, and what is not clear is asked. One section per account and currency, proven by printed balances.
 */
import { InputError } from '../../../domain/errors.ts'
import type { BankProfile } from '../../../domain/statements/bank-profile.ts'
import type { ParsedStatement, StatementSection } from '../../../domain/statements/statement.ts'
import { refuseEmpty } from '../columns/table.ts'
import type { ReadOptions } from '../options.ts'
import { unreadable } from '../refusal.ts'
import { classify, type Classified } from './classify.ts'
import { isDateLike } from './dates.ts'
import { accountIn, edgeIn, type Edge } from './edges.ts'
import { findTable, type BankTable } from './find-table.ts'
import { foldedName, isCardTable, rankOf } from './headers.ts'
import { bankLines, type BankLine, type BankLines } from './lines.ts'
import { isNewProfile, isRedirected, isWhole, missingIn, profileOf, refuseUnlike } from './profile.ts'
import { bindingsOf, possibleAccounts, proposeColumns, type Proposal } from './propose.ts'
import { sentenceOf, unclear, whoseColumn } from './questions.ts'
import { settle, type Told } from './settle.ts'
import type { SectionDraft } from './tries.ts'

const DETECT_CHARACTERS = 200_000
const SAMPLE_ROWS = 2000
const SHOWN_ROWS = 5

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
  const said = options.columns?.roles ?? {}
  const table = tableOf(fileName, text.replace(/^sep=[,;|\t]\n/i, '\n'), options)
  if (table.rows.length === 0) throw refuseEmpty(fileName)
  const sample = sampleOf(table)
  // Other columns are another profile, which a person has to name; it is never proposed over one that is kept.
  const isOther =
    options.profile !== null && isWhole(said) && missingIn(table.headers, options.profile, said).length > 0
  const kept = isOther ? null : options.profile
  if (kept !== null) refuseUnlike(fileName, table.headers, sample, kept, said)
  const proposal = proposeColumns(table.headers, sample, {
    roles: { ...kept?.columns, ...said },
    sign: options.columns?.sign ?? null,
  })
  if (proposal.questions.length > 0) throw unclear(fileName, table, proposal)
  if (kept === null && said.account === undefined && accountIn(table.above) === null) {
    const [column] = possibleAccounts(table.headers, sample, proposal.roles)
    if (column !== undefined) throw whoseColumn(fileName, table.headers[column] ?? '')
  }
  return readColumns(fileName, table, proposal, kept, options)
}

/** Found by the names of the profile, or by those that were said where these are others. */
function tableOf(fileName: string, text: string, { profile, columns }: ReadOptions): BankTable {
  const said = columns?.roles ?? {}
  const byProfile = findTable(fileName, text, { ...profile?.columns, ...said })
  const isOther = profile !== null && isWhole(said) && missingIn(byProfile?.headers ?? [], profile, said).length > 0
  const table = isOther ? findTable(fileName, text, said) : byProfile
  if (table !== null) return table
  throw unreadable(fileName, null, 'it has no line with a date and an amount', 'Give the format it has: --format NAME.')
}

function readColumns(
  fileName: string,
  table: BankTable,
  { roles, isSignNamed }: Proposal,
  kept: BankProfile | null,
  options: ReadOptions,
): ParsedStatement {
  const { headers } = table
  const said = options.columns?.roles ?? {}
  const classified = classify(fileName, table.rows, headers.length, roles)
  if (classified.rows.length === 0) throw refuseEmpty(fileName)
  const edges = [
    ...table.above.flatMap(({ fields }) => edgeIn(fields.map((cell) => cell.trim())) ?? []),
    ...edgesOf(classified),
  ]
  const others = edges.flatMap(({ amount }) => amount ?? [])
  const read = bankLines(fileName, { headers, roles, rows: classified.rows, others }, kept, options)
  const drafts = draftsOf(read, edges, accountIn(table.above), options.currency)
  const told: Told = {
    isOneColumn: roles.amount !== undefined && roles.direction === undefined && !isSignNamed,
    isUnsigned: read.signed.isUnsigned,
    hasTypes: new Set(read.lines.map(({ line }) => line.rawType)).size > 1,
    // A person who names the column has looked at it.
    isCreditOpen: read.signed.isCreditOpen && (said.credit ?? []).length === 0,
    isCard: isCardTable(headers, headers[roles.amount?.[0] ?? -1] ?? ''),
    isBalanceBefore: rankOf('balance', foldedName(headers[roles.balance?.[0] ?? -1] ?? '')) === 1,
    isFeeNamed: (said.fee ?? []).length > 0,
  }
  const { taken, remarks } = settle(fileName, drafts, told, inForce(kept, headers, options), options)
  const profile = profileOf(table, roles, read.marks, taken, kept, options)
  return {
    format: 'bank-csv',
    sections: taken.sections.map(({ lines, proof }, index): StatementSection => ({
      accountNumber: drafts[index]?.accountNumber ?? null,
      currency: drafts[index]?.currency ?? options.currency,
      opening: proof.opening === null ? null : { amount: proof.opening, date: null },
      closing: proof.closing === null ? null : { amount: proof.closing, date: proof.inOrder.at(-1)?.date ?? null },
      lines,
      footing: proof.footing,
    })),
    bindings: bindingsOf(headers, roles),
    remarks: [...remarks, ...aboveRemark(table), ...classified.remarks],
    byProfile: {
      profile,
      isNew: isNewProfile(profile, options.profile),
      sentence: sentenceOf(taken.sections),
      samples: classified.rows.slice(0, SHOWN_ROWS).map(({ line, cells }) => ({ line, cells })),
    },
  }
}

/** What of the profile holds for the direction: what is said now of columns, sign or type goes before it. */
function inForce(
  kept: BankProfile | null,
  headers: readonly string[],
  { columns, accountKind }: ReadOptions,
): BankProfile | null {
  if (kept === null || isRedirected(headers, kept, columns?.roles ?? {})) return null
  const sign = columns?.sign ?? null
  return sign === null || (sign === kept.sign && kept.kind === accountKind)
    ? kept
    : { ...kept, isOwed: null, kind: accountKind }
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

/** By account and currency, in the order they first appear. Balances around the table are those of a file of one. */
function draftsOf(
  read: BankLines,
  edges: readonly Edge[],
  number: string | null,
  currency: string,
): readonly SectionDraft[] {
  const key = ({ account, currency: of }: BankLine): string => JSON.stringify([account, of])
  const groups = [...Map.groupBy(read.lines, key).values()]
  const own = groups[0]?.[0]?.currency ?? currency
  const stated = groups.length === 1 ? statedBy(edges, read, own) : { opening: null, closing: null }
  return groups.map((group) => ({
    lines: group.map(({ line }) => line),
    stated: { ...stated, noun: 'Line' },
    accountNumber: group[0]?.account ?? number,
    currency: group[0]?.currency ?? currency,
  }))
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

function aboveRemark({ above }: BankTable): readonly string[] {
  const last = above.findLast(({ fields }) => fields.some((cell) => cell.trim() !== ''))
  return last === undefined ? [] : [`The lines up to line ${last.line} stand above the header and are no transactions.`]
}
