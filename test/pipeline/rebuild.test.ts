/** What somebody changes by SQL outside the chained tables is found by making every table anew, on both engines. */
import { sql } from 'kysely'
import { expect, it } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import type { Finding } from '../../src/ledger/verify/finding.ts'
import { isDerived, verifyRebuilt, type Rebuilt } from '../../src/pipeline/rebuild.ts'
import { describeOnBothEngines } from '../support/both-engines.ts'
import { describeOnSqlite, newSqliteUrl, opened } from '../support/databases.ts'
import { nightMs, type Rig } from './harness.ts'
import { reconciledBook } from './reconciled-world.ts'
import { payments, scriptedBook, stats } from './scripted-book.ts'

async function rebuilt(rig: Rig): Promise<Rebuilt & { readonly said: readonly string[] }> {
  const found: Finding[] = []
  const from = { kysely: rig.database.kysely, book: await rig.bookRow() }
  const options = { nowMs: nightMs(30), signal: new AbortController().signal, onBatch: () => undefined }
  const findings = { add: (finding: Finding) => void found.push(finding), list: () => found }
  const report = await verifyRebuilt(from, () => opened(newSqliteUrl()), rig.book, { ...options, findings })
  expect(found.every(({ code, book }) => code === 'REBUILD_DIFFERS' && book === rig.book.name)).toBe(true)
  return { ...report, said: found.map(({ sentence }) => sentence) }
}

/** As somebody with the database's own tools: no trigger, no foreign key stands in the way. */
async function openToAnybody({ kysely }: Database): Promise<void> {
  await sql`pragma foreign_keys = off`.execute(kysely)
  const { rows } = await sql<{ name: string }>`select name from sqlite_schema where type = 'trigger'`.execute(kysely)
  for (const { name } of rows) await sql`drop trigger ${sql.ref(name)}`.execute(kysely)
}

async function derivedTables({ kysely }: Database): Promise<readonly string[]> {
  const { rows } = await sql<{ name: string }>`
    select t.name from sqlite_schema t where t.type = 'table' and t.name not like 'sqlite_%'
    and exists (select 1 from pragma_table_info(t.name) c where c.name = 'book') order by t.name`.execute(kysely)
  return rows.map(({ name }) => name).filter(isDerived)
}

describeOnBothEngines('a book that is made anew from its log', (fresh) => {
  it('comes out the same, and a changed row is named with what it should be', async () => {
    const { rig, vendors } = await scriptedBook(await fresh())
    await rig.importEvidence(nightMs(1), payments('2026-03-01,panel,top-up,25,USD,ÄINV-7,', '2026-03-01,panel,bad'))
    vendors.orders.set('1', { status: 'In progress', charge: '1.00000' })
    await rig.addOrders(nightMs(1), 'panel', ['1', '2'])
    await rig.night(nightMs(1))
    vendors.publisher = stats('publisher', 1100, 55, '165.00')
    await rig.night(nightMs(2))
    const whole = await rebuilt(rig)
    expect(whole).toMatchObject({ isSame: true, said: [] })
    expect(whole.rows).toBeGreaterThan(30)
    const { kysely } = rig.database
    await kysely.updateTable('exception').set({ detail: 'nothing to see' }).where('number', '=', 1n).execute()
    const { said } = await rebuilt(rig)
    expect(said).toHaveLength(1)
    expect(said[0]).toMatch(/^exception \(.*\) says detail "nothing to see", and the log makes it ".+"\.$/)
  })
})

describeOnSqlite('a table of which somebody took a row', (fresh) => {
  it('is named, whichever it is', async () => {
    const { rig, morning } = await reconciledBook(await fresh(), { seed: 6, nights: 5, errors: [] })
    for (let night = 1; night <= 5; night += 1) await morning(night)
    const { database } = rig
    expect((await rebuilt(rig)).said).toEqual([])
    await openToAnybody(database)
    const robbed: string[] = []
    for (const table of await derivedTables(database)) {
      // Without these nothing is made anew at all, which is said aloud.
      if (/^(?:processed|head|book_identity)$/.test(table)) continue
      const { rows } = await sql<{ column: string }>`
        select name as "column" from pragma_table_info(${table}) where pk > 0`.execute(database.kysely)
      const key = sql.join(rows.map(({ column }) => sql.ref(column)))
      const { numAffectedRows = 0n } = await sql`
        delete from ${sql.table(table)} where (${key}) in (select ${key} from ${sql.table(table)} limit 1)`.execute(
        database.kysely,
      )
      if (numAffectedRows > 0n) robbed.push(table)
    }
    expect(robbed.length).toBeGreaterThan(25)
    const { said } = await rebuilt(rig)
    const named = new Set(said.map((sentence) => sentence.split(' ')[0]))
    expect(robbed.filter((table) => !named.has(table))).toEqual([])
    expect(said.filter((sentence) => !sentence.endsWith('is not there, and the log makes it.'))).toEqual([])
  })

  it('is named where a row was put in that nothing made', async () => {
    const { rig } = await scriptedBook(await fresh())
    await rig.night(nightMs(1))
    await openToAnybody(rig.database)
    await sql`update wallet_reading set batch = batch + 1000`.execute(rig.database.kysely)
    const { said } = await rebuilt(rig)
    expect(
      said.some(
        (sentence) => sentence.startsWith('wallet_reading (') && sentence.endsWith('nothing in the log makes it.'),
      ),
    ).toBe(true)
  })
})
