/**
 * JSON as people save it from an API: one answer, a list of answers, or several answers one after the other in a file.
 * Every number keeps the characters it was sent with.
 */
import { ReadError } from '../../../domain/errors.ts'
import { endOfJsonString, readJsonExact } from '../../../domain/json.ts'
import { READ_LIMITS, type ReadLimits } from '../../../domain/read-limits.ts'
import { unreadable } from '../refusal.ts'

export type JsonObject = Readonly<Record<string, unknown>>

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Its length is limited as that of every statement is, and a year of transactions may be long. */
const FILE_LIMITS: ReadLimits = { ...READ_LIMITS, bytes: Infinity, values: Infinity }

/** The objects at the top: lists are opened, however deep they are nested. Throws InputError naming the line of bad JSON. */
export function readJsonPages(fileName: string, text: string): readonly JsonObject[] {
  const pages: JsonObject[] = []
  const collect = (value: unknown, line: number): void => {
    if (Array.isArray(value)) for (const each of value) collect(each, line)
    else if (isJsonObject(value)) pages.push(value)
    else throw unreadable(fileName, `line ${line}`, 'the JSON is neither an object nor a list of objects')
  }
  for (const { json, line } of documentsIn(text)) {
    let value: unknown
    try {
      value = readJsonExact(json, FILE_LIMITS)
    } catch (error) {
      if (!(error instanceof ReadError)) throw error
      throw unreadable(fileName, `line ${line}`, `the JSON that starts here ${error.message}`)
    }
    collect(value, line)
  }
  return pages
}

/** Cut where brackets close; commas between documents are let pass. What never closes is one document, and fails as one. */
function* documentsIn(text: string): Generator<{ readonly json: string; readonly line: number }, void, undefined> {
  const token = /["{}[\]]|[^\s"{}[\],][^"{}[\],]*/gs
  let depth = 0
  let start = -1
  let line = 1
  let counted = 0
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    const [found] = match
    if (found === '"') token.lastIndex = endOfJsonString(text, match.index)
    if (depth === 0) {
      start = match.index
      for (; counted < start; counted += 1) if (text[counted] === '\n') line += 1
    }
    if (found === '{' || found === '[') depth += 1
    else if (found === '}' || found === ']') depth -= 1
    if (depth > 0) continue
    yield { json: text.slice(start, token.lastIndex), line }
    depth = 0
  }
  if (depth > 0) yield { json: text.slice(start), line }
}
