/** PayPal's transaction search: pages in any wrapping read to the same lines, exact to the last digit. */
import { describe, expect, it } from 'vitest'
import { detect, read } from '../../../src/sources/statements/paypal/json.ts'
import { open, refusalOf } from './open-support.ts'
import { fixture, inShort, linesInShort, OPTIONS } from './support.ts'

const text = fixture('paypal/transactions.json')
const pages = text.split(/(?<=^\})\n/m).filter((page) => page.trim() !== '')

describe('a transaction search', () => {
  it('reads pages one after the other, with fees, references and balances', () => {
    const statement = read('search.json', text, OPTIONS)
    expect(detect(text, 'x')).toBe(true)
    expect(statement.sections.map(inShort)).toEqual(['USD 100.00 > 33.90 foots'])
    expect(statement.sections[0]?.accountNumber).toBe('ACC1')
    expect(linesInShort(statement)).toEqual([
      '1 2026-03-05 USD 144.00 payment',
      '2 2026-03-05 USD -20.10 other pending',
      '3 2026-03-06 USD -10.10 refund',
      '4 2026-03-07 USD -200.00 transfer',
    ])
    expect(statement.sections[0]?.lines[0]).toMatchObject({
      externalId: '1PY',
      gross: 14_700_000_000n,
      fee: 300_000_000n,
      rawType: 'T0001',
      references: ['PO-1', 'pub-7'],
      counterparty: 'Pay Lancer',
    })
    expect(statement.remarks).toEqual(['Lines that moved no money: 1 pending.'])
  })

  it('reads the same from a list of pages', () => {
    expect(pages).toHaveLength(2)
    expect(read('search.json', `[${pages.join(',')}]`, OPTIONS)).toEqual(read('search.json', text, OPTIONS))
    expect(read('search.json', pages.join(''), OPTIONS)).toEqual(read('search.json', text, OPTIONS))
  })

  it('tells that a page is missing', () => {
    expect(read('search.json', pages[0] ?? '', OPTIONS).remarks.at(-1)).toContain(
      'speaks of 4 transactions and the file has 2',
    )
  })

  it('reads a number that no float holds', () => {
    const exact = text
      .replace('"147.00"', '90071992547.40993001')
      .replaceAll(/"(ending|available)_balance"/g, '"no_$1"')
    expect(read('search.json', exact, OPTIONS).sections[0]?.lines[0]?.gross).toBe(9_007_199_254_740_993_001n)
  })

  it('refuses to choose between two values of one key', () => {
    const twice = text.replace('"ending_balance"', '"ending_balance": null, "ending_balance"')
    expect(() => read('search.json', twice, OPTIONS)).toThrow(/line 1: .* says "ending_balance" more than once/)
  })

  it('refuses lists without end, and reads a text of millions of letters', () => {
    expect(() => read('search.json', '['.repeat(1_000_000), OPTIONS)).toThrow(/nested more than 64 deep/)
    const long = text.replace('"transaction_details"', `"note": "${'n\\n'.repeat(8_000_000)}", "transaction_details"`)
    expect(read('search.json', long, OPTIONS).sections).toHaveLength(1)
  })

  it('proves itself by the available balance where the ending balance does not follow', () => {
    const held = text
      .replace(
        '"ending_balance": { "currency_code": "USD", "value": 233.90 }',
        '"ending_balance": { "currency_code": "USD", "value": 999.00 }, "available_balance": { "currency_code": "USD", "value": "233.90" }',
      )
      .replace(
        '"ending_balance": { "currency_code": "USD", "value": "33.90" }',
        '"ending_balance": { "currency_code": "USD", "value": "7.00" }, "available_balance": { "currency_code": "USD", "value": "33.90" }',
      )
    const statement = read('search.json', held, OPTIONS)
    expect(statement.sections.map(inShort)).toEqual(['USD 100.00 > 33.90 foots'])
    expect(statement.remarks.join(' ')).toContain('available_balance')
  })

  it.each([
    ['"value": "147.00"', '"value": "1,47"', /entry 1: in "transaction_amount" "1,47"/],
    ['"T0001"', '"X1"', /entry 1: "X1" is no transaction event code/],
    ['2026-03-05T18:00:00+0000", "transaction_up', '5 March", "transaction_up', /entry 1: "5 March" is no time/],
    ['"transaction_details"', '"transaction_details" oops', /line 1: the JSON that starts here/],
  ])('refuses %s as %s', (from, to, message) => {
    expect(() => read('search.json', text.replace(from, to), OPTIONS)).toThrow(message)
  })
})

describe('JSON nested as no statement is', () => {
  it('is refused before anything parses it', () => {
    const deep = `{"transaction_details":${'['.repeat(100_000)}${']'.repeat(100_000)}}`
    expect(refusalOf(() => open(deep, {}, 'paypal-json'))).toContain('nested more than 64 deep')
  })
})
