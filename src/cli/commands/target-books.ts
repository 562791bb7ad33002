/**
 * `tieout targets another-book` and `tieout targets take-over`: a person's word on the entries of a book of tieout that this
 * database does not know.
 */
import type { Command } from 'commander'
import { loadMappings } from '../../config/mappings.ts'
import type { TargetConfig } from '../../config/target-model.ts'
import { InputError, TransientError } from '../../domain/errors.ts'
import { lastingIdOf } from '../../ledger/book-identity.ts'
import { withWork } from '../../pipeline/delivery/deliver-book.ts'
import { otherBooks, otherBookText, type OtherBook } from '../../targets/other-books.ts'
import { idsHere, sayBookWord, type BookWord } from '../../targets/outbox/words.ts'
import { listFrom } from '../../targets/outbox/first-look.ts'
import { createPatience } from '../../targets/outbox/pause.ts'
import { personArgument } from '../arguments.ts'
import { writeBook, type OpenBook } from '../open-book.ts'
import { printable } from '../output.ts'
import { createProgress } from '../progress.ts'
import { withTargetsInReach } from '../rehearsed-targets.ts'
import { handle, type Registry, type Session } from '../session.ts'
import { chooseTarget } from '../targets.ts'
import { runEnvironment } from './sync.ts'

interface BookFlags {
  readonly target?: string
  readonly why: string
  readonly by: string
}

const SAYS: Readonly<Record<BookWord['action'], string>> = {
  another: 'they are of another book, and none of ours',
  'take-over': 'they are of this book, and the next tieout deliver adopts what is equal',
}

export function registerTargetBooks(registry: Registry, targets: Command): void {
  const register = (verb: string, action: BookWord['action'], description: string): void => {
    const command = targets.command(verb).argument('<id>', 'the eight characters at the end of the memo of its entries')
    command
      .description(description)
      .requiredOption('--why <reason>', 'kept with the decision')
      .option('--by <name>', 'who decides it; default the user running this', personArgument)
      .option('--target <name>', 'where; needed when the book has several')
    handle<BookFlags>(registry, command, (session, flags, [id = '']) =>
      withTargetsInReach(session, (reaching) =>
        writeBook(
          reaching,
          (open) => runWord(reaching, open, flags, { action, id: id.trim().toUpperCase() }),
          'tieout targets list',
        ),
      ),
    )
  }
  register('another-book', 'another', 'say that entries with this id are of another book of tieout')
  register('take-over', 'take-over', 'say that entries with this id are of this book, from a database that was lost')
}

async function runWord(
  session: Session,
  open: OpenBook,
  { target: name, why, by }: BookFlags,
  { action, id }: { readonly action: BookWord['action']; readonly id: string },
): Promise<'ok'> {
  const target = onlyTarget(session, name)
  if (why.trim() === '') throw new InputError('REASON_NEEDED', 'The reason is empty.', 'Say why with --why WHY.')
  await requireForeign(open, id)
  const found = await entriesOf(session, open, target, id)
  const word = { lastingId: id, action, why: why.trim(), by, atMs: session.clock.nowMs() }
  const outbox = { book: open.book.id, target: target.name }
  const isNew = await open.kysely.transaction().execute((trx) => sayBookWord(trx, outbox, word))
  if (!isNew) {
    const message = `That was the last word on ${id} already: ${SAYS[action]}.`
    throw new InputError('NOTHING_TO_SAY', message, `Go on with tieout deliver --target ${target.name}.`)
  }
  session.show({ target: target.name, lastingId: id, action, by, why: word.why, entries: found.entries }, () => [
    `${target.name}: entries of another book there: ${otherBookText(found)}; ${SAYS[action]}.`,
  ])
  return 'ok'
}

function onlyTarget(session: Session, name: string | undefined): TargetConfig {
  if (name !== undefined) return chooseTarget(session, name)
  const [target, ...others] = session.book().targets
  if (target !== undefined && others.length === 0) return target
  const message = `The book has ${others.length + (target === undefined ? 0 : 1)} targets, and an id says nothing of which.`
  throw new InputError('TARGET_NEEDED', message, 'Say which with --target NAME.')
}

/** Throws InputError for what is no id, or that of a book of this database. */
async function requireForeign({ kysely, book }: OpenBook, id: string): Promise<void> {
  const hint = 'tieout deliver and tieout targets tie-out name the ids of other books.'
  if (!/^[0-9A-Z]{8}$/.test(id)) {
    throw new InputError('BOOK_ID_WRONG', `"${printable(id)}" is no id of a book: it has eight characters.`, hint)
  }
  if (!(await idsHere(kysely)).has(id)) return
  const isOwn = (await lastingIdOf(kysely, book.id)) === id
  const message = `${id} is the id of ${isOwn ? 'this book itself' : 'a book of this database, and its entries are known'}.`
  throw new InputError('BOOK_ID_OWN', message, hint)
}

async function entriesOf(session: Session, open: OpenBook, target: TargetConfig, id: string): Promise<OtherBook> {
  const environment = runEnvironment(session, open.database, createProgress(session.io.stderr))
  const request = { config: session.config(), book: open.config, env: session.io.env }
  const mappings = loadMappings(session.config().mappings)
  const listed = await withWork(environment, { book: open.book, request, target, mappings }, (work) =>
    listFrom(work, createPatience(work), target.from),
  )
  if (!listed.ok) {
    const message = `${target.name} could not be read: ${listed.stop.message}`
    throw new TransientError('TARGET_UNREAD', message, 'Nothing was decided; say it again later.')
  }
  const found = otherBooks(listed.value, new Set()).find(({ lastingId }) => lastingId === id)
  if (found !== undefined) return found
  const message = `No entry of ${target.name} from ${target.from} on carries the id ${id}.`
  throw new InputError(
    'BOOK_ID_UNKNOWN',
    message,
    'tieout deliver and tieout targets tie-out name the ids of other books.',
  )
}
