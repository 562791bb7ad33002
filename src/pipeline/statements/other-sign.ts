/** A file whose balances prove the other sign than earlier ones were taken with: they were read the wrong way round. */
import { InputError } from '../../domain/errors.ts'
import type { ParsedStatement } from '../../domain/statements/statement.ts'
import type { AssumedSign } from './remembered.ts'

/** Throws InputError. What a person says of the sign goes before. */
export function refuseOtherSign(fileName: string, { reading }: ParsedStatement, assumed: readonly AssumedSign[]): void {
  const sign = reading?.proved?.sign ?? null
  if (sign === null) return
  const wrong = assumed.filter((each) => each.sign !== sign)
  const [first] = wrong
  if (first === undefined) return
  const more = wrong.length === 1 ? '' : ` (and ${wrong.length - 1} more)`
  throw new InputError(
    'STATEMENT_SEVERAL_READINGS',
    `${fileName}: its balances prove that positive amounts ${sign === 'in-positive' ? 'came in' : 'went out'}, but ${first.file}${more} of this account, with the same columns, was read the other way round, as no balance told.`,
    `Compare one line with the bank. If ${fileName} is right, say --columns "sign=${sign}", take the other back with tieout statements undo HASH --by NAME --why TEXT (tieout statements list shows its hash), and import it again. If not, it may be of another account, or damaged.`,
  )
}
