/** PayPal's CSV files: the activity and statement downloads. */
import { InputError } from '../../../domain/errors.ts'
import type { ParsedStatement } from '../../../domain/statements/statement.ts'
import { findHeader, readTable } from '../columns/table.ts'
import type { ReadOptions } from '../options.ts'
import { readActivity } from './activity.ts'
import { isPayPalHeader } from './columns.ts'

/** Enough for a header and what stands above it. */
const BEGINNING = 1 << 16

export function detect(text: string, _fileName: string): boolean {
  return findHeader(text.slice(0, BEGINNING), isPayPalHeader) !== null
}

export function read(fileName: string, text: string, options: ReadOptions): ParsedStatement {
  if (text.startsWith('PK'))
    throw new InputError(
      'STATEMENT_OTHER_FILE',
      `${fileName} is a ZIP archive: PayPal packs long activity into several files.`,
      'Unpack it and import every CSV file in it.',
    )
  const table = readTable(fileName, text, isPayPalHeader)
  if (table !== null) return readActivity(fileName, table, options)
  throw new InputError(
    'STATEMENT_FORMAT',
    `${fileName} has no header of a PayPal download: no line near its top names a date, a currency, an amount and a transaction or time zone.`,
    'Download the activity as CSV with the columns Date, Time Zone, Currency, Gross, Fee, Net, Balance and Transaction ID.',
  )
}
