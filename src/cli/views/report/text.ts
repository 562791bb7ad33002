/** The night on one screen: the same seven sections as the page, widest figures aligned, nothing that needs a key to read. */
import { formatMoney } from '../../../domain/money/money.ts'
import { AGE_BUCKETS, type AgingRow } from '../../../domain/exceptions/aging.ts'
import { COLOUR_WORDS } from '../../../domain/report/status.ts'
import type { NightPage } from '../../../pipeline/report/page.ts'
import { waitsForApproval } from '../../../pipeline/report/waiting.ts'
import { traceGuide } from '../../../pipeline/report/traces.ts'
import {
  aligned,
  basisSentence,
  controlNotes,
  expectedSentence,
  money,
  NO_HISTORY,
  payoutSentence,
  proofWords,
  qualitySentence,
  settledSentences,
  stepWords,
  vendorWords,
  waitingDayWords,
  waitingSentence,
  walletSentence,
  runText,
} from '../../../pipeline/report/words.ts'
import { counted, type Column } from '../../output.ts'
import type { Session } from '../../session.ts'
import { stepLines } from '../night.ts'

type Show = Pick<Session, 'table'>

const right = (title: string): Column => ({ title, align: 'right' })

export function reportLines(session: Show, page: NightPage): readonly string[] {
  return [
    `RECONCILIATION REPORT   Book ${page.book} (${page.currency})   Night ${page.night} (${page.timeZone})   Run ${runText(page)}`,
    `Data as known at ${iso(page.knownAtMs)}   Heads ${page.heads}`,
    basisSentence(page),
    ...statusLines(page),
    '',
    ...controlLines(session, page),
    '',
    ...completenessLines(session, page),
    '',
    ...differenceLines(session, page),
    '',
    ...journalLines(page),
    '',
    ...forecastLines(page),
    '',
    ...qualityLines(page),
    '',
    ...logLines(page),
    ...(page.now === null ? [NO_HISTORY] : []),
    '',
    ...traceGuide(page),
    '',
    'Prepared: tieout   Reviewed: ________________   On: __________',
  ]
}

/** As the night left the books, and as they stand now where something has been done since. */
function statusLines(page: NightPage): readonly string[] {
  const standing = page.now?.standing ?? null
  if (standing === null) return standingLines('STATUS', page)
  return [
    ...standingLines(`STATUS NOW (${iso(standing.atMs)})`, standing),
    ...standingLines("STATUS AT THE NIGHT'S END", page),
  ]
}

function standingLines(title: string, { colour, reasons }: Pick<NightPage, 'colour' | 'reasons'>): readonly string[] {
  return [
    `${title}: ${colour.toUpperCase()}: ${COLOUR_WORDS[colour]}`,
    ...reasons.map((reason) => `  ${reason.colour}: ${reason.what}`),
  ]
}

function controlLines(session: Show, page: NightPage): readonly string[] {
  const columns = [
    { title: 'Account' },
    { title: 'Cur' },
    right('Opening'),
    right('In'),
    right('Out'),
    right('Adjusted*'),
    right('Closing'),
    right('Per vendor'),
    right('Difference'),
    right('Waiting'),
    { title: 'By' },
    { title: 'Name' },
  ]
  const rows = page.controls.map((line) => {
    const said = vendorWords(line)
    const { opening, in: received, out, adjusted, closing } = line
    return [
      line.isNew ? `${line.account} (new)` : line.account,
      line.currency,
      ...[opening, received, out, adjusted, closing].map((amount) => formatMoney(amount)),
      said.vendor,
      said.difference,
      said.held,
      proofWords(line, page),
      line.name,
    ]
  })
  return [
    page.asOf === null
      ? 'A. CONTROL TOTALS'
      : `A. CONTROL TOTALS AS OF ${page.asOf}: later days are left out, vendors say nothing about it`,
    ...session.table(columns, alignFigures(columns, rows)),
    ...controlNotes(page),
  ]
}

function alignFigures(columns: readonly Column[], rows: readonly (readonly string[])[]) {
  const aligning = columns.map(({ align }, index) => {
    const texts = rows.map((row) => row[index] ?? '')
    return align === 'right' ? aligned(texts, ' ') : texts
  })
  return rows.map((_, at) => aligning.map((column) => column[at] ?? ''))
}

