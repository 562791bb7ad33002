/** The rules by which refunds are booked before their credit, and the refunds that are due by them. */
import { sql, type Kysely } from 'kysely'
import type { RefundRuleTable } from '../db/registry-tables.ts'
import type { Tables } from '../db/tables.ts'
import type { Units } from '../domain/money/money.ts'
import type { RefundCase } from '../domain/orders/order.ts'
import { isRoundingMode, type RefundRounding } from '../domain/orders/refund.ts'
import { NOTHING_LEARNED, type RuleProgress } from '../domain/orders/refund-rule.ts'
import type { RegisteredOrder } from './registered-order.ts'
import { findOrders } from './registry.ts'

export interface RefundRule extends RuleProgress {
  readonly refundCase: RefundCase
  /** Null for full refunds, and before one was accepted. */
  readonly rounding: RefundRounding | null
  readonly by: string
  readonly why: string
  readonly decidedAtMs: number | null
}

export async function refundRules(db: Kysely<Tables>, book: bigint, source: bigint): Promise<readonly RefundRule[]> {
  const rows = await db
    .selectFrom('refund_rule')
    .selectAll()
    .where('book', '=', book)
    .where('source', '=', source)
    .orderBy('refund_case')
    .execute()
  return rows.map(ruleOf)
}

export async function refundRule(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  refundCase: RefundCase,
): Promise<RefundRule> {
  const found = (await refundRules(db, book, source)).find((each) => each.refundCase === refundCase)
  return found ?? { ...NOTHING_LEARNED, refundCase, rounding: null, by: '', why: '', decidedAtMs: null }
}

function ruleOf(row: RefundRuleTable): RefundRule {
  const { refund_case, status, mode, decimals, cases, amounts, decided_by, why, decided_at_ms } = row
  const rounding =
    mode !== null && isRoundingMode(mode) && decimals !== null ? { mode, decimals: Number(decimals) } : null
  return {
    refundCase: refund_case,
    status,
    rounding,
    cases: Number(cases),
    // Written by this file alone.
    amounts: (JSON.parse(amounts) as readonly string[]).map(BigInt),
    by: decided_by,
    why,
    decidedAtMs: decided_at_ms === null ? null : Number(decided_at_ms),
  }
}

export async function saveRefundRule(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  rule: RefundRule,
  batch: number,
): Promise<void> {
  const changing = {
    status: rule.status,
    mode: rule.rounding?.mode ?? null,
    decimals: rule.rounding === null ? null : BigInt(rule.rounding.decimals),
    cases: BigInt(rule.cases),
    amounts: JSON.stringify(rule.amounts.map(String)),
    decided_by: rule.by,
    why: rule.why,
    decided_at_ms: rule.decidedAtMs === null ? null : BigInt(rule.decidedAtMs),
    evidence_batch: BigInt(batch),
  }
  await db
    .insertInto('refund_rule')
    .values({ book, source, refund_case: rule.refundCase, ...changing })
    .onConflict((conflict) => conflict.columns(['book', 'source', 'refund_case']).doUpdateSet(changing))
    .execute()
}

/** Orders with a refund that is due, by id. */
export async function ordersDue(db: Kysely<Tables>, book: bigint, source: bigint): Promise<readonly RegisteredOrder[]> {
  const rows = await db
    .selectFrom('order_state')
    .select('order_id')
    .where('book', '=', book)
    .where('source', '=', source)
    .where('refund_due', '>', 0n)
    .orderBy('order_id')
    .execute()
  const ids = rows.map((row) => row.order_id)
  const orders = await findOrders(db, book, source, ids)
  return ids.flatMap((id) => orders.get(id) ?? [])
}

/** What is due by source, in all and of how many orders; and what of it was booked since an instant. */
export async function sumsDue(
  db: Kysely<Tables>,
  book: bigint,
  sinceMs = 0,
): Promise<
  readonly { readonly source: bigint; readonly amount: Units; readonly orders: number; readonly recent: Units }[]
> {
  const rows = await db
    .selectFrom('order_state')
    .select('source')
    .select([
      sql<bigint>`cast(sum(refund_due) as bigint)`.as('amount'),
      sql<bigint>`cast(count(*) as bigint)`.as('orders'),
      sql<bigint>`cast(sum(case when refund_due_ms >= ${sinceMs} then refund_due else 0 end) as bigint)`.as('recent'),
    ])
    .where('book', '=', book)
    .where('refund_due', '>', 0n)
    .groupBy('source')
    .execute()
  return rows.map(({ source, amount, orders, recent }) => ({ source, amount, orders: Number(orders), recent }))
}
