/**
 * The front door for statements: any file's bytes in, one shape out. Encoding and format come from the content unless a
 * person names the format. Pure: the same bytes and options always give the same lines.
 */
import type { ParsedStatement, StatementFormat } from '../../domain/statements/statement.ts'
import { withinBounds } from './bounds.ts'
import { detectFormat } from './detect.ts'
import type { ReadOptions } from './options.ts'
import { READERS } from './readers.ts'
import { decodeStatement } from './text.ts'

/** `format` null: recognised from the content. Throws InputError when the file is no statement or cannot be read. */
export function openStatement(
  fileName: string,
  bytes: Buffer,
  format: StatementFormat | null,
  options: ReadOptions,
): ParsedStatement {
  const { text, remarks } = decodeStatement(fileName, bytes)
  const reader = READERS[format ?? detectFormat(fileName, text)]
  const statement = withinBounds(fileName, reader.read(fileName, text, options))
  return remarks.length === 0 ? statement : { ...statement, remarks: [...remarks, ...statement.remarks] }
}
