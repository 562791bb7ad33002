/** A rehearsal: simulated nights over real HTTP that go on where they stood and always come to the same figures. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'
import { loadMappings } from '../../src/config/mappings.ts'
import type { SandboxConfig } from '../../src/config/model.ts'
import type { Database } from '../../src/db/database.ts'
import { markDemoFinished, prepareDemoFolder } from '../../src/demo/folder.ts'
import { nightInstant } from '../../src/demo/night-instant.ts'
import { rehearse, type Rehearsal } from '../../src/demo/nights.ts'
import { writeSamples } from '../../src/demo/samples.ts'
import { withEmulatedTargets } from '../../src/demo/rehearsed-targets.ts'
import { countStates } from '../../src/pipeline/delivery/deliver-target.ts'
import { isTied, tieOutTargets } from '../../src/pipeline/delivery/tie-out-targets.ts'
import { findBook } from '../../src/ledger/books.ts'
import { booksDigest, chainHead } from '../../src/ledger/digest.ts'
import { describeOnSqlite, newFolder } from '../support/databases.ts'

const SETTINGS: SandboxConfig = { seed: 9, start: '2026-03-01', nights: 4, ordersPerDay: 40 }

interface Told {
  readonly rehearsal: Rehearsal
  /** "2 done" or "1 before", in order. */
  readonly nights: string[]
}

/** The demo's own configuration on the given database; its accounting systems keep their books in the folder. */
function rehearsalOn(database: Database, folder = join(newFolder(), 'demo'), stopAfter = Infinity): Told {
  const config = loadConfig(prepareDemoFolder(folder))
  const [book] = config.books
  if (book === undefined) throw new Error('the demo has a book')
  const nights: string[] = []
  const stop = new AbortController()
  const environment = { database, signal: stop.signal, progress: () => undefined, warn: () => undefined }
  const onNight: Rehearsal['onNight'] = (night, _of, report) => {
    nights.push(`${night} ${report === null ? 'before' : 'done'}`)
    if (night >= stopAfter) stop.abort(new Error('stopped'))
  }
  return { nights, rehearsal: { config, book, env: {}, source: null, environment, onNight } }
}

async function marks({ kysely }: Database) {
  const book = await findBook(kysely, 'agency')
  return { digest: await booksDigest(kysely, book), head: await chainHead(kysely, book) }
}

/** The last day waits until the next reading of its counters confirms it. */
const TIED = [
  { target: 'quickbooks', isTied: true, entries: 3 },
  { target: 'xero', isTied: true, entries: 3 },
]

/** Asked of the accounting systems once more, after the rehearsal has gone. */
async function tiedOut(database: Database, { config, book, env, environment }: Rehearsal) {
  const stored = await findBook(database.kysely, book.name)
  const tied = await withEmulatedTargets(config, book, (reached) =>
    tieOutTargets({ ...environment, clock: { nowMs: Date.now } }, stored, {
      config,
      book: reached,
      env,
      targets: reached.targets,
    }),
  )
  return Promise.all(
    tied.map(async (each) => ({
      target: each.target,
      isTied: isTied(each),
      entries: (await countStates(database.kysely, { book: stored.id, target: each.target })).verified,
    })),
  )
}

