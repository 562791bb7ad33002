import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseJsonExact } from '../../../src/domain/json.ts'
import { minorUnitDecimals, unitsPerMinor } from '../../../src/domain/money/money.ts'
import type { EntryLine, TargetEntry } from '../../../src/targets/entry.ts'
import { quickbooksBody } from '../../../src/targets/quickbooks/body.ts'
import { plainRate, readSentEntry } from '../../../src/targets/quickbooks/observe.ts'
import { ENTRY, line } from './support.ts'

const FULL: TargetEntry = {
  ...ENTRY,
  currency: 'EUR',
  exchangeRate: '1.0840',
  lines: [
    line('84', 450_000_000n, {
      entity: { type: 'Customer', id: '7' },
      dimensions: [
        { name: 'department', value: '3' },
        { name: 'class', value: '200' },
      ],
    }),
    line('33', -450_000_000n, { description: '', entity: { type: 'Vendor', id: '12' } }),
  ],
}

/**
 * Intuit's published schema (Finance.xsd of its SDKs): the elements of each type in their sequence, as far as QuickBooks
 * Online lets them be written, and the words of its enumerations.
 */
const XSD: Readonly<Record<string, readonly string[]>> = {
  JournalEntry: [
    'DocNumber',
    'TxnDate',
    'DepartmentRef',
    'CurrencyRef',
    'ExchangeRate',
    'PrivateNote',
    'TxnStatus',
    'LinkedTxn',
    'Line',
    'TxnTaxDetail',
    'Adjustment',
  ],
  Line: ['Id', 'LineNum', 'Description', 'Amount', 'LinkedTxn', 'DetailType', 'JournalEntryLineDetail'],
  JournalEntryLineDetail: ['PostingType', 'Entity', 'AccountRef', 'ClassRef', 'DepartmentRef', 'TaxCodeRef'],
  Entity: ['Type', 'EntityRef'],
  Reference: ['value', 'name'],
}
const ENUMERATIONS: Readonly<Record<string, readonly string[]>> = {
  DetailType: ['JournalEntryLineDetail', 'DescriptionOnly'],
  PostingType: ['Debit', 'Credit'],
  Type: ['Customer', 'Vendor', 'Employee'],
}

/** "Line.Amonut" for every name that the type does not have, or that stands before one the sequence has first. */
function strays(value: object, type: string): readonly string[] {
  const allowed = XSD[type] ?? []
  const places = Object.keys(value).map((name) => allowed.indexOf(name))
  const wrong = Object.keys(value).filter((_, at) => (places[at] ?? -1) < Math.max(0, ...places.slice(0, at)))
  const unknown = Object.keys(value).filter((name) => !allowed.includes(name))
  const below = Object.entries(value).flatMap(([name, member]: [string, unknown]) => {
    const words = ENUMERATIONS[name]
    if (words !== undefined) return words.includes(String(member)) ? [] : [`${name}=${String(member)}`]
    const inner = name.endsWith('Ref') ? 'Reference' : name
    const members: readonly unknown[] = Array.isArray(member) ? member : [member]
    return members.flatMap((each) => (typeof each === 'object' && each !== null ? strays(each, inner) : []))
  })
  return [...wrong, ...unknown].map((name) => `${type}.${name}`).concat(below)
}

