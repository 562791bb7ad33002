/** The footing of an order history: whether the file was read whole and as it was meant. In short after an import, with the first orders in a dry run. */
import { formatExact, formatMoney, type Units } from '../../domain/money/money.ts'
import {
  skippedTimesRemark,
  type HistoryFooting,
  type StatusFooting,
  type TotalLine,
} from '../../sources/panel/history-footing.ts'
import type { OrderHistoryRow } from '../../sources/panel/history-row.ts'
import { counted, type Column } from '../output.ts'
import type { Session } from '../session.ts'

const SAMPLE: readonly Column[] = [
  { title: 'Order', align: 'right' },
  { title: 'Placed (UTC)' },
  { title: 'Charge', align: 'right' },
  { title: 'Status' },
  { title: 'Quantity', align: 'right' },
  { title: 'Service' },
]

const STATUSES: readonly Column[] = [
  { title: 'Status in the file' },
  { title: 'Read as' },
  { title: 'Rows', align: 'right' },
  { title: 'Charge', align: 'right' },
]

export function footingLines(session: Session, footing: HistoryFooting, isLong: boolean): readonly string[] {
  const { rows, problems, statuses, sample, totals } = footing
  const first = session.table(SAMPLE, sample.map(sampleRow))
  return [
    ...(isLong && sample.length > 0 ? ['The first orders:', ...first, ''] : []),
    ...(isLong && rows > 0 ? [...session.table(STATUSES, statuses.map(statusRow)), ''] : []),
    `Control totals: ${counted(rows, 'row')}${isLong ? '' : statusText(statuses)}; charges ${chargesText(footing)}; ${datesText(footing)}.`,
    ...(problems === 0 ? [] : [`${counted(problems, 'row')} cannot be read.`]),
    ...statuses.flatMap(unknownLine),
    ...remarkLines(footing),
    ...doubleLines(footing),
    ...totals.map(totalText),
    ...(totals.length === 0 && isLong ? ['The file has no total line to compare with.'] : []),
    '',
  ]
}

export function footingView(footing: HistoryFooting) {
  const { statuses, charges, firstMs, lastMs, totals, sample: _, ...counts } = footing
  return {
    ...counts,
    statuses: statuses.map(({ charge, ...each }) => ({ ...each, charge: formatExact(charge) })),
    charges: Object.fromEntries(Object.entries(charges).map(([currency, sum]) => [currency, formatExact(sum)])),
    first: iso(firstMs),
    last: iso(lastMs),
    totals: totals.map(({ line, charge, difference }) => ({
      line,
      charge: exact(charge),
      difference: exact(difference),
    })),
  }
}

function sampleRow({ orderId, orderedAtMs, charge, rawStatus, quantity, service, serviceName }: OrderHistoryRow) {
  const named = [service, serviceName].filter((part) => part !== null).join(' ')
  return [
    orderId,
    iso(orderedAtMs)?.replace('T', ' ').slice(0, 19) ?? '–',
    charge === null ? '–' : formatMoney(charge),
    rawStatus === '' ? '–' : rawStatus,
    quantity?.toString() ?? '–',
    named === '' ? '–' : named,
  ]
}

function statusRow({ rawStatus, status, rows, charge }: StatusFooting): readonly string[] {
  return [rawStatus === '' ? '–' : rawStatus, status, rows.toString(), formatMoney(charge)]
}

function unknownLine({ rawStatus, status }: StatusFooting): readonly string[] {
  if (status !== 'unknown' || rawStatus === '') return []
  return [`"${rawStatus}" is not a known status: until the panel answers, such an order is neither open nor finished.`]
}

function statusText(statuses: readonly StatusFooting[]): string {
  if (statuses.length === 0) return ''
  return ` (${statuses.map(({ rawStatus, rows }) => `${rawStatus === '' ? 'no status' : rawStatus} ${rows}`).join(', ')})`
}

function chargesText({ charges, withoutCharge }: HistoryFooting): string {
  const sums = Object.entries(charges).map(([currency, sum]) => `${formatMoney(sum)} ${currency}`.trim())
  const without = withoutCharge === 0 ? '' : `${counted(withoutCharge, 'order')} without`
  return [...sums, ...(without === '' ? [] : [without])].join(', ') || 'none'
}

function datesText({ firstMs, lastMs }: HistoryFooting): string {
  const [first, last] = [iso(firstMs)?.slice(0, 10), iso(lastMs)?.slice(0, 10)]
  if (first === undefined || last === undefined) return 'no dates'
  return first === last ? `all on ${first} (UTC)` : `${first} to ${last} (UTC)`
}

function remarkLines(footing: HistoryFooting): readonly string[] {
  const remark = skippedTimesRemark(footing)
  return remark === null ? [] : [remark]
}

function doubleLines({ doubles, conflicting, isWholeFileChecked }: HistoryFooting): readonly string[] {
  const same = doubles - conflicting
  return [
    ...(same === 0
      ? []
      : [`${counted(same, 'row')} ${same === 1 ? 'repeats' : 'repeat'} an order of the file; it is registered once.`]),
    ...(conflicting === 0
      ? []
      : [
          `${counted(conflicting, 'row')} ${conflicting === 1 ? 'repeats' : 'repeat'} an order with another charge; compare them on the panel.`,
        ]),
    ...(isWholeFileChecked ? [] : ['Repeated orders were looked for among the first million only.']),
  ]
}

function totalText({ line, charge, difference }: TotalLine): string {
  if (charge === null || difference === null) return `The total on line ${line} states no amount that can be read.`
  if (difference === 0n) return `The total on line ${line}, ${formatMoney(charge)}, agrees with the rows above it.`
  const by = `differs by ${formatMoney(difference)} from the rows above it that can be read`
  return `DOES NOT FOOT: the total on line ${line}, ${formatMoney(charge)}, ${by}. The file may be cut off, or filtered.`
}

function exact(amount: Units | null): string | null {
  return amount === null ? null : formatExact(amount)
}

function iso(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString()
}
