/** How a person names what is explained or decided: something that waits, a line, an expected item, a match, or a row that was set aside. */
import { InputError } from '../domain/errors.ts'
import type { RowName } from '../evidence/quarantine.ts'

export type Subject =
  /** Of the inbox, "E-12". */
  | { readonly kind: 'waiting'; readonly number: number }
  /** Of a statement, "line:12"; expected, "item:8"; "match:3". */
  | { readonly kind: 'line' | 'item' | 'match'; readonly number: number }
  /** "12.1.7"; "12.1" is all of a file or an answer. */
  | { readonly kind: 'row'; readonly row: RowName }

export function subjectArgument(text: string): Subject {
  const said = text.trim()
  const waiting = /^(?:E-)?([1-9]\d{0,11})$/i.exec(said)?.[1]
  if (waiting !== undefined) return { kind: 'waiting', number: Number(waiting) }
  const [, what, number] = /^(line|item|match):([1-9]\d{0,14})$/i.exec(said) ?? []
  const kind = (['line', 'item', 'match'] as const).find((each) => each === what?.toLowerCase())
  if (kind !== undefined) return { kind, number: Number(number) }
  const row = /^(\d{1,12})\.(\d{1,6})(?:\.(\d{1,12}))?$/.exec(said)
  if (row !== null) {
    const [, batch, item, line] = row
    return {
      kind: 'row',
      row: { batch: Number(batch), item: Number(item), line: line === undefined ? null : Number(line) },
    }
  }
  throw new InputError(
    'SUBJECT_UNKNOWN',
    `"${text}" names nothing that waits.`,
    'tieout todo shows names such as E-12. A statement line is line:12, an expected item item:8, a match match:3, a row that was set aside 12.1.7.',
  )
}
