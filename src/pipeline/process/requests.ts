/** What was asked, as landed beside each answer: the shapes the extract steps write and the process steps read back. */
import * as z from 'zod'
import type { Landed } from '../../evidence/landing.ts'
import { InvariantError } from '../../domain/errors.ts'

const statusSchema = z.strictObject({
  action: z.enum(['multiStatus', 'status']),
  orders: z.array(z.string()),
  purpose: z.enum(['poll', 'sweep', 'backfill', 'hook']),
  /** Part of a larger request whose answer could not be read. */
  again: z.boolean().default(false),
})
export type StatusRequest = z.infer<typeof statusSchema>

const balanceSchema = z.strictObject({ action: z.literal('balance'), moment: z.enum(['before', 'after']) })
export type BalanceRequest = z.infer<typeof balanceSchema>

export function statusRequest(item: Landed): StatusRequest {
  return parseRequest(statusSchema, item)
}

export function balanceRequest(item: Landed): BalanceRequest {
  return parseRequest(balanceSchema, item)
}

export function parseRequest<T>(schema: z.ZodType<T>, item: Landed): T {
  const parsed = schema.safeParse(item.request)
  if (parsed.success) return parsed.data
  const where = `Landing batch ${item.batch}, item ${item.item} (${item.kind})`
  const hint = 'It was landed by another version of tieout; use that version, or a newer one.'
  throw new InvariantError('REQUEST_UNREADABLE', `${where} has a request this program cannot read.`, hint)
}
