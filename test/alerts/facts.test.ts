/** What the rules are told, read from real books: wallets, spending by day, clicks a day, freshness, what waits. */
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readBookFacts } from '../../src/alerts/facts.ts'
import { parseConfig } from '../../src/config/load.ts'
import { loadMappings } from '../../src/config/mappings.ts'
import { landBatch } from '../../src/log/landing.ts'
import { saveWalletReading } from '../../src/evidence/readings.ts'
import { saveReading } from '../../src/payelancer/store/counter-facts.ts'
import { ensureBook, ensureSources } from '../../src/ledger/books.ts'
import { finishRun, startRun } from '../../src/pipeline/runs.ts'
import { describeOnSqlite, type Fresh, newFolder } from '../support/databases.ts'
import { charge, post } from '../support/ledger.ts'

const DAY_MS = 86_400_000
const NOW_MS = Date.UTC(2026, 2, 20, 3)
const USD = 100_000_000n

const CONFIG = `database: sqlite:./x.db
books:
  - name: agency
    currency: USD
    timeZone: America/New_York
    sources:
      - { name: netpanel, type: panel, baseUrl: 'https://panel.example/api/v2', apiKey: { env: K }, currency: USD }
      - { name: ads, type: payelancer, role: advertiser, baseUrl: 'https://ads.example', apiKey: { env: K }, currency: USD }
      - { name: pub, type: payelancer, role: publisher, baseUrl: 'https://ads.example', apiKey: { env: K }, currency: USD }
`

async function rig(fresh: Fresh) {
  const database = await fresh()
  const config = parseConfig(CONFIG, join(newFolder(), 'tieout.yaml')).books[0]
  if (config === undefined) throw new Error('there is one book')
  const book = await ensureBook(database.kysely, config)
  const ids = await ensureSources(database.kysely, book, [
    { name: 'netpanel', kind: 'panel' },
    { name: 'ads', kind: 'advertiser' },
  ])
  const id = (name: string): bigint => ids.get(name) ?? 0n
  const { rules } = loadMappings()
  const facts = () => readBookFacts(database.kysely, book, { config, rules, nowMs: NOW_MS, dueMs: null })
  const counter = async (batch: number, day: number, clicks: bigint | null): Promise<void> => {
    const atMs = NOW_MS - day * DAY_MS
    const readOn = new Date(atMs).toISOString().slice(0, 10)
    const reading = { impressions: null, clicks, amount: BigInt(batch) * USD, atMs, readOn }
    await saveReading(database.kysely, { book: book.id, source: id('ads') }, { batch, item: 1 }, reading)
  }
  return { database, book, id, facts, counter }
}

const NO_RUN = { id: null, night: null, source: null, startedAtMs: NOW_MS }
const PANEL = { source: 'netpanel' }
const PUB = { source: 'pub' }

