/** The page of a night, read from books that lived through several: it foots, and it stays what it was. */
import { tableLines } from '../../src/cli/output.ts'
import { reportCsv } from '../../src/cli/views/report/csv.ts'
import { reportLines } from '../../src/cli/views/report/text.ts'
import { pageView } from '../../src/cli/views/report/view.ts'
import { reportDocument } from '../../src/web/report/html.ts'
import { expect, it } from 'vitest'
import { jsonText } from '../../src/cli/output.ts'
import { loadMappings } from '../../src/config/mappings.ts'
import type { Mappings } from '../../src/config/mappings.ts'
import type { BookConfig } from '../../src/config/model.ts'
import type { ControlLine } from '../../src/pipeline/report/controls.ts'
import { nightPage, standingOf, type NightPage } from '../../src/pipeline/report/page.ts'
import { waitingDayWords } from '../../src/pipeline/report/words.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { play } from '../pipeline/counters-support.ts'
import { nightMs } from '../pipeline/harness.ts'
import { payments, scriptedBook, stats } from '../pipeline/scripted-book.ts'
import { sandboxBook, smallWorld, type SandboxBook } from '../pipeline/sandbox-book.ts'

/** After everything that the tests do. */
const NOW_MS = nightMs(20)

interface Ask {
  readonly night?: string | null
  readonly knownAtMs?: number | null
}

async function pageOf(
  { rig }: SandboxBook,
  { night = null, knownAtMs = null }: Ask = {},
  { config = rig.book, mappings = loadMappings() }: Readings = {},
): Promise<NightPage> {
  return nightPage(rig.database.kysely, await rig.bookRow(), config, mappings, { night, knownAtMs, nowMs: NOW_MS })
}

interface Readings {
  readonly config?: BookConfig
  readonly mappings?: Mappings
}

/** Other owners and limits, and sources taken out: what a person may have changed since. */
function changed(config: BookConfig): BookConfig {
  const exceptions = { reviewAbove: 0n, escalateAbove: 0n, escalateDays: 0, owners: new Map([['default', 'nobody']]) }
  return { ...config, sources: config.sources.slice(1), exceptions }
}

async function lived(book: SandboxBook, nights: number): Promise<readonly NightPage[]> {
  const pages: NightPage[] = []
  for (let night = 1; night <= nights; night += 1) {
    await book.night(night)
    pages.push(await pageOf(book))
  }
  return pages
}

