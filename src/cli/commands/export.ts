/** `tieout export`: approved journals as import files, or the exact ledger for another engine to check. */
import { InvalidArgumentError } from 'commander'
import { loadMappings } from '../../config/mappings.ts'
import { EXPORT_FORMATS, type ExportFormat } from '../../config/model.ts'
import { didYouMean } from '../../config/suggest.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import { exportJournals, type ExportResult } from '../../targets/export.ts'
import { dateArgument } from '../arguments.ts'
import { readBook } from '../open-book.ts'
import { counted } from '../output.ts'
import { handle, type Registry } from '../session.ts'

interface ExportOptions {
  readonly format: ExportFormat
  readonly from: IsoDate
  readonly to: IsoDate
  readonly out: string
  readonly drafts?: boolean
}

export function registerExport(registry: Registry): void {
  const command = registry.program
    .command('export')
    .description('write files: journals for an import, or the exact ledger for another engine')
    .requiredOption('--format <name>', EXPORT_FORMATS.join(', '), formatArgument)
    .requiredOption('--from <date>', 'the first day, inclusive', dateArgument)
    .requiredOption('--to <date>', 'the last day, inclusive', dateArgument)
    .requiredOption('--out <dir>', 'the folder to write to; made when missing')
    .option('--drafts', 'also journals nobody has approved, marked as a preview')
  handle<ExportOptions>(registry, command, (session, { format, from, to, out, drafts = false }) =>
    readBook(session, async ({ kysely, book }) => {
      const mappings = loadMappings(session.config().mappings)
      const request = { format, from, to, outDir: out, mappings, includeDrafts: drafts }
      const result = await exportJournals(kysely, book, request)
      session.show(result, () => resultLines(result))
      return result.leftOut.length === 0 ? 'ok' : 'findings'
    }),
  )
}

/** What an export wrote and what it left out, as lines. */
function resultLines(result: ExportResult): readonly string[] {
  const leftOut = result.leftOut.map(({ reason }) => `Left out: ${reason}`)
  if (result.status === 'empty') return [result.message, ...leftOut]
  const waiting =
    result.draftsWaiting === 0 ? [] : [`${counted(result.draftsWaiting, 'draft')} not exported: approve first.`]
  const files = result.files.map(
    ({ path, rows, changed }) => `${path}: ${counted(rows, 'line')}${changed ? '' : ', unchanged'}`,
  )
  return [...files, result.manifest, ...waiting, ...leftOut]
}

function formatArgument(text: string): ExportFormat {
  const found = EXPORT_FORMATS.find((format) => format === text)
  if (found !== undefined) return found
  throw new InvalidArgumentError(`The formats are ${EXPORT_FORMATS.join(', ')}.${didYouMean(text, EXPORT_FORMATS)}`)
}
