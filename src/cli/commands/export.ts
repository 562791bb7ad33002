/** `tieout export`: approved journals as import files, or the exact ledger for another engine to check. */
import { InvalidArgumentError } from 'commander'
import { loadMappings } from '../../config/mappings.ts'
import { EXPORT_FORMATS, type ExportFormat } from '../../config/model.ts'
import { didYouMean } from '../../config/suggest.ts'
import { InputError } from '../../domain/errors.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import { DATE_STYLES, type DateStyle } from '../../targets/files/csv-text.ts'
import { exportJournals, type ExportResult } from '../../targets/files/export.ts'
import type { ExitName } from '../exit-codes.ts'
import { dateArgument, personArgument } from '../arguments.ts'
import { writeBook, type OpenBook } from '../open-book.ts'
import { counted } from '../output.ts'
import { handle, type Registry, type Session } from '../session.ts'

interface ExportOptions {
  readonly format: ExportFormat
  readonly from: IsoDate
  readonly to: IsoDate
  readonly out: string
  readonly drafts?: boolean
  readonly again?: boolean
  readonly dateStyle?: DateStyle
  readonly by: string
}

export function registerExport(registry: Registry): void {
  const styles = DATE_STYLES.join(', ')
  const command = registry.program
    .command('export')
    .description('write files: journals for an import, or the exact ledger for another engine')
    .requiredOption('--format <name>', EXPORT_FORMATS.join(', '), formatArgument)
    .requiredOption('--from <date>', 'the first day, inclusive', dateArgument)
    .requiredOption('--to <date>', 'the last day, inclusive', dateArgument)
    .requiredOption('--out <dir>', 'the folder to write to; made when missing')
    .option('--drafts', 'also journals nobody has approved, marked as a preview')
    .option('--again', 'also journals that were handed out before, to another file or by a delivery')
    .option('--date-style <style>', `how dates are written: ${styles}; each format has its own default`, styleArgument)
    .option('--by <name>', 'who hands out; default the user running this', personArgument)
  handle<ExportOptions>(registry, command, (session, options) =>
    writeBook(session, (open) => runExport(session, open, options)),
  )
}

async function runExport(
  session: Session,
  { kysely, book, config }: OpenBook,
  { format, from, to, out, drafts = false, again = false, dateStyle, by }: ExportOptions,
): Promise<ExitName> {
  const mappings = loadMappings(session.config().mappings)
  const handOut = { by, atMs: session.clock.nowMs(), again, targets: config.targets }
  const style = dateStyle === undefined ? {} : { dateStyle }
  const request = { format, from, to, outDir: out, mappings, includeDrafts: drafts, handOut, ...style }
  const result = await exportJournals(kysely, book, request)
  if (result.status === 'repeated') {
    const hint = 'Import every document once. To write them all the same: add --again.'
    const lead = `Nothing was written as ${format}, because it would be handed out twice:`
    throw new InputError('EXPORT_REPEATED', [lead, ...result.repeats].join('\n  '), hint)
  }
  session.show(result, () => resultLines(result))
  return result.leftOut.length === 0 ? 'ok' : 'findings'
}

/** What an export wrote and what it left out, as lines. */
function resultLines(result: Exclude<ExportResult, { status: 'repeated' }>): readonly string[] {
  const leftOut = result.leftOut.map(({ reason }) => `Left out: ${reason}`)
  if (result.status === 'empty') return [result.message, ...leftOut]
  const waiting =
    result.draftsWaiting === 0 ? [] : [`${counted(result.draftsWaiting, 'draft')} not exported: approve first.`]
  const files = result.files.map(
    ({ path, rows, changed }) => `${path}: ${counted(rows, 'line')}${changed ? '' : ', unchanged'}`,
  )
  const notes = result.notes.map((note) => `Note: ${note}`)
  return [...files, result.manifest, ...notes, ...waiting, ...leftOut]
}

function formatArgument(text: string): ExportFormat {
  const found = EXPORT_FORMATS.find((format) => format === text)
  if (found !== undefined) return found
  throw new InvalidArgumentError(`The formats are ${EXPORT_FORMATS.join(', ')}.${didYouMean(text, EXPORT_FORMATS)}`)
}

function styleArgument(text: string): DateStyle {
  const found = DATE_STYLES.find((style) => style === text)
  if (found !== undefined) return found
  throw new InvalidArgumentError(`The date styles are ${DATE_STYLES.join(', ')}.${didYouMean(text, DATE_STYLES)}`)
}
