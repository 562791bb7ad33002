/** What has been learned about each panel: its net or gross tallies per refund case, and how it rounds refunds. */
import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import { UNKNOWN_TALLY, type ChargeSemantics, type SemanticsTally } from '../domain/orders/charge-semantics.ts'
import type { RefundCase } from '../domain/orders/order.ts'
import { isRoundingMode, type RefundRounding } from '../domain/orders/refund.ts'

/** Used for the size of a claim while nothing has been learned: what most panels show. */
const UNLEARNED_ROUNDING: RefundRounding = { mode: 'half-up', decimals: 8 }

export interface LearnedSemantics {
  readonly tallies: Readonly<Record<RefundCase, SemanticsTally>>
  /** By kind of refund; null until a wallet has shown it. */
  readonly roundings: Readonly<Record<RefundCase, RefundRounding | null>>
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
  const shown = await db
    .selectFrom('refund_rounding')
    .select(['refund_case', 'mode', 'decimals'])
    .where('book', '=', book)
    .where('source', '=', source)
    .execute()
  const roundings: Record<RefundCase, RefundRounding | null> = { cancel: null, partial: null, completion: null }
  for (const { refund_case, mode, decimals } of shown) {
    if (isRoundingMode(mode)) roundings[refund_case] = { mode, decimals: Number(decimals) }
  }
  return { tallies, roundings }
}

export function semanticsOf(learned: LearnedSemantics): ChargeSemantics {
  const { cancel, partial, completion } = learned.tallies
  const { roundings } = learned
  return {
    verdicts: { cancel: cancel.verdict, partial: partial.verdict, completion: completion.verdict },
    roundings: {
      cancel: roundings.cancel ?? UNLEARNED_ROUNDING,
      partial: roundings.partial ?? UNLEARNED_ROUNDING,
      completion: roundings.completion ?? UNLEARNED_ROUNDING,
    },
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
  refundCase: RefundCase,
  rounding: RefundRounding,
): Promise<void> {
  const changing = { mode: rounding.mode, decimals: BigInt(rounding.decimals) }
  await db
    .insertInto('refund_rounding')
    .values({ book, source, refund_case: refundCase, ...changing })
    .onConflict((conflict) => conflict.columns(['book', 'source', 'refund_case']).doUpdateSet(changing))
    .execute()
}

/** Roundings that a proven refund of the kind contradicts. */
export async function excludedRoundings(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
): Promise<Readonly<Record<RefundCase, readonly RefundRounding[]>>> {
  const rows = await db
    .selectFrom('refund_rounding_excluded')
    .select(['refund_case', 'mode', 'decimals'])
    .where('book', '=', book)
    .where('source', '=', source)
    .execute()
  const of = (refundCase: RefundCase): readonly RefundRounding[] =>
    rows.flatMap(({ refund_case, mode, decimals }) =>
      refund_case === refundCase && isRoundingMode(mode) ? [{ mode, decimals: Number(decimals) }] : [],
    )
  return { cancel: of('cancel'), partial: of('partial'), completion: of('completion') }
}

/** What is excluded from now on, for one kind of refund. */
export async function saveExcludedRoundings(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  refundCase: RefundCase,
  excluded: readonly RefundRounding[],
  batch: number,
): Promise<void> {
  await db
    .deleteFrom('refund_rounding_excluded')
    .where('book', '=', book)
    .where('source', '=', source)
    .where('refund_case', '=', refundCase)
    .execute()
  if (excluded.length === 0) return
  const rows = excluded.map(({ mode, decimals }) => ({ mode, decimals: BigInt(decimals) }))
  const about = { book, source, refund_case: refundCase, evidence_batch: BigInt(batch) }
  await db
    .insertInto('refund_rounding_excluded')
    .values(rows.map((row) => ({ ...about, ...row })))
    .execute()
}

/** The most decimals that any charge of the panel was shown with. */
export async function mostChargeDecimals(db: Kysely<Tables>, book: bigint, source: bigint): Promise<number> {
  const row = await db
    .selectFrom('order_state')
    .select(({ fn }) => fn.max('charge_decimals').as('most'))
    .where('book', '=', book)
    .where('source', '=', source)
    .where('charge', 'is not', null)
    .executeTakeFirst()
  return Number(row?.most ?? 0n)
}
