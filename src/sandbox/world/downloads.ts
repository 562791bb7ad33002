/**
 * The files a person could download or write down: a panel site's order history, and the opening positions and
 * top-ups as tieout's own payments file. Without them no API tells where the books begin or when money came in.
 */
import { formatDecimals, formatMoney } from '../../domain/money/money.ts'
import type { Units } from '../../domain/money/money.ts'
import { remainsNow, reportedCharge, startCountNow } from './order-view.ts'
import type { Order, PanelState, TopUp, World } from './state.ts'

/** From the first instant on, up to and without the second. */
export interface Range {
  readonly fromMs?: number | undefined
  readonly toMs?: number | undefined
}

/** The site's order history, newest first, dated in the panel's own time zone. */
export function orderHistoryCsv(world: World, panelName: string, range: Range = {}): string {
  const panel = world.panels.get(panelName)
  if (panel === undefined) throw new RangeError(`The sandbox has no panel named ${panelName}.`)
  const localTime = localTimeFormatter(panel.options.timeZone)
  const lines = ['ID,Date,Link,Charge,Start count,Quantity,Service,Status,Remains']
  for (const order of [...panel.orders.values()].toReversed()) {
    if (isWithin(order.placedAtMs, range)) lines.push(historyLine(panel, order, world.nowMs, localTime))
  }
  return `${lines.join('\n')}\n`
}

/** Kinds: opening-balance (a wallet, or what a publisher is owed), opening-counter, top-up. */
export function paymentsCsv(world: World, range: Range = {}): string {
  const lines = ['date,source,kind,amount,currency,reference,note']
  const rows = [...world.publishers.flatMap(publisherRows(world)), ...world.advertisers.flatMap(advertiserRows(world))]
  for (const panel of world.panels.values()) rows.push(...panelRows(world, panel))
  rows.push(...accountRows(world))
  for (const row of rows.toSorted((left, right) => left.atMs - right.atMs)) {
    if (isWithin(row.atMs, range)) lines.push(csvLine(paymentCells(row)))
  }
  return `${lines.join('\n')}\n`
}

interface PaymentRow {
  readonly atMs: number
  readonly source: string
  readonly kind: 'opening-balance' | 'opening-counter' | 'top-up'
  readonly amount: Units
  readonly currency: string
  readonly reference: string
  readonly note: string
}

type RowsOf<T> = (account: T) => readonly PaymentRow[]

function publisherRows(world: World): RowsOf<World['publishers'][number]> {
  return ({ options, openingEarned, openingPaid }) => {
    const base = { atMs: world.options.startMs, source: options.name, currency: 'USD' }
    return [
      openingRow(base, 'opening-balance', openingEarned - openingPaid, 'earned and not paid out'),
      openingRow(base, 'opening-counter', openingEarned, 'earnings counter'),
    ]
  }
}

function advertiserRows(world: World): RowsOf<World['advertisers'][number]> {
  return ({ options, openingSpent, openingWallet, topUps }) => {
    const base = { atMs: world.options.startMs, source: options.name, currency: 'USD' }
    return [
      openingRow(base, 'opening-balance', openingWallet, 'ad wallet'),
      openingRow(base, 'opening-counter', openingSpent, 'spent counter'),
      ...topUps.map((topUp) => topUpRow(options.name, 'USD', topUp)),
    ]
  }
}

function panelRows(world: World, panel: PanelState): readonly PaymentRow[] {
  const { options, currency, opening, topUps } = panel
  const base = { atMs: world.options.startMs, source: options.name, currency }
  return [
    openingRow(base, 'opening-balance', opening, 'wallet'),
    ...topUps.map((topUp) => topUpRow(options.name, currency, topUp)),
  ]
}

/** What the bank and PayPal held. */
function accountRows({ money, options }: World): readonly PaymentRow[] {
  if (money === undefined) return []
  return (['checking', 'paypal'] as const).map((source) =>
    openingRow({ atMs: options.startMs, source, currency: 'USD' }, 'opening-balance', money.opening[source], 'account'),
  )
}

function openingRow(
  base: Pick<PaymentRow, 'atMs' | 'source' | 'currency'>,
  kind: 'opening-balance' | 'opening-counter',
  amount: Units,
  note: string,
): PaymentRow {
  return { ...base, kind, amount, reference: `${base.source}-${kind}`, note }
}

function topUpRow(source: string, currency: string, topUp: TopUp): PaymentRow {
  const { atMs, amount, reference, method } = topUp
  return { atMs, source, kind: 'top-up', amount, currency, reference, note: method }
}

function paymentCells(row: PaymentRow): readonly string[] {
  const instant = new Date(row.atMs).toISOString().replace(/\.000Z$/, 'Z')
  return [instant, row.source, row.kind, formatMoney(row.amount), row.currency, row.reference, row.note]
}

function historyLine(panel: PanelState, order: Order, nowMs: number, localTime: (ms: number) => string): string {
  const { id, service, quantity, status } = order
  return csvLine([
    String(id),
    localTime(order.placedAtMs),
    order.link ?? `https://social.example/p/${id}`,
    formatDecimals(reportedCharge(panel, order), panel.decimals),
    String(startCountNow(order)),
    String(quantity),
    `${service.id} — ${service.name}`,
    status,
    String(remainsNow(order, nowMs)),
  ])
}

function isWithin(ms: number, { fromMs, toMs }: Range): boolean {
  return (fromMs === undefined || ms >= fromMs) && (toMs === undefined || ms < toMs)
}

function csvLine(cells: readonly string[]): string {
  return cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')
}

/** `YYYY-MM-DD HH:MM:SS` without a zone, as the sites print it. */
function localTimeFormatter(timeZone: string): (ms: number) => string {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })
  return (ms) => {
    const parts = new Map(format.formatToParts(ms).map(({ type, value }) => [type, value]))
    const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? ''
    return `${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')}:${part('second')}`
  }
}
