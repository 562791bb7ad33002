/** Damaged files: whatever is cut, doubled or overwritten, a reader gives lines or refuses in a sentence, and loses no row. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InputError } from '../../../src/domain/errors.ts'
import type { StatementReader } from '../../../src/sources/statements/options.ts'
import * as payPalCsv from '../../../src/sources/statements/paypal/csv.ts'
import * as payPalJson from '../../../src/sources/statements/paypal/json.ts'
import * as razorpayCsv from '../../../src/sources/statements/razorpay/csv.ts'
import { fixture, OPTIONS } from './support.ts'

const FILES: readonly (readonly [string, StatementReader])[] = [
  ['paypal/activity-us.csv', payPalCsv],
  ['paypal/activity-de.csv', payPalCsv],
  ['paypal/transactions.json', payPalJson],
  ['razorpay/recon-paise.csv', razorpayCsv],
  ['razorpay/report-rupees.csv', razorpayCsv],
]

describe.each(FILES)('%s', (path, reader) => {
  const text = fixture(path)
  const places = fc.nat({ max: text.length })
  const piece = fc.constantFrom(
    '',
    '"',
    ',',
    ';',
    '\n',
    '-',
    '.',
    '0',
    '99999999999999999999',
    '{',
    ']',
    'null',
    '\u00a0',
    'x',
    '2026-13-41',
  )

  it('however it is damaged, is read or refused in a sentence', () => {
    fc.assert(
      fc.property(places, fc.nat({ max: 40 }), piece, (at, length, put) => {
        const damaged = text.slice(0, at) + put + text.slice(at + length)
        try {
          reader.detect(damaged, 'x')
          reader.read('x', damaged, OPTIONS)
        } catch (error) {
          expect(error).toBeInstanceOf(InputError)
          expect(error).toMatchObject({
            code: expect.stringMatching(/^[A-Z_]+$/) as unknown,
            hint: expect.stringMatching(/\S/) as unknown,
          })
        }
      }),
      { numRuns: 100 },
    )
  })

  it('read twice gives the same', () => {
    expect(reader.read('x', text, OPTIONS)).toEqual(reader.read('x', text, OPTIONS))
  })
})

describe('a row that is cut off', () => {
  it.each(FILES.filter(([path]) => path.endsWith('.csv') && !path.includes('report')))(
    '%s is refused',
    (path, reader) => {
      const rows = fixture(path).trimEnd().split('\n')
      const cut = [...rows.slice(0, -1), (rows.at(-1) ?? '').slice(0, 20)].join('\n')
      expect(() => reader.read('x', cut, OPTIONS)).toThrow(/line \d+/)
    },
  )
})
