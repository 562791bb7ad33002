import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ManualJournal, ManualJournalLine, TrackingCategory } from 'xero-node'
import { z } from 'zod'
import { parseJsonExact } from '../../../src/domain/json.ts'
import type { TargetEntry } from '../../../src/targets/entry.ts'
import { xeroBody } from '../../../src/targets/xero/body.ts'
import { documentOf } from '../../../src/targets/xero/narration.ts'
import { observeJournal } from '../../../src/targets/xero/observe.ts'
import { entry, JOURNAL_ID, line, money } from './support.ts'

const posted = xeroBody({ postAs: 'posted' })

/** Xero's schemas as published, closed: a name that is not in them would be dropped without a word. */
const published = (() => {
  const schemas: Record<string, object> = JSON.parse(
    readFileSync(new URL('openapi.json', import.meta.url), 'utf8').replaceAll(
      /"\$ref": "(\w+)"/g,
      '"$ref": "#/$defs/$1"',
    ),
  )
  delete schemas['$comment']
  const closed = Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [name, { ...schema, additionalProperties: false }]),
  )
  return z.fromJSONSchema({ $ref: '#/$defs/ManualJournals', $defs: closed })
})()

const amounts = fc.array(
  fc.bigInt({ min: -(10n ** 9n), max: 10n ** 9n }).filter((cents) => cents !== 0n),
  { minLength: 1, maxLength: 8 },
)
const text = fc.string({ unit: 'binary', maxLength: 12 })

const entries: fc.Arbitrary<TargetEntry> = fc
  .record({
    amounts: amounts.filter((cents) => cents.reduce((sum, one) => sum + one, 0n) !== 0n),
    note: text,
    description: text,
    tracking: fc.array(fc.record({ name: text, value: text }), { maxLength: 2 }),
    currency: fc.constantFrom('USD', 'JPY', 'KWD'),
  })
  .map(({ amounts: cents, note, description, tracking, currency }) => {
    const perMinor = currency === 'JPY' ? 10n ** 8n : currency === 'KWD' ? 10n ** 5n : 10n ** 6n
    const total = cents.reduce((sum, one) => sum + one, 0n)
    const lines = [...cents, -total].map((amount, index) => ({
      ...line(`${index}`, '1', { description, dimensions: tracking }),
      amount: amount * perMinor,
    }))
    return entry({ currency, memo: `ACME-20261105-2 ${note}`, lines })
  })

