/**
 * Refusals of a statement file: which file, which line, what is wrong with it, and what to do next. One shape for all
 * formats, so that a person who has seen one can read the others.
 */
import { InputError } from '../../domain/errors.ts'

const EXPORT_AGAIN = 'Download the statement again; if it looks the same, choose another format there.'

/** `where` is "line 7" or "entry 3 (line 40)"; `what` a clause with its own subject: `the amount "x" is no amount`. */
export function unreadable(fileName: string, where: string | null, what: string, hint = EXPORT_AGAIN): InputError {
  const place = where === null ? fileName : `${fileName}, ${where}`
  return new InputError('STATEMENT_UNREADABLE', `${place}: ${what}.`, hint)
}

/** What a message can show of a cell or a line without flooding the terminal. */
export function shown(text: string): string {
  const plain = text.replaceAll(/\s+/g, ' ').trim()
  return plain.length > 60 ? `"${plain.slice(0, 57)}..."` : `"${plain}"`
}
