/**
 * Files that come under the name of a statement and are none: an archive, a workbook, a document, the login page saved in
 * place of the download. Told by how they begin, so that the message can name what to do about each.
 */
import { InputError } from '../../domain/errors.ts'

interface OtherFile {
  readonly begins: RegExp
  /** After "is". */
  readonly is: string
  readonly hint: string
}

const UNPACK = 'Unpack it and import the files in it.'
const SAVE_AS_CSV = 'Open it and save it as "CSV UTF-8", or download the statement as CSV, OFX, CAMT or MT940.'
const DOWNLOAD = 'Download the statement as CSV, OFX, CAMT.053 or MT940 instead.'

/** Of the first bytes as Latin-1, white space left out; the first that fits. */
const BINARY: readonly OtherFile[] = [
  { begins: /^PK\p{Cc}{2}.{26}mimetypeapplication\/vnd\.oasis/su, is: 'an OpenDocument file', hint: SAVE_AS_CSV },
  {
    begins: /^PK\p{Cc}{2}.{26}(?:\[Content_Types\]|_rels\/|xl\/|docProps\/)/su,
    is: 'an Excel workbook',
    hint: SAVE_AS_CSV,
  },
  { begins: /^PK\p{Cc}{2}/u, is: 'a ZIP archive', hint: UNPACK },
  { begins: /^\xd0\xcf\p{Cc}\xe0/u, is: 'an Excel workbook', hint: SAVE_AS_CSV },
  { begins: /^\p{Cc}\x8b/u, is: 'a compressed file', hint: UNPACK },
  { begins: /^%PDF-/, is: 'a PDF document', hint: DOWNLOAD },
  { begins: /^\{\\rtf/, is: 'a text document with formatting', hint: DOWNLOAD },
]

/** Of the decoded text. OFX and CAMT begin with a tag, too, so only what is surely a page is one. */
const TEXT: readonly OtherFile[] = [
  {
    begins: /^<\?xml[^>]*>\s*<\?mso-application progid="Excel/i,
    is: 'an Excel workbook',
    hint: SAVE_AS_CSV,
  },
  {
    begins: /^(?:<\?xml[^>]*>\s*)?(?:<!--[\s\S]{0,2000}?-->\s*)?<(?:!doctype\s+html|html|head|body|table)\b/i,
    is: 'a web page',
    hint: 'Sign in to the bank and download the statement again. If a browser shows the statement in this file, open it with a spreadsheet and save it as "CSV UTF-8".',
  },
]

const BEGINNING = 4096

export function refuseBinary(fileName: string, bytes: Buffer): void {
  refuse(fileName, bytes.subarray(0, BEGINNING).toString('latin1').trimStart(), BINARY)
}

export function refuseOtherText(fileName: string, text: string): void {
  refuse(fileName, text.slice(0, BEGINNING).trimStart(), TEXT)
}

function refuse(fileName: string, start: string, files: readonly OtherFile[]): void {
  const file = files.find(({ begins }) => begins.test(start))
  if (file === undefined) return
  throw new InputError('STATEMENT_OTHER_FILE', `${fileName} is ${file.is}, not a statement.`, file.hint)
}
