/**
 * Finding the orders inside a status answer. The document shows an object keyed by order id; PHP writes an empty one as
 * [], some scripts list rows that carry their `order`, and a single status is the bare row.
 */
import { decimalTextOf } from '../../domain/json.ts'

export type Fields = Record<string, unknown>

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Rows by order id; null when the JSON is not about orders. `single`: the one order asked about, whose row may be bare. */
export function ordersOf(value: unknown, single: string | null): Fields | null {
  if (Array.isArray(value)) {
    const byOrder: Fields = {}
    for (const row of value) {
      const id = isFields(row) ? idText(row['order'] ?? row['id']) : null
      if (id === null || Object.hasOwn(byOrder, id)) return null
      byOrder[id] = row
    }
    return byOrder
  }
  if (!isFields(value)) return null
  return single === null || Object.hasOwn(value, single) ? value : { [single]: value }
}

export function idText(id: unknown): string | null {
  return typeof id === 'number' ? String(id) : (decimalTextOf(id) ?? null)
}

/** {"status":"success","data":"Empty Data"} and the like: keys, but none that could be an order asked about. */
export function isAboutNothingAsked(byOrder: Fields, orders: readonly string[]): boolean {
  const keys = Object.keys(byOrder)
  return (
    keys.length > 0 && !orders.some((order) => Object.hasOwn(byOrder, order)) && !keys.some((key) => /\d/.test(key))
  )
}