describeOnSqlite('the page of a night', (fresh) => {
  it('foots, starts where the night before ended, and agrees with the vendors', async () => {
    const book = await sandboxBook(await fresh(), smallWorld({ seed: 3 }))
    const pages = await lived(book, 3)
    for (const [index, page] of pages.entries()) {
      const before = new Map(pages[index - 1]?.controls.map((line) => [line.account, line.closing]))
      for (const line of page.controls) {
        expect(line.opening + line.in - line.out + line.adjusted, line.account).toBe(line.closing)
        expect(line.opening, line.account).toBe(before.get(line.account) ?? 0n)
        if (line.vendor !== null) expect(line.difference, line.account).toBe(line.vendor - line.closing)
      }
      expect(page.completeness.steps.every(({ foots, finished }) => foots && finished)).toBe(true)
      expect(page.completeness.sources.every(({ fresh: isFresh }) => isFresh)).toBe(true)
    }
    expect(pages.map(({ completeness }) => completeness.transactions).reduce((sum, each) => sum + each, 0)).toBe(
      pages.at(-1)?.chain.sequence,
    )
  })

  it('of an old night, as it was known when it ended, is the same bytes after ten more nights', async () => {
    const book = await sandboxBook(await fresh(), smallWorld({ seed: 7, days: 12, ordersPerDay: 12 }))
    const [first, second] = await lived(book, 2)
    const ask = { night: second?.night ?? '', knownAtMs: second?.knownAtMs ?? 0 }
    const text = jsonText(await pageOf(book, ask))
    for (let night = 3; night <= 12; night += 1) await book.night(night)
    expect(jsonText(await pageOf(book, ask))).toBe(text)
    expect(jsonText({ ...second, now: null })).toBe(text)
    expect(await pageOf(book, { night: first?.night ?? '' })).toEqual({ ...first, now: null })
    expect(jsonText(await pageOf(book, ask, { config: changed(book.rig.book) }))).toBe(text)
  })

  it('of an old night keeps what a network owed, whatever is stated of its payouts since', async () => {
    const { rig, vendors } = await scriptedBook(await fresh())
    const opening = ['2026-03-01,pub,opening-balance,162.50,USD,,', '2026-03-01,pub,opening-counter,162.50,USD,,']
    await rig.importEvidence(nightMs(1), payments(...opening, '2026-03-01,pub,payout,100.00,USD,PP-1,'))
    vendors.publisher = stats('publisher', 1100, 55, '170.00')
    await rig.night(nightMs(1))
    const page = async (knownAtMs: number | null) =>
      nightPage(rig.database.kysely, await rig.bookRow(), rig.book, loadMappings(), {
        night: null,
        knownAtMs,
        nowMs: NOW_MS,
      })
    const { knownAtMs, controls } = await page(null)
    const owed = controls.find(({ account }) => account === '1100:pub')
    expect(owed).toMatchObject({ vendor: 70n * 100_000_000n, difference: 0n })
    await rig.importEvidence(nightMs(2), payments('2026-03-01,pub,payout,90.00,USD,PP-1,'))
    expect((await page(knownAtMs)).controls.find(({ account }) => account === '1100:pub')).toEqual(owed)
  })

  it('watches what the chart says holds something, by whatever number', async () => {
    const book = await sandboxBook(await fresh(), smallWorld({ seed: 3, ordersPerDay: 10 }))
    await book.night(1)
    const { chart, ...others } = loadMappings()
    const accounts = new Map(chart.accounts)
    const cost = accounts.get('5100')
    if (cost !== undefined) accounts.set('5100', { ...cost, type: 'asset', name: 'Orders under way' })
    accounts.delete('4000')
    const page = await pageOf(book, {}, { mappings: { ...others, chart: { ...chart, accounts } } })
    const names = new Map(page.controls.map(({ account, name }) => [account, name]))
    expect(names.get('5100:netpanel')).toBe('Orders under way')
    expect(names.get('4000:pub'), 'an account that nobody has named').toBe('4000:pub')
    expect(names.get('1310:netpanel')).toBe('Prepaid - SMM panel wallet')
    expect(names.has('3900')).toBe(false)
  })

  it('counts every run of the night, and waits for nobody about a day that is not over', async () => {
    const book = await sandboxBook(await fresh(), smallWorld({ seed: 3, ordersPerDay: 10 }))
    await book.night(1)
    const once = await pageOf(book)
    await book.night(1)
    const twice = await pageOf(book)
    const rows = ({ completeness: { steps } }: NightPage, name: string) => steps.find(({ step }) => step === name)
    expect(rows(once, 'poll:netpanel')?.runs).toEqual([once.run])
    expect(rows(twice, 'poll:netpanel')).toMatchObject({ runs: [once.run, twice.run], foots: true, finished: true })
    expect(rows(twice, 'poll:netpanel')?.totals.rows.posted).toBe(rows(once, 'poll:netpanel')?.totals.rows.posted)
    expect(twice.completeness.steps.map(({ file }) => file)).toContain('orders-01.csv')
    const open = twice.journals.waiting.filter(({ isOver }) => !isOver)
    expect(open.map(({ day }) => day).every((day) => day > twice.night)).toBe(true)
    // The newest day waits for the next reading, and nobody is waited for.
    expect(twice.reasons.filter(({ what }) => what.includes('for approval'))).toEqual([])
    const over = twice.journals.waiting.filter(({ isOver }) => isOver)
    expect(new Set(over.map(waitingDayWords)), 'the list agrees').toEqual(
      new Set(['the next reading of a counter confirms it']),
    )
  })

  it('is amber while something waits, and red when a wallet differs', async () => {
    const book = await sandboxBook(await fresh(), smallWorld({ seed: 3 }))
    await book.live(1)
    book.rig.drop(
      'shift.csv',
      'date,source,kind,amount,currency,reference,note\n2026-03-01,netpanel,top-up,3.20,USD,never,\n',
    )
    await book.night(1)
    const page = await pageOf(book)
    const wallet = page.controls.find(({ account }: ControlLine) => account === '1310:netpanel')
    expect(wallet?.difference).not.toBe(0n)
    expect(page.colour).toBe('red')
    expect(page.reasons[0]?.what).toContain('1310:netpanel differs from the vendor by')
  })

  it('of a night that never was names the nights there are', async () => {
    const book = await sandboxBook(await fresh(), smallWorld({ seed: 3 }))
    await book.night(1)
    await expect(pageOf(book, { night: '2020-01-01' })).rejects.toThrow('has no finished night 2020-01-01')
    await expect(pageOf(book, { knownAtMs: 0 })).rejects.toMatchObject({
      hint: expect.stringMatching(/^Its first night, \d{4}-\d\d-\d\d, was known at /),
    })
  })
})

