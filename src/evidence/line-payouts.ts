/** Payouts that came into the books by lines of statements which come to falls of a counter, and the readings that showed them. */
import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import type { KnownPayout } from '../domain/counters/counter-payout.ts'
import type { Evidence } from '../domain/transaction.ts'

/** A payout that came by a line of a statement because the line comes to a fall. */
export interface LinePayout {
  readonly payout: KnownPayout
  readonly evidence: Evidence
  /** As a schedule had made it due before the line was known; null when nothing was due. */
  readonly due: KnownPayout | null
}

/**
 * Those that the readings of a span have shown. What a person has called a payout rests on that word alone, what a file has
 * stated since on that file: they are none.
 */
export async function linesShownBy(
  db: Kysely<Tables>,
  book: bigint,
  source: bigint,
  { first, last }: { readonly first: Evidence; readonly last: Evidence },
): Promise<readonly LinePayout[]> {
  const rows = await db
    .selectFrom('counter_payout as payout')
    .innerJoin('log_record', (join) =>
      join
        .onRef('log_record.book', '=', 'payout.book')
        .onRef('log_record.batch', '=', 'payout.evidence_batch')
        .onRef('log_record.item', '=', 'payout.evidence_item'),
    )
    .leftJoin('txn as due', (join) =>
      join
        .onRef('due.book', '=', 'payout.book')
        .onRef('due.source', '=', 'payout.source')
        .onRef('due.object', '=', 'payout.payout')
        .on('due.rule', '=', 'payout/due'),
    )
    .selectAll('payout')
    .select(['due.cumulative as due_amount', 'due.effective_date as due_on'])
    .where('payout.book', '=', book)
    .where('payout.source', '=', source)
    .where('payout.reference', 'like', 'line-%')
    .where('log_record.kind', 'not in', ['match-decision', 'evidence-file'])
    .where((eb) =>
      eb(
        eb.refTuple('payout.shown_batch', 'payout.shown_item'),
        '>=',
        eb.tuple(BigInt(first.batch), BigInt(first.item)),
      ),
    )
    .where((eb) =>
      eb(eb.refTuple('payout.shown_batch', 'payout.shown_item'), '<=', eb.tuple(BigInt(last.batch), BigInt(last.item))),
    )
    .orderBy('payout.payout')
    .execute()
  return rows.map((row) => {
    const { payout: key, reference, amount, paid_on: date, due_amount: was, due_on: on } = row
    const evidence = { batch: Number(row.evidence_batch), item: Number(row.evidence_item) }
    const due =
      was === null || on === null ? null : { key, reference: key.replace(/^payout:/, ''), amount: was, date: on }
    return { payout: { key, reference, amount, date }, evidence, due }
  })
}
