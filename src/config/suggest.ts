/**
 * "Did you mean …?": the known word nearest to a misspelt one, or nothing when none is near. Used for configuration
 * keys, book names and accounts, where a typo is far likelier than anything else.
 */

/** The nearest word within a third of its length (at least one letter), case ignored. */
export function suggest(word: string, known: readonly string[]): string | undefined {
  let best: { readonly word: string; readonly distance: number } | undefined
  for (const candidate of known) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase())
    const limit = Math.max(1, Math.floor(candidate.length / 3))
    if (distance <= limit && (best === undefined || distance < best.distance)) best = { word: candidate, distance }
  }
  return best?.word
}

/** ` Did you mean "x"?` or an empty text, to put after a sentence. */
export function didYouMean(word: string, known: readonly string[]): string {
  const found = suggest(word, known)
  return found === undefined ? '' : ` Did you mean "${found}"?`
}

/** Insertions, deletions and replacements of one letter (Levenshtein); keys are short, so the plain table is enough. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      row.push(Math.min(replaced, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1))
    }
    previous = row
  }
  return previous[b.length] ?? 0
}
