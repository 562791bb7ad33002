import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ReadError } from '../../src/domain/errors.ts'
import {
  decimalTextOf,
  isJsonNumber,
  jsonTextOf,
  parseJsonExact,
  readJson,
  readJsonExact,
  repeatedKeyOf,
  withoutZeros,
} from '../../src/domain/json.ts'
import { READ_LIMITS } from '../../src/domain/read-limits.ts'

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

describe('readJson', () => {
  const small = { ...READ_LIMITS, depth: 3, bytes: 100, values: 5 }

  it.each([
    ['[[[1]]]', null],
    ['[[[[1]]]]', 'is nested more than 3 deep'],
    // Brackets in texts open nothing, behind whatever backslashes.
    [String.raw`["[[[[[","\\",{"a\"[[[[":"]"}]`, null],
    ['[1,2,3,4,5]', null],
    ['[1,2,3,4,5,6]', 'holds more than 5 values'],
    ['[[],[],[],[]]', 'holds more than 5 values'],
    [`"${'a'.repeat(100)}"`, 'is longer than 100 bytes'],
    ['{"a":{"b":1},"c":{"b":1}}', null],
    ['{"a":{"b":1,"b":1}}', 'says "b" more than once about the same thing; which counts cannot be told'],
    [String.raw`{"b":1, "\u0062" :1}`, 'says "b" more than once about the same thing; which counts cannot be told'],
    ['{"a":1', 'is not complete JSON'],
    [String.raw`{"a":"\x"}`, 'is not complete JSON'],
    ['', 'is not complete JSON'],
  ])('of %s: %j', (text, reason) => {
    const read = (): unknown => readJson(text, small)
    if (reason === null) expect(read()).toMatchObject({ value: JSON.parse(text) as unknown })
    else expect(read).toThrow(expect.objectContaining({ name: ReadError.name, message: reason }))
  })

  it('reads what was landed before there were limits as it did, but never so deep that the parser would break', () => {
    expect(readJson('{"a":1,"a":[[[[[[2]]]]]]}', null).value).toEqual({ a: [[[[[[2]]]]]] })
    expect(readJsonExact(`${'['.repeat(1000)}${']'.repeat(1000)}`, null)).toHaveLength(1)
    expect(() => readJson('['.repeat(1001), null)).toThrow('is nested more than 1000 deep')
    expect(() => readJson('{"a":'.repeat(1_000_000), null)).toThrow('is nested more than 1000 deep')
  })

  it('says that half a million backslashes before a quote are a text without an end', () => {
    expect(() => readJson(`["${'\\'.repeat(500_001)}"]`, READ_LIMITS)).toThrow('is not complete JSON')
    expect(readJson(`["${'\\'.repeat(500_000)}"]`, READ_LIMITS).value).toHaveLength(1)
  })

  it('makes a mark of a zero character, which no database column takes, and leaves an escaped backslash alone', () => {
    const text = withoutZeros(String.raw`["a\u0000b","a\\u0000","\\\u0000"]`)
    expect(readJson(text, READ_LIMITS).value).toEqual(['a\ufffdb', String.raw`a\u0000`, '\\\ufffd'])
  })

  it('agrees with JSON.parse on what no limit forbids', () => {
    const written = fc.json().map((text) => JSON.stringify(JSON.parse(text), null, 1))
    const wide = { ...READ_LIMITS, depth: 1000 }
    fc.assert(
      fc.property(written, (text) => {
        expect(readJson(text, wide).value).toEqual(JSON.parse(text))
      }),
    )
  })

  it('finds the key that an object of any depth says twice', () => {
    const key = fc.string({ unit: 'binary' })
    const unit = (code: number): string => String.raw`\u${code.toString(16).padStart(4, '0')}`
    const spelt = (text: string): string =>
      `"${Array.from({ length: text.length }, (_, at) => unit(text.charCodeAt(at))).join('')}"`
    fc.assert(
      fc.property(key, fc.nat(40), fc.json(), (name, depth, between) => {
        const object = `{${JSON.stringify(name)}:${JSON.stringify(JSON.parse(between))},${spelt(name)}:1}`
        const text = `${'['.repeat(depth)}${object}${']'.repeat(depth)}`
        expect(() => readJson(text, { ...READ_LIMITS, depth: 1000 })).toThrow('more than once')
      }),
    )
  })
})
