/** `tieout explain E-12`: all about one thing that waits, and what each choice would post or send. */
import { exceptionDossier } from '../../pipeline/exception-dossier.ts'
import { exceptionUnknown } from '../../pipeline/exception-decisions.ts'
import { readBook } from '../open-book.ts'
import { handle, type Registry } from '../session.ts'
import { dossierLines, dossierView } from '../views/exception-dossier.ts'
import { policyOf, queueRow } from '../views/exception-queue.ts'
import { exceptionArgument } from './exception-decisions.ts'

const EXAMPLES = `
Examples:
  tieout explain E-12
  tieout explain E-12 --raw`

export function registerExplain(registry: Registry): void {
  const explain = registry.program
    .command('explain')
    .argument('<id>', 'as listed, such as E-12')
    .description('one thing that waits: history, evidence, what is booked, and what each choice would post or send')
    .option('--raw', 'with the bytes it rests on, as they came')
    .addHelpText('after', EXAMPLES)
  handle<{ readonly raw?: boolean }>(registry, explain, (session, { raw = false }, [text = '']) =>
    readBook(session, async ({ kysely, book, config }) => {
      const number = exceptionArgument(text)
      const nowMs = session.clock.nowMs()
      const dossier = await exceptionDossier(kysely, book, number, nowMs)
      if (dossier === null) throw exceptionUnknown(book.name, number)
      const row = queueRow(dossier.exception, policyOf(config), nowMs)
      session.show(dossierView(dossier, row, raw), () => dossierLines(dossier, row, raw))
      return 'ok'
    }),
  )
}
