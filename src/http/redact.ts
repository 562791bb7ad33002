/**
 * Takes known secrets out of text and bytes before they are kept or printed, in every spelling a request or an answer may
 * give them: as they are, percent-encoded, form-encoded, as HTML entities, and escaped inside JSON, also the way PHP
 * escapes it (`\/`, `\u0053`) and JSON inside JSON.
 */
import { REDACTED, type Secret } from './secret.ts'

/** Shorter values would blank out half of every message; such a "secret" protects nothing. */
const SHORTEST = 4

interface Spellings {
  /** As it is, in UTF-8 bytes. */
  readonly plain: Buffer
  /** Any mixture of spellings, in text, and in bytes read as Latin-1. Made when first needed, which is rarely. */
  readonly text: () => RegExp
  readonly bytes: () => RegExp
}

const spellingsOf = new WeakMap<Secret, Spellings | null>()

/** Null for a value that is too short to hide. */
function spellings(secret: Secret): Spellings | null {
  const known = spellingsOf.get(secret)
  if (known !== undefined) return known
  const value = secret.reveal()
  const made =
    value.length < SHORTEST
      ? null
      : {
          plain: Buffer.from(value),
          text: once(() => patternOf(value, (char) => char)),
          bytes: once(() => patternOf(value, asLatin1)),
        }
  spellingsOf.set(secret, made)
  return made
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => (made ??= { value: make() }).value
}

function asLatin1(char: string): string {
  return Buffer.from(char).toString('latin1')
}

function patternOf(value: string, literal: (char: string) => string): RegExp {
  const parts = Array.from(value, (char) => `(?:${spellingsOfChar(char, literal).join('|')})`)
  return new RegExp(parts.join(''), 'g')
}

function spellingsOfChar(char: string, literal: (char: string) => string): readonly string[] {
  const percent = [...Buffer.from(char)].map((byte) => `%${anyCase(byte.toString(16).padStart(2, '0'))}`).join('')
  const units = Array.from({ length: char.length }, (_, index) => char.charCodeAt(index))
  const json = units.map((unit) => `\\\\+u${anyCase(unit.toString(16).padStart(4, '0'))}`).join('')
  const code = char.codePointAt(0) ?? 0
  const html = [`&#0*${code};`, `&#[xX]0*${anyCase(code.toString(16))};`]
  const named = HTML_NAMES[char]
  // A mark may be escaped once for each string it was put into.
  const escapes = /[\p{L}\p{N}]/u.test(char) ? '' : '\\\\*'
  return [
    `${escapes}${literal(char).replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`)}`,
    percent,
    json,
    ...html,
    ...(named === undefined ? [] : [named]),
    ...(char === ' ' ? ['\\+'] : []),
  ]
}

const HTML_NAMES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '"': '&quot;',
  '<': '&lt;',
  '>': '&gt;',
  "'": '&apos;',
}

function anyCase(hex: string): string {
  return hex.replaceAll(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`)
}

export function redactText(text: string, secrets: readonly Secret[]): string {
  let clean = text
  for (const secret of secrets) {
    const known = spellings(secret)
    if (known !== null) clean = clean.replace(known.text(), REDACTED)
  }
  return clean
}

/** What every other spelling needs at least one of. */
const ESCAPES = ['\\', '%', '&', '+'] as const

/** The same buffer when it holds no secret, which is nearly always; otherwise a cleaned copy. Other bytes stay as they are. */
export function redactBytes(bytes: Buffer, secrets: readonly Secret[]): Buffer {
  const isEscaped = ESCAPES.some((mark) => bytes.includes(mark))
  const found = secrets
    .map(spellings)
    .filter((known) => known !== null)
    .filter((known) => isEscaped || bytes.includes(known.plain))
  if (found.length === 0) return bytes
  const before = bytes.toString('latin1')
  let text = before
  for (const known of found) text = text.replace(known.bytes(), REDACTED)
  return text === before ? bytes : Buffer.from(text, 'latin1')
}
