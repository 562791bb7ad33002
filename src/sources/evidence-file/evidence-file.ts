/**
 * tieout's own CSV for what no API says (kinds.ts). Read like an order history: opened once, landed in raw chunks, each
 * chunk read by itself.
 */
import { InputError } from '../../domain/errors.ts'
import { detectDecimalFormat } from '../../domain/money/localized-money.ts'
import { bindColumns } from '../csv/columns.ts'
import { openCsv, peekRows, type ByteStream, type CsvChunk } from '../csv/open.ts'
import { parseRows } from '../csv/rows.ts'
import { EVIDENCE_COLUMNS, type EvidenceLayout } from './layout.ts'
import { readEvidenceRow, type EvidenceResult, type EvidenceSources } from './row.ts'

export interface EvidenceFile {
  readonly layout: EvidenceLayout
  /** Can be read once. */
  readonly chunks: AsyncGenerator<CsvChunk, void, undefined>
}

export interface EvidenceFileOptions {
  /** For messages. */
  readonly fileName: string
  /** Left out: decided from the amounts of the first chunk. */
  readonly decimal?: '.' | ','
  readonly rowsPerChunk?: number
}

export async function openEvidenceFile(stream: ByteStream, options: EvidenceFileOptions): Promise<EvidenceFile> {
  const { fileName } = options
  const file = await openCsv(fileName, stream, options.rowsPerChunk)
  const columns = bindColumns(fileName, file.headers, EVIDENCE_COLUMNS)
  const { sample, chunks } = await peekRows(file)
  const detected = detectDecimalFormat(sample.map((row) => row.fields[columns.amount ?? 0] ?? ''))
  if (!detected.ok && options.decimal === undefined) {
    throw new InputError(
      'CSV_DECIMAL_MARK',
      `The amounts of ${fileName} cannot be read: ${detected.reason}.`,
      'Write them with a decimal point, like 1234.50.',
    )
  }
  const decimal = options.decimal ?? (detected.ok ? detected.format.decimal : null)
  const layout: EvidenceLayout = { delimiter: file.delimiter, headers: [...file.headers], columns, decimal }
  return { layout, chunks }
}

export function readEvidenceChunk(
  layout: EvidenceLayout,
  sources: EvidenceSources,
  chunk: Pick<CsvChunk, 'firstLine' | 'bytes'>,
): readonly EvidenceResult[] {
  return parseRows(chunk.bytes, chunk.firstLine, layout.delimiter).map((row) => readEvidenceRow(layout, sources, row))
}
