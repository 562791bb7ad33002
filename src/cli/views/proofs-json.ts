/** The four proofs as one document: exact amounts as text, the same names as on the screen. */
import { formatExact } from '../../domain/money/money.ts'
import { proofView } from './night.ts'
import type { ProofsShown } from './proofs.ts'

export function proofsView({ proofs, aging, limit }: ProofsShown) {
  const { vendors, orders, cash, ...rest } = proofs
  return exactly({
    rollForward: vendors.map(proofView),
    ...rest,
    orders: orders.map(({ differences, ...each }) => ({ ...each, differences: differences.slice(0, limit) })),
    cash: cash.map(({ account, currency, months, difference }) => ({
      account: account.name,
      ledgerAccount: account.key,
      currency,
      difference,
      months: months.map(({ items, ...month }) => ({
        ...month,
        items: items.slice(0, limit),
        itemCount: items.length,
      })),
    })),
    aging,
  })
}

/** Every amount as exact text; everything else as it is. */
function exactly(value: unknown): unknown {
  if (typeof value === 'bigint') return formatExact(value)
  if (Array.isArray(value)) return value.map(exactly)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, exactly(each)]))
}
