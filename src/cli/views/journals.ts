/** Journals as rows and sentences: exact amounts with all their digits, rounded ones with their minor unit's. */
import type { DraftJournal, SealedJournal } from '../../domain/journals/journal.ts'
import { abs, formatExact, formatMoney } from '../../domain/money/money.ts'
import type { RoundedLine } from '../../domain/journals/rounding.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import { EVERY_DAY } from '../../journals/drafts.ts'
import { holdSentence, type PersonsHold } from '../../journals/holds.ts'
import type { Preparation } from '../../journals/preparations.ts'
import type { Aftermath } from '../../journals/links.ts'
import { nameOf } from '../../pipeline/exception-decisions.ts'
import type { JournalContent } from '../../pipeline/approval.ts'
import type { Preview } from '../../pipeline/delivery/preview.ts'
import type { Filled } from '../../pipeline/delivery/filling.ts'
import type { StoredException } from '../../reconcile/exceptions.ts'
import { counted, type Column } from '../output.ts'
import { debitsOf } from './journal-documents.ts'

export const LIST_COLUMNS: readonly Column[] = [
  { title: 'Day' },
  { title: 'Status' },
  { title: 'Document' },
  { title: 'Sequences' },
  { title: 'Cur' },
  { title: 'Lines', align: 'right' },
  { title: 'Debits', align: 'right' },
  { title: 'Approved by' },
  { title: 'Note' },
]

/** Ranges of two days overlap, which looks like a mistake to whoever does not know what they mean. */
export const SEQUENCES_NOTE =
  'Sequences: of this range of the ledger, a journal covers the transactions of its own day and currency.'

export const LINE_COLUMNS: readonly Column[] = [
  { title: 'Account' },
  { title: 'Debit', align: 'right' },
  { title: 'Credit', align: 'right' },
  { title: 'Exact', align: 'right' },
]

/** What became of a sealed journal. */
export interface Fate extends Aftermath {
  readonly hold: PersonsHold | null
}

export function draftRow(
  status: 'draft' | 'held',
  { day, currency, lines }: DraftJournal,
  prepared: Pick<Preparation, 'by'> | undefined,
): readonly string[] {
  const note = prepared === undefined ? '' : `prepared by ${prepared.by}`
  return [day, status, '', '', currency, String(lines.length), formatMoney(debitsOf(lines)), '', note]
}

export function sealedRow(journal: SealedJournal, lines: readonly RoundedLine[], fate: Fate): readonly string[] {
  const { day, status, document, fromSequence, toSequence, currency, approvedBy } = journal
  const range = `${fromSequence}..${toSequence}`
  const count = String(lines.length)
  return [
    day,
    status,
    document,
    range,
    currency,
    count,
    formatMoney(debitsOf(lines)),
    approvedBy,
    fateOf(journal, fate).join(', '),
  ]
}

/** "takes back AGENCY-20260318-1", "reversed by …, replaced by …", "held by Ann". */
function fateOf({ link }: SealedJournal, { reversedBy, replacedBy, hold }: Fate): readonly string[] {
  const verb = link?.kind === 'reversal' ? 'takes back' : 'repeats'
  return [
    ...(link === null ? [] : [`${verb} ${link.subjectDocument}`]),
    ...(reversedBy === null ? [] : [`reversed by ${reversedBy}`]),
    ...(replacedBy === null ? [] : [`replaced by ${replacedBy}`]),
    ...(hold === null ? [] : [`held by ${hold.by}`]),
  ]
}

export function lineRows(lines: readonly RoundedLine[]): readonly (readonly string[])[] {
  return lines.map(({ account, exact, rounded }) => [
    account,
    rounded > 0n ? formatMoney(rounded) : '',
    rounded < 0n ? formatMoney(-rounded) : '',
    formatExact(exact),
  ])
}

export function journalView(journal: SealedJournal, fate: Fate): readonly string[] {
  const { document, day, documentDate, currency, status, fromSequence, toSequence, approvedBy, approvedAtMs } = journal
  const late = day === documentDate ? '' : `, dated ${documentDate}`
  return [
    `${document}: ${currency} journal of ${day}${late}, ${status}`,
    `Transactions ${fromSequence} to ${toSequence}, approved by ${approvedBy} at ${new Date(approvedAtMs).toISOString()}`,
    ...(journal.link === null ? [] : [`Because: ${journal.link.why}`]),
    ...fateOf(journal, fate).map(
      (note) => `It ${note.startsWith('takes') || note.startsWith('repeats') ? note : `is ${note}`}.`,
    ),
    ...(fate.hold === null ? [] : [holdSentence(fate.hold)]),
    `Hash ${journal.hash}`,
    '',
  ]
}

