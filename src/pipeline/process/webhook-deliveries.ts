/**
 * Landed webhook deliveries: how the extract step writes them down, many to an item, and how the handler reads them
 * back. The vendor's bytes are kept as they came, as text where they are text.
 */
import { hash } from 'node:crypto'
import * as z from 'zod'
import { InvariantError } from '../../domain/errors.ts'
import type { Landed } from '../../log/landing.ts'
import type { Delivery } from '../../evidence/webhooks.ts'

const deliverySchema = z.strictObject({
  receivedAtMs: z.int(),
  /** How often these bytes have come so far. */
  receptions: z.int().min(1),
  contentType: z.string(),
  text: z.string().optional(),
  base64: z.string().optional(),
})

export interface LandedDelivery {
  readonly receivedAtMs: number
  readonly receptions: number
  readonly body: Buffer
  readonly sha256: Buffer
}

export function deliveriesBody(deliveries: readonly Delivery[]): Buffer {
  return Buffer.from(JSON.stringify(deliveries.map(toJson)))
}

function toJson({ receivedAtMs, receptions, contentType, body }: Delivery): z.input<typeof deliverySchema> {
  const text = body.toString('utf8')
  const bytes = Buffer.from(text).equals(body) ? { text } : { base64: body.toString('base64') }
  return { receivedAtMs, receptions, contentType, ...bytes }
}

export function readLandedDeliveries(item: Landed): readonly LandedDelivery[] {
  const parsed = z.array(deliverySchema).safeParse(JSON.parse(item.body.toString('utf8')))
  if (!parsed.success) {
    throw new InvariantError(
      'LANDING_UNREADABLE',
      `Landing batch ${item.batch}, item ${item.item} (${item.kind}) cannot be read by this program.`,
      'It was landed by another version of tieout; use that version, or a newer one.',
    )
  }
  return parsed.data.map(({ receivedAtMs, receptions, text, base64 }) => {
    const body = text === undefined ? Buffer.from(base64 ?? '', 'base64') : Buffer.from(text)
    return { receivedAtMs, receptions, body, sha256: hash('sha256', body, 'buffer') }
  })
}
