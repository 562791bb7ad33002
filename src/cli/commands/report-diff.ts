/** `tieout report diff`: what became known of a night between two instants. */
import type { Command } from 'commander'
import { loadMappings } from '../../config/mappings.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import { diffPages } from '../../pipeline/report/diff.ts'
import { nightPage } from '../../pipeline/report/page.ts'
import { dateArgument, instantArgument } from '../arguments.ts'
import { readBook } from '../open-book.ts'
import { handle, type Registry } from '../session.ts'
import { diffLines, diffView } from '../views/report/diff.ts'

interface DiffOptions {
  readonly night?: IsoDate
  readonly from: number
  readonly to?: number
}

export function registerReportDiff(registry: Registry, report: Command): void {
  const command = report
    .command('diff')
    .description('what became known of a night between two times: figures, transactions, exceptions, journals')
    .option('--night <date>', 'the night; the newest known at the earlier time when left out', dateArgument)
    .requiredOption('--from <instant>', 'the earlier time', instantArgument)
    .option('--to <instant>', 'the later time; now when left out', instantArgument)
  handle<DiffOptions>(registry, command, (session, { from, to }) =>
    readBook(session, async ({ kysely, book, config }) => {
      const mappings = loadMappings(session.config().mappings)
      // The parent has an option of the same name, and the parser gives it to the parent.
      const { night = null } = command.optsWithGlobals<DiffOptions>()
      const earlier = await nightPage(kysely, book, config, mappings, { night, knownAtMs: from })
      const toMs = to ?? session.clock.nowMs()
      const later = await nightPage(kysely, book, config, mappings, { night: earlier.night, knownAtMs: toMs })
      const diff = await diffPages(kysely, book, earlier, later)
      session.show(diffView(diff, from, toMs), () => diffLines(session, diff, from, toMs))
      return 'ok'
    }),
  )
}
