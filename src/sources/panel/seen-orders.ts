/**
 * Which orders a long file has named before, and with which charge, in 16 bytes an order: a table with open addressing,
 * since a Map of a million ids would be most of the memory of an import.
 */
import { hash } from 'node:crypto'
import type { Units } from '../../domain/money/money.ts'

export type Sighting = 'first' | 'same charge' | 'other charge'

export interface SeenOrders {
  /** Null when the table is full, so that nobody can tell. */
  readonly see: (orderId: string, charge: Units | null) => Sighting | null
}

/** No id: numbers are from 0 on, texts below −1. */
const EMPTY = -1

export function createSeenOrders(most: number): SeenOrders {
  let ids = new Float64Array(1024).fill(EMPTY)
  let charges = new Float64Array(1024)
  let count = 0

  const slotOf = (id: number): number => {
    const mask = ids.length - 1
    let slot = Math.abs(Math.imul(id % 0x7fff_ffff, 0x9e37_79b1)) & mask
    while (ids[slot] !== EMPTY && ids[slot] !== id) slot = (slot + 1) & mask
    return slot
  }
  const grow = (): void => {
    const [oldIds, oldCharges] = [ids, charges]
    ids = new Float64Array(oldIds.length * 2).fill(EMPTY)
    charges = new Float64Array(oldIds.length * 2)
    for (const [index, id] of oldIds.entries()) {
      if (id === EMPTY) continue
      const slot = slotOf(id)
      ids[slot] = id
      charges[slot] = oldCharges[index] ?? Number.NaN
    }
  }
  return {
    see: (orderId, charge) => {
      const id = keyOf(orderId)
      const amount = charge === null ? Number.NaN : Number(charge)
      const slot = slotOf(id)
      if (ids[slot] === id) return Object.is(charges[slot], amount) ? 'same charge' : 'other charge'
      if (count >= most) return null
      ids[slot] = id
      charges[slot] = amount
      count += 1
      if (count * 2 > ids.length) grow()
      return 'first'
    },
  }
}

/** The id itself where it is a number without leading zeros; else 48 bits of its hash, as good as never twice. */
function keyOf(orderId: string): number {
  if (/^(?:0|[1-9]\d{0,14})$/.test(orderId)) return Number(orderId)
  return -2 - hash('sha256', orderId, 'buffer').readUIntBE(0, 6)
}
