/** A reading of an account's counters → what was earned or spent since the last accepted one (domain/counter.ts). */
import { decideCounter, type CounterDecision, type CounterReading } from '../../domain/counter.ts'
import { dateOfChange, spanOfChange } from '../../domain/effective-date.ts'
import { parseMoney } from '../../domain/money.ts'
import type { TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../evidence/landing.ts'
import { lastCounter, saveCounter, type CounterState } from '../../evidence/readings.ts'
import { positions } from '../../ledger/positions.ts'
import { observeStats } from '../../sources/payelancer/observe.ts'
import { draftOf, quarantine, raise, settle, unreadCode, type BatchContext, type ContextSource } from './context.ts'

/** The counter is one object per source; what rises and falls are two kinds, so neither cumulative ever falls. */
const KINDS = {
  publisher: { rise: 'earn', fall: 'clawback', object: 'counter:earnings' },
  advertiser: { rise: 'spend', fall: 'spend-credit', object: 'counter:spent' },
} as const

export async function processStats(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
): Promise<readonly TransactionDraft[]> {
  if (source.kind === 'panel') throw new RangeError(`source ${source.name} is a panel and has no counters`)
  const answer = { httpStatus: item.httpStatus ?? 0, contentType: item.contentType, body: item.body }
  const observed = observeStats(answer)
  if (observed.kind !== 'counter' || observed.role !== source.kind) {
    const detail =
      observed.kind === 'counter'
        ? `the account answers as ${observed.role}, but the source is configured as ${source.kind}`
        : observed.reason
    context.tally.add('quarantined', source.currency, null)
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
  const reading: CounterReading = {
    impressions: observed.impressions,
    clicks: observed.clicks,
    amount: observed.amount,
    atMs: item.fetchedAtMs,
  }
  const previous = await lastCounter(context.db, context.book, source.id)
  const decision = decideCounter(previous?.reading ?? null, previous?.accounted ?? 0n, reading, {
    reviewAbove: reviewAbove(source),
  })
  await remember(context, source, item, reading, decision)
  return book(context, source, item, previous, decision)
}

function reviewAbove(source: ContextSource): bigint | null {
  if (source.reviewAbove === null) return null
  const parsed = parseMoney(source.reviewAbove)
  return parsed.ok ? parsed.units : null
}

async function remember(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  reading: CounterReading,
  decision: CounterDecision,
): Promise<void> {
  const state: CounterState = { reading, accounted: reading.amount, origin: 'api' }
  const place = { batch: item.batch, item: item.item, line: 0 }
  const kept = { name: decision.kind, accepted: decision.kind !== 'held' }
  await saveCounter(context.db, context.book, source.id, place, state, kept)
}

async function book(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  previous: CounterState | null,
  decision: CounterDecision,
): Promise<readonly TransactionDraft[]> {
  const { currency } = source
  switch (decision.kind) {
    case 'unchanged':
      context.tally.add('unchanged', currency, 0n)
      await settle(context, item, 'counter')
      return []
    case 'baseline':
      context.tally.add('unchanged', currency, 0n)
      await settle(context, item, 'counter')
      context.warn(source.name, decision.reason)
      return []
    case 'held': {
      const { code, amount, reason } = decision
      context.tally.add('excepted', currency, amount)
      await raise(context, item, { source: source.name, code, object: 'counter', amount, currency, detail: reason })
      return []
    }
    case 'rise':
    case 'fall':
      context.tally.add('posted', currency, decision.amount)
      await settle(context, item, 'counter')
      return [await changeDraft(context, source, item, previous, decision)]
  }
}

async function changeDraft(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  previous: CounterState | null,
  decision: Extract<CounterDecision, { kind: 'rise' | 'fall' }>,
): Promise<TransactionDraft> {
  const names = KINDS[source.kind === 'publisher' ? 'publisher' : 'advertiser']
  const kind = names[decision.kind]
  const held = (await positions(context.db, context.book, source.id, [names.object])).get(names.object)?.get(kind)
  const previousMs = previous?.reading.atMs ?? null
  const span = previousMs === null ? null : spanOfChange(previousMs, item.fetchedAtMs, source.timeZone)
  if (span !== null) {
    const detail = `no reading between ${span.from} and ${span.to}; the whole change counts on ${span.to}`
    await raise(context, item, {
      source: source.name,
      code: 'COUNTER_GAP',
      object: `days:${span.from}..${span.to}`,
      amount: decision.amount,
      currency: source.currency,
      detail,
    })
  }
  return draftOf(context, {
    source,
    object: names.object,
    kind,
    version: (held?.version ?? 0) + 1,
    amount: decision.amount,
    cumulative: (held?.cumulative ?? 0n) + decision.amount,
    effectiveDate: dateOfChange(previousMs, item.fetchedAtMs, source.timeZone),
    rule: decision.rule,
    memo: span === null ? '' : `covers ${span.from}..${span.to}`,
    evidence: { batch: item.batch, item: item.item },
  })
}
