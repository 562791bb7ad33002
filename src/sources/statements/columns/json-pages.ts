/**
 * JSON as people save it from an API: one answer, a list of answers, or several answers one after the other in a file.
 * Every number keeps the characters it was sent with.
 */
import { parseJsonExact } from '../../../domain/json.ts'
import { unreadable } from '../refusal.ts'

export type JsonObject = Readonly<Record<string, unknown>>

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Parsers of JSON call themselves for each level, and end the program where there are too many. */
const DEEPEST = 100

/** The objects at the top: lists are opened, however deep they are nested. Throws InputError naming the line of bad JSON. */
export function readJsonPages(fileName: string, text: string): readonly JsonObject[] {
  const pages: JsonObject[] = []
  const collect = (value: unknown, line: number): void => {
    if (Array.isArray(value)) for (const each of value) collect(each, line)
    else if (isJsonObject(value)) pages.push(value)
    else throw unreadable(fileName, `line ${line}`, 'the JSON is neither an object nor a list of objects')
  }
  for (const { json, line } of documentsIn(fileName, text)) {
    let value: unknown
    try {
      value = parseJsonExact(json)
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
      throw unreadable(fileName, `line ${line}`, `the JSON that starts here cannot be read (${error.message})`)
    }
    collect(value, line)
  }
  return pages
}

/** Cut where brackets close; commas between documents are let pass. What never closes is one document, and fails as one. */
function* documentsIn(
  fileName: string,
  text: string,
): Generator<{ readonly json: string; readonly line: number }, void, undefined> {
  const token = /"(?:[^"\\]|\\.)*"|[{}[\]]|[^\s"{}[\],][^"{}[\],]*/gs
  let depth = 0
  let start = -1
  let line = 1
  let counted = 0
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    const [found] = match
    if (depth === 0) {
      start = match.index
      for (; counted < start; counted += 1) if (text[counted] === '\n') line += 1
    }
    if (found === '{' || found === '[') depth += 1
    else if (found === '}' || found === ']') depth -= 1
    if (depth > DEEPEST)
      throw unreadable(
        fileName,
        `line ${line}`,
        `the JSON that starts here is nested more than ${DEEPEST} deep, as no statement is`,
      )
    if (depth > 0) continue
    yield { json: text.slice(start, token.lastIndex), line }
    depth = 0
  }
  if (depth > 0) yield { json: text.slice(start), line }
}
