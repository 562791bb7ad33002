/** A line that a person says is no returned payout: what was owed again because of it is owed no more. */
import { sql } from 'kysely'
import type { Units } from '../../domain/money/money.ts'
import type { TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../log/landing.ts'
import { saveReturned } from '../../payelancer/store/payouts.ts'
import { positions } from '../../ledger/positions.ts'
import { evidenceOf, sourceOf, type BatchContext, type ContextSource } from './context.ts'
import { bring } from '../engine/want.ts'
import { expectReturned } from './expect-returned.ts'
import type { PoolItem } from './match-pool.ts'

/** Returns that a line told of, apart from those that a file states. */
export const RETURN_OF_LINE = 'P3'

const KIND = 'payout-returned'
const SUFFIX = ':return'

/** `items`: those of a match that is undone or refused. */
export async function withdrawReturns(
  context: BatchContext,
  item: Landed,
  items: Iterable<PoolItem>,
): Promise<readonly TransactionDraft[]> {
  const drafts: TransactionDraft[] = []
  for (const { object: returned, open, settled } of items) {
    const source = open.kind === 'payout-return' ? sourceOf(context, open.source) : null
    if (source === null) continue
    const object = returned.slice(0, -SUFFIX.length)
    const told = await toldByLines(context, source, object)
    const amount = -settled.amount < told ? -settled.amount : told
    if (amount <= 0n) continue
    const held = (await positions(context.db, context.book, source.id, [object])).get(object)?.get(KIND)
    const total = (held?.cumulative ?? 0n) - amount
    const { date } = settled
    const memo = 'the line is no return of it'
    const evidence = evidenceOf(item)
    const wanted = { object, kind: KIND, total, date, rule: RETURN_OF_LINE, memo, evidence } as const
    drafts.push(...(await bring(context, source, [wanted])))
    await expectReturned(context, item, source, { object, amount: total, date, evidence })
    await saveReturned(context.db, { book: context.book, source: source.id }, { payout: object, total, date, evidence })
  }
  return drafts
}

async function toldByLines({ db, book }: BatchContext, source: ContextSource, object: string): Promise<Units> {
  const row = await db
    .selectFrom('txn')
    .select(sql<bigint>`cast(coalesce(sum(amount), 0) as bigint)`.as('amount'))
    .where('book', '=', book)
    .where('source', '=', source.id)
    .where('object', '=', object)
    .where('kind', '=', KIND)
    .where('rule', '=', RETURN_OF_LINE)
    .executeTakeFirst()
  return row?.amount ?? 0n
}
