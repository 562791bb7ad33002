/**
 * Any text file's bytes as UTF-8 with line feeds, without losing any: UTF-16 is recognised by its byte order mark or its zero bytes, and a
 * line that is not UTF-8 is taken for Windows-1252, in which old panel software writes. What is landed is then UTF-8, and
 * the same file always gives the same bytes, however they arrive.
 */
import { isUtf8 } from 'node:buffer'
import { withLineFeeds } from './line-ends.ts'

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be'

const LINE_FEED = 0x0a
const MARKS: Readonly<Record<string, Encoding>> = { fffe: 'utf-16le', feff: 'utf-16be' }
/** A longer line is refused by whoever reads it; it is not collected here. */
const LINE_BYTES = 1 << 21

export async function* toUtf8(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  let start: Buffer = Buffer.alloc(0)
  const source = pieces[Symbol.asyncIterator]()
  while (start.length < 4) {
    const next = await source.next()
    if (next.done === true) break
    start = Buffer.concat([start, next.value])
  }
  const encoding = encodingOf(start)
  const all = startingWith(start, { [Symbol.asyncIterator]: () => source })
  yield* encoding === 'utf-8' ? lines(withLineFeeds(all)) : withLineFeeds(decoded(all, encoding))
}

/** ASCII is most of any CSV, and in UTF-16 every other byte of it is zero. */
function encodingOf(start: Buffer): Encoding {
  const marked = MARKS[start.subarray(0, 2).toString('hex')]
  if (marked !== undefined) return marked
  if (start.length < 4) return 'utf-8'
  if (start[0] !== 0 && start[1] === 0 && start[2] !== 0 && start[3] === 0) return 'utf-16le'
  if (start[0] === 0 && start[1] !== 0 && start[2] === 0 && start[3] !== 0) return 'utf-16be'
  return 'utf-8'
}

async function* startingWith(first: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  if (first.length > 0) yield first
  yield* rest
}

async function* decoded(pieces: AsyncIterable<Buffer>, encoding: Encoding): AsyncGenerator<Buffer, void, undefined> {
  const decoder = new TextDecoder(encoding)
  for await (const piece of pieces) yield Buffer.from(decoder.decode(piece, { stream: true }))
  const end = decoder.decode()
  if (end !== '') yield Buffer.from(end)
}

/** Whole lines at a time, since one line tells its encoding and half a letter does not. */
async function* lines(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  let open: Buffer = Buffer.alloc(0)
  for await (const piece of pieces) {
    const bytes = open.length === 0 ? piece : Buffer.concat([open, piece])
    const end = bytes.lastIndexOf(LINE_FEED) + 1
    const whole = bytes.length - end > LINE_BYTES ? bytes.length : end
    open = bytes.subarray(whole)
    if (whole > 0) yield linesAsUtf8(bytes.subarray(0, whole))
  }
  if (open.length > 0) yield linesAsUtf8(open)
}

function linesAsUtf8(bytes: Buffer): Buffer {
  if (isUtf8(bytes)) return bytes
  const western = new TextDecoder('windows-1252')
  const parts: Buffer[] = []
  for (let at = 0; at < bytes.length;) {
    const feed = bytes.indexOf(LINE_FEED, at)
    const end = feed === -1 ? bytes.length : feed + 1
    const line = bytes.subarray(at, end)
    parts.push(isUtf8(line) ? line : Buffer.from(western.decode(line)))
    at = end
  }
  return Buffer.concat(parts)
}
