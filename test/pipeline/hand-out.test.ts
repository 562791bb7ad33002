/**
 * Files of a night that stops between sealing and writing. Its journals are sealed for good, also late ones of earlier
 * days, so whichever night comes to its end next writes the files of all those days.
 */
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadMappings } from '../../src/config/mappings.ts'
import { openDatabase, type Database } from '../../src/db/database.ts'
import { migrate } from '../../src/db/migrate.ts'
import { approveJournals } from '../../src/journals/approve.ts'
import { runNight, type NightReport } from '../../src/pipeline/night.ts'
import { describeOnSqlite, newSqliteUrl } from '../support/databases.ts'
import { configText, nightMs, type Rig } from './harness.ts'
import { runChild } from './killing.ts'
import { payments, scriptedBook, type ScriptedBook, type Vendors } from './scripted-book.ts'

const mapping = loadMappings().chart

interface Exporting {
  readonly rig: Rig
  readonly vendors: Vendors
  readonly folder: string
  readonly night: (night: number) => Promise<NightReport>
  /** Names of the CSV files, with the documents inside. */
  readonly files: () => Readonly<Record<string, readonly string[]>>
}

function exporting({ rig, vendors }: ScriptedBook): Exporting {
  const folder = join(rig.folder, 'out')
  const book = { ...rig.book, export: { directory: folder, formats: ['csv' as const] } }
  const { config, env } = rig
  return {
    rig,
    vendors,
    folder,
    night: (night) => runNight(rig.environment(nightMs(night)), { config, book, env, source: null }),
    files: () => documentsIn(folder),
  }
}

function documentsIn(folder: string): Readonly<Record<string, readonly string[]>> {
  const names = readdirSync(folder).filter((name) => name.endsWith('.csv'))
  const documents = names.map((name) => {
    const text = readFileSync(join(folder, name), 'utf8')
    return [name, [...new Set(text.match(/AGENCY-\d{8}-\d+/g))]] as const
  })
  return Object.fromEntries(documents)
}

const day = (date: string): string => `agency-csv-${date}-to-${date}.csv`

/** One night well done, then top-ups of both days, which the second night seals. */
async function upToTheSecondNight(database: Database): Promise<Exporting> {
  const book = exporting(await scriptedBook(database))
  const { rig, vendors } = book
  await rig.importEvidence(nightMs(0), payments('2026-02-20,panel,opening-balance,0,USD,,'))
  await rig.importEvidence(nightMs(1), payments('2026-03-01,panel,top-up,100,USD,a,'))
  await book.night(1)
  expect(book.files()).toEqual({ [day('2026-03-01')]: ['AGENCY-20260301-1'] })
  await rig.importEvidence(
    nightMs(2),
    payments('2026-03-01,panel,top-up,20,USD,b,', '2026-03-02,panel,top-up,3,USD,c,'),
  )
  // A wallet that does not tie would leave the journals to a person.
  vendors.balance = '123.00000'
  return book
}

/** A file stands where the folder should be: the night seals, then fails with its first file. */
async function failing(book: Exporting, night: number): Promise<void> {
  renameSync(book.folder, `${book.folder}-aside`)
  writeFileSync(book.folder, '')
  await expect(book.night(night)).rejects.toMatchObject({ code: 'EXPORT_FOLDER' })
  unlinkSync(book.folder)
  renameSync(`${book.folder}-aside`, book.folder)
}

const BOTH_DAYS = {
  [day('2026-03-01')]: ['AGENCY-20260301-1', 'AGENCY-20260301-2'],
  [day('2026-03-02')]: ['AGENCY-20260302-1'],
}

