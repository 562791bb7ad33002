/**
 * Takes known secrets out of text and bytes before they are kept or printed, in every spelling a request may have
 * given them: as they are, percent-encoded, form-encoded, and escaped inside a JSON string.
 */
import { REDACTED, type Secret } from './secret.ts'

/** Shorter values would blank out half of every message; such a "secret" protects nothing. */
const SHORTEST = 4

const spellingsOf = new WeakMap<Secret, readonly string[]>()

function spellings(secret: Secret): readonly string[] {
  const known = spellingsOf.get(secret)
  if (known !== undefined) return known
  const value = secret.reveal()
  const form = new URLSearchParams({ v: value }).toString().slice(2)
  const all = [value, encodeURIComponent(value), form, JSON.stringify(value).slice(1, -1)]
  const made = value.length < SHORTEST ? [] : [...new Set(all)]
  spellingsOf.set(secret, made)
  return made
}

export function redactText(text: string, secrets: readonly Secret[]): string {
  let clean = text
  for (const secret of secrets) {
    for (const spelling of spellings(secret)) clean = clean.replaceAll(spelling, REDACTED)
  }
  return clean
}

/** The same buffer when it holds no secret, which is nearly always; otherwise a cleaned copy. Other bytes stay as they are. */
export function redactBytes(bytes: Buffer, secrets: readonly Secret[]): Buffer {
  const found = secrets.flatMap((secret) => spellings(secret).filter((spelling) => bytes.includes(spelling)))
  if (found.length === 0) return bytes
  let text = bytes.toString('latin1')
  for (const spelling of found) text = text.replaceAll(Buffer.from(spelling).toString('latin1'), REDACTED)
  return Buffer.from(text, 'latin1')
}
