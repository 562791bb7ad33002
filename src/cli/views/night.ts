/** A night's report for people and for programs: what went in and came out, the proofs, what waits, the files. */
import { foots, lineFoots, type OutcomeTotals } from '../../domain/wallets/control-totals.ts'
import { formatExact, formatMoney } from '../../domain/money/money.ts'
import type { BackfillReport } from '../../pipeline/backfill.ts'
import type { NightReport } from '../../pipeline/night.ts'
import { settledSentences } from '../../pipeline/report/words.ts'
import type { StepState } from '../../pipeline/runs.ts'
import { heldWords } from '../../reconcile/held-counters.ts'
import type { RollForward } from '../../reconcile/roll-forward.ts'
import { counted, type Column } from '../output.ts'
import type { Session } from '../session.ts'
import { reportLines, reportView } from './deliver.ts'
import { exceptionGroupView, exceptionLines } from './exceptions.ts'
import { SHOWN_AGAIN } from './imports.ts'
import { scanLines } from './scan.ts'
import { totalsView } from './totals.ts'

type Tables = Pick<Session, 'table'>
type Conversions = NightReport['conversions'][number]
type OfNights = 'closed' | 'conversions' | 'deliveries'
type Report = Omit<NightReport, OfNights> & Partial<Pick<NightReport, OfNights>>

const right = (title: string): Column => ({ title, align: 'right' })

const NEVER_APPROVED =
  'Backfilled days are never approved by themselves: tieout journals list, then tieout journals approve --through DAY'

/** Something is open that a person must see: a difference, a file that cannot be read, an exception, a journal held back. */
export function needsAPerson(report: Report): boolean {
  const differs = report.proofs.some((proof) => proof.difference !== null && proof.difference !== 0n)
  const isRefused = report.imports.some(({ refusal }) => refusal !== null)
  return differs || isRefused || report.exceptions.length > 0 || (report.closed?.held.length ?? 0) > 0
}

export function nightView(report: Report) {
  const { steps, proofs, exceptions, imports, closed, conversions = [], deliveries = [], ...rest } = report
  return {
    ...rest,
    steps: steps.map(({ step, status, totals }) => ({ step, status, ...totalsView(totals), foots: foots(totals) })),
    imports: imports.map(({ file, sha256, alreadyImported, refusal }) => ({ file, sha256, alreadyImported, refusal })),
    proofs: proofs.map(proofView),
    conversions: conversions.map(({ payout, moved, ...each }) => ({
      ...each,
      payout: formatExact(payout),
      moved: formatExact(moved),
    })),
    exceptions: exceptions.map(exceptionGroupView),
    deliveries: deliveries.map(reportView),
    journals:
      closed === undefined
        ? null
        : {
            approved: closed.approved.map(({ document, day, currency }) => ({ document, day, currency })),
            held: closed.held.map(({ day, currency, reason }) => ({ day, currency, reason })),
            drafts: closed.drafts,
            waiting: closed.waiting.map(({ day, currency, reason }) => ({ day, currency, reason })),
            files: closed.files,
          },
  }
}

export function proofView(proof: RollForward) {
  const { opening, in: received, out, closing, vendor, difference, observedAtMs, held, ...rest } = proof
  return {
    ...rest,
    opening: formatExact(opening),
    in: formatExact(received),
    out: formatExact(out),
    closing: formatExact(closing),
    vendor: vendor === null ? null : formatExact(vendor),
    difference: difference === null ? null : formatExact(difference),
    held,
    observedAt: observedAtMs === null ? null : new Date(observedAtMs).toISOString(),
  }
}

export function nightLines(session: Tables, report: NightReport, dryRun: boolean): readonly string[] {
  const { approved, held, drafts, waiting, files } = report.closed
  const kept = dryRun ? 'Dry run: nothing was kept.' : ''
  return [
    `Book ${report.book}, night of ${report.night}, run ${report.run}${report.resumed ? ' (resumed)' : ''}. ${kept}`.trim(),
    '',
    ...stepLines(session, report.steps),
    ...stepNotes(report, dryRun),
    ...refusalLines(report),
    '',
    ...proofLines(session, report.proofs),
    ...moneyProofLine(report),
    ...report.conversions.map(conversionLine),
    '',
    ...exceptionLines(report),
    `${counted(approved.length, 'journal')} approved, ${counted(drafts, 'draft')} waiting, ${held.length} held back.`,
    ...held.map(({ day, reason }) => `Held: ${day}: ${reason}`),
    ...waiting.map(({ reason }) => reason),
    ...(files.length === 0 ? [] : [`Files: ${files.join(', ')}`]),
    ...report.deliveries.flatMap(reportLines),
  ]
}