describeOnSqlite('the files of a night that fails after sealing', (fresh) => {
  it('are written when it is run again, also those of an earlier day', async () => {
    const book = await upToTheSecondNight(await fresh())
    await failing(book, 2)
    const report = await book.night(2)
    expect(report).toMatchObject({ resumed: true, closed: { approved: [] } })
    expect(report.closed.files).toEqual(Object.keys(BOTH_DAYS))
    expect(book.files()).toEqual(BOTH_DAYS)
  })

  it('are written by the next night when it is never run again', async () => {
    const book = await upToTheSecondNight(await fresh())
    await failing(book, 2)
    const report = await book.night(3)
    expect(report.resumed).toBe(false)
    expect(book.files()).toEqual(BOTH_DAYS)
  })

  it('are written after several nights that failed alike', async () => {
    const book = await upToTheSecondNight(await fresh())
    await failing(book, 2)
    await book.rig.importEvidence(nightMs(3), payments('2026-03-03,panel,top-up,4,USD,d,'))
    book.vendors.balance = '127.00000'
    await failing(book, 3)
    await book.night(4)
    expect(book.files()).toEqual({ ...BOTH_DAYS, [day('2026-03-03')]: ['AGENCY-20260303-1'] })
  })

  it('are written once: what was imported and taken away does not come back', async () => {
    const book = await upToTheSecondNight(await fresh())
    await failing(book, 2)
    await book.night(2)
    rmSync(book.folder, { recursive: true })
    mkdirSync(book.folder)
    const report = await book.night(3)
    expect(report.closed.files).toEqual([])
    expect(book.files()).toEqual({})
    expect(report.steps.map(({ step }) => step)).not.toContain('hand-out')
  })

  it('leave a journal that a person approved to the export command', async () => {
    const book = await upToTheSecondNight(await fresh())
    await failing(book, 2)
    const { kysely } = book.rig.database
    await book.rig.importEvidence(nightMs(3), payments('2026-02-27,panel,top-up,7,USD,e,'))
    const approval = { from: '2026-02-01', through: '2026-02-28', by: 'ann', atMs: nightMs(3), mapping }
    const row = await book.rig.bookRow()
    const { approved } = await kysely.transaction().execute((trx) => approveJournals(trx, row, approval))
    expect(approved).toHaveLength(1)
    await book.night(3)
    expect(book.files()).toEqual(BOTH_DAYS)
  })
})

describe('a night that is killed', () => {
  it('between sealing and its last file leaves all files to the run that takes it up', async () => {
    const url = newSqliteUrl()
    const prepared = await openDatabase(url)
    await migrate(prepared, 0)
    const { rig, folder } = await upToTheSecondNight(prepared)
    await prepared.close()
    const config = join(rig.folder, 'tieout.yaml')
    const sources = rig.book.sources.map((source) => ({
      name: source.name,
      kind: source.type === 'panel' ? ('panel' as const) : source.role,
      url: source.baseUrl,
    }))
    const text = configText(sources).replace('    sources:', '    export: { dir: ./out, formats: [csv] }\n    sources:')
    writeFileSync(config, text)
    /** One second night on a copy of the first, killed and taken up, or left alone. */
    const secondNight = async (killAt: number | null) => {
      const copy = newSqliteUrl()
      copyFileSync(url.slice('sqlite:'.length), copy.slice('sqlite:'.length))
      for (const name of Object.keys(BOTH_DAYS)) rmSync(join(folder, name), { force: true })
      const job = { config, database: copy, nowMs: nightMs(2), work: { kind: 'night' as const } }
      const { statements, killed } = await runChild({ ...job, killAt }, rig.env)
      const missing = Object.keys(BOTH_DAYS).filter((name) => !(name in documentsIn(folder)))
      const isBetween = killed && missing.length > 0 && (await sealedIn(copy)) === 3
      if (killed) await runChild({ ...job, killAt: null }, rig.env)
      expect(documentsIn(folder), `killed at statement ${String(killAt)}`).toEqual(BOTH_DAYS)
      return { statements, isBetween }
    }
    const { statements } = await secondNight(null)
    let between = 0
    // From the end backwards, until two kills fell where journals were sealed and files missing.
    for (let before = 28; before < 76 && between < 2; before += 4) {
      if ((await secondNight(statements - before)).isBetween) between += 1
    }
    expect(between).toBe(2)
  }, 60_000)
})

async function sealedIn(url: string): Promise<number> {
  const { kysely, close } = await openDatabase(url)
  try {
    return (await kysely.selectFrom('journal').select('id').execute()).length
  } finally {
    await close()
  }
}
