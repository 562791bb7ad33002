/**
 * Which files were imported before, and into which source: a list belongs to one panel, and equal bytes do not say which.
 * And which are refused as a whole, by a person's command and in the inbox.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { orderHistoryFile } from '../../src/pipeline/import-kinds.ts'
import { importFiles } from '../../src/pipeline/imports.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { API_KEY, newRig, nightMs, type Rig } from './harness.ts'
import { ordersOf, storyOf } from './reads.ts'
import { history, scriptedBook } from './scripted-book.ts'

const FIRST = nightMs(1)
const SECOND = nightMs(2)
const ROW = '1,2026-03-01 10:00:00,,0.28,0,1000,1,Completed,0'

/** Two panels that are never asked. */
function twoPanels(database: Database): Rig {
  const url = 'https://panel.example/api/v2'
  const sources = ['left', 'right'].map((name) => ({ name, kind: 'panel' as const, url }))
  return newRig(database, sources, () => API_KEY)
}

describeOnSqlite('a history that went into the wrong panel', (fresh) => {
  it('still finds the right one, and a person is told where it went before', async () => {
    const rig = twoPanels(await fresh())
    await rig.importOrders(FIRST, 'left', history(ROW))
    expect(rig.warnings).toEqual([])
    const { files } = await rig.importOrders(SECOND, 'right', history(ROW))
    const earlier = [{ source: 'left', file: 'orders-1.csv', importedAtMs: FIRST }]
    expect(files).toMatchObject([{ alreadyImported: false, earlier, totals: { rows: { posted: 1n } } }])
    expect(rig.warnings).toEqual([
      'right: orders-2.csv: the same file was imported into left on 2026-03-02; ' +
        'if one of them is a mistake, its panel will not know the orders',
    ])
    expect([...(await ordersOf(rig, 'right')).keys()]).toEqual(['1'])
  })

  it('is known for each panel it went into', async () => {
    const rig = twoPanels(await fresh())
    for (const source of ['left', 'right']) await rig.importOrders(FIRST, source, history(ROW))
    rig.warnings.length = 0
    for (const source of ['left', 'right']) {
      const { files } = await rig.importOrders(SECOND, source, history(ROW))
      expect(files).toMatchObject([{ alreadyImported: true, totals: null }])
      expect(files[0]?.earlier.map((each) => each.source)).toEqual(['left', 'right'])
    }
    expect(rig.warnings).toEqual([])
  })

  it('and was stopped half-way begins at its first row for the right one', async () => {
    const rig = twoPanels(await fresh())
    const rows = Array.from({ length: 6000 }, (_, index) => ROW.replace('1,', `${index + 1},`))
    const path = join(rig.folder, 'long.csv')
    writeFileSync(path, history(...rows))
    const stop = new AbortController()
    const into = async (source: string, stopped: boolean) =>
      importFiles(
        rig.environment(FIRST, stopped ? { signal: stop.signal, progress: () => stop.abort() } : {}),
        { config: rig.config, book: rig.book, env: rig.env },
        [orderHistoryFile(path, source, { timeZone: 'UTC' })],
      )
    await expect(into('left', true)).rejects.toThrow()
    expect((await ordersOf(rig, 'left')).size).toBe(5000)
    const { files } = await into('right', false)
    expect(files).toMatchObject([{ alreadyImported: false, earlier: [], totals: { rows: { in: 6000n } } }])
    expect((await ordersOf(rig, 'right')).size).toBe(6000)
    expect((await ordersOf(rig, 'left')).size).toBe(5000)
  })
})

describeOnSqlite('a file that is hard to read', (fresh) => {
  const HEADER_ONLY = history()
  const EVIDENCE = 'date,source,kind,amount,currency,reference,note\n'

  it('and has no rows is refused and not remembered', async () => {
    const rig = (await scriptedBook(await fresh())).rig
    for (const attempt of [1, 2]) {
      const tried = `${attempt}, with the same bytes each time`
      await expect(rig.importOrders(FIRST, 'panel', HEADER_ONLY), tried).rejects.toMatchObject({ code: 'CSV_NO_ROWS' })
      await expect(rig.importEvidence(FIRST, EVIDENCE), tried).rejects.toMatchObject({ code: 'CSV_NO_ROWS' })
    }
    expect(await rig.database.kysely.selectFrom('imported_file').selectAll().execute()).toEqual([])
  })

  it('as a whole is set aside in the inbox, every night, and stops neither the other files nor the night', async () => {
    const { rig, vendors } = await scriptedBook(await fresh())
    vendors.orders.set('1', { status: 'Completed', charge: '0.28', remains: '0' })
    rig.drop('a-payments.csv', EVIDENCE)
    rig.drop('panel/a-orders.csv', '<!doctype html><html></html>')
    rig.drop('panel/b-orders.csv', HEADER_ONLY)
    rig.drop('panel/c-orders.csv', history(ROW))
    await rig.importEvidence(
      nightMs(1) - 1000,
      'date,source,kind,amount,currency,reference,note\n2026-02-01,panel,opening-balance,100,USD,,\n',
    )
    for (const night of [1, 2]) {
      rig.warnings.length = 0
      const { imports } = await rig.night(nightMs(night))
      expect(imports.map(({ file, refusal }) => [file, refusal?.split('. ')[0] ?? null])).toEqual([
        ['a-payments.csv', 'a-payments.csv has a header and no rows under it, so there is nothing to import'],
        ['a-orders.csv', 'a-orders.csv is a web page, not a CSV file'],
        ['b-orders.csv', 'b-orders.csv has a header and no rows under it, so there is nothing to import'],
        ['c-orders.csv', null],
      ])
      expect(imports[3]).toMatchObject({ alreadyImported: night === 2 })
      expect(rig.warnings.filter((sentence) => sentence.includes('the inbox: '))).toHaveLength(3)
    }
    expect([...(await ordersOf(rig, 'panel')).keys()]).toEqual(['1'])
    expect(await storyOf(rig, 'panel', 'order:1')).toHaveLength(1)
  })

  it('with CR alone as its line ends is read like any other', async () => {
    const { rig } = await scriptedBook(await fresh())
    const { files } = await rig.importOrders(
      FIRST,
      'panel',
      history(ROW, ROW.replace('1,', '2,')).replaceAll('\n', '\r'),
    )
    expect(files).toMatchObject([{ footing: { rows: 2, problems: 0 }, totals: { rows: { in: 2n, posted: 2n } } }])
    expect((await ordersOf(rig, 'panel')).size).toBe(2)
  })
})
