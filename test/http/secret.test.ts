import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { redactBytes, redactText } from '../../src/http/redact.ts'
import { createSecret } from '../../src/http/secret.ts'

const secret = createSecret('pä"ss w/rd&1')

describe('a secret', () => {
  it('shows [redacted] however it is printed, and its value only when revealed', () => {
    const printed = [
      JSON.stringify({ secret }),
      inspect({ secret }),
      inspect(secret, { depth: 5, showHidden: true }),
      String(secret),
    ]
    for (const text of printed) {
      expect(text).toContain('[redacted]')
      expect(text).not.toContain('w/rd')
    }
    expect(secret.reveal()).toBe('pä"ss w/rd&1')
  })
})

describe('redaction', () => {
  it.each([
    ['as it is', 'key=pä"ss w/rd&1.', 'key=[redacted].'],
    ['percent-encoded', '?k=p%C3%A4%22ss%20w%2Frd%261', '?k=[redacted]'],
    ['form-encoded', 'k=p%C3%A4%22ss+w%2Frd%261&a=1', 'k=[redacted]&a=1'],
    ['in JSON', '{"k":"pä\\"ss w/rd&1"}', '{"k":"[redacted]"}'],
    ['in JSON as PHP writes it', String.raw`{"k":"p\u00e4\"ss w\/rd&1"}`, '{"k":"[redacted]"}'],
    ['in JSON with letters escaped', String.raw`{"k":"\u0070\u00E4\u0022ss w/r\u0064&1"}`, '{"k":"[redacted]"}'],
    [
      'in JSON inside JSON',
      String.raw`{"k":"{\"k\":\"p\\u00e4\\\"ss w\\/rd&1\"}"}`,
      String.raw`{"k":"{\"k\":\"[redacted]\"}"}`,
    ],
    ['in HTML', '<b>pä&quot;ss w/rd&amp;1</b>', '<b>[redacted]</b>'],
    ['in HTML by number', '<b>p&#228;&#x22;ss w&#47;rd&#38;1</b>', '<b>[redacted]</b>'],
    ['percent-encoded in small letters', '?k=p%c3%a4%22ss%20w%2frd%261', '?k=[redacted]'],
  ])('finds it %s, in text and in bytes', (_spelling, dirty, clean) => {
    expect(redactText(dirty, [secret])).toBe(clean)
    expect(redactBytes(Buffer.from(dirty), [secret]).toString()).toBe(clean)
  })

  it('leaves other bytes alone, valid text or not', () => {
    const bytes = Buffer.from([0xff, 0xfe, 0x00, 0x41])
    expect(redactBytes(bytes, [secret])).toBe(bytes)
    const dirty = Buffer.concat([bytes, Buffer.from(secret.reveal()), bytes])
    expect(redactBytes(dirty, [secret])).toEqual(Buffer.concat([bytes, Buffer.from('[redacted]'), bytes]))
  })

  it('does not blank out text for a secret too short to be one', () => {
    expect(redactText('a banana', [createSecret('a'), createSecret('')])).toBe('a banana')
  })
})
