/** Statement files and lines in lists: amounts signed as the account sees them. */
import { formatExact, formatMoney, type Units } from '../../domain/money/money.ts'
import type { StatementFile } from '../../evidence/statements/files.ts'
import type { StatementUndo } from '../../evidence/statements/undo.ts'
import type { StoredLine } from '../../evidence/statements/lines.ts'
import { counted, type Column } from '../output.ts'
import type { Session } from '../session.ts'

type Names = ReadonlyMap<bigint, string>

/** Whether a file's balances and lines come to one another, in a column. */
const TIES: Readonly<Record<StatementFile['footing'], string>> = {
  foots: 'yes',
  differs: 'NO',
  unproven: 'no balances',
}

const FILE_COLUMNS: readonly Column[] = [
  { title: 'Imported' },
  { title: 'Account' },
  { title: 'File' },
  { title: 'Format' },
  { title: 'Lines', align: 'right' },
  { title: 'New', align: 'right' },
  { title: 'Known', align: 'right' },
  { title: 'Uncounted', align: 'right' },
  { title: 'Ties' },
  { title: 'Hash' },
]

export function fileView({ account, evidence, importedAtMs, ...file }: StatementFile, names: Names) {
  return {
    account: names.get(account) ?? null,
    ...file,
    importedAt: new Date(importedAtMs).toISOString(),
    landing: evidence,
  }
}

export function fileLines(session: Session, files: readonly StatementFile[], names: Names): readonly string[] {
  if (files.length === 0) return ['No statements imported yet.']
  const rows = files.map((file) => [
    new Date(file.importedAtMs).toISOString().slice(0, 10),
    names.get(file.account) ?? '',
    file.name,
    file.format,
    ...[file.lines, file.fresh, file.known, file.uncounted].map(String),
    TIES[file.footing],
    file.sha256.slice(0, 12),
  ])
  return [...session.table(FILE_COLUMNS, rows), '', `${counted(files.length, 'file')}.`]
}

type Undone = StatementUndo & { readonly accountName: string }

export function undoneView({
  accountName,
  name,
  sha256,
  lines,
  undone_by: by,
  undone_why: why,
  undone_at_ms: at,
}: Undone) {
  return {
    account: accountName,
    name,
    sha256,
    lines: Number(lines),
    undoneAt: new Date(Number(at)).toISOString(),
    by,
    why,
  }
}

export function undoneLine({ accountName, name, sha256, lines, undone_by, undone_why, undone_at_ms }: Undone): string {
  const day = new Date(Number(undone_at_ms)).toISOString().slice(0, 10)
  return `${name} (${sha256.slice(0, 12)}) was taken back from ${accountName} on ${day} by ${undone_by}: ${undone_why} (${counted(Number(lines), 'line')} that no other file shows).`
}

const LINE_COLUMNS: readonly Column[] = [
  { title: 'Line', align: 'right' },
  { title: 'Account' },
  { title: 'Day' },
  { title: 'Amount', align: 'right' },
  { title: 'Cur' },
  { title: 'Type' },
  { title: 'Is' },
  { title: 'Text' },
]

export function lineView(line: StoredLine, names: Names) {
  const { account, atMs, amount, gross, fee, tax, balance, matched, evidence, ...rest } = line
  const exact = (units: bigint | null): string | null => (units === null ? null : formatExact(units))
  return {
    ...rest,
    account: names.get(account) ?? null,
    at: atMs === null ? null : new Date(atMs).toISOString(),
    amount: formatExact(amount),
    gross: exact(gross),
    fee: exact(fee),
    tax: exact(tax),
    balance: exact(balance),
    matched: formatExact(matched),
    landing: evidence,
  }
}

export function linesText(session: Session, lines: readonly StoredLine[], names: Names): readonly string[] {
  if (lines.length === 0) return ['No statement lines match.']
  const rows = lines.map((line) => [
    String(line.id),
    names.get(line.account) ?? '',
    line.date,
    formatMoney(line.amount),
    line.currency,
    line.type,
    line.uncounted ?? line.disposition,
    textOf(line),
  ])
  return [...session.table(LINE_COLUMNS, rows), '', ...sums(lines)]
}

/** What a person would know the line by. */
export function textOf({
  counterparty,
  description,
  rawType,
}: Pick<StoredLine, 'counterparty' | 'description' | 'rawType'>): string {
  const parts = [counterparty, description].filter((part, at, all) => part !== '' && all.indexOf(part) === at)
  return parts.length === 0 ? rawType : parts.join(' · ')
}

function sums(lines: readonly StoredLine[]): readonly string[] {
  const currencies = [...new Set(lines.map(({ currency }) => currency))].toSorted()
  return currencies.map((currency) => {
    const ofCurrency = lines.filter((line) => line.currency === currency && line.uncounted === null)
    return `${counted(ofCurrency.length, 'line')} that count: ${inAndOut(ofCurrency, currency)}.`
  })
}

function inAndOut(lines: readonly { readonly amount: bigint }[], currency: string): string {
  const into = lines.reduce((sum, { amount }) => (amount > 0n ? sum + amount : sum), 0n)
  const out = lines.reduce((sum, { amount }) => (amount < 0n ? sum - amount : sum), 0n)
  return movedText(into, out, currency)
}

export function movedText(into: Units, out: Units, currency: string): string {
  return `${formatMoney(into)} in, ${formatMoney(out)} out, ${formatMoney(into - out)} ${currency} together`
}
