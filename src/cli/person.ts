/** A person's word on the command line: who says it and why, asked for by every command that keeps one as evidence. */
import { userInfo } from 'node:os'
import type { Command } from 'commander'
import { InputError } from '../domain/errors.ts'

export interface PersonOptions {
  readonly by: string
  readonly why: string
}

export function askPerson(command: Command): Command {
  return command
    .option('--by <name>', 'who decides, kept with the decision; default the user running this')
    .requiredOption('--why <text>', 'the reason; kept with the decision')
}

/** Trimmed. Throws InputError when either says nothing. */
export function signed({ by, why }: PersonOptions): PersonOptions {
  const person = { by: by.trim(), why: why.trim() }
  if (person.by !== '' && person.why !== '') return person
  throw new InputError(
    'DECISION_UNSIGNED',
    'A decision needs a name and a reason.',
    'Give both --by NAME and --why TEXT.',
  )
}

/** Who is at the keyboard, by the machine's list of users. One that is not in it, as in a container, is named by number. */
export function loginName(): string {
  try {
    return userInfo().username
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`
  }
}
