/**
 * Binds a file's columns to fields by header name, from a table of accepted names. A header that does not fit is refused
 * before anything is imported, with what was found, what is missing and what it may be called.
 */
import { InputError } from '../../domain/errors.ts'

interface ColumnRule {
  /** What the field is called where such files come from, for messages. */
  readonly title: string
  readonly required: boolean
  /** Accepted names in lower case with single spaces, best first. */
  readonly names: readonly string[]
}

export type ColumnRules<Field extends string> = Readonly<Record<Field, ColumnRule>>

/** Field to column number from 0; fields the file does not have are absent. */
export type BoundColumns<Field extends string> = Readonly<Partial<Record<Field, number>>>

/** `chosen` names the file's own column for a field, and goes before the table. */
export function bindColumns<Field extends string>(
  fileName: string,
  headers: readonly string[],
  rules: ColumnRules<Field>,
  chosen?: Readonly<Partial<Record<Field, string>>>,
): BoundColumns<Field> {
  const normal = headers.map(normalName)
  const bound: Partial<Record<Field, number>> = {}
  const fields = Object.keys(rules) as Field[] // the table's own keys
  for (const field of fields) {
    const names = chosen?.[field] === undefined ? rules[field].names : [normalName(chosen[field])]
    const name = names.find((each) => normal.includes(each))
    if (name === undefined) continue
    const column = normal.indexOf(name)
    if (normal.lastIndexOf(name) !== column)
      throw refused(fileName, headers, `the column "${headers[column]}" appears twice`, '')
    bound[field] = column
  }
  const missing = fields.filter(
    (field) => bound[field] === undefined && (rules[field].required || chosen?.[field] !== undefined),
  )
  if (missing.length === 0) return bound
  const named = missing.map((field) => `"${chosen?.[field] ?? rules[field].title}"`)
  const accepted = missing.map((field) => acceptedNames(rules[field], chosen?.[field]))
  throw refused(fileName, headers, `it has no column ${named.join(' and no ')}`, accepted.join(' '))
}

function acceptedNames({ title, names }: ColumnRule, chosen: string | undefined): string {
  if (chosen !== undefined) return `You named "${chosen}" as the column for ${title}.`
  return `${title} may be called ${names.map((name) => `"${name}"`).join(', ')}.`
}

function refused(fileName: string, headers: readonly string[], why: string, hint: string): InputError {
  const [only] = headers
  if (headers.length === 1 && only !== undefined && hint !== '')
    return new InputError(
      'CSV_HEADER',
      `${fileName} cannot be imported: ${why}. It may be no CSV file at all: its first line is just "${only.slice(0, 80)}".`,
      `Give a CSV file whose first line names its columns. ${hint}`,
    )
  const found = headers.map((header) => `"${header}"`).join(', ')
  const next = hint === '' ? 'Rename or remove one of them in the file.' : hint
  return new InputError('CSV_HEADER', `${fileName} cannot be imported: ${why}. Its columns are ${found}.`, next)
}

/** "Order_ID", "order id" and " Order  ID" are one name. "#" alone stays. */
export function normalName(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_.:-]+/g, ' ')
    .trim()
}
