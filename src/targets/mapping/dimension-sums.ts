/**
 * What the ledger booked on each account of a journal's range, by service category and by client: the transactions name
 * their orders, the registry their services, and tags their clients. Exact, so that lines can be divided by it.
 */
import { sql, type Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import type { Chart } from '../../domain/accounts.ts'
import type { Units } from '../../domain/money/money.ts'
import { compareKeys } from '../../domain/journals/rounding.ts'
import type { TargetMapping } from '../../domain/journals/target-mapping.ts'
import type { AccountKey, IsoDate } from '../../domain/transaction.ts'
import { isDivided, rulesFor, type DimensionShare, type DimensionSums } from '../build/dimensions.ts'

/** Which transactions a journal covers. */
export interface SealedRange {
  readonly day: IsoDate
  readonly currency: string
  readonly fromSequence: bigint
  readonly toSequence: bigint
  readonly accounts: readonly AccountKey[]
}

interface SumRow {
  readonly account: AccountKey
  readonly category: string | null
  readonly client: string | null
  readonly amount: Units | string
}

const ORDER = 'order:'

/** Only of accounts that a rule by service or client concerns; asks nothing when there are none. */
export async function dimensionSums(
  db: Kysely<Tables>,
  book: bigint,
  range: SealedRange,
  { mapping, chart }: { readonly mapping: TargetMapping; readonly chart: Chart },
): Promise<DimensionSums> {
  const divided = new Set(range.accounts.filter((key) => isDivided(rulesFor(mapping, chart, key))))
  if (divided.size === 0) return new Map()
  const sums = new Map<AccountKey, DimensionShare[]>()
  for (const { account, category, client, amount } of await readSums(db, book, range)) {
    if (!divided.has(account)) continue
    const shares = sums.get(account) ?? []
    shares.push({ service: category, client, exact: BigInt(amount) })
    sums.set(account, shares)
  }
  for (const shares of sums.values()) shares.sort((a, b) => compareKeys(shareKey(a), shareKey(b)))
  return sums
}

function shareKey({ service, client }: DimensionShare): string {
  return JSON.stringify([service, client])
}

/** A sum of 64-bit integers is a wider number in PostgreSQL, which comes as text. */
async function readSums(
  db: Kysely<Tables>,
  book: bigint,
  { day, currency, fromSequence, toSequence }: SealedRange,
): Promise<readonly SumRow[]> {
  const { rows } = await sql<SumRow>`
    select account.key as account, service_category.category as category, order_client.client as client,
      sum(posting.amount) as amount
    from txn
    join posting on posting.book = txn.book and posting.seq = txn.seq
    join account on account.book = posting.book and account.id = posting.account
    left join panel_order on panel_order.book = txn.book and panel_order.source = txn.source
      and txn.object like 'order:%' and panel_order.order_id = substr(txn.object, ${sql.lit(ORDER.length + 1)})
    left join service_category on service_category.book = txn.book and service_category.source = txn.source
      and service_category.service = panel_order.service
    left join order_client on order_client.book = txn.book and order_client.source = txn.source
      and txn.object like 'order:%' and order_client.order_id = substr(txn.object, ${sql.lit(ORDER.length + 1)})
    where txn.book = ${book} and txn.effective_date = ${day} and txn.currency = ${currency}
      and txn.seq between ${fromSequence} and ${toSequence}
    group by account.key, service_category.category, order_client.client`.execute(db)
  return rows
}
