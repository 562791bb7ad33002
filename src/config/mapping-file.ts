/**
 * Reads one YAML mapping file and checks it against its shape. Every problem names the file and the line, so the person
 * who edited the file finds it; unknown keys are refused, since a misspelt key would otherwise be a rule silently lost.
 */
import { readFileSync } from 'node:fs'
import type { z } from 'zod'
import { ConfigError } from '../domain/errors.ts'
import { inPlainWords } from './plain-words.ts'
import { whileUnchanged } from './unchanged.ts'
import { parseYamlFile } from './yaml-file.ts'

/** A parsed file that can still say on which line a value stands. */
export interface MappingFile<T> {
  readonly file: string
  readonly value: T
  /** "mappings/chart.yaml:12", for the value at this path or its nearest ancestor. */
  readonly at: (path: readonly PropertyKey[]) => string
}

/** Each shape has its own: a file is read as one of them. */
const readers = new WeakMap<z.ZodType, (file: string, bytes: Buffer) => MappingFile<unknown>>()

/** The file as it is now; the same object as before when no byte of it changed. */
export function readMappingFile<Schema extends z.ZodType>(file: string, schema: Schema): MappingFile<z.output<Schema>> {
  const read = readers.get(schema) ?? whileUnchanged((name, bytes: Buffer) => parseMappingFile(name, bytes, schema))
  readers.set(schema, read)
  // Made by this very schema.
  return read(file, readBytes(file)) as MappingFile<z.output<Schema>>
}

function parseMappingFile<Schema extends z.ZodType>(
  file: string,
  bytes: Uint8Array,
  schema: Schema,
): MappingFile<z.output<Schema>> {
  const { value, errors, lineOf } = parseYamlFile(bytes)
  if (errors.length > 0) throw mappingProblems(errors.map(({ line, message }) => `${file}:${line}: ${message}`))
  const at = (path: readonly PropertyKey[]): string => `${file}:${lineOf(path)}`
  const parsed = schema.safeParse(value)
  if (!parsed.success) throw mappingProblems(parsed.error.issues.flatMap((issue) => describe(issue, at)))
  return { file, value: parsed.data, at }
}

/** One error for all problems found, each already starting with its file and line. */
export function mappingProblems(problems: readonly string[]): ConfigError {
  const message = `A mapping file has mistakes.\n${problems.join('\n')}`
  return new ConfigError('MAPPING_INVALID', message, 'Correct these lines and run again.')
}

function readBytes(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (cause) {
    const message = `The mapping file ${file} cannot be read.`
    throw new ConfigError('MAPPING_UNREADABLE', message, 'Check the path and its permissions.', { cause })
  }
}

function describe(issue: z.core.$ZodIssue, at: (path: readonly PropertyKey[]) => string): readonly string[] {
  if (issue.code === 'invalid_union') {
    // Of a value with a short and a long form, only what is wrong with the form that was written helps.
    const written = issue.errors.find((form) =>
      form.some((each) => each.code !== 'invalid_type' || each.path.length > 0),
    )
    if (written !== undefined) {
      return written.flatMap((each) => describe({ ...each, path: [...issue.path, ...each.path] }, at))
    }
  }
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `${at([...issue.path, key])}: unknown key "${key}"`)
  }
  const where = issue.path.length === 0 ? '' : `${issue.path.map(String).join('.')}: `
  return [`${at(issue.path)}: ${where}${inPlainWords(issue.message)}`]
}
