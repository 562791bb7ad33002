/** The page of a night, read from books that lived through several: it foots, and it stays what it was. */
import { expect, it } from 'vitest'
import { jsonText } from '../../src/cli/output.ts'
import { loadMappings } from '../../src/config/mappings.ts'
import type { ControlLine } from '../../src/pipeline/report/controls.ts'
import { nightPage, type NightPage } from '../../src/pipeline/report/page.ts'
import { describeDatabases } from '../support/databases.ts'
import { sandboxBook, smallWorld, type SandboxBook } from '../pipeline/sandbox-book.ts'

interface Ask {
  readonly night?: string
  readonly knownAtMs?: number
}

async function pageOf({ rig }: SandboxBook, { night, knownAtMs }: Ask = {}): Promise<NightPage> {
  const { kysely } = rig.database
  return nightPage(kysely, await rig.bookRow(), rig.book, loadMappings(), {
    night: night ?? null,
    knownAtMs: knownAtMs ?? null,
  })
}

async function lived(book: SandboxBook, nights: number): Promise<readonly NightPage[]> {
  const pages: NightPage[] = []
  for (let night = 1; night <= nights; night += 1) {
    await book.night(night)
    pages.push(await pageOf(book))
  }
  return pages
}

describeDatabases('the page of a night', (fresh) => {
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
    expect(page.differences.map(({ code }) => code)).toContain('MISSING_IN_BOOKS')
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
