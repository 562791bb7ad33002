/**
 * The shape of `tieout.yaml`. Strict objects: a key nobody reads is a mistake, not a comment. Messages say what is
 * expected and what to write instead; the line and the path are added by `problems.ts`.
 */
import * as z from 'zod'
import { DOCUMENT_PREFIX } from '../domain/journals/journal.ts'
import { isIsoDate } from '../domain/time/dates.ts'
import { parseRate } from '../domain/money/rates.ts'
import { DEEPEST, READ_LIMITS } from '../domain/read-limits.ts'
import { alertsSchema } from './alert-schema.ts'
import { KNOWN_STATUSES } from '../panels/rules/status.ts'
import { historyReadingSchema } from './file-reading.ts'
import { EXPORT_FORMATS } from './model.ts'
import { exceptionsSchema, matchingSchema, moneyAccountSchema, payoutsSchema } from './money-schema.ts'
import { scheduleSchema, serveSchema } from './serve-schema.ts'
import { journalsSchema, targetSchema } from './target-schema.ts'
import { count, currency, name, oneOfBoth, path, secret, secretShape, timeZone } from './schema-parts.ts'

/** The panel document's limit per address; more gets HTTP 429. */
const PANEL_REQUESTS_PER_MINUTE = 1000

const baseUrl = z.string('a URL is text').refine((text) => {
  const url = URL.parse(text)
  return url !== null && /^https?:$/.test(url.protocol) && url.search === '' && url.hash === '' && url.username === ''
}, 'not a base URL; write https://host/path, without a user, a query or a fragment')

const common = {
  name,
  baseUrl,
  apiKey: secret,
  webhookSecret: secret.optional(),
  currency,
  timeZone: timeZone.optional(),
}

export const payelancerSchema = z.strictObject({
  ...common,
  type: z.literal('payelancer'),
  role: z.enum(['publisher', 'advertiser'], 'a role is publisher or advertiser, as the account is'),
  requestsPerMinute: count(1, 100_000).default(60),
  /** C5: does the counter fall when the account is paid (unpaid), or never (lifetime)? */
  counterMode: z.enum(['unpaid', 'lifetime'], 'unpaid or lifetime').optional(),
  /** Of publishers: when unpaid earnings are due. */
  payouts: payoutsSchema.optional(),
})

export const panelSchema = z
  .strictObject({
    ...common,
    type: z.literal('panel'),
    requestsPerMinute: count(1, 1_000_000).default(PANEL_REQUESTS_PER_MINUTE),
    allowHigherRate: z.boolean('true or false').default(false),
    multiAction: z.enum(['multiStatus', 'status'], 'multiStatus or status').default('multiStatus'),
    sweepLimit: count(0, 10_000_000).default(100_000),
    /** How a night looks for a moment in which the wallet stands still. */
    quietMoment: z
      .strictObject({ tries: count(0, 100).default(5), requests: count(1, 100_000).default(200) })
      .default({ tries: 5, requests: 200 }),
    statusCodes: z
      .record(
        z.string().regex(/^\d{1,3}$/, 'a status code is a number, such as "3"'),
        z.enum(KNOWN_STATUSES, `a status is one of ${KNOWN_STATUSES.join(', ')}`),
      )
      .optional(),
    statusCurrency: z
      .union([z.literal('wallet'), currency], 'wallet, or the currency that statuses name, such as USD')
      .optional(),
    chargeFromHistory: z.boolean('true or false').optional(),
    scanRequestsPerMinute: count(1, 1_000_000).optional(),
    dripFeed: z.enum(['runs', 'parent'], 'runs or parent').optional(),
    unlisted: z.enum(['item', 'spend'], 'item or spend').default('item'),
    creditDays: count(0, 60).optional(),
    history: historyReadingSchema.optional(),
  })
  .refine(isRateAllowed, {
    // Also when another setting is wrong: all problems are told at once.
    when: () => true,
    path: ['requestsPerMinute'],
    message: `panels document at most ${PANEL_REQUESTS_PER_MINUTE} requests a minute; if yours allows more, add allowHigherRate: true`,
  })
  .refine(isScanSlower, {
    when: () => true,
    path: ['scanRequestsPerMinute'],
    message: 'a scan cannot ask faster than the panel is asked at all; at most requestsPerMinute',
  })

const source = z.discriminatedUnion(
  'type',
  [payelancerSchema, panelSchema],
  'a source has type: payelancer or type: panel',
)

const recognition = z.literal(
  'order',
  'only "order" (an expense when charged) is available; "delivery" (prepaid until delivered) is not in this version',
)

export const exportSchema = z.strictObject({
  dir: path,
  formats: z
    .array(z.enum(EXPORT_FORMATS, `a format is one of ${EXPORT_FORMATS.join(', ')}`), 'a list such as [csv, hledger]')
    .min(1, 'name at least one format, or leave export out'),
})

const day = z
  .string('a day in quotes, such as "2026-11-05"')
  .refine(isIsoDate, 'not a day of the calendar; write it as "2026-11-05"')

