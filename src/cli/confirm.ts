/** Asking before money moves: a person at a terminal answers y or N, a script says --yes, and anything else is refused. */
import { InputError } from '../domain/errors.ts'
import type { Session } from './session.ts'

/** True to go on. `question` ends without a question mark. Throws InputError when there is nobody to ask. */
export async function confirm(session: Session, yes: boolean, question: string): Promise<boolean> {
  if (yes) return true
  const { ask } = session.io
  if (ask === undefined) {
    throw new InputError(
      'CONFIRM',
      'This would spend money, and there is no terminal to ask at.',
      'Add --yes to do it unasked, or --dry-run to see what would be sent.',
    )
  }
  return /^y(es)?$/i.test((await ask(`${question}? [y/N] `)).trim())
}
