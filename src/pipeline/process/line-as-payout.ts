/** A payout that the books learn of by a line: booked, and expected, so that the line has an item to settle. */
import type { TransactionDraft } from '../../domain/transaction.ts'
import { savePayout, type KnownPayout } from '../../payelancer/store/payouts.ts'
import type { Landed } from '../../log/landing.ts'
import { evidenceOf, type BatchContext, type ContextSource } from './context.ts'
import { bring } from '../engine/want.ts'
import { checkMinimum, OF_PAYOUTS } from './minimums.ts'
import { expectPosted } from './open-items.ts'
import { isOver } from '../engine/items.ts'

/** Before the number of the line, in the reference of its payout. */
export const LINE_REFERENCE = 'line-'
export const LINE_RULE = 'P2'

/** `key` is its object in the ledger. What a counter shows of it is judged by the caller. */
export async function bookLineAsPayout(
  context: BatchContext,
  item: Landed,
  source: ContextSource,
  payout: KnownPayout,
  why: string,
): Promise<readonly TransactionDraft[]> {
  const { key: object, reference, amount, date } = payout
  const evidence = evidenceOf(item)
  await savePayout(context.db, { book: context.book, source: source.id }, payout, 'stated', evidence)
  await expectPosted(context, item, [{ source, kind: 'payout', posted: { object, amount, date, evidence } }])
  await checkMinimum(context, item, source, { kind: 'payout', reference, amount })
  const memo = why.slice(0, 200).toWellFormed()
  return bring(context, source, [{ object, kind: 'payout', total: amount, date, rule: LINE_RULE, memo, evidence }])
}

/** What was booked by a line is brought to what is left of it, mostly nothing. The caller has forgotten the payout. */
export async function withdrawLine(
  context: BatchContext,
  item: Landed,
  source: ContextSource,
  { key: object, amount, date }: Pick<KnownPayout, 'key' | 'amount' | 'date'>,
  memo: string,
): Promise<readonly TransactionDraft[]> {
  const evidence = evidenceOf(item)
  await expectPosted(context, item, [{ source, kind: 'payout', posted: { object, amount, date, evidence } }])
  await isOver(context, item, { source: source.name, object }, OF_PAYOUTS)
  return bring(context, source, [{ object, kind: 'payout', total: amount, date, rule: LINE_RULE, memo, evidence }])
}
