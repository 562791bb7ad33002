/** `tieout explain ID`: all about one thing that waits, and what each choice would post or send. */
import type { Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import { InputError } from '../../domain/errors.ts'
import { itemNumbered } from '../../evidence/open-items.ts'
import { exceptionDossier } from '../../pipeline/exception-dossier.ts'
import { exceptionUnknown } from '../../pipeline/exception-decisions.ts'
import { listExceptions } from '../../reconcile/exceptions.ts'
import type { ExitName } from '../exit-codes.ts'
import { readBook, type OpenBook } from '../open-book.ts'
import { handle, type Registry, type Session } from '../session.ts'
import { subjectArgument, type Subject } from '../subjects.ts'
import { dossierLines, dossierView } from '../views/exception-dossier.ts'
import { policyOf, queueRow } from '../views/exception-queue.ts'
import { explainCounter } from './readings.ts'
import { explainRow } from './set-aside.ts'

const EXAMPLES = `
Examples:
  tieout explain E-12
  tieout explain line:43 --raw`

export function registerExplain(registry: Registry): void {
  const explain = registry.program
    .command('explain')
    .argument('<id>', 'as listed, such as E-12; line:12, item:8, a row such as 12.1.7, or the name of an ad network')
    .description('one thing that waits: history, evidence, what is booked, and what each choice would post or send')
    .option('--raw', 'with the bytes it rests on, as they came')
    .addHelpText('after', EXAMPLES)
  handle<{ readonly raw?: boolean }>(registry, explain, (session, { raw = false }, [text = '']) => {
    const network = session.book().sources.find(({ name }) => name === text)
    if (network?.type === 'payelancer') return explainCounter(session, network)
    const subject = subjectArgument(text)
    if (subject.kind === 'row') return explainRow(session, subject.row, raw)
    return readBook(session, (open) => explainItem(session, open, subject, raw))
  })
}

async function explainItem(
  session: Session,
  { kysely, book, config }: OpenBook,
  subject: Exclude<Subject, { readonly kind: 'row' }>,
  raw: boolean,
): Promise<ExitName> {
  const number = subject.kind === 'waiting' ? subject.number : await numberAbout(kysely, book.id, subject)
  const nowMs = session.clock.nowMs()
  const dossier = await exceptionDossier(kysely, book, number, nowMs)
  if (dossier === null) throw exceptionUnknown(book.name, number)
  const row = queueRow(dossier.exception, policyOf(config), nowMs)
  session.show(dossierView(dossier, row, raw), () => dossierLines(dossier, row, raw))
  return 'ok'
}

/** Of the item that is open about it. Throws InputError when none is. */
async function numberAbout(
  kysely: Kysely<Tables>,
  book: bigint,
  { kind, number }: { readonly kind: 'line' | 'item' | 'match'; readonly number: number },
): Promise<number> {
  const item = kind === 'item' ? await itemNumbered(kysely, book, BigInt(number)) : null
  const about = item === null ? { object: `${kind}:${number}` } : { source: item.source, object: item.object }
  const [found] = await listExceptions(kysely, book, { status: 'open', ...about })
  if (found !== undefined) return found.number
  const message = `Nothing waits about ${kind} ${number}.`
  throw new InputError('NOTHING_WAITS', message, `tieout trace ${kind}:${number} shows it.`)
}
