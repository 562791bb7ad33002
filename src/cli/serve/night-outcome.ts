/** How a child's exit code, and the report it printed, decide whether its night is done or tried again, and how loudly. */
import type { NightOutcome } from '../../pipeline/serve/ticks.ts'
import type { ChildEnd } from './child-command.ts'
import { EXIT_CODES } from '../exit-codes.ts'

/**
 * A first attempt that met something outside, such as the lease of a process that was killed a moment ago, is no news: it
 * is tried again in a minute. What is tried again later deserves a look, and what is not deserves a person.
 */
export function logLevelOf(kind: NightOutcome['kind'], attempt: number): 'info' | 'warn' | 'error' {
  if (kind === 'failed') return 'error'
  if (kind === 'incomplete') return 'warn'
  return kind === 'transient' && attempt > 1 ? 'warn' : 'info'
}

export function nightOutcome(end: ChildEnd): NightOutcome {
  const { exitCode, endedBy, failure } = end
  switch (exitCode) {
    case EXIT_CODES.ok.code:
    case EXIT_CODES.findings.code:
      return finished(end)
    case EXIT_CODES.transient.code:
      return { kind: 'transient', detail: failure ?? 'Something outside was down.' }
    case EXIT_CODES.interrupted.code:
      return { kind: 'stopped', detail: 'Stopped as asked; it goes on where it stood.' }
    case null:
      return { kind: 'transient', detail: `Its process was ended by ${endedBy ?? 'a signal'}.` }
    default:
      return { kind: 'failed', detail: failure ?? `Its process ended with exit code ${exitCode}.` }
  }
}

function finished({ exitCode, document }: ChildEnd): NightOutcome {
  const unread = unreadSources(document)
  if (unread.length > 0) return { kind: 'incomplete', detail: `${unread.join(', ')} could not be read to the end.` }
  const found = exitCode === EXIT_CODES.findings.code
  return { kind: 'done', detail: found ? 'Done; it found something a person must see.' : 'Done.' }
}

/** The sources whose step of the printed report did not come to its end. */
function unreadSources(document: unknown): readonly string[] {
  if (typeof document !== 'object' || document === null || !('steps' in document)) return []
  const { steps } = document
  if (!Array.isArray(steps)) return []
  return steps.flatMap((each: unknown) => {
    if (typeof each !== 'object' || each === null || !('step' in each) || !('status' in each)) return []
    const [, source] = /^(?:poll|stats):(.+)$/.exec(String(each.step)) ?? []
    return source === undefined || each.status === 'finished' ? [] : [source]
  })
}
