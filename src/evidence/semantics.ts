/** What has been learned about each panel: its net or gross tallies per refund case, and how it rounds refunds. */
import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import { UNKNOWN_TALLY, type ChargeSemantics, type SemanticsTally } from '../domain/orders/charge-semantics.ts'
import type { RefundCase } from '../domain/orders/order.ts'
import type { RefundRounding } from '../domain/orders/refund.ts'

export const REFUND_CASES = ['cancel', 'partial', 'completion'] as const satisfies readonly RefundCase[]

/** Used for the size of a claim while nothing has been learned: what most panels show. */
const UNLEARNED_ROUNDING: RefundRounding = { mode: 'half-up', decimals: 8 }

export interface LearnedSemantics {
  readonly tallies: Readonly<Record<RefundCase, SemanticsTally>>
  /** Null until a wallet has shown it. */
  readonly rounding: RefundRounding | null
}

export async function loadSemantics(db: Kysely<Tables>, book: bigint, source: bigint): Promise<LearnedSemantics> {
  const rows = await db
    .selectFrom('charge_semantics')
    .selectAll()
    .where('book', '=', book)
    .where('source', '=', source)
    .execute()
  const tallies = { cancel: UNKNOWN_TALLY, partial: UNKNOWN_TALLY, completion: UNKNOWN_TALLY }
  for (const row of rows) {
    tallies[row.refund_case] = {
      verdict: row.verdict,
      netCases: Number(row.net_cases),
      grossCases: Number(row.gross_cases),
      contradictions: Number(row.contradictions),
    }
  }
  const rounding = await db
    .selectFrom('refund_rounding')
    .select(['mode', 'decimals'])
    .where('book', '=', book)
    .where('source', '=', source)
    .executeTakeFirst()
  return {
    tallies,
    rounding: rounding === undefined ? null : { mode: rounding.mode, decimals: Number(rounding.decimals) },
  }
}

export function semanticsOf(learned: LearnedSemantics): ChargeSemantics {
  const { cancel, partial, completion } = learned.tallies
  return {
    verdicts: { cancel: cancel.verdict, partial: partial.verdict, completion: completion.verdict },
    rounding: learned.rounding ?? UNLEARNED_ROUNDING,
  }
}

export async function saveTally(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  refundCase: RefundCase,
  tally: SemanticsTally,
  batch: number,
): Promise<void> {
  const changing = {
    verdict: tally.verdict,
    net_cases: BigInt(tally.netCases),
    gross_cases: BigInt(tally.grossCases),
    contradictions: BigInt(tally.contradictions),
    evidence_batch: BigInt(batch),
  }
  await db
    .insertInto('charge_semantics')
    .values({ book, source, refund_case: refundCase, ...changing })
    .onConflict((conflict) => conflict.columns(['book', 'source', 'refund_case']).doUpdateSet(changing))
    .execute()
}

export async function saveRounding(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  rounding: RefundRounding,
): Promise<void> {
  const changing = { mode: rounding.mode, decimals: BigInt(rounding.decimals) }
  await db
    .insertInto('refund_rounding')
    .values({ book, source, ...changing })
    .onConflict((conflict) => conflict.columns(['book', 'source']).doUpdateSet(changing))
    .execute()
}
