/** What a panel says, as tables and as JSON: amounts as the panel shows them, unknown as a dash and as null. */
import { formatMoney } from '../../domain/money/money.ts'
import type { BalanceObservation } from '../../sources/panel/observe-account.ts'
import type { ServiceRow, ServicesObservation } from '../../sources/panel/observe-services.ts'
import type { StatusRow } from '../../sources/panel/observe.ts'
import { counted, type Column } from '../output.ts'
import type { Session } from '../session.ts'

type Balance = Extract<BalanceObservation, { kind: 'balance' }>
type Services = Extract<ServicesObservation, { kind: 'services' }>['rows']

export function balanceView(source: string, { text, currency, balance }: Balance) {
  return { source, balance: formatMoney(balance), shown: text, currency }
}

const SERVICE_COLUMNS: readonly Column[] = [
  { title: 'Service', align: 'right' },
  { title: 'Name' },
  { title: 'Type' },
  { title: 'Rate', align: 'right' },
  { title: 'Min', align: 'right' },
  { title: 'Max', align: 'right' },
  { title: 'Category' },
]

export function serviceView({ kind: _kind, rate, rateText, min, max, ...row }: ServiceRow) {
  return { ...row, rate: formatMoney(rate), rateText, min: min?.toString() ?? null, max: max?.toString() ?? null }
}

export function serviceLines(session: Session, source: string, rows: readonly ServiceRow[], bad: number) {
  return [
    ...session.table(
      SERVICE_COLUMNS,
      rows.map((row) => [row.service, row.name, row.type, row.rateText, dash(row.min), dash(row.max), row.category]),
    ),
    '',
    `${counted(rows.length, 'service')} of ${source}. A rate is per 1,000, of a Package per order; the panel states no unit.`,
    ...(bad === 0 ? [] : [`${counted(bad, 'row')} of the catalogue cannot be read; --json says why.`]),
  ]
}

export function splitServices(rows: Services): {
  readonly good: readonly ServiceRow[]
  readonly bad: readonly { readonly index: number; readonly reason: string }[]
} {
  const good = rows.filter((row) => row.kind === 'service')
  const bad = rows.filter((row) => row.kind === 'bad').map(({ index, reason }) => ({ index, reason }))
  return { good, bad }
}

const STATUS_COLUMNS: readonly Column[] = [
  { title: 'Order', align: 'right' },
  { title: 'Status' },
  { title: 'Charge', align: 'right' },
  { title: 'Cur' },
  { title: 'Remains', align: 'right' },
  { title: 'Start', align: 'right' },
  { title: 'Note' },
]

export function statusView(row: StatusRow) {
  if (row.kind !== 'status') return row
  const { charge, startCount, remains, ...rest } = row
  return {
    ...rest,
    charge: charge === null ? null : formatMoney(charge),
    startCount: startCount?.toString() ?? null,
    remains: remains?.toString() ?? null,
  }
}

export function statusLines(session: Session, rows: readonly StatusRow[]): readonly string[] {
  return session.table(STATUS_COLUMNS, rows.map(statusCells))
}

function statusCells(row: StatusRow): readonly string[] {
  switch (row.kind) {
    case 'error':
      return [row.orderId, '-', '-', '', '-', '-', `the panel says: ${row.text}`]
    case 'missing':
      return [row.orderId, '-', '-', '', '-', '-', 'left out of the answer']
    case 'bad':
      return [row.orderId, '-', '-', '', '-', '-', row.reason]
    case 'status': {
      const parent =
        row.children.length === 0 ? '' : `parent of ${row.children.join(', ')}; its children carry the charges`
      const unknown = row.status === 'unknown' ? 'a status not known here; it moves no money' : ''
      const hidden = row.charge === null && row.children.length === 0 ? 'the charge is hidden, which is not zero' : ''
      const note = [parent, unknown, hidden].filter((each) => each !== '').join('; ')
      const { rawStatus, chargeText, currency, remains, startCount } = row
      return [row.orderId, rawStatus, chargeText ?? '-', currency ?? '', dash(remains), dash(startCount), note]
    }
  }
}

function dash(value: bigint | null): string {
  return value === null ? '-' : String(value)
}
