/**
 * What each alert rule is judged by. A rule about a source's figures changes only with a newer reading of that source: one
 * that did not happen neither resolves an alert nor makes it worse. The others are judged by what the database says now.
 */
import type { AlertRule, AlertRules, BookFacts, SourceFacts } from './alert.ts'

/** `database` is always at hand; `figure` is a reading that was accepted, `answer` any that brought a figure. */
type JudgedBy = 'database' | 'figure' | 'answer'

/** With the words docs/alerts.md has for it. */
export const RULE_EVIDENCE: Readonly<Record<AlertRule, { readonly by: JudgedBy; readonly what: string }>> = {
  runFailed: { by: 'database', what: 'the newest run' },
  runLate: { by: 'database', what: 'the runs and the clock' },
  sourceFailed: { by: 'answer', what: 'a reading of the source, accepted or held' },
  sourceStale: { by: 'database', what: 'the last accepted reading and the clock' },
  walletBelow: { by: 'figure', what: 'an accepted reading of the source' },
  runway: { by: 'figure', what: 'an accepted reading of the source' },
  clicksFell: { by: 'figure', what: 'an accepted reading of the source' },
  spendSpike: { by: 'figure', what: 'an accepted reading of the source' },
  exceptionsOpen: { by: 'database', what: 'the open exceptions and the clock' },
  unconverged: { by: 'database', what: 'the evidence that waits and the clock' },
  proofDiffers: { by: 'figure', what: 'an accepted reading of the source' },
  connectionLost: { by: 'database', what: 'the last token and the clock' },
}

/**
 * `always` when the rule can be judged at any time, also of a source the configuration no longer has, and when it is
 * switched off; otherwise the batch of the newest reading, null before the first. The landing's order counts and no
 * instant: clocks may be wrong.
 */
export type Evidence = 'always' | number | null

export function evidenceOf(
  { rule, object }: { readonly rule: string; readonly object: string },
  facts: BookFacts,
  rules: AlertRules,
): Evidence {
  if (Object.entries(rules).some(([name, limit]) => name === rule && limit === null)) return 'always'
  const by = Object.entries(RULE_EVIDENCE).find(([name]) => name === rule)?.[1].by ?? 'database'
  const source = facts.sources.find(({ name }) => object === name || object.startsWith(`${name}: `))
  if (by === 'database' || source === undefined) return 'always'
  return batchOf(source, by)
}

function batchOf({ figureBatch, answerBatch }: SourceFacts, by: Exclude<JudgedBy, 'database'>): number | null {
  return by === 'figure' ? figureBatch : answerBatch
}
