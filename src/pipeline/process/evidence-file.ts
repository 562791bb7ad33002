/** A chunk of an evidence file → postings, row by row (evidence-rows.ts). Rows may speak of any source of the book. */
import * as z from 'zod'
import { startOfDayMs } from '../../domain/time/dates.ts'
import type { TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../log/landing.ts'
import { readEvidenceChunk } from '../../sources/evidence-file/evidence-file.ts'
import { evidenceLayoutSchema } from '../../sources/evidence-file/layout.ts'
import type { EvidenceRow, EvidenceSource } from '../../sources/evidence-file/row.ts'
import { stands } from '../engine/items.ts'
import { requireSourceNamed, type BatchContext, type ContextSource } from './context.ts'
import { workOutCounter } from './counter.ts'
import { bookEvidenceRow, type RowVerdict } from './evidence-rows.ts'
import { asSource, moneyAccounts, openMoney } from './opening-money.ts'
import { setRowsAside, type UnreadRow } from './quarantined-rows.ts'
import { parseRequest } from './requests.ts'

export const evidenceRequestSchema = z.strictObject({
  file: z.string(),
  fileSha256: z.string(),
  chunk: z.int(),
  firstLine: z.int(),
  layout: evidenceLayoutSchema,
})

/** `lines`: only these, where some of the rest are booked already. */
export async function processEvidenceFile(
  context: BatchContext,
  item: Landed,
  lines?: ReadonlySet<number>,
): Promise<readonly TransactionDraft[]> {
  const { layout, firstLine, file } = parseRequest(evidenceRequestSchema, item)
  const sources = new Map<string, EvidenceSource>([
    ...context.settings.sources.map((source) => [source.name, source] as const),
    ...moneyAccounts(context).map((account) => [account.name, asSource(account)] as const),
  ])
  const results = readEvidenceChunk(layout, sources, { firstLine, bytes: item.body })
  const statements: { readonly line: number; readonly row: EvidenceRow }[] = []
  const unread: UnreadRow[] = []
  for (const result of results) {
    if (lines?.has(result.line) === false) continue
    if (result.kind === 'row') {
      statements.push(result)
      continue
    }
    const { column, reason, source } = result.problem
    const where = `${file} line ${result.line}${column === null ? '' : `, column ${column}`}`
    context.tally.add('quarantined', context.settings.book.currency, null)
    unread.push({ line: result.line, source, where, reason })
  }
  await setRowsAside(context, item, 'FILE_UNREAD', unread)
  // Baselines first, whatever their place in the file: a day total means something else before one than after.
  const inOrder = statements.toSorted(
    (a, b) => rank(a.row) - rank(b.row) || whenMs(a.row) - whenMs(b.row) || a.line - b.line,
  )
  return bookRows(context, item, file, newestOfEach(inOrder))
}

function rank(row: EvidenceRow): number {
  return row.kind === 'opening-counter' ? 0 : 1
}

function whenMs(row: EvidenceRow): number {
  return row.time.kind === 'instant' ? row.time.ms : startOfDayMs(row.time.date, 'UTC')
}

interface Repeated {
  readonly line: number
  readonly row: EvidenceRow
  /** A later row of the same file speaks of the same thing. */
  readonly superseded: boolean
}

/** The ledger posts one version per object and batch, so of rows about the same thing the last line counts. */
function newestOfEach(rows: readonly { readonly line: number; readonly row: EvidenceRow }[]): readonly Repeated[] {
  const keyOf = (row: EvidenceRow): string => {
    const what = row.kind.startsWith('day-')
      ? row.time.kind === 'date'
        ? row.time.date
        : String(row.time.ms)
      : row.reference
    return `${row.source} ${row.kind} ${row.kind.startsWith('opening') ? row.currency : what}`
  }
  const last = new Map<string, number>()
  for (const { line, row } of rows) last.set(keyOf(row), Math.max(line, last.get(keyOf(row)) ?? 0))
  return rows.map(({ line, row }) => ({ line, row, superseded: last.get(keyOf(row)) !== line }))
}

async function bookRows(
  context: BatchContext,
  item: Landed,
  file: string,
  rows: readonly Repeated[],
): Promise<readonly TransactionDraft[]> {
  const drafts: TransactionDraft[] = []
  const counters = new Map<string, ContextSource>()
  for (const [index, { line, row, superseded }] of rows.entries()) {
    const verdict: RowVerdict = superseded
      ? { kind: 'refused', reason: 'a later line of the same file speaks of the same thing', isDuplicate: true }
      : await bookRow(context, item, index + 1, row)
    if (verdict.kind === 'posted') drafts.push(...verdict.drafts)
    if (isAboutCounter(verdict, row)) counters.set(row.source, requireSourceNamed(context, item, row.source))
    context.tally.add(outcomeOf(verdict), row.currency, row.amount)
    if (verdict.kind !== 'refused') continue
    const { amount, currency } = row
    const detail = `${file} line ${line}: ${verdict.reason}`
    await stands(context, item, {
      source: row.source,
      code: 'FILE_UNREAD',
      object: `${verdict.isDuplicate === true ? 'repeated' : row.kind}:${file}:${line}`,
      amount,
      currency,
      detail,
    })
  }
  for (const source of counters.values()) drafts.push(...(await workOutCounter(context, source, item, drafts)))
  return drafts
}

/** An opening, a payout and a stated day change what a counter's readings come to. */
function isAboutCounter(verdict: RowVerdict, { kind }: EvidenceRow): boolean {
  if (verdict.kind === 'refused') return false
  return kind.startsWith('payout') || kind.startsWith('day-') || kind === 'opening-counter'
}

function bookRow(context: BatchContext, item: Landed, line: number, row: EvidenceRow): Promise<RowVerdict> {
  const account = moneyAccounts(context).find(({ name }) => name === row.source)
  if (account !== undefined) return openMoney(context, item, account, row)
  return bookEvidenceRow(context, requireSourceNamed(context, item, row.source), item, line, row)
}

function outcomeOf(verdict: RowVerdict): 'posted' | 'unchanged' | 'excepted' {
  switch (verdict.kind) {
    case 'posted':
    case 'accepted':
      return 'posted'
    case 'unchanged':
      return 'unchanged'
    case 'refused':
      return 'excepted'
  }
}