describe('the body of a manual journal', () => {
  it('is these bytes', () => {
    const sent = entry({
      lines: [
        line('400', '97.10', { dimensions: [{ name: 'Source', value: 'net "panel"' }] }),
        line('404', '2.9', { description: 'Gebühr – Łódź' }),
        line('200', '-100'),
      ],
    })
    expect(posted(sent)).toBe(
      '{"ManualJournals":[{"Narration":"ACME-20261105-2 USD journal of 2026-11-05, ledger 121..130","Date":"2026-11-05",' +
        '"LineAmountTypes":"NoTax","Status":"POSTED","JournalLines":[' +
        '{"LineAmount":97.10,"AccountCode":"400","Description":"line on 400","TaxType":"NONE",' +
        '"Tracking":[{"Name":"Source","Option":"net \\"panel\\""}]},' +
        '{"LineAmount":2.90,"AccountCode":"404","Description":"Gebühr – Łódź","TaxType":"NONE"},' +
        '{"LineAmount":-100.00,"AccountCode":"200","Description":"line on 200","TaxType":"NONE"}]}]}',
    )
  })

  it('is a draft where the target says so', () => {
    expect(xeroBody({ postAs: 'draft' })(entry())).toContain('"Status":"DRAFT"')
  })

  it.each([
    ['USD', '9007199254740993.01', '9007199254740993.01'],
    ['JPY', '500', '500'],
    ['KWD', '1.5', '1.500'],
  ])('writes %s %s as %s', (currency, amount, written) => {
    const units = amount.length > 12 ? 900719925474099301n * 10n ** 6n : money(amount)
    const lines = [
      { ...line('1', '1'), amount: units },
      { ...line('2', '1'), amount: -units },
    ]
    expect(posted(entry({ currency, lines }))).toContain(`"LineAmount":${written},`)
  })

  it.each<readonly [string, Partial<TargetEntry>, string]>([
    ['does not start with its document', { memo: 'USD journal of ACME-20261105-2' }, 'narration'],
    ['starts with a longer document', { memo: 'ACME-20261105-20 USD' }, 'narration'],
    ['is in a foreign currency', { currency: 'EUR', exchangeRate: '1.08' }, 'exchange rate'],
    ['does not balance', { lines: [line('1', '1'), line('2', '-1.01')] }, 'sum to zero'],
    ['has one line', { lines: [line('1', '0')] }, 'sum to zero'],
    ['has an empty line', { lines: [line('1', '1'), line('3', '0'), line('2', '-1')] }, 'other than zero'],
    [
      'has three tracking categories',
      {
        lines: [line('1', '1', { dimensions: ['a', 'b', 'c'].map((name) => ({ name, value: 'x' })) }), line('2', '-1')],
      },
      '2 tracking categories',
    ],
  ])('is not written for an entry that %s', (_what, changes, message) => {
    expect(() => posted(entry(changes))).toThrow(message)
  })

  it('is what the published schema allows, and nothing else', () => {
    fc.assert(
      fc.property(entries, (sent) => {
        expect(published.safeParse(JSON.parse(posted(sent))).error).toBeUndefined()
      }),
    )
  })

  it('uses no name that the SDK does not know, since a misspelt one would be dropped without a word', () => {
    const sent = entry({ lines: [line('1', '1', { dimensions: [{ name: 'a', value: 'b' }] }), line('2', '-1')] })
    const names = (value: object): readonly string[] => Object.keys(value).sort()
    const known = (model: { attributeTypeMap: { baseName: string }[] }): readonly string[] =>
      model.attributeTypeMap.map(({ baseName }) => baseName)
    const journal = JSON.parse(posted(sent)).ManualJournals[0]
    expect(known(ManualJournal)).toEqual(expect.arrayContaining([...names(journal)]))
    expect(known(ManualJournalLine)).toEqual(expect.arrayContaining([...names(journal.JournalLines[0])]))
    expect(known(TrackingCategory)).toEqual(expect.arrayContaining([...names(journal.JournalLines[0].Tracking[0])]))
  })

  it.each([
    ['an amount in quotes', '"LineAmount":"97.10"'],
    ['a name it does not have', '"Reference":"ACME"'],
  ])('would fail that schema with %s', (_what, member) => {
    const body = posted(entry()).replace('"LineAmount":97.10', member)
    expect(published.safeParse(JSON.parse(body)).success).toBe(false)
  })

  it('reads back as the same entry, to the last digit', () => {
    fc.assert(
      fc.property(entries, (sent) => {
        const parsed = z.object({ ManualJournals: z.array(z.record(z.string(), z.unknown())) })
        const [journal] = parsed.parse(parseJsonExact(posted(sent))).ManualJournals
        const observed = observeJournal({ ...journal, ManualJournalID: JOURNAL_ID }, sent.currency)
        expect(observed).toMatchObject({ ok: true, entry: sent })
      }),
    )
  })
})

describe('the document of a narration', () => {
  it.each([
    ['ACME-20261105-2 USD journal', 'ACME-20261105-2'],
    ['ACME-20261105-2', 'ACME-20261105-2'],
    ['  ACME-20261105-2: checked by Ann', 'ACME-20261105-2'],
    ['ACME-20261105-2.1 part', 'ACME-20261105-2.1'],
    ['ACME-20261105-2. Done', 'ACME-20261105-2'],
    ['ACME-20261105-2, see mail', 'ACME-20261105-2'],
    ['', ''],
    ['– no document', ''],
  ])('of "%s" is "%s"', (narration, document) => {
    expect(documentOf(narration)).toBe(document)
  })
})
