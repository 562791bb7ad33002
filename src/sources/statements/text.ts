/**
 * A statement's bytes as text with line feeds. A byte order mark or zero bytes tell UTF-16; bytes that are valid UTF-8 are
 * UTF-8, since other encodings practically never are by chance; else the file's own word counts, and at last Windows-1252.
 */
import { isUtf8 } from 'node:buffer'
import { InputError } from '../../domain/errors.ts'
import { refuseBinary, refuseOtherText } from './other-files.ts'

export interface DecodedText {
  readonly text: string
  /** What a person should know about the encoding, in full sentences. */
  readonly remarks: readonly string[]
}

/** A year of a large account is a few megabytes. */
const LIMIT_BYTES = 256 << 20
const FALLBACK = 'windows-1252'

/** Throws InputError for a file that is empty, too long, or of a kind that holds no statement text. */
export function decodeStatement(fileName: string, bytes: Buffer): DecodedText {
  if (bytes.length > LIMIT_BYTES)
    throw new InputError(
      'STATEMENT_TOO_LONG',
      `${fileName} has ${bytes.length} bytes; at most ${LIMIT_BYTES} are read at once.`,
      'Download it in shorter periods.',
    )
  refuseBinary(fileName, bytes)
  const { encoding, remarks } = encodingOf(fileName, bytes)
  const text = withoutEndMark(new TextDecoder(encoding).decode(bytes).replaceAll(/\r\n?/g, '\n'))
  if (text.trim() === '')
    throw new InputError('STATEMENT_EMPTY', `${fileName} is empty.`, 'Download it again and import the new file.')
  if (text.includes('\0'))
    throw new InputError(
      'STATEMENT_OTHER_FILE',
      `${fileName} is a binary file, not a statement.`,
      'Download the statement as CSV, OFX, CAMT.053 or MT940.',
    )
  refuseOtherText(fileName, text)
  return { text, remarks }
}

/** DOS programs end a file with a control character. A file without one is not copied, since it may be large. */
function withoutEndMark(text: string): string {
  const tail = text.slice(-100)
  const kept = tail.replace(/\p{Cc}+$/u, '\n')
  return kept.trimEnd() === tail.trimEnd() ? text : text.slice(0, -tail.length) + kept
}

interface Encoding {
  readonly encoding: string
  readonly remarks: readonly string[]
}

function encodingOf(fileName: string, bytes: Buffer): Encoding {
  const marked = wideEncodingOf(fileName, bytes)
  if (marked !== null) return { encoding: marked, remarks: [] }
  if (isUtf8(bytes)) return { encoding: 'utf-8', remarks: [] }
  const declared = declaredEncoding(bytes.subarray(0, 1024).toString('latin1'))
  if (declared !== null && declared !== 'utf-8') return { encoding: declared, remarks: [] }
  const why = declared === null ? 'It is not UTF-8 and does not say what it is' : 'It says it is UTF-8 and is not'
  return {
    encoding: FALLBACK,
    remarks: [`${why}; it is read as Windows-1252, so look at the letters with accents in its names.`],
  }
}

/** UTF-16 by its mark, or by every other byte of its first letters being zero. */
function wideEncodingOf(fileName: string, bytes: Buffer): string | null {
  const start = bytes.subarray(0, 4).toString('hex')
  if (start === 'fffe0000' || start === '0000feff')
    throw new InputError('STATEMENT_OTHER_FILE', `${fileName} is encoded in UTF-32.`, 'Save it as UTF-8.')
  if (start.startsWith('fffe')) return 'utf-16le'
  if (start.startsWith('feff')) return 'utf-16be'
  if (bytes.length < 4) return null
  const [first, second, third, fourth] = bytes
  if (first !== 0 && second === 0 && third !== 0 && fourth === 0) return 'utf-16le'
  if (first === 0 && second !== 0 && third === 0 && fourth !== 0) return 'utf-16be'
  return null
}

/** What an XML declaration or the header of an OFX 1 file names; null when there is none that a decoder knows. */
function declaredEncoding(start: string): string | null {
  const xml = /^\s*(?:\xef\xbb\xbf)?<\?xml[^>]*\bencoding\s*=\s*["']([\w.:-]+)["']/.exec(start)?.[1]
  if (xml !== undefined) return known(xml)
  if (!/OFXHEADER\s*:/i.test(start)) return null
  const charset = /\bCHARSET\s*:\s*([\w-]+)/i.exec(start)?.[1] ?? 'NONE'
  const encoding = /\bENCODING\s*:\s*([\w-]+)/i.exec(start)?.[1] ?? 'USASCII'
  if (/^(?:UTF-?8|UNICODE)$/i.test(encoding)) return 'utf-8'
  return known(/^\d{3,4}$/.test(charset) ? `windows-${charset}` : charset)
}

function known(label: string): string | null {
  try {
    return new TextDecoder(label).encoding
  } catch {
    return null
  }
}
