/**
 * How one order-history file is to be read: decided once when it is opened, landed beside every chunk of it, and enough
 * to read a chunk again years later. Nothing about a file is decided again from a part of it.
 */
import { z } from 'zod'
import { HISTORY_FIELDS } from './history-columns.ts'

export const orderHistoryLayoutSchema = z.strictObject({
  delimiter: z.enum([',', ';', '\t', '|']),
  headers: z.array(z.string()),
  /** Field to column number from 0. */
  columns: z.partialRecord(z.enum(HISTORY_FIELDS), z.int().min(0)),
  /** Null: no amount in the first chunk had a mark, so a later one with a mark is a problem, not a guess. */
  decimal: z.enum(['.', ',']).nullable(),
  dayOrder: z.enum(['day-first', 'month-first']).nullable(),
  /** The zone the panel's site showed the user. */
  timeZone: z.string(),
  /** Where times go that the zone skips. Absent from files landed before this was decided: they are read as they were then. */
  skippedTimes: z.literal('after-gap').optional(),
})

export type OrderHistoryLayout = Readonly<z.infer<typeof orderHistoryLayoutSchema>>
