/**
 * JSON of others, read strictly. It is judged before anything parses it: how deep, how long, how many values, and no key
 * twice. `JSON.parse` reads 1.94500000000000006 into a float and the digits are gone; exactly read, every number is a
 * `JsonNumber` holding its source text, which `parseMoney` reads. That is slower (about a fifth of the speed of plain
 * `JSON.parse`), so callers use it only when a money field is a number.
 */
import { ReadError } from './errors.ts'
import { excerptOf } from './plain-text.ts'
import { DEEPEST, type ReadLimits } from './read-limits.ts'

const isNumberToken: unique symbol = Symbol('JsonNumber')

/** A number as it stood in the text. The symbol cannot come from JSON, so a vendor's object can never pass for one. */
export interface JsonNumber {
  readonly [isNumberToken]: true
  readonly source: string
}

export function isJsonNumber(value: unknown): value is JsonNumber {
  return typeof value === 'object' && value !== null && isNumberToken in value
}

/**
 * Parses JSON that was judged before, such as the text of `readJson`; throws SyntaxError like `JSON.parse`. Every number
 * in the result is a `JsonNumber`.
 */
export function parseJsonExact(text: string): unknown {
  return JSON.parse(text, keepNumberSource)
}

export interface ReadJson {
  readonly value: unknown
  /** What `value` was parsed from; `parseJsonExact` reads it with the digits of its numbers. */
  readonly text: string
}

/**
 * The JSON of others within its limits. Throws ReadError, whose message follows "the answer ", when it is none, is beyond
 * a limit, or says a key twice. `limits` is null for bytes landed before there were any: then only what would break the
 * parser is refused.
 */
export function readJson(text: string, limits: ReadLimits | null): ReadJson {
  judge(text, limits)
  try {
    return { value: JSON.parse(text), text }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new ReadError('NOT_JSON', 'is not complete JSON')
  }
}

/** The same with a `JsonNumber` for every number. */
export function readJsonExact(text: string, limits: ReadLimits | null): unknown {
  return parseJsonExact(readJson(text, limits).text)
}

/** JSON whose texts have no zero character, which PostgreSQL stores in none: it becomes the mark of what cannot be shown. */
export function withoutZeros(text: string): string {
  if (!text.includes(String.raw`\u0000`)) return text
  return text.replaceAll(/\\(?:u0000|[^])/g, (escape) => (escape === String.raw`\u0000` ? String.raw`\ufffd` : escape))
}

function keepNumberSource(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number') return value
  if (context?.source === undefined)
    throw new RangeError('this JavaScript engine hides the source text of JSON numbers')
  const token: JsonNumber = { [isNumberToken]: true, source: context.source }
  return token
}

/** The decimal text of a money field: a string as it is, a number token's source; undefined for anything else. */
export function decimalTextOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  return isJsonNumber(value) ? value.source : undefined
}

/** The JSON text of what `parseJsonExact` gave: every number with its own characters, keys in their order, no blanks. */
export function jsonTextOf(value: unknown): string {
  if (isJsonNumber(value)) return value.source
  if (Array.isArray(value)) return `[${value.map(jsonTextOf).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const fields = Object.entries(value).map(([key, field]) => `${JSON.stringify(key)}:${jsonTextOf(field)}`)
  return `{${fields.join(',')}}`
}

/** Thrown for bytes that are too many to be made a text of. */
export function jsonTooLong({ bytes }: ReadLimits): ReadError {
  return new ReadError('JSON_TOO_LONG', `is longer than ${bytes} bytes`)
}

/**
 * The first key an object of this JSON has twice, or null. `JSON.parse` keeps the last and says nothing, which with money
 * would be choosing.
 */
export function repeatedKeyOf(text: string): string | null {
  const found = scan(text, ANY_JSON)
  return found?.kind === 'key-twice' ? found.key : null
}

const ANY_JSON: Bounds = { depth: DEEPEST, values: Infinity, keys: 'once' }

/** Throws ReadError for text that must not be parsed. Text that is no JSON may pass: the parser says so. */
function judge(text: string, limits: ReadLimits | null): void {
  if (limits !== null && text.length > limits.bytes) throw jsonTooLong(limits)
  const depth = Math.min(limits?.depth ?? DEEPEST, DEEPEST)
  const found = scan(text, { depth, values: limits?.values ?? Infinity, keys: limits === null ? 'any' : 'once' })
  switch (found?.kind) {
    case undefined:
      return
    case 'too-deep':
      throw new ReadError('JSON_TOO_DEEP', `is nested more than ${depth} deep`)
    case 'too-many':
      throw new ReadError('JSON_TOO_MANY', `holds more than ${limits?.values ?? 0} values`)
    case 'key-twice': {
      const key = excerptOf(found.key, MOST_OF_A_KEY)
      throw new ReadError(
        'JSON_KEY_TWICE',
        `says "${key}" more than once about the same thing; which counts cannot be told`,
      )
    }
  }
}

const MOST_OF_A_KEY = 60

interface Bounds {
  readonly depth: number
  readonly values: number
  readonly keys: 'once' | 'any'
}

type Found =
  { readonly kind: 'too-deep' } | { readonly kind: 'too-many' } | { readonly kind: 'key-twice'; readonly key: string }

/** One pass over the characters, without recursion, which stops at the first thing it finds. */
function scan(text: string, { depth, values: most, keys }: Bounds): Found | null {
  const open: (Set<string> | null)[] = []
  let values = 0
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charCodeAt(at)
    if (character === QUOTE) {
      const end = endOfJsonString(text, at)
      const known = keys === 'once' ? open.at(-1) : null
      if (known && isBeforeColon(text, end)) {
        const key = keyOf(text.slice(at, end))
        if (known.has(key)) return { kind: 'key-twice', key }
        known.add(key)
      }
      at = end - 1
    } else if (character === OPEN_OBJECT || character === OPEN_LIST) {
      open.push(character === OPEN_OBJECT ? new Set() : null)
      values += 1
      if (open.length > depth) return { kind: 'too-deep' }
    } else if (character === CLOSE_OBJECT || character === CLOSE_LIST) open.pop()
    else if (character === COMMA) values += 1
    if (values > most) return { kind: 'too-many' }
  }
  return null
}

const QUOTE = 0x22
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d
const COMMA = 0x2c
const BACKSLASH = 0x5c
const COLON = 0x3a

/** After the closing quote, or the end of the text. A quote behind an odd number of backslashes closes nothing. */
export function endOfJsonString(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); quote !== -1; quote = text.indexOf('"', quote + 1)) {
    let slash = quote - 1
    while (slash > start && text.charCodeAt(slash) === BACKSLASH) slash -= 1
    if ((quote - slash) % 2 === 1) return quote + 1
  }
  return text.length
}

function isBeforeColon(text: string, from: number): boolean {
  let at = from
  while (at < text.length && BLANKS.has(text.charCodeAt(at))) at += 1
  return text.charCodeAt(at) === COLON
}

const BLANKS: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d])

/** However it is spelt: "char\u0067e" is "charge". What is no JSON string stays as it is. */
function keyOf(quotedText: string): string {
  if (!quotedText.includes('\\')) return quotedText.slice(1, -1)
  try {
    return String(JSON.parse(quotedText))
  } catch {
    return quotedText.slice(1, -1)
  }
}
