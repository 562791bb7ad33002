/**
 * Opens a CSV stream of any length in bounded memory: reads its header, then hands on the rows in raw chunks of about
 * 5,000, cut between rows. A chunk is the file's own bytes (as UTF-8, where they were not), so it can be landed and read
 * again later; the same file always gives the same chunks.
 */
import { InputError } from '../../domain/errors.ts'
import { refuseOtherFormats, withoutOtherFormats } from './other-formats.ts'
import { createRowScanner } from './row-scanner.ts'
import { parseRows, type CsvRow } from './rows.ts'
import { toUtf8 } from './utf8.ts'

export type Delimiter = ',' | ';' | '\t' | '|'
export type ByteStream = AsyncIterable<Uint8Array | string>

export interface CsvChunk {
  /** Line of the file on which the chunk's first row starts; the header is on line 1 or soon after. */
  readonly firstLine: number
  /** Rows in it, empty ones included. */
  readonly rows: number
  /** UTF-8, whatever the file was encoded in. */
  readonly bytes: Buffer
}

export interface CsvFile {
  readonly fileName: string
  readonly headers: readonly string[]
  readonly delimiter: Delimiter
  /** Can be read once. */
  readonly chunks: AsyncGenerator<CsvChunk, void, undefined>
}

const ROWS_PER_CHUNK = 5000
/** A chunk also ends here, so that long rows cannot make one too big to land. */
const CHUNK_BYTES = 4 << 20
const ROW_BYTES = 1 << 20
const DELIMITERS: readonly Delimiter[] = [',', ';', '\t', '|']

/** `stated`: the delimiter a person says it has; null: seen from the header. */
export async function openCsv(
  fileName: string,
  stream: ByteStream,
  rowsPerChunk = ROWS_PER_CHUNK,
  stated: Delimiter | null = null,
): Promise<CsvFile> {
  const pieces = toUtf8(withoutOtherFormats(fileName, bytesOf(stream)))
  const { header, rest, headerLine } = await readHeader(fileName, pieces)
  refuseOtherFormats(fileName, Buffer.from(header))
  const delimiter = stated ?? detectDelimiter(header)
  const headers = (parseRows(Buffer.from(header), headerLine, delimiter)[0]?.fields ?? []).map((name) => name.trim())
  return {
    fileName,
    headers,
    delimiter,
    chunks: chunksOf(fileName, rest, pieces, { delimiter, firstLine: headerLine + 1, rowsPerChunk }),
  }
}

async function* bytesOf(stream: ByteStream): AsyncGenerator<Buffer, void, undefined> {
  for await (const piece of stream) {
    yield typeof piece === 'string' ? Buffer.from(piece) : Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength)
  }
}

interface Header {
  readonly header: string
  readonly headerLine: number
  readonly rest: Buffer
}

/** The first line with anything on it. */
async function readHeader(fileName: string, pieces: AsyncGenerator<Buffer, void, undefined>): Promise<Header> {
  let buffer: Buffer = Buffer.alloc(0)
  let line = 1
  for (;;) {
    const end = buffer.indexOf(0x0a)
    const piece = end === -1 && buffer.length <= ROW_BYTES ? await pieces.next() : null
    if (piece !== null && piece.done !== true) {
      buffer = Buffer.concat([buffer, piece.value])
      continue
    }
    if (end === -1 && buffer.length > ROW_BYTES) throw notCsv(fileName, 'its first line has no end')
    const raw = end === -1 ? buffer : buffer.subarray(0, end)
    const header = raw
      .toString('utf8')
      .replace(/^\ufeff/, '')
      .replace(/\r$/, '')
    const rest = end === -1 ? Buffer.alloc(0) : buffer.subarray(end + 1)
    if (header.trim() !== '') return { header, headerLine: line, rest }
    if (end === -1)
      throw new InputError('CSV_EMPTY', `${fileName} is empty.`, 'Export it again and import the new file.')
    buffer = rest
    line += 1
  }
}

