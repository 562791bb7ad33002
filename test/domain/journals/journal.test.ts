import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  canonicalJournal,
  documentDate,
  documentNumber,
  DOCUMENT_PREFIX,
  holdReason,
  roundDays,
  type JournalHeader,
  type UnsealedDay,
} from '../../../src/domain/journals/journal.ts'

function day(date: string, changes: Readonly<Record<string, bigint>>, currency = 'USD'): UnsealedDay {
  return { day: date, currency, exact: new Map(Object.entries(changes)) }
}

const mapping = {
  file: 'quickbooks.yaml',
  accounts: new Map([
    ['1310', 'Wallet'],
    ['5100', 'Cost'],
  ]),
}

describe('rounding days into journals', () => {
  it('goes in date order, whatever the order given, and carries the remainder on', () => {
    const charge = { '5100:a': 600_000n, '1310:a': -600_000n }
    const { ready } = roundDays(new Map(), [day('2026-11-06', charge), day('2026-11-05', charge)])
    expect(ready.map(({ day: date, lines }) => [date, lines.map((line) => line.rounded)])).toEqual([
      ['2026-11-05', [-1_000_000n, 1_000_000n]],
      ['2026-11-06', [0n, 0n]],
    ])
  })

  it('keeps currencies apart', () => {
    const charge = { '5100:a': 600_000n, '1310:a': -600_000n }
    const { ready } = roundDays(new Map(), [day('2026-11-05', charge, 'USD'), day('2026-11-05', charge, 'JPY')])
    expect(ready.map(({ currency, lines }) => [currency, lines.map((line) => line.rounded)])).toEqual([
      ['JPY', [0n, 0n]],
      ['USD', [-1_000_000n, 1_000_000n]],
    ])
  })

  it('holds a day with an unmapped account whole, names it, and rounds the next days as if it were not there', () => {
    const days = [
      day('2026-11-05', { '5100:a': 600_000n, '9999': -600_000n }),
      day('2026-11-06', { '5100:a': 600_000n, '1310:a': -600_000n }),
    ]
    const { ready, held } = roundDays(new Map(), days, (draft) => holdReason(draft, mapping))
    expect(held.map((each) => [each.day, each.unmapped])).toEqual([['2026-11-05', ['9999']]])
    expect(held[0]?.reason).toBe(
      'The USD journal of 2026-11-05 is held whole: quickbooks.yaml does not map account 9999. ' +
        'Add it to that file and approve again.',
    )
    expect(ready.map((each) => each.lines)).toEqual(roundDays(new Map(), days.slice(1)).ready.map((each) => each.lines))
  })

  it('makes no journal of a day that moves nothing', () => {
    expect(roundDays(new Map(), [day('2026-11-05', { a: 0n })]).ready).toEqual([])
  })
})

describe('document numbers and dates', () => {
  it('fits 21 characters with the longest prefix and the 999th journal of a day', () => {
    expect(documentNumber('3F9A01BC', '2026-11-05', 999)).toBe('3F9A01BC-20261105-999')
    expect(() => documentNumber('3F9A01BC', '2026-11-05', 1000)).toThrow('longer than 21 characters')
  })

  it.each([
    ['3F9A01BC', true],
    ['A', true],
    ['', false],
    ['ACMEMEDIA', false],
    ['acme', false],
    ['AC-ME', false],
  ])('takes "%s" for a prefix: %s', (prefix, expected) => {
    expect(DOCUMENT_PREFIX.test(prefix)).toBe(expected)
  })

  it.each([
    ['2026-11-05', undefined, '2026-11-05'],
    ['2026-11-05', '2026-10-31', '2026-11-05'],
    ['2026-11-05', '2026-11-05', '2026-11-06'],
    ['2026-11-05', '2026-11-30', '2026-12-01'],
  ])('dates %s with books closed through %s at %s', (date, closedThrough, expected) => {
    expect(documentDate(date, closedThrough)).toBe(expected)
  })
})

describe('the canonical text of a journal', () => {
  const header: JournalHeader = {
    id: 1n,
    number: 1,
    document: 'A-20261105-1',
    day: '2026-11-05',
    documentDate: '2026-11-05',
    currency: 'USD',
    fromSequence: 1n,
    toSequence: 2n,
    approvedBy: 'ann',
    approvedAtMs: 5,
    heads: '2:1a2b3c4d5e6f7a8b',
    link: null,
  }

  it('differs when any field differs, since every field has its length before it', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), fc.string(), (book, by, otherBook, otherBy) => {
        const same = book === otherBook && by === otherBy
        const first = canonicalJournal(book, { ...header, approvedBy: by }, [])
        const second = canonicalJournal(otherBook, { ...header, approvedBy: otherBy }, [])
        expect(first === second).toBe(same)
      }),
    )
  })

  it('is of the first version without a link, and covers every field of one', () => {
    const link = { kind: 'reversal', subject: 1n, subjectDocument: 'A-1', root: 1n, why: 'wrong' } as const
    const others = [
      { ...link, kind: 'replacement' as const },
      { ...link, subject: 2n },
      { ...link, subjectDocument: 'A-2' },
      { ...link, root: 2n },
      { ...link, why: 'twice' },
    ]
    const texts = [null, link, ...others].map((each) => canonicalJournal('acme', { ...header, link: each }, []))
    expect(new Set(texts).size).toBe(texts.length)
    expect(texts.map((text) => text.slice(0, 19))).toEqual([
      '16:tieout-journal-1',
      ...[link, ...others].map(() => '16:tieout-journal-2'),
    ])
  })
})