const OPENING = payments('2026-03-01,pub,opening-balance,62.50,USD,,', '2026-03-01,pub,opening-counter,162.50,USD,,')

describeOnSqlite('the page of a night after which a decision was replaced', (fresh) => {
  it('stays as it was known before', async () => {
    const book = await play(await fresh(), { publisherMore: 'counterMode: lifetime' })
    await book.rig.importEvidence(nightMs(0), OPENING)
    const read = async (night: number, amount: string): Promise<void> => {
      book.vendors.publisher = stats('publisher', 1000 + 100 * night, 50 + 5 * night, amount)
      await book.rig.night(nightMs(night))
    }
    const { rig } = book
    const page = async ({ night = null, knownAtMs = null }: Ask) =>
      nightPage(rig.database.kysely, await rig.bookRow(), rig.book, loadMappings(), { night, knownAtMs, nowMs: NOW_MS })
    await read(1, '162.50')
    await read(2, '62.50')
    await book.answer('reset', { night: 2 })
    await read(3, '64.50')
    const before = await page({})
    const [, fall] = await rig.database.kysely
      .selectFrom('counter_reading')
      .innerJoin('source', 'source.id', 'counter_reading.source')
      .select(['batch', 'item'])
      .where('source.name', '=', 'pub')
      .where('origin', '=', 'api')
      .orderBy('batch')
      .execute()
    await book.answer('clawback', { night: 3, reading: `${fall?.batch ?? 0n}.${fall?.item ?? 0n}` })
    await read(4, '66.50')
    const { night, knownAtMs } = before
    const after = await page({ night, knownAtMs })
    expect(after.controls).toEqual(before.controls)
    expect(after.reasons).toEqual(before.reasons)
  })

  it('says beside the night how the book stands now, once somebody has answered', async () => {
    const book = await play(await fresh(), { publisherMore: 'counterMode: lifetime' })
    const { rig } = book
    await rig.importEvidence(nightMs(0), OPENING)
    for (const [night, amount] of [
      [1, '162.50'],
      [2, '62.50'],
    ] as const) {
      book.vendors.publisher = stats('publisher', 1000 + 100 * night, 50 + 5 * night, amount)
      await rig.night(nightMs(night))
    }
    const page = async (nowMs: number) =>
      nightPage(rig.database.kysely, await rig.bookRow(), rig.book, loadMappings(), {
        night: null,
        knownAtMs: null,
        nowMs,
      })
    const asked = await page(nightMs(2))
    expect(asked.now?.standing).toBeNull()
    expect(asked.reasons.map(({ row }) => row)).toContain('readings-wait')
    await book.answer('reset', { night: 2 })
    const answered = await page(nightMs(3))
    expect(answered.reasons).toEqual(asked.reasons)
    expect(answered.now?.standing).toMatchObject({ atMs: nightMs(3) })
    expect(answered.now?.standing?.reasons.map(({ row }) => row)).not.toContain('readings-wait')
    expect(standingOf(answered)).toBe(answered.now?.standing)
    const text = reportLines({ table: tableLines }, answered).join('\n')
    expect(text).toMatch(/^STATUS NOW \(2026-\S+\): \w+: [^]*\nSTATUS AT THE NIGHT'S END: \w+: /m)
    const html = await reportDocument(answered)
    expect(html.indexOf('aria-label="Status now"')).toBeLessThan(html.indexOf('aria-label="Status at the night'))
    expect(reportCsv(answered)).toContain('status now,status,colour,')
    expect(pageView(answered).now?.standing).toMatchObject({ at: new Date(nightMs(3)).toISOString() })
  })
})
