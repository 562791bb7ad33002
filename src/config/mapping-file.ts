/**
 * Reads one YAML mapping file and checks it against its shape. Every problem names the file and the line, so the person
 * who edited the file finds it; unknown keys are refused, since a misspelt key would otherwise be a rule silently lost.
 */
import { readFileSync } from 'node:fs'
import { isNode, LineCounter, parseDocument, type Document } from 'yaml'
import type { z } from 'zod'
import { ConfigError } from '../domain/errors.ts'

/** A parsed file that can still say on which line a value stands. */
export interface MappingFile<T> {
  readonly file: string
  readonly value: T
  /** "mappings/chart.yaml:12", for the value at this path or its nearest ancestor. */
  readonly at: (path: readonly PropertyKey[]) => string
}

export function readMappingFile<Schema extends z.ZodType>(file: string, schema: Schema): MappingFile<z.output<Schema>> {
  const lines = new LineCounter()
  const document = parseDocument(readText(file), { lineCounter: lines, uniqueKeys: true, prettyErrors: false })
  const at = (path: readonly PropertyKey[]): string => `${file}:${lineOf(document, lines, path)}`
  const syntax = document.errors.map((error) => `${file}:${lines.linePos(error.pos[0]).line}: ${error.message}`)
  if (syntax.length > 0) throw mappingProblems(syntax)
  const parsed = schema.safeParse(document.toJS())
  if (!parsed.success) throw mappingProblems(parsed.error.issues.flatMap((issue) => describe(issue, at)))
  return { file, value: parsed.data, at }
}

/** One error for all problems found, each already starting with its file and line. */
export function mappingProblems(problems: readonly string[]): ConfigError {
  const message = `A mapping file has mistakes.\n${problems.join('\n')}`
  return new ConfigError('MAPPING_INVALID', message, 'Correct these lines and run again.')
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new ConfigError(
      'MAPPING_UNREADABLE',
      `The mapping file ${file} cannot be read.`,
      'Check the path and its permissions.',
      {
        cause,
      },
    )
  }
}

function describe(issue: z.core.$ZodIssue, at: (path: readonly PropertyKey[]) => string): readonly string[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `${at([...issue.path, key])}: unknown key "${key}"`)
  }
  const where = issue.path.length === 0 ? '' : `${issue.path.map(String).join('.')}: `
  return [`${at(issue.path)}: ${where}${issue.message}`]
}

/** The line of the deepest part of the path that the file has. */
function lineOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node: unknown = document.getIn(path.slice(0, length), true)
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line
  }
  return 1
}
