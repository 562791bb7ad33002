/**
 * Bugs that are put into the program on purpose, to see whether the simulation finds them: `npm run simulate -- --planted all`.
 * Each is one piece of source text and what stands in its place, given to Node as the file is loaded; no file changes.
 */

export interface Planted {
  /** Short, in words with hyphens. */
  readonly name: string
  /** Below src/. */
  readonly file: string
  /** Stands exactly once in the file. */
  readonly find: string
  readonly instead: string
}

/** The source with the bug in it. Throws when the text is no longer there, or more than once. */
export function plantIn(source: string, { name, file, find, instead }: Planted): string {
  const pieces = source.split(find)
  if (pieces.length === 2) return pieces.join(instead)
  throw new Error(`The planted bug "${name}" looks for a text that src/${file} has ${pieces.length - 1} times: ${find}`)
}
