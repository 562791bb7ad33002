/** C4: a person's answer about a reading of a counter. What it posts is what the fold says with it, less what is posted. */
import { formatMoney } from '../../../domain/money/money.ts'
import { foldCounter, type CounterOutcome, type Judged } from '../../../payelancer/rules/counter.ts'
import { ANSWERS, type AnswerWord } from '../../../domain/exceptions/counter-answers.ts'
import type { Answer } from '../../../payelancer/rules/reading.ts'
import type { NewAnswer } from '../../../payelancer/store/counter-facts.ts'
import type { ContextSource } from '../context.ts'
import { counterDrafts, readCounter } from '../counter.ts'
import { refused, type PlanContext, type PlanRequest, type ResolutionPlan } from './effect.ts'

const WITHOUT_EARNED: ReadonlySet<string> = new Set(['wrong'])

export async function planAnswer(
  context: PlanContext,
  source: ContextSource,
  { as, earned, reading, said }: PlanRequest,
): Promise<ResolutionPlan> {
  if (!isAnswer(as)) return refused(`a reading is not answered as ${as}`)
  if (earned !== null && WITHOUT_EARNED.has(as)) return refused(`${as} says itself what was earned; leave --earned out`)
  const { facts, outcome } = await readCounter(context, source)
  const about = aboutOf(outcome, reading, as)
  if (typeof about === 'string') return refused(about)
  const answers = about.map((each): NewAnswer => {
    return { reading: each.reading.name, as, earned, against: each.against, ...said }
  })
  const known = new Map<string, Answer>([...facts.answers, ...answers.map((each) => [each.reading, each] as const)])
  const then = { ...facts, answers: known }
  const after = foldCounter(then)
  const misfit = after.judged.find(({ status, reason, reading: { name } }) => {
    return status === 'held' && known.has(name) && answers.some((each) => each.reading === name) && reason !== ''
  })
  if (misfit !== undefined) return refused(misfit.reason.replace(/^.*? does not fit: /, ''))
  const drafts = await counterDrafts(context, source, { facts: then, outcome: after })
  return { kind: 'planned', drafts, answers, left: 0n, stands: false }
}

/** The held reading; with --reading another one, or for wrong readings all from the held one through it. */
function aboutOf({ judged, held }: CounterOutcome, reading: string | null, as: AnswerWord): readonly Judged[] | string {
  const first = held === null ? -1 : judged.findIndex(({ status }) => status === 'held')
  const at = reading === null ? first : judged.findIndex((each) => each.reading.name === reading)
  if (reading === null && first < 0) return 'no reading is held any more; name one with --reading'
  if (at < 0) return `the counter has no reading ${reading}; tieout explain and the name of the network shows them`
  if (first < 0 || at <= first) return judged.slice(at, at + 1)
  if (as === 'wrong') return judged.slice(first, at + 1)
  const { reading: one } = judged[first] as Judged
  return `reading ${reading} waits until ${one.name} (${formatMoney(one.amount)}) is answered`
}

function isAnswer(word: string): word is AnswerWord {
  return Object.hasOwn(ANSWERS, word)
}
