/** What a book says, read back for comparison: balances, orders, exceptions, transactions, fingerprints. */
import type { RegisteredOrder } from '../../src/evidence/registered-order.ts'
import { findOrders } from '../../src/evidence/registry.ts'
import { formatExact, type Units } from '../../src/domain/money/money.ts'
import { booksDigest, chainHead } from '../../src/ledger/digest.ts'
import { balances } from '../../src/ledger/balances.ts'
import { listExceptions, type StoredException } from '../../src/reconcile/exceptions.ts'
import type { NightReport } from '../../src/pipeline/night.ts'
import type { Rig } from './harness.ts'

export async function balanceOf(rig: Rig, account: string): Promise<Units> {
  const rows = await balances(rig.database.kysely, await rig.bookRow())
  return rows.find((row) => row.account === account)?.balance ?? 0n
}

/** By order id. */
export async function ordersOf(rig: Rig, source: string): Promise<ReadonlyMap<string, RegisteredOrder>> {
  const rows = await rig.database.kysely
    .selectFrom('panel_order')
    .innerJoin('source', (join) =>
      join.onRef('source.book', '=', 'panel_order.book').onRef('source.id', '=', 'panel_order.source'),
    )
    .select(['panel_order.book', 'panel_order.source', 'order_id'])
    .where('source.name', '=', source)
    .execute()
  const [first] = rows
  if (first === undefined) return new Map()
  const ids = rows.map((row) => row.order_id)
  return findOrders(rig.database.kysely, first.book, first.source, ids)
}

/** Posted per order in the ledger itself: Σ charges − Σ refunds. */
export async function netCostByOrder(rig: Rig, source: string): Promise<ReadonlyMap<string, Units>> {
  const cost = new Map<string, Units>()
  for (const { object, kind, amount } of await transactionsOf(rig, source)) {
    if (!object.startsWith('order:')) continue
    const id = object.slice('order:'.length)
    cost.set(id, (cost.get(id) ?? 0n) + (kind === 'charge' ? amount : -amount))
  }
  return cost
}

export interface TransactionRow {
  readonly object: string
  readonly kind: string
  readonly version: number
  readonly amount: Units
  readonly cumulative: Units
  readonly date: string
  readonly rule: string
  readonly memo: string
}

/** In the order of posting. */
export async function transactionsOf(rig: Rig, source: string): Promise<readonly TransactionRow[]> {
  const rows = await rig.database.kysely
    .selectFrom('txn')
    .innerJoin('source', (join) => join.onRef('source.book', '=', 'txn.book').onRef('source.id', '=', 'txn.source'))
    .select(['object', 'txn.kind', 'version', 'amount', 'cumulative', 'effective_date', 'rule', 'memo'])
    .where('source.name', '=', source)
    .orderBy('seq')
    .execute()
  return rows.map(({ effective_date, version, ...row }) => ({ ...row, version: Number(version), date: effective_date }))
}

/** "refund 0.50000000 on 2026-03-02": what was posted about one object, in order. */
export async function storyOf(rig: Rig, source: string, object: string): Promise<readonly string[]> {
  const rows = await transactionsOf(rig, source)
  return rows
    .filter((row) => row.object === object)
    .map(({ kind, amount, date }) => `${kind} ${formatExact(amount)} on ${date}`)
}

export async function exceptionsOf(rig: Rig, status: 'open' | 'closed' = 'open'): Promise<readonly StoredException[]> {
  return listExceptions(rig.database.kysely, (await rig.bookRow()).id, { status })
}

/** "netpanel SOURCE_FAILED source", ordered. */
export async function openCodes(rig: Rig): Promise<readonly string[]> {
  return (await exceptionsOf(rig)).map(({ source, code, object }) => `${source} ${code} ${object}`)
}

export async function quarantined(rig: Rig): Promise<readonly { readonly object: string; readonly reason: string }[]> {
  const query = rig.database.kysely.selectFrom('quarantine').select(['object', 'reason'])
  return query.orderBy('batch').orderBy('item').orderBy('line').execute()
}

/** Endings in which a panel has been seen to lower a charge. */
export async function loweredBy(rig: Rig, source: string): Promise<readonly string[]> {
  const rows = await rig.database.kysely
    .selectFrom('lowered_ending')
    .innerJoin('source', (join) =>
      join.onRef('source.book', '=', 'lowered_ending.book').onRef('source.id', '=', 'lowered_ending.source'),
    )
    .select('ending')
    .where('source.name', '=', source)
    .orderBy('ending')
    .execute()
  return rows.map(({ ending }) => ending)
}

export async function fingerprintsOf(rig: Rig): Promise<{ readonly digest: string; readonly head: string }> {
  const { kysely } = rig.database
  const book = await rig.bookRow()
  const { sequence, hash } = await chainHead(kysely, book)
  return { digest: await booksDigest(kysely, book), head: `${sequence} ${hash}` }
}

/** Source to "0.00000000", or "unknown". */
export function differencesOf(report: Pick<NightReport, 'proofs'>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    report.proofs.map((proof) => [proof.source, proof.difference === null ? 'unknown' : formatExact(proof.difference)]),
  )
}
