/** `tieout report diff`: what became known of a night between two instants. */
import type { Command } from 'commander'
import { loadMappings } from '../../config/mappings.ts'
import { startOfDayMs } from '../../domain/time/dates.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import { diffPages } from '../../pipeline/report/diff.ts'
import { nightPage } from '../../pipeline/report/page.ts'
import { dateArgument, instantOrDayArgument } from '../arguments.ts'
import { readBook } from '../open-book.ts'
import { handle, type Registry } from '../session.ts'
import { diffLines, diffView } from '../views/report/diff.ts'

interface DiffOptions {
  readonly night?: IsoDate
  readonly from: number | IsoDate
  readonly to?: number | IsoDate
}

export function registerReportDiff(registry: Registry, report: Command): void {
  const command = report
    .command('diff')
    .description('what became known of a night between two times: figures, transactions, exceptions, journals')
    .option('--night <date>', 'the night; the newest known at the earlier time when left out', dateArgument)
    .requiredOption('--from <instant>', 'the earlier time; a day is its beginning', instantOrDayArgument)
    .option('--to <instant>', 'the later time; now when left out', instantOrDayArgument)
  handle<DiffOptions>(registry, command, (session, options) =>
    readBook(session, async ({ kysely, book, config }) => {
      const mappings = loadMappings(session.config().mappings)
      // The parent has an option of the same name, and the parser gives it to the parent.
      const { night = null } = command.optsWithGlobals<DiffOptions>()
      const msOf = (time: number | IsoDate): number =>
        typeof time === 'number' ? time : startOfDayMs(time, config.timeZone)
      const from = msOf(options.from)
      const earlier = await nightPage(kysely, book, config, mappings, { night, knownAtMs: from })
      const toMs = options.to === undefined ? session.clock.nowMs() : msOf(options.to)
      const later = await nightPage(kysely, book, config, mappings, { night: earlier.night, knownAtMs: toMs })
      const diff = await diffPages(kysely, book, earlier, later)
      session.show(diffView(diff, from, toMs), () => diffLines(session, diff, from, toMs))
      return 'ok'
    }),
  )
}
