/**
 * A parsed YAML text that remembers lines, because "line 14" is what a person can act on. Syntax errors, doubled keys
 * among them, are values here: the caller reports all of them at once. So is a file that is no UTF-8 text, which some
 * editors write, or no mapping, which each of our files is.
 */
import { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml'

export interface YamlFile {
  readonly value: unknown
  /** Empty when the text is YAML and a mapping. */
  readonly errors: readonly { readonly line: number; readonly message: string }[]
  /** The line of the deepest part of the path that exists: a key's own line, not its value's. */
  readonly lineOf: (path: readonly PropertyKey[]) => number
}

/** Parses the bytes of a file, or text that was decoded already. */
export function parseYamlFile(content: string | Uint8Array): YamlFile {
  const decoded = typeof content === 'string' ? { text: content, errors: [] } : decode(content)
  const lines = new LineCounter()
  const document = parseDocument(decoded.text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false })
  const syntax = document.errors.map((error) => ({
    line: lines.linePos(error.pos[0]).line,
    message: error.message.split('\n')[0] ?? error.message,
  }))
  const problems = [...decoded.errors, ...syntax]
  const errors = problems.length > 0 ? problems : notAMapping(document.contents)
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

type Problems = YamlFile['errors']

/** What is not UTF-8 is told by its line, and nothing else is said of the file. */
function decode(bytes: Uint8Array): { readonly text: string; readonly errors: Problems } {
  const remedy = 'save it as UTF-8, which every editor can, without changing the text'
  const hasMark = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)
  if (hasMark || bytes.includes(0)) {
    return { text: '', errors: [{ line: 1, message: `the file is UTF-16 or no text, not UTF-8: ${remedy}` }] }
  }
  const text = decodeUtf8(bytes)
  if (text !== undefined) return { text, errors: [] }
  const message = `this line is not UTF-8 text; an accented letter of another encoding, perhaps: ${remedy}`
  return { text: '', errors: [{ line: firstUnreadableLine(bytes), message }] }
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/** No UTF-8 sequence contains a line feed, so every line can be judged alone. */
function firstUnreadableLine(bytes: Uint8Array): number {
  let line = 1
  for (let start = 0; start < bytes.length; line += 1) {
    const feed = bytes.indexOf(0x0a, start)
    const end = feed === -1 ? bytes.length : feed
    if (decodeUtf8(bytes.subarray(start, end)) === undefined) return line
    start = end + 1
  }
  return line
}

function notAMapping(contents: unknown): Problems {
  if (isMap(contents)) return []
  const isEmpty = contents === null || (isScalar(contents) && contents.value === null)
  const found = isSeq(contents) ? 'a list' : 'a single value'
  const message = `the file has to be a mapping, lines of "key: value", and this is ${found}`
  return [{ line: 1, message: isEmpty ? 'the file is empty' : message }]
}