/** What there is in the days that a command names, beside what it approves. */
export interface InRange {
  readonly from: IsoDate
  readonly through: IsoDate
  readonly held: number
  readonly sealed: number
}

/** Why held ones wait follows, one by one. */
export function nothingApproved({ from, through, held, sealed }: InRange): string {
  const days = from === EVERY_DAY.from ? `up to ${through}` : `from ${from} to ${through}`
  if (held > 0) return `Nothing was approved ${days}: ${counted(held, 'draft is', 'drafts are')} held back.`
  const already =
    sealed === 0 ? 'there are no journals' : `${counted(sealed, 'journal is', 'journals are')} approved already`
  return `Nothing waits for approval ${days}: ${already}.`
}

export function approvedView(
  approved: readonly SealedJournal[],
  { by, dryRun, there }: { readonly by: string; readonly dryRun: boolean; readonly there: InRange },
): readonly string[] {
  const documents = approved.map(({ document }) => document)
  if (documents.length === 0) return [nothingApproved(there)]
  const ends = documents.length === 1 ? documents[0] : `${documents[0]} to ${documents.at(-1)}`
  const verb = dryRun ? 'would be approved' : 'approved'
  return [`${counted(approved.length, 'journal')} ${verb} by ${by}: ${ends}.`]
}

/** What was prepared, and what each target would be sent for it. */
export function preparedLines(
  contents: readonly JournalContent[],
  { by, there }: { readonly by: string; readonly there: InRange },
): readonly string[] {
  if (contents.length === 0) return [nothingApproved(there), 'Nothing was prepared.']
  return [
    `${counted(contents.length, 'draft')} prepared by ${by}:`,
    ...contents.flatMap(({ journal, targets, sha256 }) => [
      `  ${journal.document}, ${journal.currency}, content ${sha256}`,
      ...targets.map(({ target, preview }) => `    ${target}: ${previewSummary(preview)}`),
    ]),
    `To see what is sent: tieout journals show DAY --target NAME; to approve: tieout journals approve --through ${there.through}`,
  ]
}

function previewSummary(preview: Preview): string {
  if (!preview.ok) return preview.reason
  return preview.bodies.map(({ document, sha256 }) => `${document} ${sha256.slice(0, 12)}`).join(', ')
}

/** What approval put into the outboxes, and what it could not. */
export function queuedLines(queued: readonly Filled[], dryRun: boolean): readonly string[] {
  return queued.flatMap(({ target, documents, unbuilt, trouble }) => [
    ...(documents.length === 0
      ? []
      : [
          `${target}: ${counted(documents.length, 'entry', 'entries')} ${dryRun ? 'would wait' : 'waiting'} for tieout deliver.`,
        ]),
    ...unbuilt.map(({ reason }) => `${target}: ${reason}`),
    ...(trouble === null ? [] : [`${target}: nothing was queued. ${trouble}`]),
  ])
}

/** Named on the approval's one line. */
const NAMED = 3

/** What a journal is sealed beside; the largest first, those of unknown amount before them. */
export function openLines(open: readonly StoredException[]): readonly string[] {
  if (open.length === 0) return []
  const size = ({ amount }: StoredException): bigint | null => (amount === null ? null : abs(amount))
  const sorted = open.toSorted((a, b) => {
    const [left, right] = [size(a), size(b)]
    if (left === null || right === null) return left === right ? 0 : left === null ? -1 : 1
    return left === right ? 0 : left > right ? -1 : 1
  })
  const named = sorted.slice(0, NAMED).map(({ number, code, source, amount, currency }) => {
    const sum = amount === null ? '' : ` ${formatMoney(amount)} ${currency ?? ''}`
    return `${nameOf(number)} ${code}${source === '' ? '' : ` of ${source}`}${sum}`
  })
  const more = open.length > NAMED ? [`${open.length - NAMED} more`] : []
  return [`Note: open beside these journals: ${[...named, ...more].join(', ')}. tieout todo shows them.`]
}
