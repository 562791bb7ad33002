/**
 * The shape of a book's `targets` and of its journal policy. Every address of a target can be replaced, so that a
 * vendor's own sandbox or an emulator can stand behind it; the defaults are the production ones.
 */
import * as z from 'zod'
import { isIsoDate } from '../domain/time/dates.ts'
import { parseMoney } from '../domain/money/money.ts'
import { count, name, path, secret } from './schema-parts.ts'

const address = z.string('a URL is text').refine((text) => {
  const url = URL.parse(text)
  return url !== null && /^https?:$/.test(url.protocol) && url.search === '' && url.hash === '' && url.username === ''
}, 'not a base URL; write https://host/path, without a user, a query or a fragment')

const MOST_LINES = 1000

const common = {
  name,
  clientId: secret,
  clientSecret: secret,
  redirectUri: address.default('http://localhost:8765/callback'),
  /** Never assumed: a company that kept books before has the earlier days in them already, by a file or by hand. */
  from: z
    .string(
      'the first accounting day to deliver, in quotes, such as "2026-11-01"; earlier days are taken to be in those books already',
    )
    .refine(isIsoDate, 'not a day of the calendar; write it as "2026-11-01"'),
  /** Off, since the company has its own opening balances already. */
  deliverOpenings: z.boolean('true or false').default(false),
  /** A mapping file of its own, for companies whose charts differ. */
  mapping: path.optional(),
}

export const QUICKBOOKS_API = {
  production: 'https://quickbooks.api.intuit.com',
  sandbox: 'https://sandbox-quickbooks.api.intuit.com',
}

export const quickbooksTargetSchema = z.strictObject({
  ...common,
  type: z.literal('quickbooks'),
  environment: z.enum(['production', 'sandbox'], 'production or sandbox').default('production'),
  linesPerEntry: count(2, MOST_LINES).default(250),
  requestsPerMinute: count(1, 100_000).default(400),
  urls: z
    .strictObject({
      authorize: address.default('https://appcenter.intuit.com/connect/oauth2'),
      token: address.default('https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer'),
      revoke: address.default('https://developer.api.intuit.com/v2/oauth2/tokens/revoke'),
      api: address.optional(),
    })
    .prefault({}),
})

export const xeroTargetSchema = z.strictObject({
  ...common,
  type: z.literal('xero'),
  grant: z
    .enum(
      ['authorization-code', 'client-credentials'],
      'authorization-code (consent in a browser) or client-credentials (a custom connection)',
    )
    .default('authorization-code'),
  postAs: z.enum(['posted', 'draft'], 'posted or draft').default('posted'),
  linesPerEntry: count(2, MOST_LINES).default(100),
  requestsPerMinute: count(1, 100_000).default(55),
  urls: z
    .strictObject({
      authorize: address.default('https://login.xero.com/identity/connect/authorize'),
      token: address.default('https://identity.xero.com/connect/token'),
      revoke: address.default('https://identity.xero.com/connect/revocation'),
      connections: address.default('https://api.xero.com/connections'),
      api: address.default('https://api.xero.com/api.xro/2.0'),
    })
    .prefault({}),
})

export const targetSchema = z.discriminatedUnion(
  'type',
  [quickbooksTargetSchema, xeroTargetSchema],
  'a target has type: quickbooks or type: xero',
)
export type ParsedTarget = z.infer<typeof targetSchema>

const amount = z
  .string('put the amount in quotes, such as "5000.00"')
  .refine((text) => parseMoney(text).ok, 'not an amount; write it as "5000.00"')

export const journalsSchema = z.strictObject({
  approval: z.enum(['review', 'auto'], 'review (a person approves) or auto').default('review'),
  limits: z.strictObject({ perEntry: amount.optional(), perDay: amount.optional() }).default({}),
  differentApprover: z.boolean('true or false').default(false),
  closedPeriod: z.enum(['hold', 'first-open-day'], 'hold or first-open-day').default('hold'),
})
export type ParsedJournals = z.infer<typeof journalsSchema>
