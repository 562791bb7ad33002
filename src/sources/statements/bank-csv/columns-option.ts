/** What a person writes after --columns: "date=Buchungstag,debit=Soll,credit=Haben,status=,sign=in-positive". */
import { InputError } from '../../../domain/errors.ts'
import { AMOUNT_SIGNS, BANK_ROLES, type AmountSign, type BankRole } from '../../../domain/statements/bank-profile.ts'
import type { BankColumns } from '../options.ts'

/** Headers may hold commas, so a comma ends a pair only before the next role. */
const NEXT_PAIR = new RegExp(`,(?=\\s*(?:${[...BANK_ROLES, 'sign'].join('|')})\\s*=)`)

/** Each text is one or more pairs. A role given twice has both columns; one given without a column has none. */
export function parseBankColumns(texts: readonly string[]): BankColumns {
  const roles: Partial<Record<BankRole, string[]>> = {}
  let sign: AmountSign | null = null
  for (const pair of texts.flatMap((text) => text.split(NEXT_PAIR))) {
    const [name = '', ...rest] = pair.split('=')
    const value = rest.join('=').trim()
    const role = BANK_ROLES.find((each) => each.toLowerCase() === name.trim().toLowerCase())
    if (name.trim().toLowerCase() === 'sign') {
      sign = AMOUNT_SIGNS.find((each) => each === value) ?? refuse(pair, `sign is ${AMOUNT_SIGNS.join(' or ')}`)
      continue
    }
    if (role === undefined || rest.length === 0) return refuse(pair, `a role is one of ${BANK_ROLES.join(', ')}`)
    roles[role] = [...(roles[role] ?? []), ...(value === '' ? [] : [value])]
  }
  return { roles, sign }
}

function refuse(pair: string, what: string): never {
  throw new InputError(
    'STATEMENT_COLUMNS',
    `"${pair.trim()}" cannot be understood as a column: ${what}.`,
    'Write it as --columns "date=Booking date,amount=Amount"; a column without a name is "#3".',
  )
}
