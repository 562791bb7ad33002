/**
 * The order registry in `ledger verify`: it says of each order what the ledger says, its tables agree on which orders
 * there are, and no order that may still change has been given up. Every check is one statement over the whole book.
 */
import { sql, type Kysely, type RawBuilder } from 'kysely'
import type { Tables } from '../db/tables.ts'
import { formatExact } from '../domain/money/money.ts'
import { isFinal, KNOWN_STATUSES } from '../panels/rules/status.ts'
import type { Book } from '../ledger/books.ts'
import type { FindingCode, Findings } from '../ledger/verify/finding.ts'

/** More of one kind than this says nothing new. */
const LIMIT = 1000

export async function verifyRegistry(db: Kysely<Tables>, book: Book, findings: Findings): Promise<void> {
  await compareWithLedger(db, book, findings)
  for (const check of CHECKS) {
    const { rows } = await sql<OrderRow>`
      select s.name, o.order_id from (${check.orders(book.id)}) as o
      join source s on s.book = ${book.id} and s.id = o.source
      order by o.source, o.order_id limit ${sql.lit(LIMIT)}`.execute(db)
    for (const { name, order_id } of rows) {
      const sentence = `Order ${order_id} of ${name} ${check.sentence}`
      findings.add({ code: check.code, book: book.name, sequence: null, sentence })
    }
  }
}

interface OrderRow {
  readonly name: string
  readonly order_id: string
}

interface RegistryCheck {
  readonly code: FindingCode
  /** What is wrong with the order, after its name. */
  readonly sentence: string
  /** Selects source and order_id of the orders it is wrong with. */
  readonly orders: (book: bigint) => RawBuilder<unknown>
}

const FINAL = KNOWN_STATUSES.filter((status) => isFinal(status))

const CHECKS: readonly RegistryCheck[] = [
  {
    code: 'REGISTRY_UNREGISTERED',
    sentence: 'has an answer and is not registered.',
    orders: (book) => withoutRow('order_state', 'panel_order', book),
  },
  {
    code: 'REGISTRY_UNREGISTERED',
    sentence: 'waits for a first answer and is not registered.',
    orders: (book) => withoutRow('order_unasked', 'panel_order', book),
  },
  {
    code: 'REGISTRY_STATE_MISSING',
    sentence: 'is registered, has no answer and does not wait for one, so nobody would ever ask about it.',
    orders: (book) =>
      sql`${withoutRow('panel_order', 'order_state', book)} and not exists (${sameOrder('order_unasked')})`,
  },
  {
    code: 'REGISTRY_STATE_TWICE',
    sentence: 'has an answer and still waits for a first one.',
    orders: (book) =>
      sql`select one.source, one.order_id from order_unasked as one
        where one.book = ${book} and exists (${sameOrder('order_state')})`,
  },
  {
    // Given up are only finished orders, and those the panel never knew.
    code: 'REGISTRY_GIVEN_UP',
    sentence: 'may still change and will never be asked about again.',
    orders: (book) =>
      sql`select one.source, one.order_id from order_state as one
        where one.book = ${book} and one.due_at_ms is null
          and coalesce(one.status, '') not in (${sql.join(FINAL.map((status) => sql.lit(status)))})
          and not (one.status is null and one.refusals > 0 and one.charged = 0)`,
  },
]

type RegistryTable = 'panel_order' | 'order_state' | 'order_unasked'

function withoutRow(table: RegistryTable, other: RegistryTable, book: bigint): RawBuilder<unknown> {
  return sql`select one.source, one.order_id from ${sql.table(table)} as one
    where one.book = ${book} and not exists (${sameOrder(other)})`
}

function sameOrder(table: RegistryTable): RawBuilder<unknown> {
  return sql`select 1 from ${sql.table(table)} as other
    where other.book = one.book and other.source = one.source and other.order_id = one.order_id`
}

interface RegistryRow {
  readonly name: string
  readonly order_id: string
  readonly kind: string
  readonly registered: bigint
  readonly posted: bigint
}

/** The newest cumulative amount of each order in the ledger against what its registry row says it holds. */
async function compareWithLedger(db: Kysely<Tables>, book: Book, findings: Findings): Promise<void> {
  for (const kind of ['charge', 'refund'] as const) {
    const registered = sql.ref(kind === 'charge' ? 'o.charged' : 'o.refunded')
    const { rows } = await sql<RegistryRow>`
      select * from (
        select s.name, o.order_id, ${sql.lit(kind)} as kind, ${registered} as registered,
          coalesce((
            select t.cumulative from txn t
            where t.book = o.book and t.source = o.source and t.object = 'order:' || o.order_id and t.kind = ${sql.lit(kind)}
            order by t.version desc limit 1
          ), 0) as posted
        from order_state o join source s on s.book = o.book and s.id = o.source
        where o.book = ${book.id}
      ) as compared
      where registered <> posted
      limit ${sql.lit(LIMIT)}`.execute(db)
    for (const row of rows) {
      const sentence =
        `The registry holds ${formatExact(row.registered)} of ${row.kind} for order ${row.order_id} of ${row.name}, ` +
        `and the ledger ${formatExact(row.posted)}.`
      findings.add({ code: 'REGISTRY_DIFFERS', book: book.name, sequence: null, sentence })
    }
  }
}
