/** `tieout runs list` and `tieout runs show N`: what was run, when, and what each step took in and gave out. */
import { InputError } from '../../domain/errors.ts'
import { findRun, listRuns } from '../../pipeline/status/run-history.ts'
import { wholeNumberArgument } from '../arguments.ts'
import { readBook } from '../open-book.ts'
import { handle, type Registry } from '../session.ts'
import { runDetailLines, runDetailView, runListLines, runView } from '../views/runs.ts'

interface ListOptions {
  readonly kind?: string
  readonly limit: number
}

export function registerRuns(registry: Registry): void {
  const runs = registry.program.command('runs').description('what was run, and how it ended')
  const list = runs
    .command('list', { isDefault: true })
    .description('runs, newest first')
    .option('--kind <kind>', 'only of this kind: sync, backfill, import, decision, hooks')
    .option('--limit <number>', 'how many', wholeNumberArgument, 30)
  handle<ListOptions>(registry, list, (session, { kind, limit }) =>
    readBook(session, async ({ kysely, book }) => {
      const found = await listRuns(kysely, book.id, { limit, ...(kind === undefined ? {} : { kind }) })
      session.show({ book: book.name, runs: found.map(runView) }, () => runListLines(session, found))
      return 'ok'
    }),
  )
  const show = runs.command('show').argument('<number>', 'the run').description('one run with its steps')
  handle(registry, show, (session, _options, [text = '']) =>
    readBook(session, async ({ kysely, book }) => {
      const found = /^\d{1,15}$/.test(text) ? await findRun(kysely, book.id, Number(text)) : null
      if (found === null) {
        const message = `Book "${book.name}" has no run "${text}".`
        throw new InputError('RUN_UNKNOWN', message, 'tieout runs list shows the numbers.')
      }
      session.show({ book: book.name, ...runDetailView(found.run, found.steps) }, () =>
        runDetailLines(session, found.run, found.steps),
      )
      return 'ok'
    }),
  )
}
