/** What the panel answers over the wire, in the forms that scripts are known to use (domain.md 1.4, panel-api.txt). */
import type { SiteReply, SiteRequest } from '../../kernel/network.ts'
import { amountText } from '../amounts.ts'
import type { PanelPlan, ScriptPlan, Service } from './plan.ts'
import { scriptAt, type Entry, type Said, type Vendor } from './vendor.ts'

export const SERVICE_IDS: Readonly<Record<Service, string>> = { default: '1', package: '2', 'comments-package': '3' }
const SERVICE_TYPES: Readonly<Record<Service, string>> = {
  default: 'Default',
  package: 'Package',
  'comments-package': 'Custom Comments Package',
}
const UNKNOWN = 'Incorrect order ID'
/** What a Package delivers: the service says so, and its orders do not. */
export const PACKAGE_QUANTITY = 500

const SPELLINGS: Readonly<Record<ScriptPlan['spelling'], Readonly<Record<Said['status'], string>>>> = {
  document: {
    Pending: 'Pending',
    'In progress': 'In progress',
    Completed: 'Done',
    Partial: 'Partial',
    Canceled: 'Canceled',
    Failed: 'Failed',
  },
  common: {
    Pending: 'Pending',
    'In progress': 'Processing',
    Completed: 'Completed',
    Partial: 'Partially completed',
    Canceled: 'Cancelled',
    Failed: 'Fail',
  },
  cmsnt: {
    Pending: 'pending',
    'In progress': 'Running',
    Completed: 'Complete',
    Partial: 'Partial',
    Canceled: 'Refunded',
    Failed: 'Error',
  },
  numbers: { Pending: '0', 'In progress': '1', Completed: '2', Partial: '3', Canceled: '4', Failed: '5' },
}

/** For `statusCodes` of the configuration: what the site's own help says the numbers mean. */
export const STATUS_CODES =
  '{ "0": pending, "1": in-progress, "2": completed, "3": partial, "4": canceled, "5": failed }'

export function createWire(plan: PanelPlan, vendor: Vendor): (request: SiteRequest) => SiteReply {
  const { script } = plan
  const refuse = (error: string, status: number): SiteReply =>
    reply({ error }, script.errors === 'document' ? status : 200)
  const rowOf = (id: string): unknown => {
    const entry = vendor.answerable(id)
    if (entry !== undefined) return statusRow(plan, vendor, entry)
    if (script.unknownIds === 'row') return { error: UNKNOWN }
    return script.unknownIds === 'bare' ? UNKNOWN : undefined
  }
  const several = (ids: readonly string[]): SiteReply => {
    const rows = ids.map((id) => [id, rowOf(id)] as const).filter(([, row]) => row !== undefined)
    if (rows.length > 0) return reply(Object.fromEntries(rows))
    return script.unknownIds === 'left-out-400' ? reply({ error: UNKNOWN }, 400) : reply([])
  }
  const one = (id: string): SiteReply => (vendor.answerable(id) === undefined ? refuse(UNKNOWN, 404) : reply(rowOf(id)))
  return ({ body }) => {
    const form = new URLSearchParams(body)
    const action = form.get('action') ?? ''
    const orders = form.get('orders')
    switch (action) {
      case 'balance':
        return reply(balanceOf(plan, vendor))
      case 'services':
        return reply(servicesOf(plan, vendor))
      case 'add':
        return added(vendor, form, refuse)
      case 'status':
        if (orders === null) return one(form.get('order') ?? '')
        return script.multi === 'status' ? several(orders.split(',')) : refuse('Incorrect request', 400)
      case 'multiStatus':
        return script.multi === 'multiStatus' ? several((orders ?? '').split(',')) : refuse('Incorrect request', 400)
      default:
        return refuse('Incorrect request', 400)
    }
  }
}

function added(vendor: Vendor, form: URLSearchParams, refuse: (error: string, status: number) => SiteReply): SiteReply {
  const name = form.get('link') ?? form.get('username') ?? ''
  const upper = Number(form.get('posts') ?? '1') * Number(form.get('max') ?? '0')
  const quantity = form.get('service') === '2' ? PACKAGE_QUANTITY : Number(form.get('quantity') ?? upper)
  const made = vendor.place(name, quantity)
  return 'error' in made ? refuse(made.error, made.status) : reply({ order: Number(made.id) })
}

