import { describe, expect, it } from 'vitest'
import type { RemoteEntry, TargetEntry } from '../../../src/targets/entry.ts'
import type { Answer } from '../../../src/targets/port.ts'
import { clusters } from '../../../src/targets/xero/find.ts'
import { json } from '../../http/support.ts'
import { entry, held, journals, page, startXero, type Harness } from './support.ts'

const id = (index: number): string => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`
const one = (index: number, changes: Partial<TargetEntry> = {}, more: object = {}): unknown =>
  held({ document: `ACME-20261105-${index}`, ...changes }, { ManualJournalID: id(index), ...more })

function queries({ server }: Harness): readonly Readonly<Record<string, string>>[] {
  return server.received
    .filter(({ url }) => url.startsWith('/api/ManualJournals?'))
    .map(({ url }) => Object.fromEntries(new URL(url, 'http://x').searchParams))
}

const documents = (answer: Answer<readonly RemoteEntry[]>): unknown =>
  answer.kind === 'ok' ? answer.value.map(({ document }) => document) : answer

describe('looking for one document', () => {
  it('asks for its narration, with lines', async () => {
    const harness = await startXero((response) => page(response, [one(2)]))
    expect(documents(await harness.target.find([entry()]))).toEqual(['ACME-20261105-2'])
    expect(queries(harness)).toEqual([
      {
        where: 'Narration=="ACME-20261105-2 USD journal of 2026-11-05, ledger 121..130"',
        order: 'ManualJournalID ASC',
        page: '1',
        pageSize: '500',
      },
    ])
  })

  it('gives every copy, voided and draft ones too, with their status', async () => {
    const harness = await startXero((response) =>
      page(response, [
        one(2),
        one(2, {}, { ManualJournalID: id(3), Status: 'VOIDED' }),
        one(2, {}, { ManualJournalID: id(4), Status: 'DRAFT' }),
        one(2, {}, { ManualJournalID: id(5), Status: 'DELETED' }),
      ]),
    )
    const found = await harness.target.find([entry()])
    expect(found.kind === 'ok' && found.value.map(({ remoteId, status }) => [remoteId, status])).toEqual([
      [id(2), 'posted'],
      [id(3), 'voided'],
      [id(4), 'draft'],
      [id(5), 'deleted'],
    ])
  })

  it('looks at its day before it is called missing, since a person may have added to the narration', async () => {
    const edited = one(2, { memo: 'ACME-20261105-2 checked by Ann' })
    const harness = await startXero((response, _request, index) =>
      page(response, index === 0 ? [] : [one(20), edited, one(3)]),
    )
    const found = await harness.target.find([entry()])
    expect(documents(found)).toEqual(['ACME-20261105-2'])
    expect(queries(harness).map(({ where }) => where)).toEqual([
      expect.stringMatching(/^Narration==/),
      'Date >= DateTime(2026, 11, 05) AND Date < DateTime(2026, 11, 06)',
    ])
  })

  it('is not known to be missing when the narration finds nothing and the days may not be asked for', async () => {
    const harness = await startXero((response, _request, index) => {
      if (index === 0) page(response, [])
      else json(response, 400, { Type: 'QueryParseException', Message: 'Too many records.' })
    })
    expect(await harness.target.find([entry()])).toMatchObject({ kind: 'refused', code: 'Too many records.' })
  })

  it.each([['say "hello"'], ['back\\slash'], ['two\nlines'], ['x'.repeat(1000)]])(
    'goes by its day when the narration cannot be put into a filter: %s',
    async (note) => {
      const memo = `ACME-20261105-2 ${note}`
      const harness = await startXero((response) => page(response, [one(2, { memo })]))
      expect(documents(await harness.target.find([entry({ memo })]))).toEqual(['ACME-20261105-2'])
      expect(queries(harness).map(({ where }) => where)).toEqual([expect.stringMatching(/^Date >= /)])
    },
  )
})

describe('looking for many documents', () => {
  it('asks for their days once', async () => {
    const harness = await startXero((response) => page(response, [one(1), one(2), one(3), one(4)]))
    const wanted = [1, 3].map((index) => entry({ document: `ACME-20261105-${index}` }))
    const later = entry({ document: 'ACME-20261105-4', date: '2026-11-30' })
    const found = await harness.target.find([...wanted, later])
    expect(documents(found)).toEqual(['ACME-20261105-1', 'ACME-20261105-3', 'ACME-20261105-4'])
    expect(queries(harness).map(({ where }) => where)).toEqual([
      'Date >= DateTime(2026, 11, 05) AND Date < DateTime(2026, 12, 01)',
    ])
  })

  it('asks by its narration for what may have arrived and is on none of the days, where somebody has moved it', async () => {
    const moved = one(3, { date: '2026-10-31' })
    const harness = await startXero((response, _request, index) => page(response, index === 0 ? [one(1)] : [moved]))
    const sent = (index: number, wasSent: boolean) => ({ ...entry({ document: `ACME-20261105-${index}` }), wasSent })
    const found = await harness.target.find([sent(1, true), sent(2, false), sent(3, true)])
    expect(documents(found)).toEqual(['ACME-20261105-1', 'ACME-20261105-3'])
    expect(queries(harness).map(({ where }) => where)).toEqual([
      'Date >= DateTime(2026, 11, 05) AND Date < DateTime(2026, 11, 06)',
      expect.stringMatching(/^Narration=="ACME-20261105-3 /),
    ])
  })

  it('asks for nothing when nothing is wanted', async () => {
    const harness = await startXero((response) => page(response, []))
    expect(await harness.target.find([])).toEqual({ kind: 'ok', value: [] })
    expect(harness.server.received).toEqual([])
  })

  it.each([
    [[], []],
    [['2026-11-05', '2026-11-05'], ['2026-11-05..2026-11-05']],
    [['2026-12-06', '2026-11-05'], ['2026-11-05..2026-12-06']],
    [
      ['2026-12-07', '2026-11-05'],
      ['2026-11-05..2026-11-05', '2026-12-07..2026-12-07'],
    ],
  ])('spans of %j are %j', (dates, spans) => {
    expect(clusters(dates).map(({ from, to }) => `${from}..${to}`)).toEqual(spans)
  })
})

describe('listing', () => {
  const november = { documentPrefix: 'ACME-', from: '2026-11-01', to: '2026-11-30' }

  it('takes what starts so and lies in the days, and passes over the rest', async () => {
    const harness = await startXero((response) =>
      page(response, [
        one(1),
        one(2, { document: 'OTHER-20261105-2' }),
        one(3, { date: '2026-10-31' }),
        one(4, { date: '2026-12-01' }),
        one(5, { memo: 'Accruals' }, { Date: 'whatever' }),
        one(6, { date: '2026-11-30' }),
      ]),
    )
    expect(documents(await harness.target.list(november))).toEqual(['ACME-20261105-1', 'ACME-20261105-6'])
  })

  it('takes everything with an empty prefix, and is not blinded by a journal of somebody else', async () => {
    const harness = await startXero((response) =>
      page(response, [
        one(1),
        one(2, { memo: '– copied by hand' }),
        one(3, { memo: 'Accruals' }, { JournalLines: undefined }),
        one(4, { memo: 'OTHER-1' }),
      ]),
    )
    expect(documents(await harness.target.list({ ...november, documentPrefix: '' }))).toEqual([
      'ACME-20261105-1',
      '',
      'OTHER-1',
    ])
  })

  it('reads everything when days are no filter for this organisation', async () => {
    const harness = await startXero((response, { url }) => {
      if (url.includes('where=')) json(response, 400, { Type: 'QueryParseException', Message: 'No such filter.' })
      else page(response, [one(1), one(2, { date: '2026-10-31' })])
    })
    expect(documents(await harness.target.list(november))).toEqual(['ACME-20261105-1'])
    expect(queries(harness).map(({ where }) => where)).toEqual([expect.stringMatching(/^Date/), undefined])
  })

  it('asks for changes since an instant in UTC, cut to the second', async () => {
    const harness = await startXero((response) => page(response, []))
    await harness.target.list({ ...november, changedSinceMs: Date.UTC(2026, 10, 20, 3, 4, 5, 999) })
    expect(harness.server.received.at(-1)?.headers['if-modified-since']).toBe('2026-11-20T03:04:05')
    await harness.target.list(november)
    expect(harness.server.received.at(-1)?.headers).not.toHaveProperty('if-modified-since')
  })

  it('takes "not modified" for nothing', async () => {
    const harness = await startXero((response) => response.writeHead(304).end())
    expect(await harness.target.list({ ...november, changedSinceMs: 1 })).toEqual({ kind: 'ok', value: [] })
  })

  it('reads all pages', async () => {
    const harness = await startXero((response, _request, index) =>
      journals(response, [one(index * 2 + 1), one(index * 2 + 2)], { page: index + 1, pageCount: 3, itemCount: 6 }),
    )
    expect(documents(await harness.target.list(november))).toEqual(
      [1, 2, 3, 4, 5, 6].map((index) => `ACME-20261105-${index}`),
    )
    expect(queries(harness).map(({ page }) => page)).toEqual(['1', '2', '3'])
  })

  it('reads until a page is empty when Xero counts none, however few come on a page', async () => {
    const harness = await startXero((response, _request, index) =>
      journals(response, index < 2 ? [one(index + 1)] : []),
    )
    expect(documents(await harness.target.list(november))).toEqual(['ACME-20261105-1', 'ACME-20261105-2'])
    expect(queries(harness)).toHaveLength(3)
  })

  it('stops when every page is the same', async () => {
    const harness = await startXero((response) => journals(response, [one(1), one(2)]))
    expect(documents(await harness.target.list(november))).toEqual(['ACME-20261105-1', 'ACME-20261105-2'])
    expect(queries(harness)).toHaveLength(2)
  })

  it('reads again when a journal left while pages were read, so that none is passed over', async () => {
    // Journal 1 is moved to another month after page 1: what was third is now second, on a page already seen.
    const first = [[one(1), one(2)], [one(4)], [one(2), one(3)], [one(4)]]
    const counts = [4, 3, 3, 3]
    const harness = await startXero((response, _request, index) =>
      journals(response, first[index] ?? [], { page: (index % 2) + 1, pageCount: 2, itemCount: counts[index] ?? 0 }),
    )
    expect(documents(await harness.target.list(november))).toEqual([2, 3, 4].map((index) => `ACME-20261105-${index}`))
  })

  it('reads again when the same journal came twice in place of another', async () => {
    const pages = [
      [one(1), one(2)],
      [one(2), one(3)],
    ]
    const harness = await startXero((response, _request, index) => {
      const again =
        index >= 2
          ? [
              [one(1), one(2)],
              [one(3), one(4)],
            ][index % 2]
          : pages[index]
      journals(response, again ?? [], { page: (index % 2) + 1, pageCount: 2, itemCount: 4 })
    })
    expect(documents(await harness.target.list(november))).toHaveLength(4)
  })

  it('gives up when it never holds still', async () => {
    const harness = await startXero((response, _request, index) =>
      journals(response, [one(1)], { page: 1, pageCount: 1, itemCount: index + 2 }),
    )
    expect(await harness.target.list(november)).toMatchObject({ kind: 'unknown', answered: true })
    expect(queries(harness)).toHaveLength(3)
  })
})
