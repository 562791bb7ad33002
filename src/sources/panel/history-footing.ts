/**
 * The footing of an order history: rows, statuses, sum of charges, dates and doubles, and whether a total line of the file
 * agrees. It tells whether the whole file was read as it was meant, before anything is registered from it.
 */
import type { Units } from '../../domain/money/money.ts'
import type { OrderStatus } from '../../panels/rules/status.ts'
import type { HistoryResult, OrderHistoryRow } from './history-row.ts'
import { createSeenOrders } from './seen-orders.ts'

export interface StatusFooting {
  /** As the file writes it; '' when it has no status. */
  readonly rawStatus: string
  readonly status: OrderStatus
  readonly rows: number
  readonly charge: Units
}

export interface TotalLine {
  readonly line: number
  /** Null when the line has no amount that could be read. */
  readonly charge: Units | null
  /** charge − sum of the rows above it; 0 is what is hoped for. Null without an amount. */
  readonly difference: Units | null
}

export interface HistoryFooting {
  /** Rows that are orders. */
  readonly rows: number
  readonly problems: number
  /** Most rows first. */
  readonly statuses: readonly StatusFooting[]
  /** By currency, '' where the file names none. */
  readonly charges: Readonly<Record<string, Units>>
  readonly withoutCharge: number
  /** UTC milliseconds; null when no row has a date. */
  readonly firstMs: number | null
  readonly lastMs: number | null
  /** Rows whose time does not exist in the file's zone; more than a few say that the zone is another. */
  readonly skippedTimes: number
  readonly timeZone: string
  /** Rows whose order stands in the file before, and how many of them with another charge. */
  readonly doubles: number
  readonly conflicting: number
  /** False when the file is too long to look for all doubles. */
  readonly isWholeFileChecked: boolean
  readonly totals: readonly TotalLine[]
  /** The first orders, to look at. */
  readonly sample: readonly OrderHistoryRow[]
}

export interface FootingCounter {
  readonly add: (results: readonly HistoryResult[]) => void
  readonly result: () => HistoryFooting
}

const SAMPLE_ROWS = 5
/** Orders kept in memory to find doubles; the registry keeps each order once in any case. */
const IDS_KEPT = 1_000_000
/** More spellings than this are no statuses but a column read wrongly. */
const STATUSES_KEPT = 30

export function createFooting(timeZone: string): FootingCounter {
  const statuses = new Map<string, { status: OrderStatus; rows: number; charge: Units }>()
  const charges = new Map<string, Units>()
  const seen = createSeenOrders(IDS_KEPT)
  const totals: TotalLine[] = []
  const sample: OrderHistoryRow[] = []
  let [rows, problems, withoutCharge, doubles, conflicting, skippedTimes] = [0, 0, 0, 0, 0, 0]
  let sum: Units = 0n
  let isWholeFileChecked = true
  let firstMs: number | null = null
  let lastMs: number | null = null

  const addRow = (row: OrderHistoryRow): void => {
    rows += 1
    if (sample.length < SAMPLE_ROWS) sample.push(row)
    const charge = row.charge ?? 0n
    sum += charge
    if (row.charge === null) withoutCharge += 1
    else charges.set(row.currency ?? '', (charges.get(row.currency ?? '') ?? 0n) + charge)
    const name = statuses.has(row.rawStatus) || statuses.size < STATUSES_KEPT ? row.rawStatus : 'others'
    const before = statuses.get(name) ?? { status: row.status, rows: 0, charge: 0n }
    statuses.set(name, { status: before.status, rows: before.rows + 1, charge: before.charge + charge })
    const at = row.orderedAtMs
    if (at !== null) {
      firstMs = firstMs === null ? at : Math.min(firstMs, at)
      lastMs = lastMs === null ? at : Math.max(lastMs, at)
    }
    if (row.isTimeSkipped) skippedTimes += 1
    const sighting = seen.see(row.orderId, row.charge)
    if (sighting === null) isWholeFileChecked = false
    else if (sighting !== 'first') doubles += 1
    if (sighting === 'other charge') conflicting += 1
  }

  return {
    add: (results) => {
      for (const result of results) {
        if (result.kind === 'row') addRow(result.row)
        else if (result.kind === 'problem') problems += 1
        else {
          const { line, charge } = result
          totals.push({ line, charge, difference: charge === null ? null : charge - sum })
        }
      }
    },
    result: () => ({
      rows,
      problems,
      statuses: [...statuses]
        .map(([rawStatus, each]) => ({ rawStatus, ...each }))
        .toSorted((a, b) => b.rows - a.rows || (a.rawStatus < b.rawStatus ? -1 : 1)),
      charges: Object.fromEntries(charges),
      withoutCharge,
      firstMs,
      lastMs,
      skippedTimes,
      timeZone,
      doubles,
      conflicting,
      isWholeFileChecked,
      totals,
      sample,
    }),
  }
}

/** A sentence when times of the file do not exist in its zone, else null. */
export function skippedTimesRemark({ skippedTimes, timeZone }: HistoryFooting): string | null {
  if (skippedTimes === 0) return null
  const times = skippedTimes === 1 ? '1 time does' : `${skippedTimes} times do`
  return `${times} not exist in ${timeZone}, where the clock goes forward over ${skippedTimes === 1 ? 'it' : 'them'}; is the zone right?`
}

/** True when every total line that states an amount states the sum of the rows above it. */
export function isFooting({ totals }: HistoryFooting): boolean {
  return totals.every(({ difference }) => difference === null || difference === 0n)
}
