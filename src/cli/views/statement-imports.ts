/**
 * What importing a statement did, or would do: how its columns were read, what it comes to, whether it adds up, and which
 * of its lines were new. Rows in are rows new, known and uncounted, so that a person can add them up.
 */
import { formatExact, formatMoney } from '../../domain/money/money.ts'
import type { Footing, StatementSection } from '../../domain/statements/statement.ts'
import type { ImportedStatementFile } from '../../pipeline/import-statement.ts'
import { LINES_TOLD, type ToldSection, type ToldStatement } from '../../pipeline/statements/told.ts'
import { counted, type Column } from '../output.ts'
import type { Session } from '../session.ts'
import { totalsView } from './totals.ts'
import { movedText, textOf } from './statements.ts'

/** Letters of a cell beside what its column is read as. */
const CELL = 18

export async function importedView(imported: ImportedStatementFile) {
  const { sections, fresh } = await imported.whole()
  const { file, account, sha256, parsed, stored, alreadyImported, totals } = imported
  return {
    file,
    account,
    sha256,
    alreadyImported,
    importedAt: new Date(stored.importedAtMs).toISOString(),
    importedAs: stored.name,
    format: parsed.format,
    columns: parsed.bindings,
    profile: parsed.byProfile ?? null,
    remarks: parsed.remarks,
    lines: stored.lines,
    fresh: stored.fresh,
    known: stored.known,
    uncounted: parsed.uncounted,
    totals: totals === null ? null : totalsView(totals),
    sections: sections.map((section, at) => sectionView(section, at + 1, fresh)),
  }
}

function sectionView(
  { lines, opening, closing, ...section }: StatementSection,
  number: number,
  fresh: ReadonlySet<string>,
) {
  const end = (each: StatementSection['opening']) =>
    each === null ? null : { amount: formatExact(each.amount), date: each.date }
  return {
    accountNumber: section.accountNumber,
    currency: section.currency,
    opening: end(opening),
    closing: end(closing),
    footing: footingView(section.footing),
    lines: lines.map((line) => ({
      ...line,
      amount: formatExact(line.amount),
      gross: exact(line.gross),
      fee: exact(line.fee),
      tax: exact(line.tax),
      balance: exact(line.balance),
      isNew: fresh.has(`${number} ${line.line}`),
    })),
  }
}

function footingView(footing: Footing) {
  return footing.kind === 'differs' ? { ...footing, difference: formatExact(footing.difference) } : footing
}

function exact(units: bigint | null): string | null {
  return units === null ? null : formatExact(units)
}

export function importedLines(session: Session, imported: ImportedStatementFile, isDryRun: boolean): readonly string[] {
  const { file, account, parsed, stored, alreadyImported, fresh } = imported
  const when = new Date(stored.importedAtMs).toISOString().slice(0, 10)
  if (alreadyImported)
    return [`${file}: these bytes were imported into ${account} on ${when} as ${stored.name}; nothing to do.`]
  return [
    `${file} into ${account}: ${parsed.format}, ${counted(stored.lines, 'line')}: ${stored.fresh} new, ${stored.known} duplicates${uncountedText(parsed)}.`,
    ...profileLines(parsed),
    ...(isDryRun ? bindingLines(session, parsed) : []),
    ...parsed.sections.flatMap((section, at) => [
      ...sectionText(section),
      ...(isDryRun ? lineTable(session, section, at + 1, fresh) : []),
    ]),
    ...parsed.remarks,
  ]
}

/** The sentence by which a person tells whether a bank's CSV is read rightly; the rest where it was not read so before. */
function profileLines({ byProfile }: ToldStatement): readonly string[] {
  if (byProfile === undefined) return []
  const { isNew, sentence, profile } = byProfile
  const { dateOrder, decimal, sign, balance, columns } = profile
  const isSigned = columns.amount.length > 0 && columns.direction.length === 0
  const marks = [
    ...(dateOrder === null ? [] : [`dates ${dateOrder}`]),
    ...(decimal === null ? [] : [`decimal ${decimal === ',' ? 'comma' : 'point'}`]),
    ...(isSigned || sign === 'out-positive'
      ? [`positive amounts ${sign === 'in-positive' ? 'came in' : 'went out'}`]
      : []),
    ...(columns.balance.length === 0 ? [] : [`balances ${balance} each line`]),
  ]
  const read = `Read so: ${sentence ?? 'no line moved money'}.`
  return isNew ? [`${read} Profile of the account: ${marks.join(', ') || 'its columns'}.`] : [read]
}

/** Each column with what it is taken for, beside the first rows of a bank's CSV. */
function bindingLines(session: Session, { bindings, byProfile }: ToldStatement): readonly string[] {
  const samples = byProfile?.samples ?? []
  const read = bindings.flatMap((binding, at) => (binding.role === null ? [] : [{ ...binding, at }]))
  const ignored = bindings.filter(({ role }) => role === null).map(({ column }) => column)
  if (read.length === 0) return []
  return [
    ...session.table(
      [
        { title: 'Column of the file' },
        { title: 'Read as' },
        ...samples.map(({ line }) => ({ title: `Line ${line}` })),
      ],
      read.map(({ column, role, at }) => [column, role ?? '', ...samples.map(({ cells }) => cut(cells[at] ?? ''))]),
    ),
    ...(ignored.length === 0 ? [] : [`Not used: ${ignored.join(', ')}.`]),
  ]
}

function cut(cell: string): string {
  return cell.length > CELL ? `${cell.slice(0, CELL - 1)}…` : cell
}

function sectionText({
  accountNumber,
  currency,
  opening,
  closing,
  into,
  out,
  footing,
}: ToldSection): readonly string[] {
  const of = accountNumber === null ? '' : `Account ${accountNumber}: `
  const ends =
    opening === null || closing === null
      ? ''
      : `; opens with ${formatMoney(opening.amount)}, closes with ${formatMoney(closing.amount)}`
  return [`${of}${movedText(into, out, currency)}${ends}. ${footingText(footing)}`]
}

function footingText(footing: Footing): string {
  switch (footing.kind) {
    case 'foots':
      return 'It ties.'
    case 'unproven':
      return 'It has no balances to tie to.'
    case 'differs':
      return `It does not tie: ${footing.reason}`
  }
}

const LINE_COLUMNS: readonly Column[] = [
  { title: 'At', align: 'right' },
  { title: 'Day' },
  { title: 'Amount', align: 'right' },
  { title: 'Balance', align: 'right' },
  { title: 'Type' },
  { title: 'Is' },
  { title: 'Text' },
]

function lineTable(
  session: Session,
  { ends, count }: ToldSection,
  section: number,
  fresh: ReadonlySet<string>,
): readonly string[] {
  const rows = ends.map((line) => [
    String(line.line),
    line.date,
    formatMoney(line.amount),
    line.balance === null ? '' : formatMoney(line.balance),
    line.type,
    line.uncounted ?? (fresh.has(`${section} ${line.line}`) ? 'new' : 'known'),
    textOf(line),
  ])
  const left = count - ends.length
  return [
    ...session.table(LINE_COLUMNS, rows),
    ...(left === 0 ? [] : [`The first and last ${LINES_TOLD}; --json has the ${left} between.`]),
  ]
}

function uncountedText({ uncounted }: ToldStatement): string {
  const reasons = Object.entries(uncounted).map(([reason, count]) => `${count} ${reason}`)
  return reasons.length === 0 ? '' : `, not counted: ${reasons.join(', ')}`
}