function completenessLines(session: Show, { completeness, differences, now }: NightPage): readonly string[] {
  const { steps, sources, batches, transactions, quarantined } = completeness
  return [
    `B. COMPLETENESS   ${counted(batches, 'batch', 'batches')} of evidence, ${counted(transactions, 'transaction')} posted, ${counted(quarantined, 'row')} in quarantine`,
    ...stepLines(
      session,
      steps.map(({ finished, totals, ...each }) => ({
        step: stepWords(each),
        status: finished ? 'finished' : 'running',
        position: 'null',
        totals,
      })),
    ),
    ...settledSentences(steps, differences),
    ...sources.map(({ name, lastReadMs, fresh }) => {
      const read = lastReadMs === null ? 'never read' : `read ${iso(lastReadMs)}${fresh ? '' : ', NOT in this night'}`
      return `${name}: ${read}`
    }),
    ...(now?.orders ?? []).map(
      ({ source, open, unclear, walletNights, walletNightsProven }) =>
        `${source}, as of now: ${counted(open, 'order')} open, ${unclear} unclear, ` +
        `wallet explained in ${walletNightsProven} of the last ${counted(walletNights, 'night')}`,
    ),
  ]
}

function differenceLines(session: Show, { differences, aging, flow }: NightPage): readonly string[] {
  const columns = [
    { title: 'No' },
    { title: 'Code' },
    { title: 'Source' },
    { title: 'Object' },
    right('Amount'),
    { title: 'Cur' },
    right('Age'),
    { title: 'Severity' },
    { title: 'Owner' },
    { title: 'Detail' },
  ]
  const rows = differences.map((each) => [
    each.isNew ? `${each.id} new` : each.id,
    each.code,
    each.source,
    each.object,
    each.amount === null ? '' : formatMoney(each.amount),
    each.currency ?? '',
    `${each.ageDays}d`,
    each.severity,
    each.owner,
    each.detail,
  ])
  return [
    `C. DIFFERENCES   opened ${flow.opened}, closed ${flow.closed}, reopened ${flow.reopened} since the night before`,
    ...(rows.length === 0 ? ['None.'] : session.table(columns, rows)),
    ...aging.map(agingLine),
  ]
}

function agingText({ currency, buckets, unknown }: AgingRow): string {
  const ages = AGE_BUCKETS.map((name) => {
    const { count, amount } = buckets[name]
    return currency === null ? `${name} ${count}` : `${name} ${formatMoney(amount)} (${count})`
  })
  return `${ages.join(' | ')}${unknown === 0 || currency === null ? '' : `, ${unknown} of unknown amount`}`
}

function agingLine(row: AgingRow): string {
  return `Aging${row.currency === null ? ', not about money' : ` ${row.currency}`}: ${agingText(row)}`
}

function journalLines({ journals, now }: NightPage): readonly string[] {
  const { sealed, waiting } = journals
  return [
    `D. JOURNALS   ${counted(sealed.length, 'journal')} sealed, ${waiting.filter(waitsForApproval).length} waiting for approval`,
    ...sealed.map(({ document, amount, currency, approvedBy, delivered }) => {
      const states = delivered.map(({ target, state }) => `${target} ${state}`).join(', ')
      return `${document}  ${money(amount, currency)}  by ${approvedBy}${states === '' ? '' : `  ${states}`}`
    }),
    ...waiting.map(
      ({ day, amount, currency, ...state }) => `draft of ${day}  ${money(amount, currency)}  ${waitingDayWords(state)}`,
    ),
    ...(now?.held ?? []).map(({ day, reason }) => `held, as of now: ${day}: ${reason}`),
  ]
}

function forecastLines(page: NightPage): readonly string[] {
  const { payouts, wallets, expected } = page.forecast
  return [
    `E. CASH FORECAST   ${counted(expected.count, 'payment')} expected on statements, ${expected.overdue} overdue`,
    ...payouts.map(payoutSentence),
    ...wallets.map((each) => walletSentence(each, page)),
    ...expected.lines.map(expectedSentence),
    ...moreLine(expected),
  ]
}

function moreLine({ count, lines }: NightPage['forecast']['expected']): readonly string[] {
  return count > lines.length ? [`… and ${count - lines.length} more: tieout reconcile list --items`] : []
}

function qualityLines({ quality }: NightPage): readonly string[] {
  if (quality.currencies.length === 0) return ['F. QUALITY', 'No statement has been imported.']
  return ['F. QUALITY', ...quality.currencies.map(qualitySentence), waitingSentence(quality)]
}

function logLines({ log }: NightPage): readonly string[] {
  return [
    'G. CONTROL LOG',
    ...(log.length === 0 ? ['Nobody changed or decided anything.'] : []),
    ...log.map(({ atMs, by, what, why }) => `${iso(atMs)}  ${by} ${what}${why === '' ? '' : `: ${why}`}`),
  ]
}

function iso(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z')
}
