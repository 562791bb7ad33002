import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { temporaryFolder } from '../../support/temp-folder.ts'
import { EXPORT_FORMATS, exportJournals, type ExportResult } from '../../../src/targets/files/export.ts'
import { approve, mappings, newBook, post } from '../../journals/support.ts'
import { describeOnSqlite } from '../../support/databases.ts'
import { expectGolden, handOut } from './support.ts'
import { MONTH } from './support-month.ts'

const NOVEMBER = { from: '2026-11-01', to: '2026-11-30', mappings, handOut }

function written(result: ExportResult): Extract<ExportResult, { status: 'written' }> {
  if (result.status !== 'written') throw new Error(result.message)
  return result
}

describeOnSqlite('an export', (fresh) => {
  it.each(EXPORT_FORMATS)(
    'as %s is the golden file, whatever the database, and the same when repeated',
    async (format) => {
      const database = await fresh()
      const book = await newBook(database)
      await post(database, book, MONTH)
      await approve(database, book)
      const outDir = join(temporaryFolder(), 'new', 'folder')
      const first = written(await exportJournals(database.kysely, book, { ...NOVEMBER, format, outDir }))
      expect(first.files).toHaveLength(1)
      const [file] = first.files
      expectGolden(file?.name ?? '', readFileSync(file?.path ?? ''))
      const again = written(await exportJournals(database.kysely, book, { ...NOVEMBER, format, outDir }))
      expect(again.files.map(({ changed, sha256 }) => [changed, sha256])).toEqual([[false, file?.sha256]])
      expect(new Set(readdirSync(outDir))).toEqual(
        new Set([file?.name, `${file?.name.replace(/\.\w+$/, '')}.manifest.json`]),
      )
    },
  )

  it('writes a manifest with hashes, rows, equal debits and credits, and the journals of each file', async () => {
    const database = await fresh()
    const book = await newBook(database)
    await post(database, book, MONTH)
    const { approved } = await approve(database, book)
    const outDir = temporaryFolder()
    const result = written(await exportJournals(database.kysely, book, { ...NOVEMBER, format: 'csv', outDir }))
    const manifest: unknown = JSON.parse(readFileSync(result.manifest, 'utf8'))
    const bytes = readFileSync(result.files[0]?.path ?? '')
    expect(manifest).toMatchObject({
      book: 'Acme Ads',
      format: 'csv',
      from: '2026-11-01',
      to: '2026-11-30',
      preview: false,
      files: [
        {
          name: 'acme-ads-csv-2026-11-01-to-2026-11-30.csv',
          sha256: createHash('sha256').update(bytes).digest('hex'),
          bytes: bytes.length,
          rows: result.files[0]?.rows,
          totals: [
            { currency: 'USD', debits: '356.01000000', credits: '356.01000000' },
            { currency: 'JPY', debits: '1500.00000000', credits: '1500.00000000' },
          ],
          journals: approved.filter(({ day }) => day.startsWith('2026-11')).map(({ document }) => document),
        },
      ],
      leftOut: [],
    })
  })

  it('writes nothing for an empty range, and says what waits', async () => {
    const database = await fresh()
    const book = await newBook(database)
    const outDir = join(temporaryFolder(), 'none')
    for (const format of EXPORT_FORMATS) {
      expect((await exportJournals(database.kysely, book, { ...NOVEMBER, format, outDir })).status).toBe('empty')
    }
    await post(database, book, [['panel', 'charge', 'netpanel', '1', '2026-11-05']])
    expect(await exportJournals(database.kysely, book, { ...NOVEMBER, format: 'csv', outDir })).toEqual({
      status: 'empty',
      message:
        'Book "Acme Ads" has no approved journals dated 2026-11-01 to 2026-11-30: nothing was written. ' +
        '1 draft waits: approve it, or ask for a preview with drafts.',
      leftOut: [],
    })
    expect(existsSync(outDir)).toBe(false)
  })

  it('marks a preview in the name of the file, the number and every line', async () => {
    const database = await fresh()
    const book = await newBook(database)
    await post(database, book, [['panel', 'charge', 'netpanel', '1', '2026-11-05']])
    const request = { ...NOVEMBER, format: 'quickbooks-csv', outDir: temporaryFolder(), includeDrafts: true } as const
    const { files } = written(await exportJournals(database.kysely, book, request))
    expect(files[0]?.name).toBe('acme-ads-quickbooks-csv-2026-11-01-to-2026-11-30-PREVIEW.csv')
    const [, ...rows] = readFileSync(files[0]?.path ?? '', 'utf8')
      .trimEnd()
      .split('\r\n')
    expect(rows).toHaveLength(2)
    for (const row of rows) expect(row).toMatch(/^DRAFT-20261105-USD,.*PREVIEW, not approved/)
  })

  it('leaves out what the mapping of the format lacks, and says so in the result and the manifest', async () => {
    const database = await fresh()
    const book = await newBook(database)
    await post(database, book, [
      ['panel', 'charge', 'netpanel', '1', '2026-11-05'],
      ['advertiser', 'spend', 'ads', '1', '2026-11-06'],
    ])
    await approve(database, book)
    const accounts = new Map([
      ['5100', 'Costs'],
      ['1310', 'Wallets'],
    ])
    const request = {
      ...NOVEMBER,
      format: 'quickbooks-csv',
      outDir: temporaryFolder(),
      mappings: { ...mappings, quickbooks: { file: 'my/quickbooks.yaml', accounts } },
    } as const
    const result = written(await exportJournals(database.kysely, book, request))
    expect(result.files[0]?.rows).toBe(2)
    expect(result.leftOut).toHaveLength(1)
    expect(result.leftOut[0]?.reason).toContain('my/quickbooks.yaml does not map accounts 1300:ads, 5000:ads')
    expect(readFileSync(result.manifest, 'utf8')).toContain('1300:ads, 5000:ads')
  })

  it.each([
    [1, /^The 1 journal of book "Acme Ads" dated 2026-11-01 to 2026-11-30 cannot be written as quickbooks-csv: see/],
    [2, /^None of the 2 journals of book "Acme Ads" dated 2026-11-01 to 2026-11-30 can be written as quickbooks-csv/],
  ])('says when none of %j can be written, and why', async (count, sentence) => {
    const database = await fresh()
    const book = await newBook(database)
    for (const day of ['2026-11-05', '2026-11-06'].slice(0, count))
      await post(database, book, [['panel', 'charge', 'netpanel', '1', day]])
    await approve(database, book)
    const nothing = { ...mappings, quickbooks: { file: 'my/quickbooks.yaml', accounts: new Map<string, string>() } }
    const request = { ...NOVEMBER, format: 'quickbooks-csv', outDir: temporaryFolder(), mappings: nothing } as const
    const result = await exportJournals(database.kysely, book, request)
    expect(result).toMatchObject({ status: 'empty', message: expect.stringMatching(sentence) })
    expect(result.leftOut).toHaveLength(count)
  })

  it('replaces a different file as a whole and leaves no temporary file behind', async () => {
    const database = await fresh()
    const book = await newBook(database)
    await post(database, book, MONTH)
    const outDir = temporaryFolder()
    const path = join(outDir, 'acme-ads-hledger-2026-11-01-to-2026-11-30.journal')
    writeFileSync(path, 'something else')
    const { files } = written(await exportJournals(database.kysely, book, { ...NOVEMBER, format: 'hledger', outDir }))
    expect(files).toMatchObject([{ path, changed: true }])
    expect(readFileSync(path, 'utf8')).toContain('; tieout: the exact ledger of Acme Ads')
    expect(readdirSync(outDir).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })

  it('refuses dates that are no range, and a chart that lacks an account of the ledger', async () => {
    const database = await fresh()
    const book = await newBook(database)
    await post(database, book, MONTH)
    const request = { ...NOVEMBER, format: 'hledger', outDir: temporaryFolder() } as const
    await expect(exportJournals(database.kysely, book, { ...request, to: '2026-10-01' })).rejects.toThrow('not a range')
    await expect(exportJournals(database.kysely, book, { ...request, from: '2026-02-30' })).rejects.toThrow(
      'not a range',
    )
    const chart = { file: 'chart.yaml', accounts: new Map(mappings.chart.accounts) }
    chart.accounts.delete('3900')
    const lacking = { ...request, mappings: { ...mappings, chart } }
    await expect(exportJournals(database.kysely, book, lacking)).rejects.toThrow('chart.yaml does not have: 3900')
  })
})