export const fixedRateSchema = z.strictObject({
  date: day,
  from: currency,
  to: currency,
  rate: z
    .string('put the rate in quotes, such as "1.0842"')
    .refine((text) => parseRate(text) !== null, 'a rate above zero with a point and at most ten decimals'),
})

const MEGABYTE = 1 << 20

/** At most what a request takes in at all, and what the parser can open. */
export const readingSchema = z.strictObject({
  maxDepth: count(4, DEEPEST).default(READ_LIMITS.depth),
  maxMegabytes: count(1, READ_LIMITS.bytes / MEGABYTE).default(READ_LIMITS.bytes / MEGABYTE),
  maxValues: count(1000, 20_000_000).default(READ_LIMITS.values),
})

export const bookSchema = z.strictObject({
  name,
  currency,
  timeZone: timeZone.default('UTC'),
  recognition: recognition.default('order'),
  documentPrefix: z
    .string('up to eight capital letters and digits, such as ACME')
    .regex(DOCUMENT_PREFIX, 'up to eight capital letters and digits, such as ACME')
    .optional(),
  journals: journalsSchema.prefault({}),
  export: exportSchema.optional(),
  /** Exchange rates as a CSV file: date, from, to, rate. */
  rates: path.optional(),
  ratesMaxAgeDays: count(0, 366).default(7),
  /** Rates stated here instead of, or beside, a file. */
  fixedRates: z.array(fixedRateSchema, 'a list of rates, each with date, from, to and rate').default([]),
  targets: z.array(targetSchema, 'a list of targets, each starting with "- name:"').default([]),
  inbox: path.optional(),
  schedule: scheduleSchema,
  accounts: z.array(moneyAccountSchema, 'a list of money accounts, each starting with "- name:"').default([]),
  matching: matchingSchema.prefault({}),
  exceptions: exceptionsSchema.prefault({}),
  reading: readingSchema.prefault({}),
  sources: z
    .array(source, 'a list of sources, each starting with "- name:"')
    .min(1, 'a book needs at least one source'),
})

export const httpSchema = z.strictObject({
  timeoutMs: count(100, 600_000).default(30_000),
  retries: count(0, 10).default(4),
  rateLimitWaitMs: count(0, 600_000).default(61_000),
  noAnswerWaitMs: count(0, 600_000).default(5_000),
  maxWaitMs: count(0, 7_200_000).default(900_000),
  commandWaitMs: count(0, 900_000).default(60_000),
})

export const sandboxSchema = z.strictObject({
  seed: count(0, 2 ** 31),
  start: z
    .string('a day such as "2026-03-01"')
    .refine(isIsoDate, 'not a day of the calendar; write it as "2026-03-01"'),
  nights: count(1, 366),
  ordersPerDay: count(0, 1_000_000).default(430),
})

const PASSWORD_IN_URL =
  'a database URL with a password is a secret: put it into a variable or a file and write { env: TIEOUT_DATABASE_URL } or { file: … }'

const database = z.union(
  [
    z.string().min(1, 'a database cannot be empty; write sqlite:./tieout.db').refine(withoutPassword, PASSWORD_IN_URL),
    secretShape.refine(oneOfBoth, 'give exactly one of env and file'),
  ],
  'a database is sqlite:PATH, a postgres URL without a password, { env: NAME } or { file: PATH }',
)

export const configSchema = z.strictObject({
  database,
  mappings: path.optional(),
  /** Encrypts the tokens of targets in the database. */
  tokenKey: secret.optional(),
  http: httpSchema.prefault({}),
  sandbox: sandboxSchema.optional(),
  alerts: alertsSchema.optional(),
  serve: serveSchema,
  books: z.array(bookSchema, 'a list of books, each starting with "- name:"').min(1, 'at least one book is needed'),
})

export type ParsedConfig = z.output<typeof configSchema>

/** Values may be wrong in themselves here, which is reported elsewhere. */
function isRateAllowed(panel: { readonly requestsPerMinute?: unknown; readonly allowHigherRate?: unknown }): boolean {
  const { requestsPerMinute, allowHigherRate } = panel
  return (
    allowHigherRate !== false || typeof requestsPerMinute !== 'number' || requestsPerMinute <= PANEL_REQUESTS_PER_MINUTE
  )
}

function isScanSlower(panel: {
  readonly requestsPerMinute?: unknown
  readonly scanRequestsPerMinute?: unknown
}): boolean {
  const { requestsPerMinute, scanRequestsPerMinute } = panel
  return (
    typeof requestsPerMinute !== 'number' ||
    typeof scanRequestsPerMinute !== 'number' ||
    scanRequestsPerMinute <= requestsPerMinute
  )
}

function withoutPassword(text: string): boolean {
  const url = URL.parse(text)
  if (url === null || !/^postgres(ql)?:$/.test(url.protocol)) return true
  return url.password === '' && !url.searchParams.has('password')
}
