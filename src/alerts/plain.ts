/**
 * Text of others made harmless for chat: vendors' words end up in alerts, and a name like "@everyone" or
 * "<!channel>" or "[pay](https://…)" must stay a word. Cut to a channel's limit after escaping, never inside an escape.
 */

const ZERO_WIDTH = '\u200b'
/** Control characters, and those that turn the direction of writing. */
const INVISIBLE = /\p{Cc}|[\u202a-\u202e\u2066-\u2069]/gu

/** One line without control characters. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').replace(INVISIBLE, '').trim()
}

/** For Slack: `&`, `<` and `>` carry links, mentions and commands, and are nothing else once escaped. */
export function slackText(text: string, limit: number): string {
  const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }
  return fit(unlinked(text), limit, (character) => escapes[character] ?? character)
}

/** For Discord: every character Markdown gives a meaning to is preceded by a backslash. */
export function discordText(text: string, limit: number): string {
  return fit(unlinked(text), limit, (character) => (/[\\*_~`|<>[\]#]/.test(character) ? `\\${character}` : character))
}

/** No mention and no address that a client would turn into a link by itself. */
function unlinked(text: string): string {
  return oneLine(text).replace(/@/g, `@${ZERO_WIDTH}`).replace(/:\/\//g, `:${ZERO_WIDTH}//`)
}

/** At most `limit` UTF-16 units, whole characters and whole escapes; a cut ends with "…". */
export function fit(text: string, limit: number, escape: (character: string) => string = (each) => each): string {
  const pieces = Array.from(text, escape)
  if (pieces.reduce((length, piece) => length + piece.length, 0) <= limit) return pieces.join('')
  let fitted = ''
  for (const piece of pieces) {
    if (fitted.length + piece.length > limit - 1) break
    fitted += piece
  }
  return `${fitted}…`
}
