/** A reading of an account's counters → what was earned or spent since the last accepted one (domain/counter.ts). */
import type { TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../evidence/landing.ts'
import { observeStats } from '../../sources/payelancer/observe.ts'
import { answerOf, settle, supersede, type BatchContext, type ContextSource } from './context.ts'
import { finishCounterWork } from './counter-open.ts'
import { raiseOverdue } from './counter-payouts.ts'
import { judgeNewReading, startCounterWork } from './counter-work.ts'
import { raiseUnread } from './unread-answers.ts'

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
    context.warn(source.name, detail)
    // The account of another role makes no sense, whatever it says.
    const unread = observed.kind === 'counter' ? { kind: 'role' } : observed
    await raiseUnread(context, source, item, { object: 'counter', observed: unread, reason: detail })
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
