/**
 * How the files of a source are read where they do not tell, as the flags of an import say it: the order histories that
 * lie in the inbox have nobody to give flags.
 */
import * as z from 'zod'
import { DECIMAL_MARKS } from './money-model.ts'
import { timeZone } from './schema-parts.ts'

const decimal = z.enum(DECIMAL_MARKS, "the decimal mark is '.' or ',', in quotes")
const DELIMITERS = [',', ';', '\t', '|'] as const

/** Left out: the file has to tell. */
export const historyReadingSchema = z.strictObject({
  timeZone: timeZone.optional(),
  decimal: decimal.optional(),
  dateOrder: z.enum(['dmy', 'mdy'], 'the order of dates in a history is dmy or mdy').optional(),
  delimiter: z.enum(DELIMITERS, "the delimiter is ',', ';', '|' or a tab, in quotes").optional(),
  /** Field to header; which fields there are the reader of histories knows. */
  columns: z.record(z.string(), z.string('the name of a column is text').min(1, 'a column has a name')).optional(),
})
export type HistoryReading = Readonly<z.output<typeof historyReadingSchema>>
