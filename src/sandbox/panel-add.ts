/**
 * The parameter sets of the panel's `add` action, one per service type, as the vendor document lists them. Reading
 * them is apart from placing the order: a request that is wrong in shape never touches the wallet.
 */
import type { Service, ServiceType } from './world/catalogue.ts'
import type { NewOrder } from './world/panel-orders.ts'

export type ReadOrder =
  { readonly ok: true; readonly order: NewOrder } | { readonly ok: false; readonly reason: string }

type Reader = (form: URLSearchParams, service: Service) => ReadOrder

const READERS: Readonly<Record<ServiceType, Reader>> = {
  Default: readDefault,
  SEO: (form, service) => readQuantity(form, service, ['link', 'keywords']),
  'Custom Comments': readComments,
  'Custom Comments Package': readCommentsPackage,
  Poll: readPoll,
  Subscriptions: () =>
    refuse('Subscription orders must be created from the customer site; API creation is not yet supported'),
  'Invites from Groups': (form, service) => readQuantity(form, service, ['link', 'groups']),
  Package: readPackage,
}

export function readNewOrder(form: URLSearchParams, service: Service): ReadOrder {
  return READERS[service.type](form, service)
}

/** With `runs`, the quantity is delivered that many times and all of it is charged at once. */
function readDefault(form: URLSearchParams, service: Service): ReadOrder {
  const read = readQuantity(form, service, ['link'])
  if (!read.ok || !form.has('runs')) return read
  const runs = wholeNumber(form, 'runs')
  if (runs === undefined || runs < 1) return refuse('Parameter runs must be a positive whole number')
  if (wholeNumber(form, 'interval') === undefined) return refuse('Parameter interval is required with runs')
  return { ok: true, order: { ...read.order, quantity: read.order.quantity * runs } }
}

function readPoll(form: URLSearchParams, service: Service): ReadOrder {
  const answer = wholeNumber(form, 'answer_number')
  if (answer === undefined || answer < 1) return refuse('Parameter answer_number must be 1 or more')
  return readQuantity(form, service, ['link'])
}

function readPackage(form: URLSearchParams, service: Service): ReadOrder {
  const missing = firstMissing(form, ['link'])
  if (missing !== undefined) return missing
  return accept(service, service.packageQuantity, 0, form.get('link'))
}

function readComments(form: URLSearchParams, service: Service): ReadOrder {
  const missing = firstMissing(form, ['link', 'comments'])
  if (missing !== undefined) return missing
  const lines = (form.get('comments') ?? '').split(/\r\n|\r|\n/)
  const quantity = lines.filter((line) => line.trim() !== '').length
  return withinLimits(service, quantity) ?? accept(service, quantity, 0, form.get('link'))
}

function readCommentsPackage(form: URLSearchParams, service: Service): ReadOrder {
  const missing = firstMissing(form, ['username', 'min', 'max', 'delay'])
  if (missing !== undefined) return missing
  const min = wholeNumber(form, 'min')
  const max = wholeNumber(form, 'max')
  const posts = form.has('posts') ? wholeNumber(form, 'posts') : 1
  if (min === undefined || max === undefined || min < 1 || max < min) {
    return refuse('Parameters min and max must be whole numbers, min at least 1 and at most max')
  }
  if (posts === undefined || posts < 1) return refuse('Parameter posts must be a positive whole number')
  if (wholeNumber(form, 'delay') === undefined) return refuse('Parameter delay must be a whole number of minutes')
  if (form.has('old_posts') && wholeNumber(form, 'old_posts') === undefined) {
    return refuse('Parameter old_posts must be a whole number')
  }
  const expiry = form.get('expiry')
  if (expiry !== null && !/^\d{4}-\d{2}-\d{2}$/.test(expiry)) return refuse('Parameter expiry must be YYYY-MM-DD')
  const quantity = posts * max
  return withinLimits(service, quantity) ?? accept(service, quantity, posts * min, form.get('username'))
}

function readQuantity(form: URLSearchParams, service: Service, required: readonly string[]): ReadOrder {
  const missing = firstMissing(form, [...required, 'quantity'])
  if (missing !== undefined) return missing
  const quantity = wholeNumber(form, 'quantity')
  if (quantity === undefined) return refuse('Parameter quantity must be a whole number')
  return withinLimits(service, quantity) ?? accept(service, quantity, 0, form.get('link'))
}

function accept(service: Service, quantity: number, leastDelivered: number, target: string | null): ReadOrder {
  return { ok: true, order: { service, quantity, leastDelivered, link: target ?? undefined } }
}

function refuse(reason: string): Extract<ReadOrder, { readonly ok: false }> {
  return { ok: false, reason }
}

function withinLimits(service: Service, quantity: number): ReadOrder | undefined {
  if (quantity < service.min) return refuse(`Quantity less than minimal ${service.min}`)
  if (quantity > service.max) return refuse(`Quantity more than maximum ${service.max}`)
  return undefined
}

function firstMissing(form: URLSearchParams, names: readonly string[]): ReadOrder | undefined {
  const missing = names.find((name) => (form.get(name) ?? '').trim() === '')
  return missing === undefined ? undefined : refuse(`Missing parameter: ${missing}`)
}

function wholeNumber(form: URLSearchParams, name: string): number | undefined {
  const value = (form.get(name) ?? '').trim()
  return /^\d{1,9}$/.test(value) ? Number(value) : undefined
}
