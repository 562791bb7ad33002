/**
 * The parameter sets of `add`, one per service type of the panel document: checked before anything is sent, and read back
 * from the landing by the same schema. What an order delivers in all (its quantity) is counted here too.
 */
import * as z from 'zod'
import { isIsoDate } from '../../domain/time/dates.ts'

const whole = (least: number) => z.int(`a whole number from ${least}`).min(least, `at least ${least}`)
const text = z.string().trim().min(1, 'cannot be empty').max(2000, 'longer than 2,000 characters')
const lines = z.array(text, 'one or more lines').min(1, 'needs at least one line').readonly()
const service = text.max(64, 'longer than 64 characters')
const linked = { service, link: text }
const counted = { ...linked, quantity: whole(1) }

const TYPES = {
  Default: z
    .strictObject({
      type: z.literal('Default'),
      ...counted,
      /** Each is optional by itself in the panel document; without runs there is one. */
      runs: whole(1).optional(),
      /** Minutes between runs. */
      interval: whole(0).optional(),
    })
    .readonly(),
  SEO: z.strictObject({ type: z.literal('SEO'), ...counted, keywords: lines }).readonly(),
  'Custom Comments': z.strictObject({ type: z.literal('Custom Comments'), ...linked, comments: lines }).readonly(),
  /** Charged for posts × max comments at once; what is not delivered is refunded at completion. */
  'Custom Comments Package': z
    .strictObject({
      type: z.literal('Custom Comments Package'),
      service,
      username: text,
      min: whole(1),
      max: whole(1),
      /** Minutes between posts. */
      delay: whole(0),
      posts: whole(1).optional(),
      old_posts: whole(0).optional(),
      expiry: z.string().refine(isIsoDate, 'not a date; write YYYY-MM-DD').optional(),
    })
    .refine(({ min, max }) => min <= max, { message: 'cannot be less than min', path: ['max'] })
    .readonly(),
  Poll: z.strictObject({ type: z.literal('Poll'), ...counted, answer_number: whole(1) }).readonly(),
  /** Documented to be refused with HTTP 400: made on the panel's site only. */
  Subscriptions: z.strictObject({ type: z.literal('Subscriptions'), service }).readonly(),
  'Invites from Groups': z
    .strictObject({ type: z.literal('Invites from Groups'), ...counted, groups: lines })
    .readonly(),
  Package: z.strictObject({ type: z.literal('Package'), ...linked }).readonly(),
} as const

export type ServiceType = keyof typeof TYPES
export type AddOrder = { readonly [T in ServiceType]: z.output<(typeof TYPES)[T]> }[ServiceType]

export const SERVICE_TYPES = Object.keys(TYPES) as readonly ServiceType[] // the keys of TYPES, and no others

export const addOrderSchema = z.union(Object.values(TYPES))

export type AddOrderRead =
  { readonly ok: true; readonly order: AddOrder } | { readonly ok: false; readonly problems: readonly string[] }

/** An order of one type from loose fields. Each problem names its field: "quantity: at least 1". */
export function readAddOrder(type: ServiceType, fields: Readonly<Record<string, unknown>>): AddOrderRead {
  const parsed = TYPES[type].safeParse({ ...fields, type })
  if (parsed.success) return { ok: true, order: parsed.data }
  return {
    ok: false,
    problems: parsed.error.issues.map((issue) => {
      if (issue.code === 'unrecognized_keys') return `${issue.keys.join(', ')}: not a parameter of a ${type} service`
      const name = issue.path[0]
      const missing = name !== undefined && fields[String(name)] === undefined
      return `${String(name ?? 'order')}: ${missing ? `needed for a ${type} service` : issue.message}`
    }),
  }
}

/** The catalogue's spelling of a type, in any case; null for a type the panel document does not have. */
export function serviceTypeOf(raw: string): ServiceType | null {
  const wanted = raw.trim().toLowerCase()
  return SERVICE_TYPES.find((type) => type.toLowerCase() === wanted) ?? null
}

export interface OrderQuantity {
  /** What the panel compares with the service's min and max: one run of a drip-feed. Null where the service fixes it. */
  readonly perRun: bigint | null
  /** What is charged for: all runs, or posts × max comments. */
  readonly total: bigint | null
}

export function orderQuantity(order: AddOrder): OrderQuantity {
  switch (order.type) {
    case 'Default':
      return { perRun: BigInt(order.quantity), total: BigInt(order.quantity) * BigInt(order.runs ?? 1) }
    case 'SEO':
    case 'Poll':
    case 'Invites from Groups':
      return { perRun: BigInt(order.quantity), total: BigInt(order.quantity) }
    case 'Custom Comments':
      return { perRun: BigInt(order.comments.length), total: BigInt(order.comments.length) }
    case 'Custom Comments Package': {
      const total = BigInt(order.posts ?? 1) * BigInt(order.max)
      return { perRun: total, total }
    }
    case 'Package':
    case 'Subscriptions':
      return { perRun: null, total: null }
  }
}

interface ParameterNames {
  readonly required: readonly string[]
  readonly optional: readonly string[]
}

/** Form parameters by service type, in the document's order. */
export const ADD_PARAMETERS: Readonly<Record<ServiceType, ParameterNames>> = {
  Default: { required: ['service', 'link', 'quantity'], optional: ['runs', 'interval'] },
  SEO: { required: ['service', 'link', 'keywords', 'quantity'], optional: [] },
  'Custom Comments': { required: ['service', 'link', 'comments'], optional: [] },
  'Custom Comments Package': {
    required: ['service', 'username', 'min', 'max', 'delay'],
    optional: ['posts', 'old_posts', 'expiry'],
  },
  Poll: { required: ['service', 'link', 'quantity', 'answer_number'], optional: [] },
  Subscriptions: { required: ['service'], optional: [] },
  'Invites from Groups': { required: ['service', 'link', 'groups', 'quantity'], optional: [] },
  Package: { required: ['service', 'link'], optional: [] },
}

/** The form fields of an order. Lists (keywords, comments, groups) go one per line; parameters of other types are left out. */
export function addParameters(order: AddOrder): readonly (readonly [string, string])[] {
  const { required, optional } = ADD_PARAMETERS[order.type]
  const values = new Map<string, string | number | readonly string[] | undefined>(Object.entries(order))
  return [...required, ...optional].flatMap((name) => {
    const value = values.get(name)
    return value === undefined ? [] : [[name, typeof value === 'object' ? value.join('\n') : String(value)] as const]
  })
}
