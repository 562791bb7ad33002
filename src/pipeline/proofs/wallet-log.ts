/** What an imported wallet log says of each order, and what of it belongs to no single order. */
import type { Units } from '../../domain/money/money.ts'
import { commonUnit } from '../../domain/proofs/order-match.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import { readLines } from '../../evidence/statements/lines.ts'
import type { ProofScope, ProvenSource } from './scope.ts'

export interface OrderMoved {
  /** Charges alone. */
  readonly charged: Units
  /** Charges less refunds: positive is what the order cost. */
  readonly net: Units
  readonly lines: number
  /** The first line that names it. */
  readonly line: number
}

export interface WalletLog {
  readonly first: IsoDate
  readonly last: IsoDate
  readonly orders: ReadonlyMap<string, OrderMoved>
  /** Charges and refunds that name no order, or several. */
  readonly unattributed: { readonly count: number; readonly net: Units }
  /** What its last decimal is worth. */
  readonly unit: Units
}

const ORDER = 'order:'

/** Null when no log of the source was imported. */
export async function readWalletLog({ db, book }: ProofScope, source: ProvenSource): Promise<WalletLog | null> {
  const lines = await readLines(db, book, { accounts: [source.id], currency: source.currency, counted: true })
  const [first, last] = [lines[0], lines.at(-1)]
  if (first === undefined || last === undefined) return null
  const orders = new Map<string, OrderMoved>()
  let unattributed = { count: 0, net: 0n }
  for (const { id, type, amount, references } of lines) {
    const named = references.filter((each) => each.startsWith(ORDER))
    const [order] = named
    if (order !== undefined && named.length === 1) {
      const key = order.slice(ORDER.length)
      const before = orders.get(key) ?? { charged: 0n, net: 0n, lines: 0, line: id }
      const charged = before.charged + (amount < 0n ? -amount : 0n)
      orders.set(key, { ...before, charged, net: before.net - amount, lines: before.lines + 1 })
    } else if (type === 'charge' || type === 'refund') {
      unattributed = { count: unattributed.count + 1, net: unattributed.net - amount }
    }
  }
  const unit = commonUnit(lines.map(({ amount }) => amount))
  return { first: first.date, last: last.date, orders, unattributed, unit }
}