describeOnSqlite('facts for alerts', (fresh) => {
  it('of a book nobody has worked on are empty', async () => {
    const { facts } = await rig(fresh)
    const { sources, runs, exceptions, backlog } = await facts()
    expect(sources.map(({ name, lastReadingMs, wallet }) => [name, lastReadingMs, wallet])).toEqual([
      ['netpanel', null, null],
      ['ads', null, null],
      ['pub', null, null],
    ])
    expect(sources.flatMap(({ clickRates, spending }) => [...clickRates, ...spending])).toEqual([
      { day: '2026-03-19', amount: 0n },
      { day: '2026-03-19', amount: 0n },
    ])
    expect([runs, exceptions, backlog]).toEqual([
      { broken: null, firstStartedMs: null, scheduledSinceMs: null, lastFinishedMs: null, dueMs: null },
      [],
      [],
    ])
  })

  it.each([
    ['crashed', 'retry', null, true],
    ['crashed', 'running', null, true],
    ['transient', 'retry', null, true],
    ['failed', 'failed', null, true],
    ['busy', 'retry', null, false],
    ['incomplete', 'retry', null, false],
    ['crashed', 'done', null, false],
    // Run by hand since: the night, or one source of it alone.
    ['failed', 'failed', {}, false],
    ['failed', 'failed', { source: 'netpanel' }, true],
  ] as const)('have a night of the daemon that %s, and is %s', async (outcome, status, byHand, isBroken) => {
    const { database, book, facts } = await rig(fresh)
    const { kysely } = database
    const times = { due_at_ms: 1n, started_at_ms: BigInt(NOW_MS), retry_at_ms: null, finished_at_ms: null }
    const row = { ...times, holder: 'x/1/y', alive_until_ms: 0n, attempts: 1n, detail: 'Its process was ended.' }
    await kysely
      .insertInto('schedule_tick')
      .values({ book: book.id, ...row, status, outcome })
      .execute()
    if (byHand !== null) {
      const run = await startRun(kysely, book.id, 'sync', { night: '2026-03-19', ...byHand }, NOW_MS)
      await finishRun(kysely, run, 'finished', '{}', NOW_MS)
    }
    const { runs } = await facts()
    expect(runs.broken).toEqual(isBroken ? { ...NO_RUN, reason: 'Its process was ended.' } : null)
  })

  it.each([
    [
      'a night, and one source read since',
      [
        [{}, 'failed'],
        [PANEL, 'finished'],
      ],
      { id: 1, source: null },
    ],
    [
      'a night, done again since',
      [
        [{}, 'failed'],
        [PANEL, 'finished'],
        [{}, 'finished'],
      ],
      null,
    ],
    [
      'one source, after a good night',
      [
        [{}, 'finished'],
        [PANEL, 'failed'],
      ],
      { id: 2, source: 'netpanel' },
    ],
    [
      'one source, another read since',
      [
        [{}, 'finished'],
        [PANEL, 'failed'],
        [PUB, 'finished'],
      ],
      { id: 2, source: 'netpanel' },
    ],
    [
      'one source, read again since',
      [
        [{}, 'finished'],
        [PANEL, 'failed'],
        [PANEL, 'finished'],
      ],
      null,
    ],
    [
      'one source, before a good night',
      [
        [PANEL, 'failed'],
        [{}, 'finished'],
      ],
      null,
    ],
    [
      'one source, and no night ever',
      [
        [PUB, 'finished'],
        [PANEL, 'failed'],
      ],
      { id: 2, source: 'netpanel' },
    ],
    [
      'both',
      [
        [{}, 'failed'],
        [PANEL, 'failed'],
      ],
      { id: 1, source: null },
    ],
  ] as const)('name what broke: %s', async (_what, syncs, expected) => {
    const { database, book, facts } = await rig(fresh)
    for (const [place, [more, status]] of syncs.entries()) {
      const run = await startRun(database.kysely, book.id, 'sync', { night: '2026-03-19', ...more }, NOW_MS + place)
      await finishRun(database.kysely, run, status, '{"failure":"It broke."}', NOW_MS + place)
    }
    const { runs } = await facts()
    expect(runs.broken).toEqual(
      expected === null
        ? null
        : { night: '2026-03-19', startedAtMs: NOW_MS + expected.id - 1, reason: 'It broke.', ...expected },
    )
  })

  it("have a panel's wallet as the panel says it, its difference, and spending by accounting day without gaps", async () => {
    const { database, book, id, facts } = await rig(fresh)
    await post(database, book, [
      charge('order:1', 3n * USD, { effectiveDate: '2026-03-16' }),
      charge('order:2', 4n * USD, { effectiveDate: '2026-03-18' }),
      charge('order:3', 5n * USD, { effectiveDate: '2026-03-18' }),
    ])
    const reading = {
      batch: 1,
      observedAtMs: NOW_MS - 1,
      decimals: 5,
      moment: 'after',
      balance: 90n * USD,
      currency: 'USD',
      booked: -12n * USD,
      consistent: true,
    } as const
    await saveWalletReading(database.kysely, book.id, id('netpanel'), 1, reading)
    const [panel] = (await facts()).sources
    expect(panel).toMatchObject({ wallet: 90n * USD, difference: 102n * USD, lastReadingMs: NOW_MS - 1 })
    // It is still the 19th in New York.
    expect(panel?.spending).toEqual([
      { day: '2026-03-16', amount: 3n * USD },
      { day: '2026-03-17', amount: 0n },
      { day: '2026-03-18', amount: 9n * USD },
      { day: '2026-03-19', amount: 0n },
    ])
  })

  it("go back five weeks, and do not know an advertiser's wallet before its opening is booked", async () => {
    const { database, book, facts } = await rig(fresh)
    const spend = (object: string, amount: bigint, day: string) =>
      charge(object, amount, {
        source: 'ads',
        kind: object === 'opening' ? 'opening-balance' : 'spend',
        effectiveDate: day,
        postings: [
          { account: object === 'opening' ? '1300:ads' : '5000', amount },
          { account: object === 'opening' ? '3900' : '1300:ads', amount: -amount },
        ],
      })
    await post(database, book, [spend('counter:1', 2n * USD, '2025-01-01'), spend('counter:2', USD, '2026-03-18')])
    const before = (await facts()).sources[1]
    expect(before?.wallet).toBeNull()
    expect(before?.spending).toHaveLength(36)
    expect(before?.spending.at(-2)).toEqual({ day: '2026-03-18', amount: USD })
    await post(database, book, [spend('opening', 10n * USD, '2025-01-01')])
    expect((await facts()).sources[1]?.wallet).toBe(7n * USD)
  })

  it('have clicks a day from readings that tell them, and the newest reading as what is fresh', async () => {
    const { facts, counter } = await rig(fresh)
    await counter(1, 4, 100n)
    await counter(2, 3, 150n)
    await counter(3, 2, null)
    await counter(4, 1, 210n)
    expect((await facts()).sources[1]).toMatchObject({ clickRates: [50, 30], lastReadingMs: NOW_MS - DAY_MS })
  })

  it('have what was landed and not booked', async () => {
    const { database, book, facts } = await rig(fresh)
    const landing = (fetchedAtMs: number) =>
      ({
        kind: 'panel-balance',
        source: 'netpanel',
        request: {},
        fetchedAtMs,
        httpStatus: 200,
        contentType: '',
        body: Buffer.from('x'),
      }) as const
    await database.kysely.transaction().execute((trx) => landBatch(trx, book.id, [landing(7), landing(5)]))
    await database.kysely.transaction().execute((trx) => landBatch(trx, book.id, [landing(9)]))
    expect((await facts()).backlog).toEqual([{ object: 'landing', what: 'landed batches', count: 2, oldestMs: 5 }])
  })
})
