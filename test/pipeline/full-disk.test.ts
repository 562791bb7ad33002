/**
 * A SQLite file in trouble during a night: its disk is full, or another program keeps it locked. The night ends with 75
 * and a sentence, leaves nothing half-written, and the next one goes on to the books of an undisturbed one.
 */
import { hash } from 'node:crypto'
import BetterSqlite3 from 'better-sqlite3'
import { expect, it, onTestFinished } from 'vitest'
import { openDatabase, type Database } from '../../src/db/database.ts'
import { openSqlite } from '../../src/db/sqlite.ts'
import { verifyLedger } from '../../src/ledger/verify/verify.ts'
import { goOn } from '../../src/pipeline/again.ts'
import { verifyLog } from '../../src/pipeline/verify-log.ts'
import { newSqliteUrl, opened } from '../support/databases.ts'
import { fakePatience } from '../support/fake-patience.ts'
import { nightMs, rigOn, type Rig } from './harness.ts'
import { fingerprintsOf } from './reads.ts'
import { payments, scriptedBook, stats, type ScriptedBook } from './scripted-book.ts'

const ORDERS = ['1', '2', '3']

async function firstNight(database: Database): Promise<ScriptedBook> {
  const book = await scriptedBook(database)
  const { rig, vendors } = book
  await rig.importEvidence(nightMs(1), payments('2026-03-01,panel,opening-balance,100,USD,,'))
  await rig.addOrders(nightMs(1), 'panel', ORDERS)
  for (const id of ORDERS) vendors.orders.set(id, { status: 'In progress', charge: '1.00' })
  vendors.balance = '97.00'
  await rig.night(nightMs(1))
  vendors.publisher = { ...(stats('publisher', 2000, 60, '172.75') as object), note: noise('publisher') }
  vendors.advertiser = { ...(stats('advertiser', 9900, 99, '420.00') as object), note: noise('advertiser') }
  return book
}

/** What no compression makes smaller, so that an answer takes pages of the file. */
function noise(seed: string): string {
  return Array.from({ length: 700 }, (_, n) => hash('sha256', `${seed}${n}`, 'base64')).join('')
}

let undisturbed: Promise<string> | undefined

/** The digest of two nights nobody disturbed. */
function digestOfTwo(): Promise<string> {
  return (undisturbed ??= (async () => {
    const { rig } = await firstNight(await opened(newSqliteUrl()))
    await rig.night(nightMs(2))
    return (await fingerprintsOf(rig)).digest
  })())
}

async function findings(rig: Rig): Promise<readonly unknown[]> {
  return (await verifyLedger(rig.database.kysely, await rig.bookRow(), [verifyLog])).findings
}

it('a disk that is full ends the night with 75 wherever it happens, and nothing is half-written', async () => {
  const database = await opened(newSqliteUrl())
  if (database.dialect !== 'sqlite') throw new Error('not SQLite')
  const { rig } = await firstNight(database)
  const used = Number(database.raw.pragma('page_count', { simple: true }))
  let failed = 0
  // Two more pages each time: the disk fills at another statement, until there is room for the whole night.
  for (let more = 0; ; more += 2) {
    database.raw.pragma(`max_page_count = ${used + more}`)
    const error: unknown = await rig.night(nightMs(2)).then(
      () => null,
      (thrown: unknown) => thrown,
    )
    expect(database.raw.inTransaction).toBe(false)
    if (error === null) break
    failed += 1
    expect(error).toMatchObject({ code: 'DATABASE_DISK_FULL', exitCode: 75 })
    expect((error as Error).message).toContain(database.raw.name)
    expect(await findings(rig)).toEqual([])
  }
  expect(failed).toBeGreaterThan(3)
  expect((await fingerprintsOf(rig)).digest).toBe(await digestOfTwo())
})

it('a disk that has room again within ten minutes is waited for, and the night goes on', async () => {
  const database = await opened(newSqliteUrl())
  if (database.dialect !== 'sqlite') throw new Error('not SQLite')
  const { raw } = database
  const { rig } = await firstNight(database)
  const used = Number(raw.pragma('page_count', { simple: true }))
  raw.pragma(`max_page_count = ${used + 4}`)
  const patience = fakePatience((waitedMs) => {
    if (waitedMs > 300_000) raw.pragma('max_page_count = 1000000')
  })
  await goOn(patience, () => rig.night(nightMs(2)))
  expect(patience.told).toEqual([expect.stringMatching(/^The disk of the database .*books\.db is full/)])
  expect((await fingerprintsOf(rig)).digest).toBe(await digestOfTwo())
})

it('a file that stays locked is waited for, and the night goes on', async () => {
  const url = newSqliteUrl()
  const first = await opened(url)
  const book = await firstNight(first)
  await first.close()
  const other = new BetterSqlite3(url.slice('sqlite:'.length))
  onTestFinished(() => void other.close())
  const patience = fakePatience((waitedMs) => {
    if (waitedMs > 300_000 && other.inTransaction) other.exec('rollback')
  })
  const database = await openDatabase(url, { busyTimeoutMs: 1 })
  onTestFinished(() => database.close())
  const rig = rigOn(database, book.rig)
  let isLocked = false
  const progress = (): void => {
    if (!isLocked) other.exec('begin immediate')
    isLocked = true
  }
  await goOn(patience, () => rig.night(nightMs(2), { progress }))
  expect(patience.told[0]).toMatch(/^Another program keeps the database .*books\.db locked/)
  expect((await fingerprintsOf(rig)).digest).toBe(await digestOfTwo())
})

it('a file that stays locked for ten minutes ends the night with 75', async () => {
  const url = newSqliteUrl()
  const first = await opened(url)
  const book = await firstNight(first)
  await first.close()
  const other = new BetterSqlite3(url.slice('sqlite:'.length))
  onTestFinished(() => void other.close())
  const database = await openDatabase(url, { busyTimeoutMs: 1 })
  onTestFinished(() => database.close())
  const rig = rigOn(database, book.rig)
  other.exec('begin immediate')
  const night = goOn(fakePatience(), () => rig.night(nightMs(2)))
  await expect(night).rejects.toMatchObject({ code: 'DATABASE_BUSY', exitCode: 75 })
  other.exec('rollback')
  await rig.night(nightMs(2))
  expect((await fingerprintsOf(rig)).digest).toBe(await digestOfTwo())
})

it('a file that is locked when it is opened is said to be locked', async () => {
  const url = newSqliteUrl()
  await (await opened(url)).close()
  const path = url.slice('sqlite:'.length)
  const other = new BetterSqlite3(path)
  onTestFinished(() => void other.close())
  other.pragma('locking_mode = exclusive')
  other.exec('begin exclusive')
  expect(() => openSqlite(path, { readOnly: false, busyTimeoutMs: 1 })).toThrow(/^Another program keeps the database/)
})
