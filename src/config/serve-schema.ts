/** What `tieout serve` reads from `tieout.yaml`: where it listens, how much it takes, and when a book's night is due. */
import * as z from 'zod'
import { isTimeOfDay } from '../domain/time/schedule.ts'
import { count, secret, timeZone } from './schema-parts.ts'

export const SERVE_DEFAULTS = { host: '127.0.0.1', port: 8700, webhooksPerSecond: 1000 }

export const serveSchema = z
  .strictObject({
    host: z.string('a host is text').min(1, 'a host cannot be empty; write 127.0.0.1').default(SERVE_DEFAULTS.host),
    port: count(1, 65_535).default(SERVE_DEFAULTS.port),
    webhooksPerSecond: count(1, 100_000).default(SERVE_DEFAULTS.webhooksPerSecond),
    /** Opens the report in a browser, user `tieout`; without it nobody can see it. */
    reportPassword: secret.optional(),
  })
  .default(SERVE_DEFAULTS)

/** Just after midnight: a reading then speaks of the whole day that has ended. */
export const scheduleSchema = z
  .strictObject({
    at: z
      .string('a time of day in quotes, such as "00:15"')
      .refine(isTimeOfDay, 'not a time of day; write it as "00:15"')
      .default('00:15'),
    timeZone: timeZone.optional(),
  })
  .default({ at: '00:15' })
