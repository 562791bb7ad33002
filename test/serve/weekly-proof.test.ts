/** Weeks of a daemon on a simulated clock: its books are proven after the night of a Sunday, and until they hold. */
import { expect, it } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { createDaemon } from '../../src/pipeline/serve/daemon.ts'
import { createScheduler } from '../../src/pipeline/serve/scheduler.ts'
import type { NightOutcome } from '../../src/pipeline/serve/ticks.ts'
import { lastProof, proveWhenDue } from '../../src/pipeline/serve/weekly-proof.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { newBook } from '../support/ledger.ts'

const HOUR_MS = 3_600_000
const SCHEDULE = { at: '02:30', timeZone: 'Europe/Berlin' }
/** A Wednesday. */
const START_MS = Date.UTC(2026, 0, 7, 12)

interface Served {
  /** Looks every hour until then: "2026-01-11T02Z night". */
  readonly until: (iso: string) => Promise<readonly string[]>
  readonly proof: () => ReturnType<typeof lastProof>
  /** How the next proofs end; 'done' when there is no more. */
  readonly fates: NightOutcome['kind'][]
  readonly setClock: (iso: string) => void
  readonly during: { work: () => Promise<void> }
}

async function served(database: Database): Promise<Served> {
  const { id } = await newBook(database)
  const { kysely } = database
  const book = { id, name: 'acme', schedule: SCHEDULE }
  let now = START_MS
  let ran: string[] = []
  const fates: NightOutcome['kind'][] = []
  const during = { work: async () => undefined as void }
  const nowMs = () => now
  const ended = (kind: NightOutcome['kind']): NightOutcome => ({ kind, detail: `It ${kind}.` })
  const parts = {
    db: kysely,
    nowMs,
    holder: 'machine/1/test',
    mayLive: () => true,
    runNight: async () => ended('done'),
  }
  const runProof = async (): Promise<NightOutcome> => {
    await during.work()
    return ended(fates.shift() ?? 'done')
  }
  const daemon = createDaemon({
    books: [book],
    scheduler: createScheduler(parts),
    workers: {
      runHooks: async () => ended('done'),
      hasDeliveries: async () => false,
      proveWhenDue: (each) => proveWhenDue({ db: kysely, nowMs, runProof }, each),
    },
    events: {
      ran: (_book, what) => void ran.push(`${new Date(now).toISOString().slice(0, 13)}Z ${what}`),
      failed: (_book, error) => expect.unreachable(String(error)),
    },
    signal: new AbortController().signal,
    atOnce: 1,
  })
  const until = async (iso: string): Promise<readonly string[]> => {
    ran = []
    for (; now <= Date.parse(iso); now += HOUR_MS) {
      daemon.wake()
      await daemon.idle()
    }
    return ran.filter((each) => each.endsWith('proof'))
  }
  return { until, proof: () => lastProof(kysely, id), fates, setClock: (iso) => void (now = Date.parse(iso)), during }
}

describeOnSqlite('the weekly proof', (fresh) => {
  it('is made after the night of each Sunday, and none before the first', async () => {
    const { until, proof } = await served(await fresh())
    expect(await until('2026-01-11T02:00Z')).toEqual([])
    expect(await proof()).toBeNull()
    // The night is at half past one UTC, looked at at two; the proof comes with the next look.
    expect(await until('2026-01-26T00:00Z')).toEqual([
      '2026-01-11T03Z proof',
      '2026-01-18T03Z proof',
      '2026-01-25T03Z proof',
    ])
    expect(await proof()).toMatchObject({ outcome: 'done' })
  })

  it.each(['failed', 'transient', 'crashed'] as const)(
    'that %s is made again after the next night, and stays told until it holds',
    async (kind) => {
      const { until, proof, fates, during } = await served(await fresh())
      fates.push(kind, kind)
      expect(await until('2026-01-12T12:00Z')).toEqual(['2026-01-11T03Z proof', '2026-01-12T03Z proof'])
      expect(await proof()).toMatchObject({ outcome: kind, detail: `It ${kind}.` })
      during.work = async () => expect(await proof()).toMatchObject({ outcome: kind })
      expect(await until('2026-01-17T12:00Z')).toEqual(['2026-01-13T03Z proof'])
      expect(await proof()).toMatchObject({ outcome: 'done' })
    },
  )

  it('that was told to stop is made again by whoever serves next', async () => {
    const { until, fates, proof } = await served(await fresh())
    fates.push('stopped')
    expect(await until('2026-01-11T06:00Z')).toEqual(['2026-01-11T03Z proof', '2026-01-11T04Z proof'])
    expect(await proof()).toMatchObject({ outcome: 'done' })
  })

  it('is made once, though another daemon looks while it runs', async () => {
    const database = await fresh()
    const { until, during } = await served(database)
    const { id } = await database.kysely.selectFrom('book').select('id').executeTakeFirstOrThrow()
    let other: NightOutcome | null = { kind: 'failed', detail: 'never asked' }
    during.work = async () => {
      other = await proveWhenDue(
        {
          db: database.kysely,
          nowMs: () => Date.parse('2026-01-11T03:01Z'),
          runProof: async () => expect.unreachable('it runs already'),
        },
        { id, schedule: SCHEDULE },
      )
    }
    expect(await until('2026-01-11T06:00Z')).toEqual(['2026-01-11T03Z proof'])
    expect(other).toBeNull()
  })

  it('comes when it is due again after a clock that was far ahead', async () => {
    const { until, setClock } = await served(await fresh())
    await until('2026-01-11T06:00Z')
    setClock('2027-03-01T12:00Z')
    expect(await until('2027-03-01T14:00Z')).toEqual(['2027-03-01T13Z proof'])
    setClock('2026-01-12T12:00Z')
    expect(await until('2026-01-19T00:00Z')).toEqual(['2026-01-12T13Z proof', '2026-01-18T03Z proof'])
  })
})
