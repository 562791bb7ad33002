/** `tieout undo E-12`: takes back the last decision about something that waited, or says what to do instead. */
import { InputError } from '../../domain/errors.ts'
import { nameOf } from '../../pipeline/exception-decisions.ts'
import { historyOf, type ExceptionEvent } from '../../reconcile/exceptions/history.ts'
import type { ExitName } from '../exit-codes.ts'
import { readBook } from '../open-book.ts'
import { askPerson, signed, type PersonOptions } from '../person.ts'
import { handle, type Registry, type Session } from '../session.ts'
import { subjectArgument } from '../subjects.ts'
import { answerNumbered, isAskedFor, takeAnswerBack } from './exception-answers.ts'
import { exceptionArgument, findException, runDecision } from './exception-decisions.ts'
import { askAgainThere, isChangedThere } from './keep-theirs.ts'
import { showDecided } from './reconcile-decisions.ts'

interface UndoOptions extends PersonOptions {
  readonly dryRun?: boolean
}

const EXAMPLES = `
Examples:
  tieout undo E-12 --by "Ann Lee" --why "the panel found the order" --dry-run
  tieout undo match:3 --why "it was another customer"`

export function registerUndo(registry: Registry): void {
  const undo = askPerson(
    registry.program.command('undo').argument('<id>', 'as decided, such as E-12; or line:12, match:3'),
  )
    .description('take back the last decision about something: what it booked is reversed, and it waits again')
    .option('--dry-run', 'show what would be booked, and keep nothing')
    .addHelpText('after', EXAMPLES)
  handle<UndoOptions>(registry, undo, (session, options, [text = '']) => runUndo(session, options, text))
}

async function runUndo(session: Session, options: UndoOptions, text: string): Promise<ExitName> {
  const { dryRun = false } = options
  const person = signed(options)
  const subject = subjectArgument(text)
  if (subject.kind === 'match' || subject.kind === 'line')
    return answerNumbered(session, subject, { ...UNMATCH, person, dryRun })
  const number = exceptionArgument(text)
  const exception = await findException(session, number)
  if (isAskedFor(exception)) return takeAnswerBack(session, exception, { person, dryRun })
  if (isChangedThere(exception)) return askAgainThere(session, exception, { ...person, dryRun })
  const last = await lastWord(session, number)
  if (last === null) throw nothing(number, 'nobody has decided it')
  if (last.event === 'assigned') {
    const next = `Give it to somebody else: tieout decide ${nameOf(number)} assign --to NAME`
    throw new InputError('NOTHING_TO_UNDO', `${nameOf(number)} was only given to ${last.owner ?? 'somebody'}.`, next)
  }
  if (last.decision === null) return runDecision(session, dryRun, text, { decide: 'undo', ...person })
  const { decide, match } = last.decision
  if (match === null || decide === 'unmatch' || decide === 'reject')
    throw nothing(number, `the last word on it was ${decide}, which joins nothing`)
  return showDecided(session, dryRun, { decide: 'unmatch', match, ...person })
}

/** What a match is taken back with. */
const UNMATCH = {
  as: 'unmatch',
  gross: null,
  reference: null,
  line: null,
  items: [],
  match: null,
  of: null,
  difference: 'open',
  yes: false,
} as const

/** What a person last said of it; null when nobody has. */
async function lastWord(session: Session, number: number): Promise<ExceptionEvent | null> {
  const found: ExceptionEvent[] = []
  await readBook(session, async ({ kysely, book }) => {
    found.push(...(await historyOf(kysely, book.id, number)))
    return 'ok'
  })
  return found.findLast(({ by, decision }) => by !== null || decision !== null) ?? null
}

function nothing(number: number, because: string): InputError {
  const message = `There is nothing to take back of ${nameOf(number)}: ${because}.`
  return new InputError('NOTHING_TO_UNDO', message, `What fits it now: tieout explain ${nameOf(number)}`)
}
