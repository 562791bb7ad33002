/** The encodings statements come in, and the files that are no statements. */
import { describe, expect, it } from 'vitest'
import { decodeStatement } from '../../../src/sources/statements/text.ts'
import { open, refusalOf } from './open-support.ts'

const decode = (bytes: Buffer): string => decodeStatement('x.csv', bytes).text

describe('decoding', () => {
  const text = 'Datum;Empfänger\n1.1.26;Müller € 5\n'
  const utf16be = (plain: string): Buffer => Buffer.from(plain, 'utf16le').swap16()
  const windows = Buffer.from(text.replace('€', '\u0080'), 'latin1')

  it.each([
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${text}`)],
    ['UTF-16 LE with a mark', Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['UTF-16 LE without', Buffer.from(text, 'utf16le')],
    ['UTF-16 BE with a mark', utf16be(`\ufeff${text}`)],
    ['UTF-16 BE without', utf16be(text)],
    ['Windows-1252', windows],
    ['line ends of Windows', Buffer.from(text.replaceAll('\n', '\r\n'))],
    ['line ends of old Macs', Buffer.from(text.replaceAll('\n', '\r'))],
    ['a control character at the end', Buffer.from(`${text}\u001a`)],
  ])('reads %s', (_name, bytes) => {
    expect(decode(bytes)).toBe(text)
  })

  it('says so when it had to fall back', () => {
    expect(decodeStatement('x.csv', windows).remarks).toEqual([
      'It is not UTF-8 and does not say what it is; it is read as Windows-1252, so look at the letters with accents in its names.',
    ])
  })

  it.each([
    ['<?xml version="1.0" encoding="ISO-8859-2"?><a>\xb3</a>', 'ł'],
    ["<?xml version='1.0' encoding='windows-1251'?><a>\xc4</a>", 'Д'],
    ['OFXHEADER:100\nENCODING:USASCII\nCHARSET:1250\n\n<OFX>\xb9', 'ą'],
    ['OFXHEADER:100\nENCODING:USASCII\nCHARSET:8859-1\n\n<OFX>\xe9', 'é'],
    ['OFXHEADER:100\nENCODING:UTF-8\n\n<OFX>\xe9', 'é'],
  ])('takes the word of %j', (file, letter) => {
    expect(decode(Buffer.from(file, 'latin1'))).toContain(letter)
  })

  it('believes valid UTF-8 more than a wrong declaration', () => {
    expect(decode(Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><a>ü</a>'))).toContain('ü')
  })
})

describe('a file that is no statement', () => {
  it.each([
    ['PK\u0003\u0004 activity.csv', /ZIP archive.*Unpack it/],
    [`PK\u0003\u0004${'.'.repeat(26)}[Content_Types].xml`, /Excel workbook.*CSV UTF-8/],
    ['%PDF-1.7', /PDF document.*CSV, OFX, CAMT/],
    ['\u001f\u008b\u0008', /compressed file/],
    ['{\\rtf1', /formatting/],
    ['<!DOCTYPE html><html>', /web page.*Sign in/],
    ['  <html lang="en">', /web page/],
    ['<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>', /Excel workbook/],
    ['\u00ff\u00fe\u0000\u0000a', /UTF-32/],
    ['a,b\u0000c,d', /binary file/],
    ['', /STATEMENT_EMPTY/],
    [' \n\r\n', /STATEMENT_EMPTY/],
    ['<?xml version="1.0"?><pain.001/>', /XML and begins with <pain.001>.*--format NAME/],
    ['{"a": 1}', /JSON that is not from PayPal/],
    ['Dear customer,\nhello', /its first line is "Dear customer,".*mt940/],
  ])('%j is refused by name', (content, message) => {
    expect(refusalOf(() => open(Buffer.from(content, 'latin1')))).toMatch(message)
  })
})
