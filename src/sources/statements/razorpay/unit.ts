/**
 * Whether a CSV writes paise or rupees. The same columns come both ways, and a mistake is a factor of a hundred: it is
 * decided from the figures, told to the person, and refused when they do not tell.
 */
import { InputError } from '../../../domain/errors.ts'

export interface AmountUnit {
  readonly unit: 'minor' | 'major'
  /** A full sentence. */
  readonly remark: string
}

/** That many figures after fees without a fraction are no chance. */
const ENOUGH = 2
const UNIX_SECONDS = /^\d{9,10}$/

/**
 * `amounts`: every cell of the money columns. `odd`: cells that seldom are whole in rupees, because a percentage was taken:
 * fees, and what is settled after them.
 */
export function unitOf(
  fileName: string,
  amounts: readonly string[],
  odd: readonly string[],
  times: readonly string[],
): AmountUnit {
  const fractions = amounts.map((cell) => cell.trim()).filter((cell) => /\.\d{2}$|\.\d*[1-9]\d*$|,\d{1,2}$/.test(cell))
  // One that is not 0.00 is the better example.
  const fraction = fractions.find((cell) => /[1-9]/.test(cell)) ?? fractions[0]
  if (fraction !== undefined)
    return { unit: 'major', remark: `The amounts are in whole units such as rupees, since "${fraction}" has decimals.` }
  const stamps = times.map((cell) => cell.trim()).filter((cell) => cell !== '')
  if (stamps.length > 0 && stamps.every((cell) => UNIX_SECONDS.test(cell)))
    return {
      unit: 'minor',
      remark: 'The amounts are in the smallest unit such as paise, as in the API whose Unix times the file has.',
    }
  const whole = odd.filter((cell) => /[1-9]/.test(cell))
  if (new Set(whole).size >= ENOUGH)
    return {
      unit: 'minor',
      remark: `The amounts are in the smallest unit such as paise, since ${whole.length} fees and settled amounts have no decimals.`,
    }
  throw new InputError(
    'STATEMENT_UNIT',
    `The amounts of ${fileName} may be paise or rupees: none has decimals, and there are too few to tell.`,
    'Import a report whose amounts have two decimals.',
  )
}
