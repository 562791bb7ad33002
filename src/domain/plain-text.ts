/** Text of others as it may stand in a sentence, a column or a terminal: short, of one line, and nothing that is no letter. */

/** At most `most` characters, of which the last says that there were more. */
export function excerptOf(text: string, most: number): string {
  // Only so much is looked at, since the text may be as long as an answer.
  const plain = text
    .slice(0, most * 4)
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu, ' ')
    .toWellFormed()
  const isWhole = plain.length <= most && text.length <= most * 4
  return isWhole ? plain : `${plain.slice(0, most - 1).toWellFormed()}…`
}