function balanceOf({ script, currency }: PanelPlan, vendor: Vendor): unknown {
  const text = amountText(vendor.shownBalance(), script.walletDecimals)
  const balance = script.balanceForm === 'text' ? text : bareNumber(text)
  return { balance, currency }
}

function servicesOf({ script }: PanelPlan, vendor: Vendor): unknown {
  return (['default', 'package', 'comments-package'] as const).map((service) => ({
    service: script.chargeForm === 'text' ? SERVICE_IDS[service] : Number(SERVICE_IDS[service]),
    name: `Service ${SERVICE_IDS[service]}`,
    type: SERVICE_TYPES[service],
    rate: amountText(vendor.rateOf(service), 4),
    min: '1',
    max: '100000',
    category: 'Services',
  }))
}

function statusRow(plan: PanelPlan, vendor: Vendor, entry: Entry): unknown {
  const script = scriptAt(plan, vendor.nowMs())
  const said = vendor.said(entry)
  const spelled = SPELLINGS[script.spelling][said.status]
  const status = script.spelling === 'numbers' ? bareNumber(spelled) : spelled
  const currency =
    script.currencyForm === 'none' ? {} : { currency: script.currencyForm === 'own' ? plan.currency : 'VND' }
  if (entry.children !== null) {
    const orders = entry.children.filter((id) => vendor.find(id) !== undefined)
    if (entry.isPaid) return { ...parentCharge(script, entry), status, runs: String(orders.length), orders }
    return { status, expiry: '2026-07-20', posts: String(orders.length), orders, old_orders: [] }
  }
  return {
    ...chargeField(script, inStatus(plan, said)),
    ...startField(script),
    status,
    ...remainsField(script, said),
    ...currency,
  }
}

/** Statuses of one currency beside a wallet of another one: CMSNT. Nobody who uses it knows what it takes for one. */
function inStatus({ script, isCurrencyKnown }: PanelPlan, said: Said): Said {
  if (script.currencyForm !== 'VND' || isCurrencyKnown || said.charge === null) return said
  return { ...said, charge: said.charge * 85n }
}

/** Public scripts leave it out; who counts all runs as one order has it here. */
function parentCharge(script: ScriptPlan, { gross }: Entry): object {
  if (script.parentForm === 'none') return {}
  return chargeField(script, { charge: script.parentForm === 'zero' ? 0n : gross })
}

function chargeField(script: ScriptPlan, { charge }: Pick<Said, 'charge'>): object {
  if (charge === null || script.chargeForm === 'none') return {}
  const text = amountText(charge, script.decimals)
  if (script.chargeForm === 'text') return { charge: text }
  return { charge: script.chargeForm === 'number' ? bareNumber(text) : longNumber(text) }
}

function remainsField(script: ScriptPlan, { status, remains }: Said): object {
  if (status === 'Canceled' && script.canceledRemains !== 'all')
    return { remains: script.canceledRemains === 'zero' ? '0' : '' }
  if (remains < 0) return { remains: script.overDelivery === 'minus' ? remains : `+${-remains}` }
  switch (script.remainsForm) {
    case 'text':
      return { remains: String(remains) }
    case 'number':
      return { remains }
    case 'empty':
      return { remains: remains === 0 ? '' : String(remains) }
    case 'none':
      return {}
  }
}

function startField(script: ScriptPlan): object {
  switch (script.startForm) {
    case 'text':
      return { start_count: '3572' }
    case 'number':
      return { start_count: 3572 }
    case 'null':
      return { start_count: null }
    case 'empty':
      return { start_count: '' }
    case 'start_counter':
      return { start_counter: '3572' }
  }
}

/** Written into the JSON as it stands, without quotes. */
function bareNumber(text: string): string {
  const short = text.includes('.') ? text.replace(/\.?0+$/, '') : text
  return `#number:${short}`
}

/** As PHP prints a binary fraction with all its digits: exactly, by taking the fraction's powers of two apart. */
function longNumber(text: string): string {
  let bottom = 1n
  let top = Number(text)
  for (; !Number.isInteger(top); top *= 2) bottom *= 2n
  const digits = ((BigInt(top) * 10n ** 60n) / bottom).toString().padStart(61, '0')
  return bareNumber(`${digits.slice(0, -60)}.${digits.slice(-60)}`)
}

function reply(value: unknown, status = 200): SiteReply {
  const body = JSON.stringify(value).replace(/"#number:([^"]*)"/g, '$1')
  return { status, headers: { 'content-type': 'application/json' }, body }
}