function moneyProofLine({ moneyProofs }: Pick<NightReport, 'moneyProofs'>): readonly string[] {
  if (moneyProofs === undefined) return []
  const { cash, cashDiffering, cashUnproven, clearing, clearingDiffering } = moneyProofs
  const unproven = cashUnproven === 0 ? '' : `, ${cashUnproven} without a balance to prove them by`
  const look = cashDiffering + clearingDiffering === 0 ? '' : ' Look: tieout reconcile proofs.'
  return [
    `Proof of cash: ${counted(cash, 'month')}, ${cashDiffering} unexplained${unproven}. ` +
      `Accounts money passes through: ${clearing}, ${clearingDiffering} differ.${look}`,
  ]
}

function conversionLine({ source, day, count, duplicates, payout, moved, currency, differs }: Conversions): string {
  const again = duplicates === 0 ? '' : `, ${duplicates} came again`
  return (
    `${source}: ${counted(count, 'conversion')} of ${day} for ${formatMoney(payout)} ${currency}${again}; ` +
    `the counter moved by ${formatMoney(moved)} ${currency}${differs ? ', which is more than 5 % apart: ask the network' : ''}.`
  )
}

export function backfillLines(session: Tables, report: BackfillReport, dryRun: boolean): readonly string[] {
  const kept = dryRun ? 'Dry run: nothing was kept.' : ''
  const backfilled = report.steps.some(({ step, totals }) => step.startsWith('backfill:') && totals.rows.posted > 0n)
  return [
    `Book ${report.book}, backfill of ${report.from} to ${report.to}, run ${report.run}${report.resumed ? ' (resumed)' : ''}. ${kept}`.trim(),
    ...report.limits,
    ...(report.scan === null ? [] : scanLines(report.scan)),
    '',
    ...stepLines(session, report.steps),
    ...stepNotes(report, dryRun),
    ...refusalLines(report),
    '',
    ...proofLines(session, report.proofs),
    '',
    ...exceptionLines(report),
    ...(backfilled ? [NEVER_APPROVED] : []),
  ]
}

const STEP_COLUMNS: readonly Column[] = [
  { title: 'Step' },
  { title: 'Of' },
  right('In'),
  right('Posted'),
  right('Unchanged'),
  right('Quarantined'),
  right('Excepted'),
  { title: 'Ties' },
]

/** Every line can be footed by the reader: in = posted + unchanged + quarantined + excepted. */
export function stepLines(session: Tables, steps: readonly StepState[]): readonly string[] {
  return session.table(STEP_COLUMNS, steps.flatMap(stepRows))
}

/** A line for the rows and one for the money of each currency; only the first names the step. */
function stepRows({ step, totals }: StepState): readonly (readonly string[])[] {
  const money = Object.entries(totals.money)
  return [
    [step, ...footing('rows', totals.rows, String)],
    ...money.map(([currency, sums]) => ['', ...footing(currency, sums, (units) => formatMoney(units))]),
  ]
}

function footing(of: string, line: OutcomeTotals, text: (figure: bigint) => string): readonly string[] {
  const figures = [line.in, line.posted, line.unchanged, line.quarantined, line.excepted]
  return [of, ...figures.map(text), lineFoots(line) ? 'yes' : 'NO']
}

/** What the table alone would leave a reader wondering about. */
function stepNotes({ steps, exceptions }: Pick<Report, 'steps' | 'exceptions'>, dryRun: boolean): readonly string[] {
  return [
    ...settledSentences(steps, exceptions),
    ...(steps.some(({ totals }) => totals.rows.quarantined > 0n) && !dryRun ? [SHOWN_AGAIN] : []),
  ]
}

function refusalLines({ imports }: Pick<Report, 'imports'>): readonly string[] {
  return imports.flatMap(({ refusal }) => (refusal === null ? [] : [`Not imported: ${refusal}`]))
}

export function proofLines(session: Tables, proofs: readonly RollForward[]): readonly string[] {
  const columns: readonly Column[] = [
    { title: 'Account' },
    { title: 'Cur' },
    right('Opening'),
    right('In'),
    right('Out'),
    right('Closing'),
    right('Per vendor'),
    right('Difference'),
    right('Waiting'),
    { title: 'By' },
  ]
  const rows = proofs.map((proof) => [
    proof.account,
    proof.currency,
    ...[proof.opening, proof.in, proof.out, proof.closing].map(formatExact),
    proof.vendor === null ? 'not said' : formatExact(proof.vendor),
    proof.difference === null ? 'unknown' : formatExact(proof.difference),
    proof.held === null ? '' : heldWords(proof.held),
    proof.basis,
  ])
  return session.table(columns, rows)
}
