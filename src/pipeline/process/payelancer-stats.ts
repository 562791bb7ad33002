/** A reading of an account's counters → what was earned or spent since the last accepted one (docs/rules.md, C0 to C7). */
import type { TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../log/landing.ts'
import type { Judged } from '../../payelancer/rules/counter.ts'
import { saveReading } from '../../payelancer/store/counter-facts.ts'
import { isoDateInZone } from '../../domain/time/dates.ts'
import { observeStats } from '../../sources/payelancer/observe.ts'
import { isOver } from '../engine/items.ts'
import { answerOf, evidenceOf, supersede, type BatchContext, type ContextSource } from './context.ts'
import { readCounter, workOutCounter } from './counter.ts'
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
  await isOver(context, item, { source: source.name, object: 'source' })
  await supersede(context, item, 'counter')
  await isOver(context, item, { source: source.name, object: 'counter' }, ['ANSWER_UNREAD', 'SOURCE_FAILED'])
  const { impressions, clicks, amount } = observed
  const atMs = item.fetchedAtMs
  const reading = { impressions, clicks, amount, atMs, readOn: isoDateInZone(atMs, source.timeZone) }
  await saveReading(context.db, { book: context.book, source: source.id }, evidenceOf(item), reading)
  const drafts = await workOutCounter(context, source, item)
  const { outcome } = await readCounter(context, source)
  const judged = outcome.judged.at(-1)
  if (judged !== undefined) count(context, source, judged)
  return drafts
}

function count(
  { tally, warn }: BatchContext,
  source: ContextSource,
  { status, change, from, day, days }: Judged,
): void {
  const { name, currency } = source
  if (status === 'held' || status === 'waits') return tally.add('excepted', currency, change)
  if (status === 'opening') warn(name, 'counting begins with this reading; nothing before it is booked')
  if (status !== 'booked' || change === 0n) return tally.add('unchanged', currency, 0n)
  if (days > 1)
    warn(name, `no reading between ${from} and ${day}; what it moved by is one entry, split at a month's end by days`)
  return tally.add('posted', currency, change)
}
