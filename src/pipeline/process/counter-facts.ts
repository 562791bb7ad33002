/** Everything the rules of a counter may look at for one reading, gathered from the database. */
import type { Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import { grown, type CounterFacts, type CounterReading } from '../../domain/counter.ts'
import { payoutsNear } from '../../domain/counter-payout.ts'
import { counterPolicy } from '../../domain/counter-policy.ts'
import { daysBetween, previousDate } from '../../domain/dates.ts'
import { dateOfChange, spanOfChange } from '../../domain/effective-date.ts'
import { parseMoney } from '../../domain/money.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import { counterMode, unseenPayouts } from '../../evidence/counter-payouts.ts'
import { pastRises } from '../../evidence/counter-verdicts.ts'
import { lastCounter } from '../../evidence/readings.ts'
import type { ContextSource } from './context.ts'

export interface GatheredFacts extends CounterFacts {
  /** The whole days the change may belong to when more than one ended; null otherwise. */
  readonly span: { readonly from: IsoDate; readonly to: IsoDate } | null
  readonly impressionsChange: bigint | null
  readonly clicksChange: bigint | null
}

export async function gatherFacts(
  { db, book }: { readonly db: Kysely<Tables>; readonly book: bigint },
  source: ContextSource,
  next: CounterReading,
): Promise<GatheredFacts> {
  const last = await lastCounter(db, book, source.id)
  const previous = last?.reading ?? null
  const previousMs = previous?.atMs ?? null
  const day = dateOfChange(previousMs, next.atMs, source.timeZone)
  const span = previousMs === null ? null : spanOfChange(previousMs, next.atMs, source.timeZone)
  const policy = counterPolicy(source.counter ?? null, reviewAbove(source))
  return {
    previous,
    accounted: last?.accounted ?? 0n,
    next,
    day,
    span,
    days: span === null ? 1 : daysBetween(previousDate(span.from), span.to),
    history: await pastRises(db, book, source.id),
    mode: await counterMode(db, book, source.id),
    payouts: payoutsNear(await unseenPayouts(db, book, source.id), day, policy),
    policy,
    impressionsChange: grown(previous?.impressions ?? null, next.impressions),
    clicksChange: grown(previous?.clicks ?? null, next.clicks),
  }
}

function reviewAbove(source: ContextSource): bigint | null {
  if (source.reviewAbove === null) return null
  const parsed = parseMoney(source.reviewAbove)
  return parsed.ok ? parsed.units : null
}
