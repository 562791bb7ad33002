/** A publisher's or advertiser's nights, one after the other, and a person who decides in between. */
import { expect } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import type { AcceptAs } from '../../src/domain/counters/counter-decision.ts'
import { listVerdicts, type JudgedReading } from '../../src/evidence/counter-verdicts.ts'
import { decideMode, decideReading, type CounterDecided } from '../../src/pipeline/counter-decisions.ts'
import { runNight, type NightReport } from '../../src/pipeline/night.ts'
import { replayBook } from '../../src/pipeline/replay.ts'
import { HOUR_MS, nightMs, rigOn, type Rig } from './harness.ts'
import { exceptionsOf, fingerprintsOf } from './reads.ts'
import { scriptedBook, stats, type ScriptedOptions, type Vendors } from './scripted-book.ts'

export interface Play {
  readonly rig: Rig
  readonly vendors: Vendors
  /** The next night's reading of the publisher: impressions, clicks, earnings. */
  readonly read: (impressions: number, clicks: number, amount: string, night?: number) => Promise<NightReport>
  /** A person's word about the newest held reading, twelve hours after the last night. */
  readonly accept: (
    as: AcceptAs,
    more?: { readonly day?: string; readonly of?: JudgedReading },
  ) => Promise<CounterDecided>
  readonly reject: (of?: JudgedReading) => Promise<CounterDecided>
  readonly mode: (mode: 'unpaid' | 'lifetime') => Promise<CounterDecided>
  readonly held: () => Promise<readonly JudgedReading[]>
  readonly judged: () => Promise<readonly JudgedReading[]>
  /** When the last night was, plus some hours. */
  readonly later: (hours: number) => number
}

export const PERSON = { by: 'Ada', why: 'asked the network' }

export async function play(database: Database, options: ScriptedOptions = {}, source = 'pub'): Promise<Play> {
  const { rig, vendors } = await scriptedBook(database, options)
  const request = { config: rig.config, book: rig.book, env: rig.env }
  const role = source === 'pub' ? 'publisher' : 'advertiser'
  let last = 0
  const later = (hours: number): number => nightMs(last) + hours * HOUR_MS
  const judged = async (status?: 'held'): Promise<readonly JudgedReading[]> =>
    listVerdicts(rig.database.kysely, (await rig.bookRow()).id, status === undefined ? {} : { status })
  const newest = async (): Promise<JudgedReading> => {
    const [first] = await judged('held')
    if (first === undefined) throw new Error('no reading is held')
    return first
  }
  return {
    rig,
    vendors,
    later,
    judged: () => judged(),
    held: () => judged('held'),
    read: async (impressions, clicks, amount, night = last + 1) => {
      last = night
      vendors[role] = stats(role, impressions, clicks, amount)
      return runNight(rig.environment(nightMs(night)), { ...request, source })
    },
    accept: async (as, { day, of } = {}) => {
      const { place } = of ?? (await newest())
      const decision = { decide: 'accept' as const, reading: place, as, day: day ?? null, ...PERSON }
      return decideReading(rig.environment(later(12)), request, decision)
    },
    reject: async (of) => {
      const { place } = of ?? (await newest())
      const decision = { decide: 'reject' as const, reading: place, ...PERSON }
      return decideReading(rig.environment(later(12)), request, decision)
    },
    mode: (mode) => decideMode(rig.environment(later(12)), request, source, { decide: 'mode', mode, ...PERSON }),
  }
}

/** The landing alone gives the same chain, the same exceptions and the same verdicts. */
export async function expectReplays(rig: Rig, into: Database): Promise<void> {
  const book = await rig.bookRow()
  const options = { nowMs: nightMs(400), signal: new AbortController().signal, onBatch: () => undefined }
  const report = await replayBook({ kysely: rig.database.kysely, book }, into, rig.book, options)
  expect(report.replayed).toEqual(report.original)
  const copy = rigOn(into, rig)
  expect(await fingerprintsOf(copy)).toEqual(await fingerprintsOf(rig))
  expect(await exceptionsOf(copy)).toEqual(await exceptionsOf(rig))
  expect(await exceptionsOf(copy, 'closed')).toEqual(await exceptionsOf(rig, 'closed'))
  const verdicts = async (of: Rig) => listVerdicts(of.database.kysely, (await of.bookRow()).id, {})
  expect(await verdicts(copy)).toEqual(await verdicts(rig))
}
