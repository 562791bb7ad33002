/**
 * Files of other formats that come under the name of a CSV: a workbook renamed, or the login page saved in place of the
 * download. Told apart by how they begin, since as CSV they would only be a header nobody knows.
 */
import { InputError } from '../../domain/errors.ts'

interface OtherFormat {
  readonly begins: RegExp
  /** After "is". */
  readonly is: string
  readonly hint: string
}

const SAVE = 'Open it and save it as "CSV UTF-8", then import that file.'

const UNPACK = 'Unpack it and import the CSV in it, or download it again.'
const SIGN_IN =
  'Sign in to the site and download the list as CSV. If a browser shows the list in this file, open it with a spreadsheet and save it as "CSV UTF-8".'

/** Of the first bytes as Latin-1, white space and byte order marks left out; the first that fits. */
const FORMATS: readonly OtherFormat[] = [
  { begins: /^PK\p{Cc}{2}.{26}mimetypeapplication\/vnd\.oasis/su, is: 'an OpenDocument spreadsheet', hint: SAVE },
  { begins: /^PK\p{Cc}{2}.{26}(?:\[Content_Types\]|_rels\/|xl\/|docProps\/)/su, is: 'an Excel workbook', hint: SAVE },
  { begins: /^PK\p{Cc}{2}/u, is: 'a compressed archive', hint: UNPACK },
  { begins: /^\xd0\xcf\p{Cc}\xe0/u, is: 'an Excel workbook', hint: SAVE },
  // gzip, or what is left of a file when its disk was full.
  { begins: /^\p{Cc}{3}/u, is: 'a compressed or damaged file', hint: UNPACK },
  { begins: /^%PDF-/, is: 'a PDF document', hint: 'Download the list as CSV.' },
  { begins: /^<\?xml[^>]*>\s*<\?mso-application progid="Excel/, is: 'an Excel workbook', hint: SAVE },
  { begins: /^(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|html)\b/i, is: 'a web page', hint: SIGN_IN },
  { begins: /^<\?xml/, is: 'an XML file', hint: 'Download the list as CSV.' },
  { begins: /^<(?:!--|[a-z])/i, is: 'a web page', hint: SIGN_IN },
  { begins: /^[[{]\s*["{[\]}]/, is: 'a JSON file', hint: 'Download the list as CSV.' },
]

/** Enough of a file for every `begins`. */
const BEGINNING_BYTES = 512

/** Throws InputError when the text begins like a file of another format. */
export function refuseOtherFormats(fileName: string, beginning: Buffer): void {
  const text = beginning.subarray(0, BEGINNING_BYTES).toString('latin1')
  const start = text.replace(/^\xef\xbb\xbf/, '').trimStart()
  const format = FORMATS.find(({ begins }) => begins.test(start))
  if (format === undefined) return
  throw new InputError('CSV_OTHER_FORMAT', `${fileName} is ${format.is}, not a CSV file.`, format.hint)
}

/** The same bytes, once their beginning has been looked at; before they are decoded, since a workbook is no text. */
export async function* withoutOtherFormats(
  fileName: string,
  pieces: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer, void, undefined> {
  let beginning: Buffer | null = Buffer.alloc(0)
  for await (const piece of pieces) {
    if (beginning === null) {
      yield piece
      continue
    }
    beginning = Buffer.concat([beginning, piece])
    if (beginning.length < BEGINNING_BYTES) continue
    refuseOtherFormats(fileName, beginning)
    yield beginning
    beginning = null
  }
  if (beginning === null) return
  refuseOtherFormats(fileName, beginning)
  yield beginning
}