describe('the body of a journal entry', () => {
  it('is the bare object, digit by digit', () => {
    expect(quickbooksBody(ENTRY)).toBe(
      '{"DocNumber":"ACME-20261105-2","TxnDate":"2026-11-05","CurrencyRef":{"value":"USD"},' +
        '"PrivateNote":"ACME-20261105-2 USD journal of 2026-11-05, ledger 121..130","Line":[' +
        '{"Description":"on 35","Amount":97.10,"DetailType":"JournalEntryLineDetail","JournalEntryLineDetail":{"PostingType":"Debit","AccountRef":{"value":"35"}}},' +
        '{"Description":"on 60","Amount":2.90,"DetailType":"JournalEntryLineDetail","JournalEntryLineDetail":{"PostingType":"Debit","AccountRef":{"value":"60"}}},' +
        '{"Description":"on 79","Amount":100.00,"DetailType":"JournalEntryLineDetail","JournalEntryLineDetail":{"PostingType":"Credit","AccountRef":{"value":"79"}}}]}',
    )
  })

  it('names a rate, whom a receivable is with, a class and a department', () => {
    expect(JSON.parse(quickbooksBody(FULL))).toMatchObject({
      CurrencyRef: { value: 'EUR' },
      ExchangeRate: 1.084,
      Line: [
        {
          JournalEntryLineDetail: {
            PostingType: 'Debit',
            Entity: { Type: 'Customer', EntityRef: { value: '7' } },
            AccountRef: { value: '84' },
            ClassRef: { value: '200' },
            DepartmentRef: { value: '3' },
          },
        },
        { JournalEntryLineDetail: { PostingType: 'Credit', Entity: { Type: 'Vendor', EntityRef: { value: '12' } } } },
      ],
    })
    expect(quickbooksBody(FULL)).toContain('"ExchangeRate":1.0840,')
  })

  it.each([
    ['of the home currency', ENTRY],
    ['with everything', FULL],
  ])('has only names, words and the order of the published schema: %s', (_name, entry) => {
    expect(strays(Object(JSON.parse(quickbooksBody(entry))), 'JournalEntry')).toEqual([])
  })

  it('notices a name that the schema does not have', () => {
    expect(strays({ TxnDate: '', DocNumber: '', Lines: [] }, 'JournalEntry')).toEqual([
      'JournalEntry.DocNumber',
      'JournalEntry.Lines',
      'JournalEntry.Lines',
    ])
  })

  it.each([
    ['JPY', 12_300_000_000n, '123'],
    ['USD', 12_300_000_000n, '123.00'],
    ['KWD', 12_300_000_000n, '123.000'],
    ['USD', 999_999_999_999_000_000n, '9999999999.99'],
  ])('writes %s with its own decimals', (currency, amount, text) => {
    const body = quickbooksBody({ ...ENTRY, currency, lines: [line('1', amount), line('2', -amount)] })
    expect(body.match(/"Amount":[^,]+/g)).toEqual([`"Amount":${text}`, `"Amount":${text}`])
  })

  it('writes a rate as JSON has numbers', () => {
    expect(quickbooksBody({ ...FULL, exchangeRate: '000.5' })).toContain('"ExchangeRate":0.5,')
  })

  const broken: readonly (readonly [string, Partial<TargetEntry>, RegExp])[] = [
    ['without a number', { document: '' }, /1 to 21 characters/],
    ['with a number QuickBooks would cut', { document: 'ACME-20261105-2-PART-2' }, /1 to 21 characters/],
    ['with a memo that is too long', { memo: 'x'.repeat(4001) }, /memo of more than 4000/],
    ['of one line', { lines: [line('1', 1_000_000n)] }, /1 lines/],
    ['that does not balance', { lines: [line('1', 2_000_000n), line('2', -1_000_000n)] }, /does not balance/],
    ['with a zero', { lines: [line('1', 0n), line('2', 0n)] }, /line 1 no amount/],
    ['of eleven digits', { lines: [line('1', 10n ** 18n), line('2', -(10n ** 18n))] }, /ten digits/],
    ['without an account', { lines: [line('', 1_000_000n), line('2', -1_000_000n)] }, /line 1 no account/],
    [
      'with a long description',
      { lines: [line('1', 1_000_000n, { description: 'x'.repeat(4001) }), line('2', -1_000_000n)] },
      /description of more than 4000/,
    ],
    [
      'with a dimension QuickBooks does not have',
      { lines: [line('1', 1_000_000n, { dimensions: [{ name: 'region', value: '1' }] }), line('2', -1_000_000n)] },
      /class and department/,
    ],
    [
      'with one class twice',
      {
        lines: [
          line('1', 1_000_000n, {
            dimensions: [
              { name: 'class', value: '1' },
              { name: 'class', value: '2' },
            ],
          }),
          line('2', -1_000_000n),
        ],
      },
      /same dimension twice/,
    ],
    ['with the rate zero', { exchangeRate: '0.000' }, /not a positive decimal/],
    ['with a rate that is no number', { exchangeRate: '1,08' }, /not a positive decimal/],
  ]
  it.each(broken)('refuses to write an entry %s', (_name, changes, reason) => {
    expect(() => quickbooksBody({ ...ENTRY, ...changes })).toThrow(reason)
  })
})

const text = fc.string({ unit: 'binary', maxLength: 40 })
const dimensions = fc
  .record({ class: fc.option(fc.nat()), department: fc.option(fc.nat()) })
  .map((values) =>
    Object.entries(values).flatMap(([name, value]) => (value === null ? [] : [{ name, value: String(value) }])),
  )
const entity = fc.option(fc.record({ type: fc.constantFrom('Customer', 'Vendor'), id: fc.nat().map(String) }))

function entries(currency: string): fc.Arbitrary<TargetEntry> {
  const most = 10n ** BigInt(9 + minorUnitDecimals(currency))
  const half = fc.record({
    account: fc.nat().map(String),
    minor: fc.bigInt({ min: -most, max: most }).filter((minor) => minor !== 0n),
    description: text,
    dimensions,
    entity,
  })
  const lines = fc.array(half, { minLength: 1, maxLength: 8 }).map((halves): readonly EntryLine[] =>
    halves.flatMap(({ minor, ...rest }) => {
      const amount = minor * unitsPerMinor(currency)
      return [
        { ...rest, amount },
        { ...rest, amount: -amount },
      ]
    }),
  )
  const rate = fc.option(fc.tuple(fc.nat(9999), fc.nat(99_999)).map(([whole, part]) => `${whole}.${part + 1}`))
  return fc.record({
    document: fc.string({ minLength: 1, maxLength: 21 }),
    date: fc.constant('2026-11-05'),
    currency: fc.constant(currency),
    exchangeRate: rate,
    memo: text,
    lines,
  })
}

describe('an entry', () => {
  it('comes back the same from the body it became', () => {
    fc.assert(
      fc.property(fc.constantFrom('USD', 'JPY', 'KWD').chain(entries), (entry) => {
        const exchangeRate = entry.exchangeRate === null ? null : plainRate(entry.exchangeRate)
        const read = readSentEntry(parseJsonExact(quickbooksBody(entry)))
        expect(read).toEqual({ ok: true, value: { ...entry, exchangeRate } })
      }),
    )
  })

  it('becomes the same bytes each time', () => {
    fc.assert(
      fc.property(entries('USD'), (entry) => {
        expect(quickbooksBody(entry)).toBe(quickbooksBody(structuredClone(entry)))
      }),
    )
  })
})
