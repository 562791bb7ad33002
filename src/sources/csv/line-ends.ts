/**
 * Every lone CR as a line feed: some spreadsheets for the Mac still end lines with it, and to whoever looks for line feeds
 * such a file is one long header. A CR before a line feed stays, and so does every byte's place, also inside quotes.
 */
const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d

export async function* withLineFeeds(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  // A CR at the end of a piece waits for the next, which says what it is.
  let isHeld = false
  for await (const piece of pieces) {
    if (piece.length === 0) continue
    const bytes: Buffer = isHeld ? Buffer.concat([Buffer.of(CARRIAGE_RETURN), piece]) : piece
    isHeld = bytes.at(-1) === CARRIAGE_RETURN
    const whole = isHeld ? bytes.subarray(0, -1) : bytes
    if (whole.length > 0) yield withoutLoneReturns(whole)
  }
  if (isHeld) yield Buffer.of(LINE_FEED)
}

/** What follows a CR at its end is not a line feed. The bytes given are left as they are. */
function withoutLoneReturns(bytes: Buffer): Buffer {
  let changed: Buffer | null = null
  for (let at = bytes.indexOf(CARRIAGE_RETURN); at !== -1; at = bytes.indexOf(CARRIAGE_RETURN, at + 1)) {
    if (bytes[at + 1] === LINE_FEED) continue
    changed ??= Buffer.from(bytes)
    changed[at] = LINE_FEED
  }
  return changed ?? bytes
}
