/**
 * A counter's readings, payouts and decisions landed one by one and processed as they are at night, without the night:
 * what is booked per vendor day, and what is undecided, can be looked at after each.
 */
import type { Database } from '../../src/db/database.ts'
import type { AcceptAs } from '../../src/domain/counters/counter-decision.ts'
import { formatMoney, type Units } from '../../src/domain/money/money.ts'
import { undecidedOf, type Undecided } from '../../src/reconcile/undecided.ts'
import { listVerdicts, type JudgedReading } from '../../src/evidence/counter-verdicts.ts'
import { landBatch, type NewLanding } from '../../src/evidence/landing.ts'
import { createProcessor, processBatch } from '../../src/pipeline/process/process-batch.ts'
import { API_KEY, HOUR_MS, newRig, nightMs, type Rig } from './harness.ts'
import { quarantined, transactionsOf } from './reads.ts'
import { payments, stats } from './scripted-book.ts'

export type Decision =
  | { readonly of: number; readonly as: AcceptAs; readonly earned?: string }
  | { readonly of: number; readonly as: 'reject'; readonly through?: number }

export interface LandedCounter {
  readonly rig: Rig
  /** The reading of a night; it counts on that day of March 2026. */
  readonly read: (night: number, amount: string, traffic?: number) => Promise<void>
  /** A decision about the reading of a night; throws the reason when it does not fit. */
  readonly decide: (decision: Decision) => Promise<void>
  readonly mode: (mode: 'unpaid' | 'lifetime') => Promise<void>
  readonly payout: (day: string, amount: string, reference: string) => Promise<void>
  /** "2026-03-02 -150.00" for each day with something booked, in order. */
  readonly days: () => Promise<readonly string[]>
  readonly undecided: () => Promise<Undecided | null>
  readonly readings: () => Promise<readonly JudgedReading[]>
}

export interface LandedOptions {
  readonly kind?: 'publisher' | 'advertiser'
  readonly more?: string
  /** More lines of the book, each indented by four spaces and ended. */
  readonly bookMore?: string
}

export async function landedCounter(
  database: Database,
  { kind = 'publisher', more, bookMore }: LandedOptions = {},
): Promise<LandedCounter> {
  const source = { name: 'pub', kind, url: 'http://127.0.0.1:1', more }
  const rig = newRig(database, [source], () => API_KEY, bookMore)
  let now = nightMs(0)
  // Any import lands the settings first.
  await rig.importEvidence(now, payments('2026-02-28,pub,opening-balance,200.00,USD,,'))
  const book = await rig.bookRow()
  const places = new Map<number, { readonly batch: number; readonly item: number }>()
  const take = async (landing: Pick<NewLanding, 'kind' | 'fetchedAtMs' | 'body' | 'httpStatus'>): Promise<number> => {
    const item = { ...landing, source: 'pub', request: {}, contentType: 'application/json' }
    const landed = await database.kysely.transaction().execute((trx) => landBatch(trx, book.id, [item]))
    await processBatch(createProcessor(database, book), landed)
    return landed[0]?.batch ?? 0
  }
  const say = async (request: unknown): Promise<void> => {
    const before = (await quarantined(rig)).length
    await take({
      kind: 'counter-decision',
      fetchedAtMs: now + HOUR_MS,
      body: Buffer.from(JSON.stringify(request)),
      httpStatus: null,
    })
    const refused = (await quarantined(rig)).slice(before)
    if (refused[0] !== undefined) throw new Error(refused[0].reason)
  }
  const person = { by: 'Ada', why: 'asked the network' }
  const placeOf = (night: number) => {
    const place = places.get(night)
    if (place === undefined) throw new Error(`night ${night} has no reading`)
    return place
  }
  return {
    rig,
    read: async (night, amount, traffic = 1000 + 100 * night) => {
      now = nightMs(night)
      const body = Buffer.from(JSON.stringify(stats(kind, traffic, traffic, amount)))
      const batch = await take({ kind: 'payelancer-stats', fetchedAtMs: now, body, httpStatus: 200 })
      places.set(night, { batch, item: 1 })
    },
    decide: async (decision) => {
      const reading = placeOf(decision.of)
      if (decision.as === 'reject') {
        const through = decision.through === undefined ? {} : { through: placeOf(decision.through) }
        return say({ decide: 'reject', reading, ...through, ...person })
      }
      const earned = decision.earned === undefined ? {} : { earned: decision.earned }
      return say({ decide: 'accept', reading, as: decision.as, day: null, ...earned, ...person })
    },
    mode: (mode) => say({ decide: 'mode', mode, ...person }),
    payout: async (day, amount, reference) => {
      await rig.importEvidence(now + 2 * HOUR_MS, payments(`${day},pub,payout,${amount},USD,${reference},`))
    },
    days: () => daysOf(rig),
    undecided: async () => undecidedOf(database.kysely, book.id, await sourceId(database)),
    readings: async () => (await listVerdicts(database.kysely, book.id, {})).toReversed(),
  }
}

async function sourceId({ kysely }: Database): Promise<bigint> {
  return (await kysely.selectFrom('source').select('id').where('name', '=', 'pub').executeTakeFirstOrThrow()).id
}

async function daysOf(rig: Rig): Promise<readonly string[]> {
  const sums = new Map<string, Units>()
  for (const { object, kind, amount, date } of await transactionsOf(rig, 'pub')) {
    if (!object.startsWith('counter:')) continue
    const isRise = kind === 'earn' || kind === 'spend'
    sums.set(date, (sums.get(date) ?? 0n) + (isRise ? amount : -amount))
  }
  return [...sums]
    .filter(([, sum]) => sum !== 0n)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([date, sum]) => `${date} ${formatMoney(sum)}`)
}
