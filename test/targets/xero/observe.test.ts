import { describe, expect, it } from 'vitest'
import { jsonTextOf, parseJsonExact } from '../../../src/domain/json.ts'
import { readDate, readInstantMs } from '../../../src/targets/xero/dates.ts'
import { observeJournal } from '../../../src/targets/xero/observe.ts'
import { entry, held, line } from './support.ts'

const observe = (journal: unknown): ReturnType<typeof observeJournal> =>
  observeJournal(parseJsonExact(JSON.stringify(journal)), 'NZD')

describe('a date of Xero', () => {
  it.each([
    ['/Date(1793404800000+0000)/', '2026-10-31'],
    ['/Date(1793404800000)/', '2026-10-31'],
    ['/Date(1793361600000+1200)/', '2026-10-31'],
    ['/Date(-86400000+0000)/', '1969-12-31'],
    ['2026-10-31', '2026-10-31'],
    ['2026-10-31T00:00:00', '2026-10-31'],
    ['2026-02-30T00:00:00', null],
    ['31 Oct 2026', null],
    ['', null],
  ])('"%s" is the day %s', (text, day) => {
    expect(readDate(text)).toBe(day)
  })

  it.each([
    ['/Date(1573755038314)/', 1_573_755_038_314],
    ['/Date(1573755038314+1300)/', 1_573_755_038_314],
    ['2019-11-14T18:10:38.314', 1_573_755_038_314],
    ['2019-11-14T18:10:38.314Z', 1_573_755_038_314],
    ['soon', null],
  ])('"%s" is the instant %s', (text, ms) => {
    expect(readInstantMs(text)).toBe(ms)
  })
})

describe('a manual journal', () => {
  it("is an entry in the organisation's currency", () => {
    const tracked = [
      line('400', '97.10', { dimensions: [{ name: 'Source', value: 'netpanel' }] }),
      line('200', '-97.10', { description: '' }),
    ]
    expect(observe(held({ lines: tracked }))).toMatchObject({
      ok: true,
      entry: { ...entry({ lines: tracked }), currency: 'NZD' },
    })
  })

  it.each([
    ['/Date(1773435300123+0000)/', '2026-03-13T20:55:00.123Z'],
    ['2026-03-13T20:55:00.123', '2026-03-13T20:55:00.123Z'],
    ['lately', 'lately'],
  ])('updated at "%s" has version %s', (UpdatedDateUTC, version) => {
    expect(observe(held({}, { UpdatedDateUTC }))).toMatchObject({ ok: true, entry: { version } })
  })

  it('shows tax that somebody added, which moves money beside the line', () => {
    const lines = [
      { LineAmount: 100, AccountCode: '200', TaxType: 'OUTPUT', TaxAmount: 15.0 },
      { LineAmount: -100, AccountCode: '400', TaxType: 'NONE', TaxAmount: 0.0 },
    ]
    expect(observe(held({}, { JournalLines: lines }))).toMatchObject({
      ok: true,
      entry: { lines: [{ dimensions: [{ name: 'TaxAmount', value: 'OUTPUT 15' }] }, { dimensions: [] }] },
    })
  })

  it('leaves out lines without an amount', () => {
    const blank = { LineAmount: 0.0, AccountCode: '200', IsBlank: true }
    const lines = [{ LineAmount: 1, AccountCode: '1' }, blank, { LineAmount: -1, AccountCode: '2' }]
    const observed = observe(held({}, { JournalLines: lines }))
    expect(observed.ok && observed.entry.lines.map(({ account }) => account)).toEqual(['1', '2'])
  })

  it('keeps what Xero said, digit for digit', () => {
    const text =
      '{"ManualJournalID":"a1","Narration":"A 1","Date":"2026-11-05","Status":"POSTED","JournalLines":' +
      '[{"LineAmount":97.10,"AccountCode":"1"},{"LineAmount":-97.100,"AccountCode":"2"}],"New":1.0}'
    const observed = observeJournal(parseJsonExact(text), 'USD')
    expect(observed).toMatchObject({ ok: true, entry: { raw: text } })
    expect(jsonTextOf(parseJsonExact(text))).toBe(text)
  })

  it.each([
    ['has no id', { ManualJournalID: null }, 'ManualJournalID'],
    ['has an id of zeros', { ManualJournalID: '00000000-0000-0000-0000-000000000000' }, 'ManualJournalID'],
    ['has no date', { Date: undefined }, 'date'],
    ['has a status nobody knows', { Status: 'PAUSED' }, 'PAUSED'],
    ['has no lines', { JournalLines: null }, 'lines'],
    ['has an amount that is none', { JournalLines: [{ LineAmount: 'ten' }] }, 'ten'],
    ['has another shape', { Narration: {} }, 'shape'],
  ])('that %s is a reason', (_what, more, reason) => {
    expect(observe(held({}, more))).toEqual({ ok: false, reason: expect.stringContaining(reason) })
  })

  it.each([
    ['POSTED', 'posted'],
    ['DRAFT', 'draft'],
    ['VOIDED', 'voided'],
    ['DELETED', 'deleted'],
    ['ARCHIVED', 'voided'],
  ])('of status %s is %s', (Status, status) => {
    expect(observe(held({}, { Status }))).toMatchObject({ ok: true, entry: { status } })
  })
})
