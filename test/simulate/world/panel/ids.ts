/** The numbers of a panel's orders: they rise with time, as those of a table that counts by itself. */
import type { ChildPlan, OrderPlan } from './plan.ts'

const DAY_MS = 86_400_000
/** Ids of a day; the last ones are for orders that come over the wire. */
const IDS_A_DAY = 200
const WIRE_IDS = 20

/** Lowest id of a night. */
export const firstIdOf = (night: number): number => 1000 + night * IDS_A_DAY

/** From here on a day's orders that came over the wire are numbered. */
export const firstWireIdOf = (startMs: number, ms: number): number =>
  firstIdOf(Math.floor((ms - startMs) / DAY_MS) + 1) - WIRE_IDS

/** Gives all that are there their ids, runs and posts included: day by day in order of time, with gaps of other customers' orders. */
export function withIds(orders: readonly OrderPlan[], startMs: number): readonly OrderPlan[] {
  const all = orders.flatMap((order) => [order, ...(order.family?.children ?? [])])
  const byDay = Map.groupBy(
    all.toSorted((one, other) => one.atMs - other.atMs),
    ({ atMs }) => Math.floor((atMs - startMs) / DAY_MS),
  )
  const ids = new Map<unknown, string>()
  for (const [day, rows] of byDay) {
    const step = Math.min(7, Math.floor((IDS_A_DAY - WIRE_IDS) / rows.length))
    rows.forEach((row, nth) => ids.set(row, String(firstIdOf(day) + nth * step)))
  }
  const idOf = (row: OrderPlan | ChildPlan): string => ids.get(row) ?? ''
  return orders.map((order) => {
    if (order.family === null) return { ...order, id: idOf(order) }
    const children = order.family.children.map((child) => ({ ...child, id: idOf(child) }))
    return { ...order, id: idOf(order), family: { ...order.family, children } }
  })
}
