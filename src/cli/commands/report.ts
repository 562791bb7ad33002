/** `tieout report`: the night on one page, as it is known now or as it was known then. */
import { loadMappings } from '../../config/mappings.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import { nightPage } from '../../pipeline/report/page.ts'
import { dateArgument, instantArgument } from '../arguments.ts'
import { readBook } from '../open-book.ts'
import { handle, type Registry } from '../session.ts'
import { reportLines } from '../views/report/text.ts'

interface ReportOptions {
  readonly night?: IsoDate
  readonly knownAt?: number
}

export function registerReport(registry: Registry): void {
  const report = registry.program
    .command('report')
    .description('the night on one page: control totals, completeness, differences, journals, forecast, control log')
    .option('--night <date>', 'the night; the newest when left out', dateArgument)
    .option('--known-at <instant>', 'as it was known then; at the end of the night when left out', instantArgument)
  handle<ReportOptions>(registry, report, (session, { night = null, knownAt = null }) =>
    readBook(session, async ({ kysely, book, config }) => {
      const mappings = loadMappings(session.config().mappings)
      const page = await nightPage(kysely, book, config, mappings, { night, knownAtMs: knownAt })
      session.show(page, () => reportLines(session, page))
      return page.colour === 'green' ? 'ok' : 'findings'
    }),
  )
}