describeOnSqlite('a rehearsal', (fresh) => {
  it('runs every night, ties every wallet out, approves and exports each day', async () => {
    const { rehearsal, nights } = rehearsalOn(await fresh())
    const report = await rehearse(rehearsal, SETTINGS)
    expect(nights).toEqual(['1 done', '2 done', '3 done', '4 done'])
    expect(report.night).toBe('2026-03-04')
    expect(report.proofs.map(({ source, difference }) => [source, difference])).toEqual([
      ['pub', 0n],
      ['ads', 0n],
      ['netpanel', 0n],
      ['grosspanel', 0n],
    ])
    expect(report.closed).toMatchObject({ held: [] })
    expect(readdirSync(join(rehearsal.config.directory, 'exports/nightly')).length).toBeGreaterThan(0)
  })

  it('stopped half-way goes on where it was and comes to the books of one that was not', async () => {
    const whole = await fresh()
    await rehearse(rehearsalOn(whole).rehearsal, SETTINGS)
    const stopped = await fresh()
    const folder = join(newFolder(), 'demo')
    await expect(rehearse(rehearsalOn(stopped, folder, 2).rehearsal, SETTINGS)).rejects.toThrow('stopped')
    const { rehearsal, nights } = rehearsalOn(stopped, folder)
    await rehearse(rehearsal, SETTINGS)
    expect(nights).toEqual(['1 before', '2 before', '3 done', '4 done'])
    expect((await marks(stopped)).digest).toBe((await marks(whole)).digest)
    expect(await tiedOut(stopped, rehearsal)).toEqual(TIED)
  })

  it('delivers every journal to both accounting systems, and their own entries sum to the ledger', async () => {
    const database = await fresh()
    const { rehearsal } = rehearsalOn(database)
    const report = await rehearse(rehearsal, SETTINGS)
    expect(report.deliveries.map(({ target, states, stopped }) => [target, states.verified, stopped])).toEqual([
      ['quickbooks', 3, null],
      ['xero', 3, null],
    ])
    expect(await tiedOut(database, rehearsal)).toEqual(TIED)
    // The files it shows are samples of what was delivered, of the last night, and nothing to import.
    const { kysely } = database
    const { book, config } = rehearsal
    const samples = { sandbox: SETTINGS, mappings: loadMappings(), outDir: join(config.directory, 'exports') }
    const files = await writeSamples(database, await findBook(kysely, book.name), book, samples)
    expect(
      files
        .map((file) => extname(file))
        .toSorted()
        .join(' '),
    ).toBe('.csv .csv .csv .journal')
    const shown = await kysely
      .selectFrom('export_file')
      .select('at_ms')
      .where('by_person', '=', 'tieout demo')
      .execute()
    const approved = await kysely.selectFrom('journal').select('approved_at_ms').execute()
    const [last] = approved.map((each) => Number(each.approved_at_ms)).toSorted((a, b) => b - a)
    expect([...new Set(shown.map((each) => Number(each.at_ms)))]).toEqual([last])
  })

  it('run again to its end changes nothing', async () => {
    const database = await fresh()
    const folder = join(newFolder(), 'demo')
    await rehearse(rehearsalOn(database, folder).rehearsal, SETTINGS)
    const before = await marks(database)
    const { rehearsal, nights } = rehearsalOn(database, folder)
    await rehearse(rehearsal, SETTINGS)
    expect(nights).toEqual(['1 before', '2 before', '3 before', '4 before'])
    expect(await marks(database)).toEqual(before)
  })

  it('comes to the same chain head every time', async () => {
    const [one, two] = [await fresh(), await fresh()]
    await rehearse(rehearsalOn(one).rehearsal, SETTINGS)
    await rehearse(rehearsalOn(two).rehearsal, SETTINGS)
    expect(await marks(one)).toEqual(await marks(two))
  })

  it('without an inbox says what is missing', async () => {
    const { rehearsal } = rehearsalOn(await fresh())
    const book = { ...rehearsal.book, inbox: undefined }
    await expect(rehearse({ ...rehearsal, book }, SETTINGS)).rejects.toMatchObject({
      code: 'INBOX_NEEDED',
      exitCode: 2,
    })
  })
})

describe('a night of a rehearsal', () => {
  it('is five minutes after the midnight that ends its day', () => {
    expect(new Date(nightInstant(SETTINGS, 1)).toISOString()).toBe('2026-03-02T00:05:00.000Z')
    expect(new Date(nightInstant(SETTINGS, 4)).toISOString()).toBe('2026-03-05T00:05:00.000Z')
  })
})

describe("the demo's folder", () => {
  it('holds an ordinary configuration whose keys are files', () => {
    const folder = join(newFolder(), 'demo')
    const { books, sandbox } = loadConfig(prepareDemoFolder(folder))
    expect(sandbox).toMatchObject({ nights: 14 })
    for (const { apiKey } of books[0]?.sources ?? []) {
      expect(apiKey.from === 'file' && existsSync(apiKey.path)).toBe(true)
    }
  })

  it('starts over when the demo had finished, and goes on when it had not', () => {
    const folder = join(newFolder(), 'demo')
    prepareDemoFolder(folder)
    writeFileSync(join(folder, 'tieout.db'), 'books')
    prepareDemoFolder(folder)
    expect(existsSync(join(folder, 'tieout.db'))).toBe(true)
    markDemoFinished(folder)
    writeFileSync(join(folder, 'notes.txt'), 'mine')
    prepareDemoFolder(folder)
    expect(existsSync(join(folder, 'tieout.db'))).toBe(false)
    expect(existsSync(join(folder, 'notes.txt'))).toBe(true)
  })

  it('is never made in a folder that holds something else', () => {
    const folder = newFolder()
    mkdirSync(join(folder, 'precious'))
    expect(() => prepareDemoFolder(folder)).toThrow(/was not made by the demo/)
  })
})
