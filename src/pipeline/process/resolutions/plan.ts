/**
 * What a resolution would do. The same plan is shown, rehearsed and booked. It only reads.
 */
import { ruleOf } from '../../../domain/exceptions/codes.ts'
import { RESOLUTIONS, type ResolutionEffect, type ResolutionName } from '../../../domain/exceptions/resolutions.ts'
import { sourceOf } from '../context.ts'
import { refused, type EffectPlanner, type PlanContext, type PlanRequest, type ResolutionPlan } from './effect.ts'
import { planAnswer } from './counter.ts'
import { planDenied, planRelease } from './claims.ts'
import { planLines } from './line.ts'
import { planRow } from './row.ts'
import { planWallet } from './wallet.ts'

const NOTHING_BOOKED: ResolutionPlan = { kind: 'planned', drafts: [], left: 0n }

const PLANNERS: Readonly<Record<Exclude<ResolutionEffect, 'none'>, EffectPlanner>> = {
  'write-off': planWallet,
  'top-up': planWallet,
  bonus: planWallet,
  adjustment: planWallet,
  denied: planDenied,
  release: planRelease,
  answer: planAnswer,
  row: planRow,
}

/** What nobody reads any more has nothing booked for it: found again, when its source is back, it is a new one. */
const GONE: ResolutionPlan = { ...NOTHING_BOOKED, stands: false }

/** The ways to resolve an exception; what is left of a source that the configuration no longer has may be dismissed. */
export function resolutionsOf(
  context: PlanContext,
  { source, code, object }: Pick<PlanRequest['exception'], 'source' | 'code' | 'object'>,
): readonly ResolutionName[] {
  const { resolutions } = ruleOf(code, object)
  if (resolutions.includes('dismiss') || !isGone(context, source)) return resolutions
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
  // Said again of a reading by its name, a word replaces the one before.
  const isReplaced = request.reading !== null && RESOLUTIONS[as].effect === 'answer'
  if (exception.status !== 'open' && !isReplaced) return refused('it is closed')
  if (!resolutions.includes(as)) return refused(notAllowed(exception.code, as, resolutions))
  const owner = sourceOf(context, exception.source)
  const { effect } = RESOLUTIONS[as]
  if (effect === 'none') return isGone(context, exception.source) ? GONE : NOTHING_BOOKED
  if (exception.code === 'STATEMENT_DIFFERS') return planLines(context, request)
  if (owner === null) return refused(`the configuration has no source "${exception.source}" to book it for`)
  return PLANNERS[effect](context, owner, request)
}

function notAllowed(code: string, as: ResolutionName, resolutions: readonly ResolutionName[]): string {
  if (resolutions.length === 0) return `a ${code} is not resolved here`
  return `a ${code} is resolved as ${resolutions.join(', ')}, not as ${as}`
}
