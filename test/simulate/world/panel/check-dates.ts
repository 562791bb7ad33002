/**
 * Whether what is booked of a panel counts on its day (docs/refunds.md, Dates): a charge on the day its order was placed
 * where a download tells that, else on the day it was first seen; a refund on the day that ended before the answer that
 * proved it; what somebody stated on the day it was stated for, and what a person decided on the day of that.
 */
import type { Books } from '../../oracles/books.ts'
import type { Finding } from '../part.ts'
import { dayIn } from './calendar.ts'
import type { Truth } from './check.ts'
import { dayOf } from './people.ts'
import type { PanelPlan } from './plan.ts'
import type { Entry } from './vendor.ts'

interface Dated {
  readonly object: string
  readonly kind: string
  readonly version: bigint
  readonly rule: string
  /** Of its evidence. */
  readonly landed: string
  readonly day: string
  /** When the answer came, or the decision was made. */
  readonly atMs: bigint
  /** Of the last reading of the wallet before. */
  readonly readMs: bigint | null
}

const DATED = `
  select txn.object, txn.kind, txn.version, txn.rule, log_record.kind as landed, txn.effective_date as day, log_record.at_ms as atMs,
    (select max(observed_at_ms) from wallet_reading as reading where reading.book = txn.book and reading.source = txn.source
       and reading.batch < txn.evidence_batch) as readMs
  from txn
  join source on source.book = txn.book and source.id = txn.source
  join log_record on log_record.book = txn.book and log_record.batch = txn.evidence_batch and log_record.item = txn.evidence_item
  where source.name = ? order by txn.seq`

export function checkDates(truth: Truth, books: Books): readonly Finding[] {
  const { plan } = truth
  const rows = books.rows(DATED, plan.name) as unknown as readonly Dated[]
  return rows.flatMap((row) => {
    const days = row.object.startsWith('order:') ? orderDays(truth, row) : statedDays(truth, row)
    if (days === null || days.includes(row.day)) return []
    const says = `${plan.name}: ${row.kind} v${row.version} of ${row.object} (${row.rule}) counts on ${row.day}, not on ${days.join(' or ')}`
    return [{ oracle: 'panel-wrong-day', says }]
  })
}

/** Null: any day will do. */
function orderDays({ plan, vendor }: Truth, row: Dated): readonly string[] | null {
  const entry = vendor.find(row.object.slice('order:'.length))
  if (entry === undefined) return null
  const zone = plan.bookZone
  const placed = dayIn(zone, entry.atMs)
  const atMs = Number(row.atMs)
  const today = dayIn(zone, atMs)
  // By the clock of the machine that sent it, which may be wrong.
  if (plan.adds.some(({ name }) => name === entry.link)) return null
  const isTold = row.rule === 'charge/history' || row.rule.endsWith('/order-date') || isDayTold(plan, entry)
  if (row.kind === 'charge' && row.version === 1n && isTold) return [placed]
  if (row.rule.endsWith('/order-date')) return [placed]
  // What a person decides counts when it is decided.
  if (row.landed === 'exception-decision') return [today]
  const before = dayOf(Date.parse(today) - 86_400_000)
  const ended = row.kind === 'refund' && placed > before ? endedFor(plan, entry, { placed, before }) : [before]
  const isSecondLook = row.readMs === null ? placed === today : dayIn(zone, Number(row.readMs)) === today
  return isSecondLook ? [...ended, today] : ended
}

/** No refund counts before its order, as far as anybody was told when that was placed: neither a typed id nor a scan says so. */
function endedFor(
  plan: PanelPlan,
  entry: Entry,
  { placed, before }: { readonly placed: string; readonly before: string },
): readonly string[] {
  if (isDayTold(plan, entry)) return [placed]
  return plan.exports.length > 0 && entry.isListed ? [placed, before] : [before]
}

/** A download is what tells of it first; orders that stand for others name theirs before one lists them. */
function isDayTold({ exports }: PanelPlan, { id, family, isListed }: Entry): boolean {
  return exports.length > 0 && isListed && family === id
}

function statedDays({ plan }: Truth, { object, landed, atMs }: Dated): readonly string[] | null {
  if (object === 'opening') return [dayOf(plan.startMs)]
  const payment = plan.wallet.find(
    ({ reference }) => object === `top-up:${reference}` || object === `bonus:${reference}-bonus`,
  )
  if (payment === undefined) return null
  return [landed === 'exception-decision' ? dayIn(plan.bookZone, Number(atMs)) : dayOf(payment.atMs)]
}
