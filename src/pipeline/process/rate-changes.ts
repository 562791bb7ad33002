/** A catalogue that asks another price for a service in use: somebody is told, until the next catalogue says the same. */
import { formatExact, type Units } from '../../domain/money/money.ts'
import { servicesInUse, type RateChange } from '../../evidence/catalogue.ts'
import type { Landed } from '../../evidence/landing.ts'
import { openObjects } from '../../reconcile/exceptions.ts'
import { raiseExceptions } from '../../reconcile/exceptions/raise.ts'
import { evidenceOf, settle, type BatchContext, type ContextSource } from './context.ts'

/** A service nobody has ordered for so long is not in use. */
const IN_USE_MS = 30 * 86_400_000

export async function noteRateChanges(
  context: BatchContext,
  source: ContextSource,
  item: Landed,
  changes: readonly RateChange[],
): Promise<void> {
  const { db, book } = context
  const changed = new Set(changes.map(({ service }) => objectOf(service)))
  for (const object of await openObjects(db, book, source.name, ['RATE_CHANGED'])) {
    if (!changed.has(object)) await settle(context, item, object)
  }
  if (changes.length === 0) return
  const used = await servicesInUse(db, book, source.id, item.fetchedAtMs - IN_USE_MS)
  const raised = changes
    .filter(({ service }) => used.has(service))
    .map(({ service, name, before, after }) => ({
      source: source.name,
      code: 'RATE_CHANGED' as const,
      object: objectOf(service),
      amount: null,
      currency: null,
      detail: `service ${service} (${name}) costs ${rate(after)} ${source.currency} instead of ${rate(before)} ${source.currency}`,
    }))
  await raiseExceptions(db, book, raised, evidenceOf(item), item.fetchedAtMs)
}

function objectOf(service: string): string {
  return `service:${service}`
}

/** Without the zeros that a rate does not have. */
function rate(units: Units): string {
  return formatExact(units)
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '')
}
