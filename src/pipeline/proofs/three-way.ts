/**
 * The three-way match of a panel's orders: the registry, the panel's answers and its wallet log, order by order. Counts
 * and sums are of all orders; the differences are listed as far as they fit on a page.
 */
import {
  compareRegistryWithWallet,
  compareWithVendor,
  compareWithWallet,
  type Compared,
  type OrderSides,
  type OrderVerdict,
} from '../../domain/proofs/order-match.ts'
import { isoDateInZone } from '../../domain/time/dates.ts'
import type { Units } from '../../domain/money/money.ts'
import type { ProofScope, ProvenSource } from './scope.ts'
import { readWalletLog, type WalletLog } from './wallet-log.ts'

export type OrderPair = 'registry-vendor' | 'vendor-wallet' | 'wallet-registry'

export interface VerdictSum {
  readonly count: number
  /** Of the differences. */
  readonly amount: Units
}

export interface OrderDifference {
  readonly pair: OrderPair
  readonly verdict: OrderVerdict
  readonly order: string
  readonly difference: Units
  /** What each side has of it; null where a side has nothing. */
  readonly sides: Pick<OrderSides, 'ordered' | 'vendor' | 'wallet'>
}

export interface ThreeWayProof {
  readonly source: string
  readonly currency: string
  readonly orders: number
  /** Null when no wallet log was imported: the roll-forward then proves the wallet in sum. */
  readonly log: Pick<WalletLog, 'first' | 'last' | 'unattributed'> | null
  readonly sums: Readonly<Record<OrderPair, Readonly<Partial<Record<OrderVerdict, VerdictSum>>>>>
  /** The first that differ or are missing. */
  readonly differences: readonly OrderDifference[]
  /** How many differ or are missing in all. */
  readonly found: number
}

const ROWS_PER_PAGE = 5000
const LISTED = 1000

export async function proveOrders(scope: ProofScope, source: ProvenSource): Promise<ThreeWayProof> {
  const log = await readWalletLog(scope, source)
  const prices = await placedPrices(scope, source)
  const unseen = new Set(log?.orders.keys())
  const tally = createTally()
  let orders = 0
  let after = ''
  for (;;) {
    const page = await readPage(scope, source, after)
    for (const row of page) {
      orders += 1
      unseen.delete(row.order_id)
      const sides = sidesOf(scope, row, prices, log)
      tally.add('registry-vendor', sides, compareWithVendor(sides))
      if (log === null) continue
      tally.add('vendor-wallet', sides, compareWithWallet(sides, log.unit))
      tally.add('wallet-registry', sides, compareRegistryWithWallet(sides, log.unit))
    }
    if (page.length < ROWS_PER_PAGE) break
    after = page.at(-1)?.order_id ?? after
  }
  for (const order of unseen) {
    const wallet = log?.orders.get(order) ?? null
    const sides = { order, ordered: null, vendor: null, wallet, isCovered: null }
    tally.add('wallet-registry', sides, { verdict: 'missing', difference: wallet?.net ?? 0n })
  }
  const { name, currency } = source
  const shown = log === null ? null : { first: log.first, last: log.last, unattributed: log.unattributed }
  return { source: name, currency, orders, log: shown, ...tally.result() }
}

type Row = Awaited<ReturnType<typeof readPage>>[number]

function readPage({ db, book }: ProofScope, { id }: ProvenSource, after: string) {
  return db
    .selectFrom('panel_order as o')
    .leftJoin('order_state as s', (join) =>
      join.onRef('s.book', '=', 'o.book').onRef('s.source', '=', 'o.source').onRef('s.order_id', '=', 'o.order_id'),
    )
    .select(['o.order_id', 'o.ordered_at_ms', 'o.listed_charge', 'o.listed_decimals'])
    .select(['s.status', 's.first_seen_finished', 's.charged', 's.refunded', 's.charge_decimals', 's.refusals'])
    .where('o.book', '=', book)
    .where('o.source', '=', id)
    .where('o.order_id', '>', after)
    .orderBy('o.order_id')
    .limit(ROWS_PER_PAGE)
    .execute()
}

function sidesOf(
  { timeZone }: ProofScope,
  row: Row,
  prices: ReadonlyMap<string, Units>,
  log: WalletLog | null,
): OrderSides {
  const placed = prices.get(row.order_id)
  const listed = row.listed_charge
  const decimals = Number(row.listed_decimals ?? 8n)
  const day = row.ordered_at_ms === null ? null : isoDateInZone(Number(row.ordered_at_ms), timeZone)
  const moved = log?.orders.get(row.order_id)
  return {
    order: row.order_id,
    ordered:
      placed !== undefined
        ? { amount: placed, decimals: Number(row.charge_decimals ?? 8n), from: 'catalogue' }
        : listed === null
          ? null
          : { amount: listed, decimals, from: 'imported history' },
    vendor: vendorOf(row),
    wallet: moved ?? null,
    // A log may begin and end within a day, so its first and last prove nothing.
    isCovered: day === null || log === null ? null : day > log.first && day < log.last,
  }
}

function vendorOf({ status, charged, refunded, first_seen_finished, refusals }: Row): OrderSides['vendor'] {
  if (charged === null || refunded === null) return null
  if (status === null) return (refusals ?? 0n) > 0n ? 'unknown' : null
  return { full: charged, net: charged - refunded, isFullKnown: first_seen_finished === 0n }
}

/** What orders placed by this program were to cost, where neither the catalogue nor a discount left a choice. */
async function placedPrices({ db, book }: ProofScope, { id }: ProvenSource): Promise<ReadonlyMap<string, Units>> {
  const rows = await db
    .selectFrom('panel_add')
    .select(['order_id', 'prices', 'expected'])
    .where('book', '=', book)
    .where('source', '=', id)
    .where('state', '=', 'placed')
    .execute()
  return new Map(
    rows.flatMap(({ order_id, prices, expected }) => {
      const known: unknown = JSON.parse(prices)
      return order_id !== null && Array.isArray(known) && known.length === 1 ? [[order_id, expected] as const] : []
    }),
  )
}

function createTally() {
  const sums: Record<OrderPair, Partial<Record<OrderVerdict, VerdictSum>>> = {
    'registry-vendor': {},
    'vendor-wallet': {},
    'wallet-registry': {},
  }
  const differences: OrderDifference[] = []
  let found = 0
  return {
    add: (pair: OrderPair, { order, ordered, vendor, wallet }: OrderSides, { verdict, difference }: Compared): void => {
      // Of the third pair only what was compared counts: for most orders the panel's answer stands between.
      if (pair === 'wallet-registry' && verdict === 'not-known') return
      const before = sums[pair][verdict] ?? { count: 0, amount: 0n }
      sums[pair][verdict] = { count: before.count + 1, amount: before.amount + difference }
      if (verdict !== 'differ' && verdict !== 'missing') return
      found += 1
      if (differences.length < LISTED)
        differences.push({ pair, verdict, order, difference, sides: { ordered, vendor, wallet } })
    },
    result: () => ({ sums, differences, found }),
  }
}
