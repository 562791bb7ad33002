import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { bookRates, loadRates } from '../../src/config/rates-file.ts'
import { ConfigError } from '../../src/domain/errors.ts'
import { findRate, type RateTable } from '../../src/domain/money/rates.ts'
import { temporaryFolder } from '../support/temp-folder.ts'

function ratesFile(text: string): string {
  const file = join(temporaryFolder(), 'rates.csv')
  writeFileSync(file, text)
  return file
}

function messageOf(text: string): string {
  try {
    loadRates(ratesFile(text), 7)
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  return 'no error'
}

describe('a rates file', () => {
  const table = (): RateTable =>
    loadRates(
      ratesFile(
        '\uFEFFRate,Date,From,To\r\n1.0842,2026-11-05,EUR,USD\r\n1.0799,2026-11-02,EUR,USD\r\n\r\n160,2026-11-05,USD,JPY\r\n',
      ),
      7,
    )

  it.each([
    ['the day itself', 'EUR', 'USD', '2026-11-05', '1.0842'],
    ['the newest before the day', 'EUR', 'USD', '2026-11-04', '1.0799'],
    ['the last day a rate is good for', 'EUR', 'USD', '2026-11-12', '1.0842'],
    ['no rate that is older', 'EUR', 'USD', '2026-11-13', undefined],
    ['no rate of later', 'EUR', 'USD', '2026-11-01', undefined],
    ['no rate turned round', 'USD', 'EUR', '2026-11-05', undefined],
    ['a rate without decimals', 'USD', 'JPY', '2026-11-05', '160'],
  ])('gives %s', (_, from, to, day, expected) => {
    expect(findRate(table(), from, to, day)?.text).toBe(expected)
  })

  it('keeps a rate exactly', () => {
    expect(findRate(table(), 'EUR', 'USD', '2026-11-05')).toMatchObject({ scaled: 10842n, decimals: 4 })
  })

  it.each([
    ['a day that does not exist', 'date,from,to,rate\n2026-02-30,EUR,USD,1\n', ':2: "2026-02-30" is not a day'],
    ['a currency that is none', 'date,from,to,rate\n2026-11-05,Euro,USD,1\n', ':2: "Euro" is not a currency'],
    ['a decimal comma', 'date,from,to,rate\n2026-11-05,EUR,USD,"1,08"\n', ':2: "1,08" is not a rate'],
    ['a rate of zero', 'date,from,to,rate\n2026-11-05,EUR,USD,0.000\n', ':2: "0.000" is not a rate above zero'],
    ['a currency to itself', 'date,from,to,rate\n2026-11-05,EUR,EUR,1\n', ':2: a rate from EUR to itself'],
    [
      'a day given twice',
      'date,from,to,rate\n2026-11-05,EUR,USD,1\n2026-11-05,EUR,USD,1\n',
      ':3: EUR to USD has a rate for 2026-11-05 already',
    ],
    ['a missing column', 'date,from,rate\n2026-11-05,EUR,1\n', ':1: the header lacks to'],
    ['a row of another width', 'date,from,to,rate\n2026-11-05,EUR,USD\n', 'on line 2'],
  ])('is refused for %s', (_, text, expected) => {
    expect(messageOf(text)).toContain(expected)
  })

  it('tells every mistake at once', () => {
    const message = messageOf('date,from,to,rate\nx,EUR,USD,1\n2026-11-05,EUR,USD,x\n')
    expect(message).toContain(':2: ')
    expect(message).toContain(':3: ')
  })

  it('may be left out, and then there are no rates', () => {
    expect(
      findRate(bookRates({ rates: undefined, fixedRates: [], ratesMaxAgeDays: 7 }), 'EUR', 'USD', '2026-11-05'),
    ).toBeNull()
  })

  it('that cannot be read is named', () => {
    expect(() => loadRates('/nowhere/rates.csv', 7)).toThrow('The rates file /nowhere/rates.csv cannot be read.')
  })
})
