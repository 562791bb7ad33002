/** What was asked, as landed beside each answer: the shapes the extract steps write and the process steps read back. */
import * as z from 'zod'
import type { Landed } from '../../log/landing.ts'
import { InvariantError, ReadError } from '../../domain/errors.ts'
import { readJson } from '../../domain/json.ts'

const scanId = z.string().regex(/^\d{1,15}$/)

const statusSchema = z.strictObject({
  action: z.enum(['multiStatus', 'status']),
  orders: z.array(z.string()),
  purpose: z.enum(['poll', 'sweep', 'backfill', 'hook', 'scan']),
  /** Part of a larger request whose answer could not be read. */
  again: z.boolean().default(false),
  /** Of a scan, as digits: the ids it is to settle, those it leaves out being known, and the newest order known before. */
  first: scanId.optional(),
  last: scanId.optional(),
  newest: scanId.optional(),
  /** A known order asked along, for panels that refuse a request in which they know none. */
  anchor: scanId.optional(),
  /** When it was sent (UTC ms); not known where no answer came. */
  sentAtMs: z.int().optional(),
})
export type StatusRequest = z.infer<typeof statusSchema>

const balanceSchema = z.strictObject({
  action: z.literal('balance'),
  moment: z.enum(['before', 'after']),
  /** Since the last reading of the wallet every open order was asked about again, so the two may be one instant. */
  again: z.boolean().default(false),
})
export type BalanceRequest = z.infer<typeof balanceSchema>

export function statusRequest(item: Landed): StatusRequest {
  return parseRequest(statusSchema, item)
}

/** The instant an answer may speak of: what changed after it was asked need not be in it. */
export function askedAtMs(item: Landed, { sentAtMs }: StatusRequest): number {
  return sentAtMs ?? item.fetchedAtMs
}

/** The request when it asked about ids nobody registered; null for every other. */
export function scanRequest(item: Landed): StatusRequest | null {
  const parsed = statusSchema.safeParse(item.request)
  return parsed.success && parsed.data.purpose === 'scan' ? parsed.data : null
}

export function balanceRequest(item: Landed): BalanceRequest {
  return parseRequest(balanceSchema, item)
}

/** The body of an item that a run writes for itself. Throws ReadError when it is not of this shape. */
export function parseBody<T>(schema: z.ZodType<T>, { body, kind }: Landed): T {
  const parsed = schema.safeParse(readJson(body.toString('utf8'), null).value)
  if (parsed.success) return parsed.data
  throw new ReadError('BODY_UNREADABLE', `the ${kind} has an unexpected shape: ${z.prettifyError(parsed.error)}`)
}

export function parseRequest<T>(schema: z.ZodType<T>, item: Landed): T {
  const parsed = schema.safeParse(item.request)
  if (parsed.success) return parsed.data
  const where = `Landing batch ${item.batch}, item ${item.item} (${item.kind})`
  const hint = 'It was landed by another version of tieout; use that version, or a newer one.'
  throw new InvariantError('REQUEST_UNREADABLE', `${where} has a request this program cannot read.`, hint)
}
