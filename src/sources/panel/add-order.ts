/**
 * The parameter sets of `add`, one per service type of the panel document, as types for callers and as a table for the
 * form encoder and the command line.
 */

export type AddOrder =
  | ({ readonly type: 'Default'; readonly runs?: number; readonly interval?: number } & Linked & Counted)
  | ({ readonly type: 'SEO'; readonly keywords: readonly string[] } & Linked & Counted)
  | ({ readonly type: 'Custom Comments'; readonly comments: readonly string[] } & Linked)
  | CustomCommentsPackage
  | ({ readonly type: 'Poll'; readonly answer_number: number } & Linked & Counted)
  /** Documented to be refused with HTTP 400: made on the panel's site only. */
  | ({ readonly type: 'Subscriptions' } & Serviced)
  | ({ readonly type: 'Invites from Groups'; readonly groups: readonly string[] } & Linked & Counted)
  | ({ readonly type: 'Package' } & Linked)

type ServiceType = AddOrder['type']

interface Serviced {
  readonly service: string
}
interface Linked extends Serviced {
  readonly link: string
}
interface Counted {
  readonly quantity: number
}

/** Charged for posts × max comments at once; what is not delivered is refunded at completion. */
interface CustomCommentsPackage extends Serviced {
  readonly type: 'Custom Comments Package'
  readonly username: string
  readonly min: number
  readonly max: number
  /** Minutes between posts. */
  readonly delay: number
  readonly posts?: number
  readonly old_posts?: number
  /** YYYY-MM-DD */
  readonly expiry?: string
}

interface ParameterNames {
  readonly required: readonly string[]
  readonly optional: readonly string[]
}

/** Form parameters by service type, in the document's order. */
const ADD_PARAMETERS: Readonly<Record<ServiceType, ParameterNames>> = {
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
  const values = new Map<string, string | number | readonly string[]>(Object.entries(order))
  return [...required, ...optional].flatMap((name) => {
    const value = values.get(name)
    return value === undefined ? [] : [[name, typeof value === 'object' ? value.join('\n') : String(value)] as const]
  })
}
