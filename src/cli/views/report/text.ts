/** The night on one screen: the same seven sections as the page, widest figures aligned, nothing that needs a key to read. */
import { formatExact, formatMoney, type Units } from '../../../domain/money/money.ts'
import { AGE_BUCKETS, type AgingRow } from '../../../domain/exceptions/aging.ts'
import type { NightPage } from '../../../pipeline/report/page.ts'
import { counted, type Column } from '../../output.ts'
import type { Session } from '../../session.ts'
import { stepLines } from '../night.ts'

type Show = Pick<Session, 'table'>

const right = (title: string): Column => ({ title, align: 'right' })

export function reportLines(session: Show, page: NightPage): readonly string[] {
  return [
    `RECONCILIATION REPORT   Book ${page.book} (${page.currency})   Night ${page.night} (${page.timeZone})   Run ${page.run}`,
    `Data as known at ${iso(page.knownAtMs)}   Ledger sequence ${page.chain.sequence}, chain ${page.chain.hash.slice(0, 12)}…`,
    `STATUS: ${page.colour.toUpperCase()}${page.reasons.length === 0 ? ': everything agrees and nothing waits.' : ''}`,
    ...page.reasons.map(({ colour, what }) => `  ${colour}: ${what}`),
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
    ...logLines(page),
  ]
}

function controlLines(session: Show, { controls, journals }: NightPage): readonly string[] {
  const columns = [
    { title: 'Account' },
    { title: 'Cur' },
    right('Opening'),
    right('In'),
    right('Out'),
    right('Closing'),
    right('Vendor says'),
    right('Difference'),
    { title: 'By' },
  ]
  const rows = controls.map((line) => [
    line.account,
    line.currency,
    ...[line.opening, line.in, line.out, line.closing].map(formatExact),
    line.proof === 'none' ? '' : line.vendor === null ? 'not said' : formatExact(line.vendor),
    line.proof === 'none' ? '' : line.difference === null ? 'unknown' : formatExact(line.difference),
    line.proof === 'none' ? '' : line.proof,
  ])
  const carried = journals.carried.map(
    ({ account, currency, remainder }) => `${account} ${formatExact(remainder)} ${currency}`,
  )
  return [
    'A. CONTROL TOTALS',
    ...session.table(columns, rows),
    ...(carried.length === 0 ? [] : [`Carried rounding: ${carried.join(', ')}`]),
  ]
}

function completenessLines(session: Show, { completeness }: NightPage): readonly string[] {
  const { steps, sources, batches, transactions, quarantined } = completeness
  return [
    `B. COMPLETENESS   ${counted(batches, 'batch', 'batches')} of evidence, ${counted(transactions, 'transaction')} posted, ${counted(quarantined, 'row')} in quarantine`,
    ...stepLines(
      session,
      steps.map(({ step, finished, totals }) => ({
        step,
        status: finished ? 'finished' : 'running',
        position: 'null',
        totals,
      })),
    ),
    ...sources.map(({ name, lastReadMs, fresh, orders }) => {
      const read = lastReadMs === null ? 'never read' : `read ${iso(lastReadMs)}${fresh ? '' : ', NOT in this night'}`
      const open =
        orders === null ? '' : `; ${counted(orders.open, 'order')} open, ${orders.waitingRefunds} refunds waiting`
      return `${name}: ${read}${open}`
    }),
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

function journalLines({ journals }: NightPage): readonly string[] {
  const { sealed, waiting, held } = journals
  return [
    `D. JOURNALS   ${counted(sealed.length, 'journal')} sealed, ${waiting.length} waiting for approval, ${held.length} held back`,
    ...sealed.map(({ document, amount, currency, approvedBy, delivered }) => {
      const states = delivered.map(({ target, state }) => `${target} ${state}`).join(', ')
      return `${document}  ${money(amount, currency)}  by ${approvedBy}${states === '' ? '' : `  ${states}`}`
    }),
    ...waiting.map(({ day, amount, currency }) => `waiting: ${day}  ${money(amount, currency)}`),
    ...held.map(({ day, reason }) => `held: ${day}: ${reason}`),
  ]
}

function forecastLines({ forecast }: NightPage): readonly string[] {
  return [
    'E. CASH FORECAST',
    ...forecast.payouts.map(({ source, currency, minimum, threshold }) => {
      const unpaid = `${source}: ${money(threshold.unpaid, currency)} unpaid, payout from ${money(minimum, currency)}`
      if (threshold.kind === 'reached') return `${unpaid}: reached`
      if (threshold.kind === 'unknown') return `${unpaid}: nothing was earned lately`
      return `${unpaid}: expected on ${threshold.day} at the pace of the last days`
    }),
    ...forecast.wallets.map(({ source, currency, balance, pace, runwayTenths }) => {
      const holds = `${source}: ${money(balance, currency)}`
      if (runwayTenths === null) return `${holds}, nothing spent lately`
      const days = `${Math.floor(runwayTenths / 10)}.${runwayTenths % 10}`
      return `${holds} lasts ${days} days at ${money(pace.total / BigInt(pace.days), currency)} a day`
    }),
  ]
}

function logLines({ log }: NightPage): readonly string[] {
  return [
    'G. CONTROL LOG',
    ...(log.length === 0 ? ['Nobody changed or decided anything.'] : []),
    ...log.map(({ atMs, by, what, why }) => `${iso(atMs)}  ${by} ${what}${why === '' ? '' : `: ${why}`}`),
    'Prepared: tieout   Reviewed: ________________',
  ]
}

function money(amount: Units, currency: string): string {
  return `${formatMoney(amount)} ${currency}`
}

function iso(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z')
}
