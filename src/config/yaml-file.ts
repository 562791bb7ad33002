/**
 * A parsed YAML text that remembers lines, because "line 14" is what a person can act on. Syntax errors, doubled keys
 * among them, are values here: the caller reports all of them at once.
 */
import { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml'

export interface YamlFile {
  readonly value: unknown
  /** Empty when the text is YAML. */
  readonly errors: readonly { readonly line: number; readonly message: string }[]
  /** The line of the deepest part of the path that exists: a key's own line, not its value's. */
  readonly lineOf: (path: readonly PropertyKey[]) => number
}

export function parseYamlFile(text: string): YamlFile {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false })
  const errors = document.errors.map((error) => ({
    line: lines.linePos(error.pos[0]).line,
    message: error.message.split('\n')[0] ?? error.message,
  }))
  const lineOf = (path: readonly PropertyKey[]): number => {
    let offset = 0
    let node: unknown = document.contents
    for (const part of path) {
      const step = stepInto(node, part)
      if (step === undefined) break
      if (step.offset !== undefined) offset = step.offset
      node = step.node
    }
    return lines.linePos(offset).line
  }
  return { value: errors.length > 0 ? undefined : document.toJS(), errors, lineOf }
}

function stepInto(
  node: unknown,
  part: PropertyKey,
): { readonly node: unknown; readonly offset: number | undefined } | undefined {
  if (isMap(node)) {
    const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part))
    return pair === undefined ? undefined : { node: pair.value, offset: startOf(pair.key) }
  }
  if (!isSeq(node)) return undefined
  const item = node.items[Number(part)]
  return item === undefined ? undefined : { node: item, offset: startOf(item) }
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined
}
