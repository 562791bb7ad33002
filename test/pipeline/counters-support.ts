/** A publisher's or advertiser's nights, one after the other, and a person who answers in between. */
import { expect } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import type { AnswerWord } from '../../src/domain/exceptions/counter-answers.ts'
import { formatMoney, type Units } from '../../src/domain/money/money.ts'
import { decideException, type ExceptionDecided } from '../../src/pipeline/exception-decisions.ts'
import { runNight, type NightReport } from '../../src/pipeline/night.ts'
import { replayBook } from '../../src/pipeline/replay.ts'
import { listExceptions } from '../../src/reconcile/exceptions.ts'
import { HOUR_MS, nightMs, rigOn, type Rig } from './harness.ts'
import { exceptionsOf, fingerprintsOf, transactionsOf } from './reads.ts'
import { scriptedBook, stats, type ScriptedOptions, type Vendors } from './scripted-book.ts'

export interface Play {
  readonly rig: Rig
  readonly vendors: Vendors
  /** A night's reading: the amount, and views that grow with it unless they are told. */
  readonly read: (night: number, amount: string, views?: number) => Promise<NightReport>
  /** A person's word about the held reading, or another, some hours after the last night. */
  readonly answer: (
    as: AnswerWord,
    more?: { earned?: bigint; reading?: string; night?: number },
  ) => Promise<ExceptionDecided>
  /** Rows of an evidence file, imported some hours after the last night. */
  readonly state: (...rows: readonly string[]) => Promise<void>
  /** "2026-03-02 -150.00" for each day with something booked, in order. */
  readonly days: () => Promise<readonly string[]>
  /** Objects and words of what waits for a person. */
  readonly items: () => Promise<readonly string[]>
}

export const PERSON = { by: 'Ada', why: 'asked the network' }

export async function play(
  database: Database,
  options: ScriptedOptions = {},
  source: 'pub' | 'ads' = 'pub',
): Promise<Play> {
  const { rig, vendors } = await scriptedBook(database, options)
  const request = { config: rig.config, book: rig.book, env: rig.env }
  const role = source === 'pub' ? 'publisher' : 'advertiser'
  let [last, hours] = [0, 1]
  const later = (): number => nightMs(last) + (hours += 1) * (HOUR_MS / 4)
  const open = async () => {
    const all = await listExceptions(rig.database.kysely, (await rig.bookRow()).id, {})
    return all.filter((each) => each.code === 'COUNTER_HELD' && each.source === source)
  }
  return {
    rig,
    vendors,
    read: async (night, amount, views = 1000 * night + Math.round(Number(amount))) => {
      ;[last, hours] = [night, 1]
      vendors[role] = stats(role, views, Math.floor(views / 10), amount)
      return runNight(rig.environment(nightMs(night)), { ...request, source })
    },
    answer: async (as, { earned, reading, night = last } = {}) => {
      last = night
      const found = await open()
      const about = found.find(({ status, object }) => status === 'open' && object === 'counter') ?? found.at(-1)
      const beside = earned === undefined ? null : String(earned)
      const word = { decide: 'resolve' as const, as, amount: null, reference: null, date: null, ...PERSON }
      return decideException(rig.environment(later()), request, about?.number ?? 0, {
        ...word,
        earned: beside,
        reading: reading ?? null,
        line: null,
      })
    },
    state: async (...rows) => {
      await rig.importEvidence(
        later(),
        [
          'date,source,kind,amount,currency,reference,note',
          ...rows.map((row) => row.replace('|', `,${source},`)),
          '',
        ].join('\n'),
      )
    },
    days: () => daysOf(rig, source),
    items: async () =>
      (await open()).filter(({ status }) => status === 'open').map(({ object, detail }) => `${object}: ${detail}`),
  }
}

async function daysOf(rig: Rig, source: string): Promise<readonly string[]> {
  const sums = new Map<string, Units>()
  for (const { kind, amount, date } of await transactionsOf(rig, source)) {
    const sign = kind === 'earn' || kind === 'spend' ? 1n : kind === 'clawback' || kind === 'spend-credit' ? -1n : 0n
    sums.set(date, (sums.get(date) ?? 0n) + sign * amount)
  }
  return [...sums]
    .filter(([, sum]) => sum !== 0n)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([date, sum]) => `${date.slice(5)} ${formatMoney(sum)}`)
}

/** The log alone gives the same chain, and the same items. */
export async function expectReplays(rig: Rig, into: Database): Promise<void> {
  const book = await rig.bookRow()
  const options = { nowMs: nightMs(400), signal: new AbortController().signal, onBatch: () => undefined }
  const report = await replayBook({ kysely: rig.database.kysely, book }, into, rig.book, options)
  expect(report.replayed).toEqual(report.original)
  const copy = rigOn(into, rig)
  expect(await fingerprintsOf(copy)).toEqual(await fingerprintsOf(rig))
  expect(await exceptionsOf(copy)).toEqual(await exceptionsOf(rig))
  expect(await exceptionsOf(copy, 'closed')).toEqual(await exceptionsOf(rig, 'closed'))
}
