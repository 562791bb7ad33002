/** What is asked when no column was found to be the booking date or the amount. */
import type { BankRole } from '../../../domain/statements/bank-profile.ts'
import { rankOf } from './headers.ts'
import type { BoundRoles } from './propose.ts'
import { hasShape, ROLE_SHAPES } from './shapes.ts'

/** A cell that is not what the name of its column says. */
export interface Misfit {
  readonly role: BankRole
  readonly column: number
  readonly cell: string
}

/** A column with the right name and the wrong content, which a person would look for first. */
export function misfitIn(
  role: BankRole,
  folded: readonly string[],
  cellsOf: (column: number) => readonly string[],
): Misfit | null {
  const column = folded.findIndex((name) => rankOf(role, name) !== null)
  const cell =
    column === -1 ? undefined : cellsOf(column).find((each) => each !== '' && !hasShape([each], ROLE_SHAPES[role]))
  return cell === undefined ? null : { role, column, cell }
}

export function missingRoles(
  roles: BoundRoles,
  asked: readonly string[],
  misfitOf: (role: BankRole) => string,
): readonly string[] {
  const isAsked = (role: BankRole): boolean => asked.some((question) => question.includes(`"${role}=`))
  const questions: string[] = []
  if (roles.date === undefined && !isAsked('date'))
    questions.push(`No column is known to be the booking date: say --columns "date=HEADER".${misfitOf('date')}`)
  const has = (role: BankRole): boolean => roles[role] !== undefined || isAsked(role)
  if (has('amount') && roles.debit !== undefined && roles.credit !== undefined)
    questions.push(
      'It has an amount beside debits and credits: say --columns "amount=" to read debits and credits, or --columns "debit=,credit=" to read the amount.',
    )
  if (!has('amount') && !(has('debit') && has('credit')))
    questions.push(
      `No column is known to be the amount: say --columns "amount=HEADER", or --columns "debit=HEADER,credit=HEADER".${misfitOf('amount')}`,
    )
  return questions
}
