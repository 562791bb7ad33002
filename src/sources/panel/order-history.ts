/**
 * A panel site's order history as CSV: the only source of orders that were placed on the site, since the API cannot list
 * them. Opening decides how the file is read (header, decimal mark, day order); its chunks are landed raw and each is
 * read by itself, the same way every time.
 */
import { InputError } from '../../domain/errors.ts'
import { detectDayOrder, type DayOrder } from '../../domain/time/local-time.ts'
import { detectDecimalFormat } from '../../domain/money/localized-money.ts'
import type { BoundColumns } from '../csv/columns.ts'
import { openCsv, peekRows, withoutRows, type ByteStream, type CsvChunk, type Delimiter } from '../csv/open.ts'
import { parseRows, type CsvRow } from '../csv/rows.ts'
import { bindHistoryColumns, type HistoryField } from './history-columns.ts'
import type { OrderHistoryLayout } from './history-layout.ts'
import { readHistoryRow, type HistoryResult } from './history-row.ts'

export interface OrderHistoryOptions {
  /** For messages. */
  readonly fileName: string
  /** The zone the site's dates are in: the user's setting on the panel. */
  readonly timeZone: string
  /** Left out: decided from the amounts of the first chunk. */
  readonly decimal?: '.' | ','
  /** Left out: decided from the dates of the first chunk. */
  readonly dayOrder?: DayOrder
  /** The file's own name of a field's column, where the table does not know it. */
  readonly columns?: Readonly<Partial<Record<HistoryField, string>>>
  /** Left out: seen from the header. */
  readonly delimiter?: Delimiter
  readonly rowsPerChunk?: number
}

export interface OrderHistory {
  readonly layout: OrderHistoryLayout
  /** Can be read once. */
  readonly chunks: AsyncGenerator<CsvChunk, void, undefined>
}

export async function openOrderHistory(stream: ByteStream, options: OrderHistoryOptions): Promise<OrderHistory> {
  const file = await openCsv(options.fileName, stream, options.rowsPerChunk, options.delimiter)
  const columns = bindHistoryColumns(options.fileName, file.headers, options.columns)
  const { sample, chunks } = await peekRows(file)
  const layout: OrderHistoryLayout = {
    delimiter: file.delimiter,
    headers: [...file.headers],
    columns,
    decimal: options.decimal ?? decimalOf(options.fileName, columnTexts(sample, columns.charge)),
    dayOrder: options.dayOrder ?? dayOrderOf(options.fileName, columnTexts(sample, columns.date)),
    timeZone: options.timeZone,
    skippedTimes: 'after-gap',
  }
  if (sample.every((row) => readHistoryRow(layout, row).kind === 'total')) throw withoutRows(options.fileName)
  return { layout, chunks }
}

/** Every row of one chunk, in order. Empty rows are left out. */
export function readOrderHistoryChunk(
  layout: OrderHistoryLayout,
  chunk: Pick<CsvChunk, 'firstLine' | 'bytes'>,
): readonly HistoryResult[] {
  return parseRows(chunk.bytes, chunk.firstLine, layout.delimiter).map((row) => readHistoryRow(layout, row))
}

/** Every row of a file, chunk by chunk, for callers that land nothing. */
export async function* orderHistoryRows(history: OrderHistory): AsyncGenerator<HistoryResult, void, undefined> {
  for await (const chunk of history.chunks) yield* readOrderHistoryChunk(history.layout, chunk)
}

function columnTexts(rows: readonly CsvRow[], column: BoundColumns<HistoryField>[HistoryField]): readonly string[] {
  return column === undefined ? [] : rows.map((row) => row.fields[column] ?? '')
}

function decimalOf(fileName: string, samples: readonly string[]): '.' | ',' | null {
  const detected = detectDecimalFormat(samples)
  if (detected.ok) return detected.format.decimal
  throw new InputError(
    'CSV_DECIMAL_MARK',
    `The amounts of ${fileName} cannot be read: ${detected.reason}.`,
    'Say which decimal mark the file uses: --decimal . or --decimal ,',
  )
}

function dayOrderOf(fileName: string, samples: readonly string[]): DayOrder | null {
  const detected = detectDayOrder(samples)
  if (detected.ok) return detected.order
  throw new InputError(
    'CSV_DATE_ORDER',
    `The dates of ${fileName} cannot be read: ${detected.reason}.`,
    'Say which comes first: --day-order day-first or --day-order month-first',
  )
}
