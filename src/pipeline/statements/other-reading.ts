/**
 * A file that was imported before, with another word on how it is read: what was booked by the first reading stays until a
 * person takes it back, so the word is refused with the way to do that, and never dropped.
 */
import { InputError } from '../../domain/errors.ts'
import type { ParsedStatement } from '../../domain/statements/statement.ts'
import { openStatement } from '../../sources/statements/open.ts'
import type { ReadOptions } from '../../sources/statements/options.ts'
import { saidTogether, type Said } from './kept-profile.ts'

export interface ImportedBefore {
  readonly name: string
  readonly bytes: Buffer
  readonly sha256: string
  readonly account: string
  readonly earlier: ParsedStatement
  readonly options: ReadOptions
}

/** Throws InputError when the file read as is said now would give other lines than are in the books. */
export function refuseOtherReading(file: ImportedBefore, said: Said): void {
  const { columns, dateOrder, decimal, balance = null, order = null } = said
  if ([columns, dateOrder, decimal, balance, order].every((each) => each === null)) return
  const { name, bytes, sha256, account, earlier, options } = file
  const now = openStatement(name, bytes, earlier.format, { ...options, ...saidTogether(said, options), balance, order })
  if (linesOf(now) === linesOf(earlier)) return
  throw new InputError(
    'STATEMENT_READ_OTHERWISE',
    `${name} was imported into "${account}" before, and read in another way: its lines are in the books, and the same file is not read twice.`,
    `If the first reading was wrong, take it back: tieout statements undo ${sha256.slice(0, 12)} --by NAME --why TEXT. Then import the file with what you said now.`,
  )
}

function linesOf({ sections }: ParsedStatement): string {
  return sections
    .flatMap(({ lines }) => lines.map(({ date, amount, uncounted }) => `${date} ${amount} ${uncounted ?? ''}`))
    .join('\n')
}
