/** A reading of an account's counters → what was earned or spent since the last accepted one (domain/counter.ts). */
import type { TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../evidence/landing.ts'
import { observeStats } from '../../sources/payelancer/observe.ts'
import {
  answerOf,
  quarantine,
  raise,
  settle,
  supersede,
  unreadCode,
  type BatchContext,
  type ContextSource,
} from './context.ts'
import { finishCounterWork } from './counter-open.ts'
import { raiseOverdue } from './counter-payouts.ts'
import { judgeNewReading, startCounterWork } from './counter-work.ts'

export async function processStats(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
): Promise<readonly TransactionDraft[]> {
  if (source.kind === 'panel') throw new RangeError(`source ${source.name} is a panel and has no counters`)
  const observed = observeStats(answerOf(context, item))
  if (observed.kind !== 'counter' || observed.role !== source.kind) {
    const detail =
      observed.kind === 'counter'
        ? `the account answers as ${observed.role}, but the source is configured as ${source.kind}`
        : observed.reason
    context.tally.add('quarantined', source.currency, null)
    // The account of another role answers too: that no answer came is over.
    if (observed.kind === 'counter') {
      await settle(context, item, 'source')
      await settle(context, item, 'counter', { only: ['STALE_SOURCE'] })
    }
    await quarantine(context, item, 0, 'counter', detail)
    context.warn(source.name, detail)
    await raise(context, item, {
      source: source.name,
      code: observed.kind === 'counter' ? 'BAD_PAYLOAD' : unreadCode(observed),
      object: 'counter',
      amount: null,
      currency: null,
      detail,
    })
    return []
  }
  await settle(context, item, 'source')
  await supersede(context, item, 'counter')
  const { impressions, clicks, amount } = observed
  const work = await startCounterWork(context, source, item)
  const facts = await judgeNewReading(work, { impressions, clicks, amount, atMs: item.fetchedAtMs })
  await finishCounterWork(work)
  await raiseOverdue(work, facts)
  return work.drafts
}