function notCsv(fileName: string, why: string): InputError {
  return new InputError(
    'CSV_UNREADABLE',
    `${fileName} cannot be read as CSV: ${why}.`,
    'Save it as "CSV UTF-8" and import that file.',
  )
}

/** The candidate that separates the header into the most columns. */
function detectDelimiter(header: string): Delimiter {
  const unquoted = header.replaceAll(/"[^"]*"/g, '')
  const counts = DELIMITERS.map((delimiter) => unquoted.split(delimiter).length)
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ','
}

interface ChunkRules {
  readonly delimiter: Delimiter
  readonly firstLine: number
  readonly rowsPerChunk: number
}

async function* chunksOf(
  fileName: string,
  rest: Buffer,
  pieces: AsyncGenerator<Buffer, void, undefined>,
  rules: ChunkRules,
): AsyncGenerator<CsvChunk, void, undefined> {
  const scanner = createRowScanner(rules.delimiter)
  let parts: Buffer[] = []
  let bytes = 0
  let rows = 0
  let firstLine = rules.firstLine
  let rowStart = { line: firstLine, bytes: 0 }
  const add = (part: Buffer): void => {
    parts.push(part)
    bytes += part.length
  }
  const refuseEndlessRow = (): InputError =>
    notCsv(fileName, `the row that starts on line ${rowStart.line} has a quote that is never closed`)
  const take = (): CsvChunk => {
    const chunk = { firstLine, rows, bytes: Buffer.concat(parts) }
    parts = []
    bytes = 0
    rows = 0
    firstLine = rules.firstLine + scanner.lineBreaks()
    rowStart = { line: firstLine, bytes: 0 }
    return chunk
  }
  for await (const piece of prepend(rest, pieces)) {
    let start = 0
    for (let at = scanner.nextRowEnd(piece, 0); at !== -1; at = scanner.nextRowEnd(piece, at)) {
      rows += 1
      const size = bytes + at - start
      rowStart = { line: rules.firstLine + scanner.lineBreaks(), bytes: size }
      if (rows < rules.rowsPerChunk && size < CHUNK_BYTES) continue
      add(piece.subarray(start, at))
      start = at
      yield take()
    }
    if (start < piece.length) add(piece.subarray(start))
    if (bytes - rowStart.bytes > ROW_BYTES) throw refuseEndlessRow()
  }
  if (scanner.isInsideQuotes()) throw refuseEndlessRow()
  if (bytes > rowStart.bytes) rows += 1
  if (bytes > 0) yield take()
}

/**
 * The rows of the first chunk that has any, to look at, and all chunks from that one on. Throws InputError when no chunk
 * has a row: an empty list is more often a download gone wrong than a month without orders.
 */
export async function peekRows(
  file: CsvFile,
): Promise<{ readonly sample: readonly CsvRow[]; readonly chunks: CsvFile['chunks'] }> {
  for (;;) {
    const next = await file.chunks.next()
    if (next.done === true) throw withoutRows(file.fileName)
    const sample = parseRows(next.value.bytes, next.value.firstLine, file.delimiter)
    if (sample.length > 0) return { sample, chunks: chunkThen(next.value, file.chunks) }
  }
}

export function withoutRows(fileName: string): InputError {
  return new InputError(
    'CSV_NO_ROWS',
    `${fileName} has a header and no rows under it, so there is nothing to import.`,
    'Look whether the list on the site is filtered, and download it again.',
  )
}

async function* chunkThen(first: CsvChunk, rest: CsvFile['chunks']): AsyncGenerator<CsvChunk, void, undefined> {
  yield first
  yield* rest
}

async function* prepend(
  first: Buffer,
  rest: AsyncGenerator<Buffer, void, undefined>,
): AsyncGenerator<Buffer, void, undefined> {
  yield first
  yield* rest
}
