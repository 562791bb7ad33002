/**
 * Finds where CSV rows end in a stream of bytes, without decoding or copying them. It keeps its place between pieces, so
 * the answer does not depend on how a file was cut into pieces on its way here. A quote opens only at the start of a
 * field, exactly as the parser in rows.ts reads it; a line break inside quotes ends no row.
 */

export interface RowScanner {
  /** The index just after the next row's line break at or after `from`, or -1 when the piece ends first. */
  readonly nextRowEnd: (piece: Uint8Array, from: number) => number
  /** Line breaks passed so far, those inside quotes included. */
  readonly lineBreaks: () => number
  readonly isInsideQuotes: () => boolean
}

const QUOTE = 0x22
const LINE_FEED = 0x0a

/** Where the scanner stands, as numbers because it is asked for every byte. */
const FIELD_START = 0
const PLAIN = 1
const QUOTED = 2
const QUOTE_IN_QUOTED = 3
const AFTER_QUOTE = [QUOTED, PLAIN, QUOTE_IN_QUOTED, QUOTED]

export function createRowScanner(delimiter: string): RowScanner {
  const separator = delimiter.charCodeAt(0)
  let place = FIELD_START
  let lineBreaks = 0

  const nextRowEnd = (piece: Uint8Array, from: number): number => {
    let now = place
    for (let at = from; at < piece.length; at += 1) {
      const byte = piece[at]
      if (byte === LINE_FEED) {
        lineBreaks += 1
        if (now === QUOTED) continue
        place = FIELD_START
        return at + 1
      }
      if (byte === QUOTE) now = AFTER_QUOTE[now] ?? PLAIN
      else if (now !== QUOTED) now = byte === separator ? FIELD_START : PLAIN
    }
    place = now
    return -1
  }
  return { nextRowEnd, lineBreaks: () => lineBreaks, isInsideQuotes: () => place === QUOTED }
}
