/**
 * Long tables of names and words, written as people write lists, so that a language fits on a line.
 */

/** `wordsOf('date, datum', 'fecha')`: each list split at its commas. */
export function wordsOf(...lists: readonly string[]): readonly string[] {
  return lists.flatMap((list) => list.split(', '))
}
