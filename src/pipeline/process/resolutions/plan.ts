/**
 * What a resolution would do. The same plan is shown, rehearsed and booked. It only reads.
 */
import { ruleOf } from '../../../domain/exceptions/code-rules.ts'
import { RESOLUTIONS, type ResolutionEffect, type ResolutionName } from '../../../domain/exceptions/resolutions.ts'
import { sourceOf } from '../context.ts'
import { refused, type EffectPlanner, type PlanContext, type PlanRequest, type ResolutionPlan } from './effect.ts'
import { orderDue, planDue } from './due.ts'
import { planOrder } from './order.ts'
import { planRow } from './row.ts'
import { planSecondCredit } from './second-credit.ts'
import { planWallet } from './wallet.ts'

const NOTHING_BOOKED: ResolutionPlan = { kind: 'planned', drafts: [], orders: [], left: 0n }

const PLANNERS: Readonly<Record<Exclude<ResolutionEffect, 'none'>, EffectPlanner>> = {
  suspense: planWallet,
  'write-off': planWallet,
  'top-up': planWallet,
  bonus: planWallet,
  adjustment: planWallet,
  'history-price': planOrder,
  refund: planOrder,
  'parent-charged': planOrder,
  'parent-free': planOrder,
  row: planRow,
  'no-second-credit': planSecondCredit,
}

/** What nobody reads any more has nothing booked for it: found again, when its source is back, it is a new one. */
const GONE: ResolutionPlan = { ...NOTHING_BOOKED, stands: false }

/** The ways to resolve an exception; what is left of a source that the configuration no longer has may be dismissed. */
export function resolutionsOf(
  context: PlanContext,
  { source, code, object }: Pick<PlanRequest['exception'], 'source' | 'code' | 'object'>,
): readonly ResolutionName[] {
  const { resolutions } = ruleOf(code, object)
  // A second credit waits in suspense, where it would stay: it has ways of its own.
  if (resolutions.includes('dismiss') || code === 'REFUND_TWICE' || !isGone(context, source)) return resolutions
  return [...resolutions, 'dismiss']
}

/** A source or money account of these books that is not among those of the settings in force. */
function isGone({ settings, sourceIds }: PlanContext, name: string): boolean {
  const present = [...settings.sources, ...(settings.money?.accounts ?? [])]
  return sourceIds.has(name) && present.every((each) => each.name !== name)
}

export async function planResolution(context: PlanContext, request: PlanRequest): Promise<ResolutionPlan> {
  const { exception, as } = request
  const resolutions = resolutionsOf(context, exception)
  if (exception.status !== 'open') return refused('it is closed')
  if (!resolutions.includes(as)) return refused(notAllowed(exception.code, as, resolutions))
  const owner = sourceOf(context, exception.source)
  const due = owner === null ? null : await orderDue(context, owner, request)
  if (owner !== null && due !== null) return planDue(context, owner, request, due)
  if (owner !== null && exception.code === 'REFUND_TWICE') return planSecondCredit(context, owner, request)
  const { effect } = RESOLUTIONS[as]
  if (effect === 'none') return isGone(context, exception.source) ? GONE : NOTHING_BOOKED
  if (owner === null) return refused(`the configuration has no source "${exception.source}" to book it for`)
  return PLANNERS[effect](context, owner, request)
}

function notAllowed(code: string, as: ResolutionName, resolutions: readonly ResolutionName[]): string {
  if (resolutions.length === 0) return `a ${code} is not resolved here`
  return `a ${code} is resolved as ${resolutions.join(', ')}, not as ${as}`
}
