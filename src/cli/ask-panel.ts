/** What the panel commands share: which panel is meant, and asking it something that lands nowhere. */
import { withClients } from '../pipeline/panel-writes/write-run.ts'
import type { LandedAnswer } from '../sources/answer.ts'
import type { PanelClient, PanelExchange } from '../sources/panel/client.ts'
import type { Session } from './session.ts'
import { requireAnswer } from './vendor-refusal.ts'

export interface SourceOption {
  readonly source?: string
}

export const SOURCE_FLAG = ['--source <panel>', 'which panel; needed when the book has several'] as const

/** The answers of reading calls, which are landed nowhere: a person asked, not the books. */
export function askPanel(
  session: Session,
  source: string,
  ask: (client: PanelClient, signal: AbortSignal) => readonly Promise<PanelExchange>[],
): Promise<readonly LandedAnswer[]> {
  const request = { config: session.config(), book: session.book(), env: session.io.env, source }
  return withClients(session, request, async (plan) => {
    if (plan.kind !== 'panel') throw new RangeError(`${source} is not a panel`)
    const exchanges = await Promise.all(ask(plan.task().client, session.io.signal))
    return exchanges.map(({ outcome }) => requireAnswer(outcome))
  })
}

export function required(answer: LandedAnswer | undefined): LandedAnswer {
  if (answer === undefined) throw new RangeError('a request was not answered')
  return answer
}
