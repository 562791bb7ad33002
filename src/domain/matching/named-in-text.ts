/**
 * References that a line carries only in its text: banks print a transfer's UTR in the narration. A word counts only when
 * it is, whatever its case, a reference of something expected; long and with a digit, so that no plain word is one.
 */
import type { OpenItem, OpenLine } from './open-sides.ts'

const SHORTEST = 8

/** The same lines, with the items' references that their text names. */
export function nameInText(lines: readonly OpenLine[], items: readonly OpenItem[]): readonly OpenLine[] {
  const known = new Map<string, Set<string>>()
  for (const reference of items.flatMap(({ references }) => references)) {
    if (!isTelling(reference)) continue
    const same = known.get(reference.toLowerCase())
    if (same === undefined) known.set(reference.toLowerCase(), new Set([reference]))
    else same.add(reference)
  }
  if (known.size === 0) return lines
  return lines.map((line) => {
    const tokens = `${line.description} ${line.counterparty}`.toLowerCase().split(/[^a-z0-9]+/)
    const named = tokens.flatMap((token) => [...(known.get(token) ?? [])])
    return named.length === 0 ? line : { ...line, references: [...new Set([...line.references, ...named])] }
  })
}

function isTelling(reference: string): boolean {
  return reference.length >= SHORTEST && /^[a-z0-9]*\d[a-z0-9]*$/i.test(reference)
}
