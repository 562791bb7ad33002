/** What a downloaded statement holds, before any format: sections of lines between two balances, as the bank knew them then. */
import { dayIn } from '../payelancer/readings.ts'
import { DAY_MS } from '../payelancer/plan.ts'
import type { Line } from './lines.ts'
import type { AccountPlan, ExportPlan } from './plan.ts'

export interface Row {
  readonly line: Line
  /** By the account's own clock. */
  readonly day: string
  readonly atMs: number
  readonly isPending: boolean
  /** As the bank calls it; another one while it was pending. */
  readonly bankId: string
  /** Before and after it. */
  readonly before: bigint
  readonly after: bigint
}

export interface Section {
  readonly account: AccountPlan
  readonly currency: string
  readonly opening: bigint
  readonly closing: bigint
  readonly fromDay: string
  readonly throughDay: string
  /** Oldest first; pending ones last. */
  readonly rows: readonly Row[]
}

/** Days of PayPal's downloads are those of its own office in one variant. */
export function zoneOf({ type, variant }: AccountPlan): string {
  return type === 'paypal' && variant === 1 ? 'Etc/GMT+8' : 'UTC'
}

export function sectionsOf(
  { fromDay, throughDay, downloadedMs, newest, lacksOne }: ExportPlan,
  startMs: number,
  account: AccountPlan,
  lines: readonly Line[],
): readonly Section[] {
  const zone = zoneOf(account)
  const from = new Date(startMs + fromDay * DAY_MS).toISOString().slice(0, 10)
  const through = new Date(startMs + throughDay * DAY_MS).toISOString().slice(0, 10)
  const mine = lines.filter((line) => line.account === account.name)
  return [...new Set([account.currency, ...mine.map(({ currency }) => currency)])].flatMap((currency) => {
    let balance = currency === account.currency ? account.opening : 0n
    let opening = balance
    const rows: Row[] = []
    const pending: Row[] = []
    for (const line of mine) {
      if (line.currency !== currency) continue
      if (line.atMs > downloadedMs) {
        const { pendingMs } = line
        if (pendingMs === null || pendingMs > downloadedMs) continue
        const day = dayIn(pendingMs, zone)
        if (day < from || day > through) continue
        pending.push({ line, day, atMs: pendingMs, isPending: true, bankId: `P${idOf(line)}`, before: 0n, after: 0n })
        continue
      }
      const day = dayIn(line.atMs, zone)
      const before = balance
      if (day > through) continue
      balance += line.amount
      if (day < from) opening = balance
      else rows.push({ line, day, atMs: line.atMs, isPending: false, bankId: idOf(line), before, after: balance })
    }
    const last = { before: balance, after: balance }
    const shown = newest === null ? rows : rows.slice(-newest)
    const [first] = shown
    const isCut = first !== undefined && shown.length < rows.length
    const kept = lacksOne && shown.length > 2 ? shown.filter((_, nth) => nth !== 1) : shown
    const all = [...kept, ...pending.map((row) => ({ ...row, ...last }))]
    if (all.length === 0) return []
    const begins = isCut ? { opening: first.before, fromDay: first.day } : { opening, fromDay: from }
    return [{ account, currency, ...begins, closing: balance, throughDay: through, rows: all }]
  })
}

/** Letters and digits, as banks make them. */
function idOf({ id }: Line): string {
  return id.toUpperCase().replaceAll(/[^A-Z0-9]/g, '')
}
