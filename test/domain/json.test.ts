import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decimalTextOf, isJsonNumber, jsonTextOf, parseJsonExact, repeatedKeyOf } from '../../src/domain/json.ts'

describe('repeatedKeyOf', () => {
  it.each([
    ['{"charge":"1.0","charge":"2.0"}', 'charge'],
    ['{"1":{"a":[{"b":1}]},"2":{"b":1,"c":{},"b":2}}', 'b'],
    [String.raw`{"charge":1,"char\u0067e":2}`, 'charge'],
    ['[{"a":1},{"a":2}]', null],
    ['{"a":"b","b":{"a":1,"b":":"}}', null],
    [String.raw`{"a":"\",\"a\":1","c":1}`, null],
    ['"a"', null],
  ])('of %s is %j', (text, key) => {
    JSON.parse(text)
    expect(repeatedKeyOf(text)).toBe(key)
  })

  it('finds none in what was written from a value', () => {
    fc.assert(fc.property(fc.json(), (text) => repeatedKeyOf(JSON.stringify(JSON.parse(text))) === null))
  })
})

describe('parseJsonExact', () => {
  it('keeps the characters of every number', () => {
    const long = '1.9450000000000000621724893790087662637233734130859375'
    const value = parseJsonExact(`{"a":${long},"b":[-0,1e-7,12345678901234567890],"c":"5","d":null}`)
    expect(value).toMatchObject({
      a: { source: long },
      b: [{ source: '-0' }, { source: '1e-7' }, { source: '12345678901234567890' }],
    })
    expect(value).toMatchObject({ c: '5', d: null })
  })

  it('does not take an object of the vendor for a number', () => {
    const value = parseJsonExact('{"source":"5"}')
    expect(isJsonNumber(value)).toBe(false)
    expect(decimalTextOf(value)).toBeUndefined()
    expect([decimalTextOf(parseJsonExact('4.50')), decimalTextOf('4.50'), decimalTextOf(null)]).toEqual([
      '4.50',
      '4.50',
      undefined,
    ])
  })

  it('throws SyntaxError on half an answer', () => {
    expect(() => parseJsonExact('{"a": 1')).toThrow(SyntaxError)
  })

  it('agrees with JSON.parse on everything but numbers', () => {
    const toNumbers = (value: unknown): unknown => {
      if (isJsonNumber(value)) return Number(value.source)
      if (Array.isArray(value)) return value.map(toNumbers)
      if (typeof value !== 'object' || value === null) return value
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, toNumbers(inner)]))
    }
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(JSON.stringify(toNumbers(parseJsonExact(text)))).toBe(JSON.stringify(JSON.parse(text)))
      }),
    )
  })
})

describe('jsonTextOf', () => {
  it('gives back what was read, every number with its own characters', () => {
    const text = '{"a":1.9450000000000006217,"b":[-0,1e-7,4.50],"c":"5\\n","d":null,"e":{"f":true,"g":[]}}'
    expect(jsonTextOf(parseJsonExact(text))).toBe(text)
  })

  it('says the same as the text it came from', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(JSON.parse(jsonTextOf(parseJsonExact(text)))).toEqual(JSON.parse(text))
      }),
    )
  })
})
